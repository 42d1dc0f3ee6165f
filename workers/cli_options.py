"""What several commands of the command line share: the options that choose settings, and the sources of feeds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline import wire
from pipeline.adapters import log as logs
from pipeline.adapters.configuration import read_settings
from pipeline.adapters.shipped import starter_lists
from pipeline.errors import FeedListError, UsageError
from pipeline.model import Feed
from pipeline.settings import Settings
from pipeline.stages.feed_list import FeedList, read_list
from pipeline.stages.number_ranges import number_within, range_words
from pipeline.stages.opml import ListedFeed
from pipeline.stages.urls import feed_id, feed_url

Command = TypeVar("Command", bound=Callable[..., Any])

_LONGEST_LIST_BYTES = 64 * 1024 * 1024
_PROBLEMS_SHOWN = 20


def number_between(low: float, high: float) -> Callable[[str], float]:
    """Return the type of an option that is a number from *low* to *high*; click's own takes nan to be within them."""

    def number(text: str) -> float:
        found = number_within(text, low, high)
        if found is None:
            raise click.BadParameter(f"{text!r} must be {range_words(low, high)}")
        return found

    return number


def settings_options(command: Command) -> Command:
    """Give *command* the options that choose settings; they arrive as keyword arguments for `settings_from`."""
    for option in (
        click.option("--redis-url", metavar="URL", help="The Redis to use; without it, the embedded Valkey."),
        click.option("--data-dir", metavar="DIR", help="Where the embedded Valkey keeps its data (default: var)."),
        click.option(
            "--config",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="A settings file (default: config/newswire.toml, if it is there).",
        ),
    ):
        command = option(command)
    return command


def settings_from(config: Path | None, data_dir: str | None, redis_url: str | None, **overrides: object) -> Settings:
    """Read the settings and set up the logs; *overrides* are dotted names with `.` written `__`, None = not given."""
    given: dict[str, object] = {"data_dir": data_dir, "redis_url": redis_url}
    given |= {name.replace("__", "."): value for name, value in overrides.items()}
    settings = read_settings(config, {name: value for name, value in given.items() if value is not None})
    logs.configure(settings.log)
    return settings


def instant(text: str | None) -> int | None:
    """Read what `--fetched-at` was given as ms since the epoch; None when it was not. UsageError for what is none."""
    if text is None:
        return None
    try:
        return wire.ms_from_rfc3339(text)
    except ValueError:
        raise UsageError(f"--fetched-at {text!r} is not an RFC 3339 instant such as 2026-10-09T16:54:00Z") from None


@dataclass(frozen=True, slots=True)
class Sources:
    """The feeds that sources name, and what the sources say that the entries in folders count, by path."""

    feeds: list[Feed]
    folder_weights: Mapping[str, float]


def feeds_from(sources: Sequence[str]) -> Sources:
    """The feeds that *sources* name: addresses, OPML or text files, starter lists, `-` for a list on stdin.

    Raises UsageError for a source that is none of these, FeedListError for a list that cannot be read; a bad line
    of a list is said on stderr and costs nothing else.
    """
    listed: dict[str, ListedFeed] = {}
    weights: dict[str, float] = {}
    for source in sources:
        found = _listed(source)
        for feed in found.feeds:
            listed.setdefault(feed.url, feed)
        weights = {**found.folder_weights, **weights}
    return Sources([_feed(each) for each in listed.values()], weights)


def _feed(listed: ListedFeed) -> Feed:
    own = listed.own
    return Feed(
        id=feed_id(listed.url),
        url=listed.url,
        title=listed.title,
        folder=listed.folder,
        interval_seconds=own.interval_seconds,
        paused=own.paused,
        full_text=own.full_text,
        weight=own.weight,
    )


def _listed(source: str) -> FeedList:
    if source == "-":
        return listed_in(sys.stdin.buffer.read(_LONGEST_LIST_BYTES), "stdin")
    if "://" in source or source.startswith("feed:"):
        return FeedList((ListedFeed(feed_url(source)),))
    starter = starter_lists().get(source)
    path = Path(source)
    if path.exists() or starter is None:
        return listed_in(_contents(path, source), source)
    return listed_in(starter.read_bytes(), starter.name)


def _contents(path: Path, source: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST_LIST_BYTES)
    except FileNotFoundError:
        names = ", ".join(starter_lists())
        raise UsageError(
            f"{source!r} is not an address (they begin with https:// or http://), a file, or a starter list ({names})"
        ) from None
    except OSError as error:
        raise FeedListError(f"{source}: cannot read this list of feeds: {error.strerror}") from None


def listed_in(data: bytes, name: str) -> FeedList:
    """The feeds of the list *data*, called *name*; what in it is wrong is said on stderr.

    Raises FeedListError for what is no list, or holds nothing but what is wrong.
    """
    found = read_list(data, name=name)
    if found.problems and not found.feeds:
        raise FeedListError(f"{name}: holds no feed address; {found.problems[0]}, and {len(found.problems) - 1} more")
    for problem in found.problems[:_PROBLEMS_SHOWN]:
        click.echo(f"newswire: {name}: {problem}", err=True)
    if len(found.problems) > _PROBLEMS_SHOWN:
        click.echo(f"newswire: {name}: {len(found.problems) - _PROBLEMS_SHOWN} more such lines left out", err=True)
    return found
