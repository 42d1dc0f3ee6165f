"""The independent ledger of a replay: what successive documents of a feed oblige us to publish.

It reads with ElementTree and shares nothing with the system but the way an article's id is made from its guid.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bbc_archive import items_of
from ledger import Line

from pipeline.stages.identity import article_id

_TAG = re.compile(r"</?[a-zA-Z][^>]*>")


@dataclass(frozen=True, slots=True)
class Fact:
    """One revision as a reader sees it; *state* is the document that showed it first (not compared)."""

    kind: str
    changed: frozenset[str]
    title: str
    summary: str
    state: str = field(default="", compare=False)


@dataclass(slots=True)
class Ledger:
    """What the documents of one feed (its *feed_id*) said so far, in order: `facts` by guid."""

    feed_id: str
    facts: dict[str, list[Fact]] = field(default_factory=dict)
    items: int = 0
    repeated_guids: int = 0

    def take(self, document: bytes, *, state: str) -> None:
        """Add the next document; of a guid that it shows twice, the first counts."""
        shown: set[str] = set()
        for guid, item in items_of(document):
            self.items += 1
            if guid in shown:
                self.repeated_guids += 1
                continue
            shown.add(guid)
            self._note(guid, seen(item.findtext("title")), seen(item.findtext("description")), state)

    def _note(self, guid: str, title: str, summary: str, state: str) -> None:
        facts = self.facts.setdefault(guid, [])
        if not facts:
            facts.append(Fact("new", frozenset(), title, summary, state))
            return
        last = facts[-1]
        pairs = (("title", last.title, title), ("summary", last.summary, summary))
        changed = frozenset(name for name, before, after in pairs if before != after)
        if changed:
            facts.append(Fact("revised", changed, title, summary, state))

    def deviations(self, lines: Sequence[Line]) -> list[Mapping[str, object]]:
        """Compare with the *lines* of the stream that are of this feed; every difference, with guid and states."""
        told: dict[str, list[Fact]] = {}
        for line in lines:
            told.setdefault(str(line.article["id"]), []).append(_fact(line))
        found: list[Mapping[str, object]] = []
        for guid, facts in self.facts.items():
            published = told.pop(article_id(self.feed_id, guid), [])
            if published != facts:
                found.append({"guid": guid, "expected": _shown(facts), "published": _shown(published)})
        found += [{"guid": None, "article": key, "published": _shown(facts)} for key, facts in told.items()]
        return found


def seen(text: str | None) -> str:
    """Give what a reader sees of *text*: no tags, entities read, one space between words, NFC."""
    return " ".join(unicodedata.normalize("NFC", html.unescape(_TAG.sub(" ", text or ""))).split())


def _fact(line: Line) -> Fact:
    article = line.article
    changed = frozenset(article["changed"]) & {"title", "summary", "text"}
    return Fact(line.kind, changed, seen(article["title"]), seen(article["summary"]))


def _shown(facts: Sequence[Fact]) -> list[list[object]]:
    return [[fact.state, fact.kind, sorted(fact.changed), fact.title, fact.summary] for fact in facts]
