"""Keeps what hosts ask in their robots.txt, so that each is asked for it once a day at most."""

from __future__ import annotations

from redis.asyncio import Redis

from pipeline.adapters.keys import Keys

KEEP_SECONDS = 24 * 3600
"""RFC 9309 section 2.4: not longer than 24 hours."""
KEEP_TROUBLE_SECONDS = 3600
"""A host that could not say is asked again within the hour: until then nothing of it is fetched."""


class RobotsCache:
    """What is known of hosts behind *client*, as opaque bytes; shared by all daemons."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    async def get(self, robots_url: str) -> bytes | None:
        """What is kept for the robots.txt at *robots_url*; None when nothing is, or not any more."""
        kept = await self._client.get(self._keys.robots(robots_url))
        return kept if isinstance(kept, bytes) else None

    async def keep(self, robots_url: str, robots: bytes, *, in_trouble: bool) -> None:
        """Keep *robots* for a day, or for an hour when the host was *in_trouble*."""
        seconds = KEEP_TROUBLE_SECONDS if in_trouble else KEEP_SECONDS
        await self._client.set(self._keys.robots(robots_url), robots, ex=seconds)
