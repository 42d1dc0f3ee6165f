"""Over how many shards the memory of a feed is spread, for those who read or remove it as a whole.

Where an article stands among them is known to `lua/parts/seen_shards.lua` alone.
"""

from __future__ import annotations

from pipeline.adapters.keys import Keys


def shard_count(noted: bytes | None) -> int:
    """Read how many shards a feed has from what is *noted* of it in `Keys.shards`: one where that is nothing."""
    return 1 if noted is None else int(noted.split()[0])


def shard_names(keys: Keys, feed_id: str, noted: bytes | None) -> list[str]:
    """Name every shard of a feed by what is *noted* of it in `Keys.shards`."""
    return [keys.seen(feed_id, shard=number) for number in range(shard_count(noted))]
