"""How much of a document is read: what an operator may bound, applied to what any of the parsers found."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.model import Entry, FeedDocument
from pipeline.settings import ParseSettings

_LONGEST_TITLE = 65_536  # characters: nobody's title, and every stage behind this one is spared the rest


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """How much is read: of a document, of each summary and content, of each element.

    Of a document at most *entries*; of a text *text_characters*. An element with more than *attributes* has none, and
    an entry whose elements nest deeper than *depth* is left out.
    """

    entries: int = 5000
    text_characters: int = 1_048_576
    attributes: int = 256
    depth: int = 256


DEFAULT_LIMITS = ParseLimits()
"""What ships."""


def limits_of(settings: ParseSettings) -> ParseLimits:
    """Give the limits that *settings* set."""
    return ParseLimits(
        settings.max_entries, settings.max_text_characters, settings.max_attributes, settings.max_depth
    )


def within(feed: FeedDocument, limits: ParseLimits, *, document_bytes: int) -> FeedDocument:
    """*feed*, read from a document of *document_bytes*, within *limits*; what was left out is a problem of it."""
    problems = list(feed.problems)
    entries = feed.entries[: limits.entries]
    left_out = len(feed.entries) - len(entries)
    if left_out:
        problems.append(f"{left_out} entries behind the first {limits.entries} were left out")
    if document_bytes > limits.text_characters or (document_bytes > _LONGEST_TITLE and _has_long_title(entries)):
        shortened = tuple([_shortened(entry, limits.text_characters) for entry in entries])
        cut = sum(map(_is_other, entries, shortened))
        if cut:
            problems.append(f"texts of {cut} entries were longer than is read, and cut")
        entries = shortened
    return feed if not problems else replace(feed, entries=entries, problems=tuple(problems))


def _has_long_title(entries: tuple[Entry, ...]) -> bool:
    return any(len(entry.title_html or "") > _LONGEST_TITLE for entry in entries)


def _shortened(entry: Entry, most: int) -> Entry:
    title, summary, content = entry.title_html or "", entry.summary_html or "", entry.content_html or ""
    if len(title) <= _LONGEST_TITLE and len(summary) <= most and len(content) <= most:
        return entry
    return entry._replace(
        title_html=title[:_LONGEST_TITLE] or None,
        summary_html=summary[:most] or None,
        content_html=content[:most] or None,
    )


def _is_other(before: Entry, after: Entry) -> bool:
    return before is not after
