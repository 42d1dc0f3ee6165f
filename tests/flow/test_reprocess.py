"""`newswire reprocess`: documents of the last days are read again, and only what was never told is told."""

from __future__ import annotations

import json

import pytest
from documents import Item, rss
from ledger import published, repeated
from origin import OriginThread
from system import running_system

from pipeline.adapters.articles import ArticleStore
from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.adapters.keys import Keys
from pipeline.model import Tidied
from pipeline.stages.urls import feed_id

pytestmark = pytest.mark.flow


def test_what_a_reading_missed_is_published_by_the_next_and_nothing_twice() -> None:
    """A parser fault is found days later; the articles it cost must still come, each once."""
    with OriginThread() as origin, running_system() as system:
        origin.serve("/feed", rss([Item("1", "The first story"), Item("2", "The second story")]))
        url = origin.url("/feed")
        assert system.run("run", "--once", url).summary["new"] == 2
        assert json.loads(system.run("reprocess", "--since", "1h", "--dry-run", "--json").stdout) == {"documents": 1}
        with EmbeddedStore(system.data_dir) as store:  # as if the second story had not been read
            articles = ArticleStore(connect(store.url), Keys("newswire"))
            second = next(line for line in published(store.url) if line.title == "The second story")
            name = bytes.fromhex(second.article["id"][:16])
            (record,) = articles.recall(feed_id(url), [name])
            assert articles.tidy(feed_id(url), [Tidied(name, record)]) == 1
        sent = system.run("reprocess", "--since", "1h", "--json")
        assert json.loads(sent.stdout) == {"documents": 1, "sent": 1}
        assert "no worker runs" in sent.stderr
        again = system.run("run", "--once").summary
        assert (again["new"], again["revised"]) == (1, 0)
        with EmbeddedStore(system.data_dir) as store:
            lines = published(store.url)
        titles = [line.title for line in lines]
        assert sorted(titles) == ["The first story", "The second story", "The second story"]
        assert len(repeated(lines)) == 1, "the one that was made to be forgotten"


def test_a_span_that_cannot_be_read_is_refused_in_one_line() -> None:
    """A typo must not reprocess everything."""
    with running_system() as system:
        finished = system.run("reprocess", "--since", "yesterday")

    assert finished.code == 2
    assert "neither a span" in finished.stderr
