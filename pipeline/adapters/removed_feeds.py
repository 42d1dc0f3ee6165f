"""What removed feeds have published: remembered for a week, so that one that is added again tells nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from redis.client import Pipeline

from pipeline.adapters.keys import Keys
from pipeline.adapters.seen_shards import shard_names

KEPT_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Kept:
    """What is still remembered of a removed feed: its *shards*, and how many *articles* are in them."""

    feed_id: str
    shards: Sequence[str]
    articles: int


def let_expire(pipe: Pipeline, keys: Keys, feed_id: str, noted: bytes | None) -> None:
    """Queue that what a feed has published is forgotten in a week; *noted* is what stands of it in `Keys.shards`."""
    for name in _memory(keys, feed_id, shard_names(keys, feed_id, noted)):
        pipe.expire(name, KEPT_SECONDS, nx=True)  # removed twice, all of it still goes at once


def find_kept(pipe: Pipeline, keys: Keys, feed_ids: Iterable[str]) -> list[Kept]:
    """Read, under WATCH, what is still remembered of those of *feed_ids* that were removed."""
    first = {feed_id: keys.seen(feed_id) for feed_id in feed_ids}
    if not first or not pipe.exists(*first.values()):  # nearly always
        return []
    pipe.watch(*first.values())  # type: ignore[no-untyped-call]
    found = ((feed_id, _shards(pipe, keys, feed_id)) for feed_id in first)
    return [Kept(feed_id, shards, _articles(pipe, shards)) for feed_id, shards in found if shards]


def take_back(pipe: Pipeline, keys: Keys, kept: Kept) -> None:
    """Queue that what is *kept* stays as long as its feed."""
    for name in _memory(keys, kept.feed_id, kept.shards):
        pipe.persist(name)
    if len(kept.shards) > 1:
        pipe.hset(keys.shards, kept.feed_id, f"{len(kept.shards)} {kept.articles}")


def _memory(keys: Keys, feed_id: str, shards: Sequence[str]) -> list[str]:
    return [*shards, keys.aliases(feed_id), keys.items(feed_id), keys.told(feed_id)]


def _shards(pipe: Pipeline, keys: Keys, feed_id: str) -> list[str]:
    shards: list[str] = []
    while pipe.exists(name := keys.seen(feed_id, shard=len(shards))):
        shards.append(name)
    return shards


def _articles(pipe: Pipeline, shards: Sequence[str]) -> int:
    return sum(pipe.hlen(name) for name in shards) if len(shards) > 1 else 0
