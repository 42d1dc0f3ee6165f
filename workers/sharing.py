"""Tell of an article once where several feeds of one site show it: the first tells, the others are named in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from pipeline import wire
from pipeline.adapters.articles import Conflict, Owner, Publication
from pipeline.adapters.backlog import Claim
from pipeline.model import Article, FeedReference, New, Revised, Same, Verdict
from pipeline.stages.digests import DIGESTS_BYTES
from pipeline.stages.identity import seen_id
from pipeline.stages.seen_records import is_readable, pack, unpack
from pipeline.stages.sharing import carried, seen_in, shared_address, shared_addresses
from workers.desk import desk

log = structlog.get_logger("workers.sharing")

_DAY_MS = 86_400_000
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Shared:
    """The *verdicts* on the articles of a document as they stand beside the other feeds of its site.

    *carried* is what to remember of those that another feed tells of, by id; *addresses* what they are known by.
    """

    verdicts: list[Verdict]
    carried: dict[str, Publication]
    addresses: dict[str, bytes]

    def publication(self, article_id: str, own: Publication | None) -> Publication | None:
        """Give what to write down of an article: as carried, or its *own* publication with its address."""
        if article_id in self.carried:
            return self.carried[article_id]
        return own and replace(own, address=self.addresses.get(article_id, b""))


def share(claim: Claim, articles: Sequence[Article], records: Sequence[bytes], verdicts: Sequence[Verdict]) -> Shared:
    """Tell which new ones of *articles* other feeds told of, and name this feed in them; revisions keep their feeds.

    *records* and *verdicts* stand beside the articles, one for each.
    """
    addresses = shared_addresses(articles)
    owners = _owners(verdicts, addresses)
    carried: dict[str, Publication] = {}
    shared: list[Verdict] = []
    for article, record, verdict in zip(articles, records, verdicts, strict=True):
        owner = owners.get(article.id)
        match verdict:
            case New() if owner is not None and owner.feed_id != article.feed.id:
                carried[article.id] = _carry(claim, article, record, owner, addresses[article.id])
                shared.append(Same(article.id))
            case Revised() if owner is not None and owner.article_id == article.id:
                shared.append(_with_feeds(verdict, owner))
            case _:
                shared.append(verdict)
    return Shared(shared, carried, addresses)


def also_in(article: Article, basis: Article) -> Article:
    """Give *article*, which its feed says as *basis*, with the other feeds that were told to carry it."""
    address = shared_address(basis)
    if not address:
        return article
    (owner,) = desk().articles.owners([address], today=desk().clock.now_ms() // _DAY_MS)
    former = desk().pages.published(owner.stream_id) if owner and owner.article_id == article.id else None
    return replace(article, also_in=former.also_in) if former else article


def _owners(verdicts: Sequence[Verdict], addresses: Mapping[str, bytes]) -> dict[str, Owner]:
    """Give, by id, who told of the new and revised articles of *verdicts*, by their *addresses*."""
    ids = [each.article.id for each in verdicts if isinstance(each, New | Revised) and each.article.id in addresses]
    if not ids:
        return {}
    owners = desk().articles.owners([addresses[each] for each in ids], today=desk().clock.now_ms() // _DAY_MS)
    return {each: owner for each, owner in zip(ids, owners, strict=True) if owner is not None}


def _with_feeds(verdict: Revised, owner: Owner) -> Revised:
    former = desk().pages.published(owner.stream_id)
    return replace(verdict, article=replace(verdict.article, also_in=former.also_in)) if former else verdict


def _carry(claim: Claim, article: Article, record: bytes, owner: Owner, address: bytes) -> Publication:
    """Tell, as a revision of the article of *owner*, that the feed of *claim* shows it; give what that remembers."""
    for _ in range(_ATTEMPTS):
        if _told(claim, article.feed, owner, address):
            break
    now_ms = desk().clock.now_ms()
    return Publication(seen_id(article.id), record, pack(carried(article, now_ms=now_ms)))


def _told(claim: Claim, feed: FeedReference, owner: Owner, address: bytes) -> bool:
    """Whether nothing more is to be told; False when the memory of the article changed meanwhile."""
    station, name = desk(), seen_id(owner.article_id)
    (found,) = station.articles.owners([address], today=station.clock.now_ms() // _DAY_MS)
    former = station.pages.published((found or owner).stream_id)
    (record,) = station.articles.recall(owner.feed_id, [name])
    if former is None or not record or not is_readable(record):
        return True
    known = unpack(record)
    article = seen_in(former, known, feed, now_ms=station.clock.now_ms())
    if article is None:
        return True
    (told,) = station.pages.told(owner.feed_id, [name])
    publication = Publication(
        name,
        record,
        pack(replace(known, revision=article.revision)),
        kind="revised",
        counted="revised",
        article_id=article.id,
        language=article.language or "",
        json=wire.article_to_json(article),
        told=told[: 1 + DIGESTS_BYTES],
        address=address,
    )
    (fate,) = station.articles.publish(owner.feed_id, claim, publications=[publication])
    log.info("carried", article=article.id, feeds=len(article.also_in), told=not isinstance(fate, Conflict))
    return not isinstance(fate, Conflict)
