"""Decides who an article is (its key and its id) and whether what it says now is new, revised or the same.

Rules of this file: every id and digest is BLAKE2b (RFC 7693), so it is equal in every process, on every machine and
in every version of Python. What is stored carries a version: a change of a rule changes the version tag.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.model import (
    Article,
    Entry,
    FeedReference,
    Known,
    New,
    Revised,
    Same,
    Verdict,
)
from pipeline.stages.digests import (
    CONTENT_FIELDS,
    DIGESTS_BYTES,
    WITHDRAWN,
    blake,
    content_of,
    differing,
    digests_of,
    framed,
)
from pipeline.stages.settling import settled

_ID_VERSION = "newswire.article-id/1"
_DAY_MS = 86_400_000

CARRIED = 0xFFFF
"""The revision of what another feed of the site tells of: this feed's own telling is not published."""
MAX_REVISION = CARRIED - 1
MAX_RETURNS = 0xF
"""The largest numbers that are remembered."""


# --- The key of an entry ------------------------------------------------------------------------------------------


def entry_keys(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Give each of the *entries* of one document its identity key, in order.

    The key is the guid, else the link, else title and date as written, else a digest of the content; surrounding
    whitespace does not count, and `isPermaLink` never matters (it says what a guid is good for, not whose it is).
    A guid (or a link in its place) that several entries of the document carry is no identity by itself: if their
    links differ the link is added, and where the titles under one link differ, the title too. Entries equal in all
    three are one item shown twice and share a key.

    Known weakness: an entry whose guid is repeated has another key than the same entry alone in its document, so it
    is new once more when its namesake arrives or leaves. Nothing but a repeated guid makes a key depend on others.
    """
    bases = [base_key(entry) for entry in entries]
    by_base = _groups(bases)
    keys = list(bases)
    for base, positions in by_base.items():
        if len(positions) > 1:
            _tell_apart(base, positions, entries, keys)
    return tuple(keys)


def base_key(entry: Entry) -> str:
    """Give the key of an *entry* by itself: its identity key, unless another entry of its document has the same."""
    guid, link, title = _trimmed(entry.guid), _trimmed(entry.link), _trimmed(entry.title_html)
    if guid or link:
        return guid or link
    date = entry.published or entry.updated
    # A title alone is no identity ("Untitled", "Weather"): without a date the content decides.
    if title and date is not None and date.raw.strip():
        return f"{title}\n{date.raw.strip()}"
    content = (title, _trimmed(entry.summary_html), _trimmed(entry.content_html))
    media = tuple(enclosure.url for enclosure in entry.enclosures)
    return "digest:" + blake(framed((*content, *media)), 16).hex()


def succeeding_key(entry: Entry) -> str:
    """Give the key of an *entry* whose guid another article had before it: as if both stood side by side."""
    return f"{base_key(entry)}\n{_trimmed(entry.link)}"


def _tell_apart(base: str, positions: Sequence[int], entries: Sequence[Entry], keys: list[str]) -> None:
    """Give the entries at *positions*, all of key *base*, keys of their own in *keys* where they differ."""
    by_link = _groups([_trimmed(entries[position].link) for position in positions])
    for link, members in by_link.items():
        key = f"{base}\n{link}" if len(by_link) > 1 else base
        titles = [_trimmed(entries[positions[member]].title_html) for member in members]
        several_titles = len(set(titles)) > 1
        for member, title in zip(members, titles, strict=True):
            keys[positions[member]] = f"{key}\n{title}" if several_titles else key


def _groups(values: Sequence[str]) -> Mapping[str, list[int]]:
    """List the positions of each of the *values*, in order of first appearance."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for position, value in enumerate(values):
        groups[value].append(position)
    return groups


def _trimmed(text: str | None) -> str:
    return text.strip() if text else ""


# --- The ids made from it -----------------------------------------------------------------------------------------


def article_id(feed_id: str, key: str) -> str:
    """Make the id of the article with *key* in the feed *feed_id*: 32 hex digits, the same for ever."""
    return blake(framed((_ID_VERSION, feed_id, key)), 16).hex()


def seen_id(article_id: str) -> bytes:
    """Make the 8 bytes that stand for *article_id* (32 hex digits) in the seen-index of its feed.

    Among 10^8 articles of a single feed the odds that any two share them are 3 in 10,000.
    """
    return bytes.fromhex(article_id[:16])


# --- The verdict --------------------------------------------------------------------------------------------------


def judge(known: Known | None, article: Article, *, now_ms: int) -> Verdict:
    """Decide whether *article* is new, revised or the same as the revision remembered in *known* (None: never seen).

    Only title, summary and text make a revision; whitespace, counters and relative times in them do not. `changed`
    of a revision names every field that differs from the last published one, so what changed on the quiet before is
    named then. An article comes back with kind, revision, changed, discovered_ms and accepted_ms set from *now_ms*
    (ms since the epoch). Revisions stop counting at 65,534.

    An article that goes back to what it said before is revised once; if it keeps going back and forth, as where two
    caches of a server disagree, each further return is told after twice the days, so that it is not told for ever.
    """
    today = now_ms // _DAY_MS
    digests = digests_of(article)
    if known is None:
        fresh = replace(article, kind="new", revision=1, changed=(), discovered_ms=now_ms, accepted_ms=now_ms)
        return New(fresh, Known(revision=1, discovered_ms=now_ms, shown_day=today, digests=digests))
    if known.revision == CARRIED:
        return Same(article.id, settled(replace(known, shown_day=today), today) if today > known.shown_day else None)
    changed = differing(known.digests, digests)
    is_return = content_of(digests) == known.former
    if CONTENT_FIELDS.isdisjoint(changed) or (is_return and not _may_return(known, today)):
        return Same(article.id, settled(replace(known, shown_day=today), today) if today > known.shown_day else None)
    remembered = _succeeded(known, digests, today, is_return=is_return)
    revised = replace(
        article,
        kind="revised",
        revision=remembered.revision,
        changed=changed,
        discovered_ms=known.discovered_ms,
        accepted_ms=now_ms,
    )
    return Revised(revised, remembered)


def withdraw(known: Known, article_id: str, feed: FeedReference, *, now_ms: int) -> Revised | Same:
    """Decide what becomes of an article that its feed takes back (RFC 6721): that is told once, with no content."""
    is_return = known.former == WITHDRAWN
    today = now_ms // _DAY_MS
    if known.revision == CARRIED or not any(known.digests) or (is_return and not _may_return(known, today)):
        return Same(article_id)
    article = _withdrawn(known, article_id, feed, now_ms=now_ms)
    return Revised(article, _succeeded(known, bytes(DIGESTS_BYTES), today, is_return=is_return))


def withdraw_gone(known: Known, article: Article, reason: str, *, now_ms: int) -> Revised | Same:
    """Decide what becomes of an *article* whose page was read and is gone: that is told once, with the *reason*.

    Its feed may show it for some time, and that is not told again, unless the feed changes what it says.
    """
    if not any(known.digests):
        return Same(article.id)
    told = replace(_withdrawn(known, article.id, article.feed, now_ms=now_ms), problems=(reason,))
    remembered = _succeeded(known, bytes(DIGESTS_BYTES), now_ms // _DAY_MS, is_return=True)
    return Revised(told, replace(remembered, returns=MAX_RETURNS))


def _withdrawn(known: Known, article_id: str, feed: FeedReference, *, now_ms: int) -> Article:
    return Article(
        id=article_id,
        feed=feed,
        kind="withdrawn",
        revision=min(known.revision + 1, MAX_REVISION),
        discovered_ms=known.discovered_ms,
        accepted_ms=now_ms,
    )


def _succeeded(known: Known, digests: bytes, today: int, *, is_return: bool) -> Known:
    """Give what to remember when a revision of *digests* follows the one *known*."""
    return Known(
        min(known.revision + 1, MAX_REVISION),
        known.discovered_ms,
        today,
        digests,
        former=content_of(known.digests),
        returns=min(known.returns + 1, MAX_RETURNS) if is_return else 0,
        revised_day=today,
    )


def return_wait_days(known: Known) -> int:
    """Say how many days after its last revision a return to its former content is told: 0, then 1, 2, 4, 8."""
    return 1 << (known.returns - 1) if known.returns else 0


def _may_return(known: Known, today: int) -> bool:
    return today - known.revised_day >= return_wait_days(known)
