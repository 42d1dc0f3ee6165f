"""A list of feeds as somebody gives it, OPML or text: which feeds it names, and what in it names none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipeline.errors import FeedListError, UsageError
from pipeline.stages.opml import ListedFeed, decoded, read_opml
from pipeline.stages.urls import feed_url

_SHOWN_CHARACTERS = 80  # of a bad line: enough to find it, short enough for one line of a terminal
_LINE_END = re.compile(r"\r\n|\r|\n")
_NOT_TEXT = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class FeedList:
    """The feeds of a list, each address once and normalised, and one line for each that is no address.

    `folder_weights` are what the list says that the entries of the feeds in its folders count, by path.
    """

    feeds: tuple[ListedFeed, ...] = ()
    problems: tuple[str, ...] = ()
    folder_weights: Mapping[str, float] = field(default_factory=dict)


def read_list(data: bytes, *, name: str) -> FeedList:
    """Return the feeds that *data* names: OPML if it begins with `<`, else text with an address a line.

    In text, blank lines and lines that begin with `#` are skipped, and what follows an address after a blank is
    ignored. A bad address or setting costs itself only: it becomes a problem with its line. Of equal addresses the
    first counts. *name* is what errors call the list. Raises FeedListError when *data* is neither.
    """
    if data.startswith((b"<\0", b"\0<")) or decoded(data[:4096]).lstrip().startswith("<"):
        outlines = read_opml(data, name=name)
        listed = _judged((feed, feed.url) for feed in outlines.feeds)
        settings = [
            f"line {line}: {bad.name} {_shown(bad.text)!r} must be {bad.allowed}: it counts as not there"
            for line, bad in outlines.bad_settings
        ]
        return replace(listed, problems=(*listed.problems, *settings), folder_weights=outlines.folder_weights)
    text = decoded(data)
    if odd := _NOT_TEXT.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        column = odd.start() - text.rfind("\n", 0, odd.start())
        raise FeedListError(
            f"cannot read the feed list {name}: neither OPML nor text (a control character in line {line}, "
            f"column {column}); give an OPML file, or a text file with one address a line"
        )
    return _judged(_text_lines(text))


def _text_lines(text: str) -> Iterator[tuple[ListedFeed, str]]:
    for number, line in enumerate(_LINE_END.split(text), start=1):
        words = line.split(maxsplit=1)
        if words and not words[0].startswith("#"):
            yield ListedFeed(words[0], line=number), line.strip()


def _judged(listed: Iterable[tuple[ListedFeed, str]]) -> FeedList:
    """Keep what has an address; each feed comes with the text a person would look for."""
    feeds: dict[str, ListedFeed] = {}
    problems: list[str] = []
    for feed, written in listed:
        try:
            url = feed_url(feed.url)
        except UsageError:
            problems.append(f"line {feed.line}: not a feed address: {_shown(written)}")
        else:
            feeds.setdefault(url, replace(feed, url=url))
    return FeedList(tuple(feeds.values()), tuple(problems))


def _shown(text: str) -> str:
    printable = "".join(
        character if character.isprintable() else "\ufffd" for character in text[: _SHOWN_CHARACTERS + 1]
    )
    return f"{printable[:_SHOWN_CHARACTERS]}…" if len(text) > _SHOWN_CHARACTERS else printable
