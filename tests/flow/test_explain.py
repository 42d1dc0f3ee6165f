"""`newswire explain ARTICLE-ID` shows what was edited, and what a copy shares with what it repeats."""

from __future__ import annotations

import json

import pytest
from documents import Item, rss
from ledger import published
from origin import OriginThread
from system import running_system

from pipeline.adapters.embedded import EmbeddedStore

pytestmark = pytest.mark.flow

WIRE = (
    "The harbour of Ghent was closed on Monday after forty tonnes of rapeseed oil leaked from a barge near the old "
    "lock, the port authority said; divers found a crack in its hull below the waterline."
)


def test_an_edit_and_a_copy_are_explained_by_their_words() -> None:
    """Who doubts that something was an edit, or a copy, wants to see the words and judge."""
    with OriginThread() as origin, running_system() as system:
        origin.serve("/wire", rss([Item("1", "Harbour closed", WIRE)]))
        assert system.run("run", "--once", "--workers", "1", origin.url("/wire")).summary["new"] == 1
        origin.serve("/wire", rss([Item("1", "Harbour closed", WIRE.replace("forty", "fifty"))]))
        origin.serve("/copy", rss([Item("x", "Oil in the harbour", WIRE)]))
        summary = system.run("run", "--once", "--workers", "1", origin.url("/copy")).summary
        assert (summary["revised"], summary["near_duplicates"]) == (1, 1)
        with EmbeddedStore(system.data_dir) as store:
            ids = {line.title: str(line.article["id"]) for line in published(store.url)}
        edited = json.loads(system.run("explain", ids["Harbour closed"], "--json").stdout)
        copied = json.loads(system.run("explain", ids["Oil in the harbour"], "--json").stdout)

    assert "closed on Monday after" not in edited["revision_2"]
    assert "on Monday after [-forty-]{+fifty+} tonnes of rapeseed" in edited["revision_2"]
    assert copied["copy_of"].startswith(f"{ids['Harbour closed']}, by ")
    assert '"Harbour closed" of ' in copied["copy_of"]
    assert "rapeseed oil leaked from a barge" in copied["copy_of"]
