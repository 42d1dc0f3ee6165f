"""Breaking news: a feed whose document is new from end to end, through the real daemon and worker."""

from __future__ import annotations

import json
from email.utils import formatdate
from time import time

import pytest
from origin import OriginThread
from system import running_system

from pipeline import wire

pytestmark = pytest.mark.flow

HOUR = 3600


def document(first: int, *, hours_apart: float) -> bytes:
    """Return twelve entries, the first of them numbered *first*, published so far apart until now."""
    items = "".join(
        f"<item><guid>{first + number}</guid><title>Story {first + number} of this day</title>"
        f"<pubDate>{formatdate(time() - number * hours_apart * HOUR)}</pubDate></item>"
        for number in range(12)
    )
    return f"<rss version='2.0'><channel><title>Breaking</title>{items}</channel></rss>".encode()


def test_a_feed_with_breaking_news_is_looked_at_again_at_once() -> None:
    """Its plan knows twelve entries of the last two days; after twelve new ones at a time the next may be lost."""
    with OriginThread() as origin, running_system(SCHEDULE__INTERVAL_SECONDS=2 * HOUR) as system:
        url = origin.url("/feed.xml")

        def looks() -> list[tuple[float, str]]:
            """Poll a first document and then one that is new; how long (s) the feed waits after each, and why."""
            found = []
            for first in (1, 101):
                origin.serve("/feed.xml", document(first, hours_apart=4 if first == 1 else 0.01))
                system.run("feeds", "refresh", url)
                assert system.run("run", url, "--once", "--workers", "1").code == 0
                shown = json.loads(system.run("feeds", "show", url, "--json").stdout)
                found.append((wire.ms_from_rfc3339(shown["next_poll"]) / 1000 - time(), shown["why_then"]))
            return found

        (before, _), (after, why) = looks()

    assert before > 300
    assert 0 < after < 90
    assert "most of its last document was new" in why
