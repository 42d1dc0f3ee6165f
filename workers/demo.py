"""`newswire demo`: the real system on sample feeds served on loopback. It ends by itself and checks its own figures.

Nothing of the user's takes part: the settings are the shipped ones with those below, the data is in a folder that is
removed at the end, and no other machine is asked.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from time import monotonic, strftime
from types import MappingProxyType

from rich.text import Text

from pipeline import Delivery, follow
from pipeline.adapters import log as logs
from pipeline.adapters.shipped import default_settings_text, seeds
from pipeline.errors import NewswireError
from pipeline.model import Feed
from pipeline.settings import ENVIRONMENT_PREFIX, Settings, load
from pipeline.stages.urls import feed_id
from workers.demo_site import DemoSite, SampleFeed, Samples, read_samples
from workers.lifecycle import environment_of, on_stop_signal
from workers.store import Store, open_store
from workers.supervisor import Child, Supervisor
from workers.terminal import Output

_OWN_SETTINGS: Mapping[str, object] = MappingProxyType(
    {
        "fetch.allow_private_networks": True,
        "fetch.per_host_gap_seconds": 0.0,
        "schedule.interval_seconds": 1.0,
        "log.level": "error",  # a rejected entry is part of the show, and not a warning
        "workers.grace_seconds": 3.0,
    }
)
_LOOK_SECONDS = 0.1
_STYLES: Mapping[str, str] = MappingProxyType(
    {"new": "green", "revised": "bold yellow", "same": "cyan", "rejected": "red"}
)


@dataclass(slots=True)
class _Show:
    """What is going on: *feeds* by feed id; *delivered* counts articles off the stream, *counts* is what was told."""

    feeds: Mapping[str, SampleFeed]
    expected: Mapping[str, int]
    deadline: float
    stopped: threading.Event
    console: Output = field(default_factory=lambda: Output(highlight=False))
    delivered: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def is_over(self, seen: Mapping[str, int]) -> bool:
        """Whether there is nothing more to wait for: every entry has its fate, and every article has come."""
        came = seen["entries"] >= self.expected["entries"] and self.delivered >= seen["new"] + seen["revised"]
        return came or seen["dead"] > 0 or self.stopped.is_set() or monotonic() >= self.deadline


def run_demo(*, at_most_seconds: float) -> None:
    """Run the system on the sample feeds, print what comes, and compare it with what must come.

    Raises NewswireError, naming the figures that are off, when they differ or *at_most_seconds* have passed;
    KeyboardInterrupt, after everything was ended in order, when it was told to stop.
    """
    started, stopped = monotonic(), threading.Event()
    on_stop_signal(stopped.set)
    _forget_environment()
    samples = read_samples(seeds() / "demo")
    with TemporaryDirectory(prefix="newswire-demo-") as folder, DemoSite(samples.feeds) as site:
        feeds = {feed_id(site.url(feed)): feed for feed in samples.feeds}
        show = _Show(feeds, samples.expected, started + at_most_seconds, stopped)
        _introduce(show, samples)
        settings = load(
            toml_texts=[("the shipped newswire.toml", default_settings_text())],
            environ={},
            overrides={**_OWN_SETTINGS, "data_dir": folder},
        )
        logs.configure(settings.log)
        seen = _run(show, site, settings)
    if stopped.is_set():
        raise KeyboardInterrupt
    _conclude(show, seen, seconds=monotonic() - started)


def _forget_environment() -> None:
    """Drop our variables, which the processes of the demo would inherit: they are not meant for it."""
    for name in [name for name in os.environ if name.startswith(ENVIRONMENT_PREFIX)]:
        del os.environ[name]


def _run(show: _Show, site: DemoSite, settings: Settings) -> dict[str, int]:
    """Follow the feeds of *site* with one daemon and one worker until the show is over; the figures at its end."""
    with open_store(settings) as store:
        store.feeds.add([Feed(key, site.url(feed), feed.title, feed.folder) for key, feed in show.feeds.items()])
        children = [Child("daemon-0", "workers.daemon_process"), Child("worker-0", "workers.worker")]
        with Supervisor(
            children=children,
            environment=environment_of(store.settings),
            grace_seconds=settings.workers.grace_seconds,
            tend=store.tend,
        ):
            return asyncio.run(_watch(show, store))


async def _watch(show: _Show, store: Store) -> dict[str, int]:
    articles = asyncio.create_task(_show_articles(show, store))
    try:
        seen = await asyncio.to_thread(_figures, store, show.expected)
        while not show.is_over(seen) and not articles.done():
            await asyncio.wait({articles}, timeout=_LOOK_SECONDS)
            seen = await asyncio.to_thread(_figures, store, show.expected)
            counts = await asyncio.to_thread(_counts_by_feed, store, list(show.feeds))
            _show_what_was_not_published(show, counts)
        return seen
    finally:
        while not articles.done():  # redis-py may swallow a cancellation that meets it at work
            articles.cancel()
            await asyncio.wait({articles}, timeout=_LOOK_SECONDS)
        if not articles.cancelled():
            articles.result()


async def _show_articles(show: _Show, store: Store) -> None:
    async for delivery in follow(store.url, since="0", namespace=store.settings.namespace):
        show.delivered += 1
        _show_article(show, delivery)


def _figures(store: Store, expected: Mapping[str, int]) -> dict[str, int]:
    """The counters that *expected* names, as they stand."""
    totals = store.articles.totals()
    return {name: totals.get(name, 0) for name in expected} | {"feeds": store.feeds.count()}


def _counts_by_feed(store: Store, feed_ids: list[str]) -> dict[str, dict[str, int]]:
    return {each: store.feeds.counts(each) for each in feed_ids}


# --- What is printed ---------------------------------------------------------------------------------------------


def _introduce(show: _Show, samples: Samples) -> None:
    _say(
        show,
        f"newswire demo: {len(samples.feeds)} newspapers of towns that do not exist, served on this machine and "
        "followed by the real system: a daemon, a worker and an embedded Valkey.",
        whole=True,
    )
    for feed in samples.feeds:
        _say(show, f"  {feed.title}: {feed.shows}", style="dim", whole=True)
    _say(show, "")


def _show_article(show: _Show, delivery: Delivery) -> None:
    article = delivery.article
    feed = show.feeds[article.feed.id]
    what = article.title or article.summary or "(no title)"
    if delivery.kind == "revised":
        what = f"update of its {', '.join(article.changed)}: {what}"
    _show_line(show, delivery.kind, article.language or feed.language, feed.title, what)


def _show_what_was_not_published(show: _Show, counts: dict[str, dict[str, int]]) -> None:
    """Say of each feed how many duplicates and rejections have come since the last time."""
    for key, feed in show.feeds.items():
        before, now = show.counts.get(key, {}), counts[key]
        for kind, one, many in (
            ("same", "duplicate, not published", "duplicates, not published"),
            ("rejected", "rejection: it holds nothing", "rejections: they hold nothing"),
        ):
            if (number := now.get(kind, 0) - before.get(kind, 0)) > 0:
                _show_line(show, kind, feed.language, feed.title, f"{number} {one if number == 1 else many}")
    show.counts = counts


def _show_line(show: _Show, kind: str, language: str, title: str, what: str) -> None:
    """Print what came; the columns leave 32 of 80 characters for *what*."""
    kind_style = _STYLES.get(kind, "")
    _say(show, Text.assemble(strftime("%H:%M:%S "), (f"{kind:8} ", kind_style), f"{language:5} {title:23} ", what))


def _conclude(show: _Show, seen: Mapping[str, int], *, seconds: float) -> None:
    """Print *seen* beside what was expected; raises NewswireError when they differ."""
    rows = [(name, number, seen[name]) for name, number in show.expected.items()]
    rows.append(("delivered", show.expected["new"] + show.expected["revised"], show.delivered))
    _say(show, f"\n{'':16}{'expected':>8}  {'seen':>8}", style="bold")
    for name, expected, number in rows:
        _say(show, f"{name:16}{expected:8}  {number:8}", style="" if number == expected else "red")
    wrong = [f"{name} {number} instead of {expected}" for name, expected, number in rows if number != expected]
    if wrong:
        raise NewswireError(f"the demo did not go as expected within {seconds:.0f} s: {', '.join(wrong)}")
    _say(show, f"\nAll as expected, after {seconds:.1f} s. All processes have ended and the data is removed.")
    _say(show, "Next: newswire run french, or newswire run with the address of a feed.")


def _say(show: _Show, line: str | Text, *, style: str = "", whole: bool = False) -> None:
    """Print one line. On a terminal it is cut to the width, or wrapped if it must be read *whole*."""
    if show.console.is_terminal:
        show.console.print(line, style=style, markup=False, no_wrap=not whole, overflow="ellipsis")
    else:
        show.console.print(line, style=style, markup=False, soft_wrap=True)
