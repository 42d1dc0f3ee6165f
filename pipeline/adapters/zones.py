"""What tells the zone of each feed, kept from one document to the next as opaque bytes. Plain calls."""

from __future__ import annotations

from redis import Redis

from pipeline.adapters.keys import Keys


class ZoneStore:
    """The zones of feeds behind *client*."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def zone(self, feed_id: str) -> bytes:
        """What is kept of one feed; b"" for nothing."""
        kept = self._client.hget(self._keys.zones, feed_id)
        return kept if isinstance(kept, bytes) else b""

    def keep_zone(self, feed_id: str, zone: bytes) -> None:
        """Keep *zone* for as long as the feed is on the list."""
        self._client.hset(self._keys.zones, feed_id, zone)
