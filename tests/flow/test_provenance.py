"""The command says where each field came from when it is asked."""

from __future__ import annotations

import json

import pytest
from documents import Item, rss
from system import running_system

pytestmark = pytest.mark.flow


def test_parse_tells_where_each_field_came_from_when_asked() -> None:
    """Who doubts a field looks at its source first; who does not ask gets the articles as they are."""
    with running_system() as system:
        (system.folder / "feed.xml").write_bytes(rss([Item("1", "Story"), Item("2", "Other")]))
        plain = system.run("parse", "feed.xml")
        asked = system.run("parse", "feed.xml", "--provenance")

    articles = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [article["provenance"]["title"] for article in articles] == ["feed:title", "feed:title"]
    for article in articles:
        del article["provenance"]
    assert articles == [json.loads(line) for line in plain.stdout.splitlines()]
