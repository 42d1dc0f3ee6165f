"""May a page be fetched? Asks the host's robots.txt through the one door to the web, once a day for all daemons.

For article pages alone: a feed that somebody subscribed to is asked whatever robots.txt says, as a browser would.
"""

from __future__ import annotations

import asyncio

from pipeline.adapters.robots_cache import RobotsCache
from pipeline.adapters.web import Web
from pipeline.model import NoResponse, Response
from pipeline.stages.encoding import Damaged, unpack
from pipeline.stages.robots import DISALLOW_ALL, Robots, from_bytes, is_allowed, robots_of, robots_url, to_bytes


class RobotsGuide:
    """Knows what hosts allow *user_agent* to fetch; safe to use from many tasks of one event loop."""

    def __init__(self, web: Web, cache: RobotsCache, *, user_agent: str, limit_bytes: int) -> None:
        self._web = web
        self._cache = cache
        self._user_agent = user_agent
        self._limit_bytes = limit_bytes
        self._asked: dict[str, asyncio.Task[Robots]] = {}

    async def allowed(self, url: str) -> bool:
        """Whether the page at *url* may be fetched now; False for what is no http(s) address."""
        address = robots_url(url)
        if address is None:
            return False
        kept = await self._cache.get(address)
        robots = from_bytes(kept) if kept is not None else await self._ask_once(address)
        return is_allowed(robots, url)

    async def _ask_once(self, address: str) -> Robots:
        """Ask for the robots.txt at *address*, or wait for the answer that another page's question brings."""
        task = self._asked.get(address)
        if task is None:
            task = self._asked[address] = asyncio.create_task(self._ask(address))
            task.add_done_callback(lambda _task: self._asked.pop(address, None))
        return await asyncio.shield(task)

    async def _ask(self, address: str) -> Robots:
        robots = self._read(await self._web.get(address, lambda _url: ()))
        await self._cache.keep(address, to_bytes(robots), in_trouble=robots.everything)
        return robots

    def _read(self, answer: Response | NoResponse) -> Robots:
        match answer:
            case NoResponse(kind="redirects"):  # as if there were none (RFC 9309 section 2.3.1.2)
                return robots_of(404, b"", user_agent=self._user_agent)
            case NoResponse():
                return DISALLOW_ALL
            case Response():
                encoding = b", ".join(value for name, value in answer.headers if name == "content-encoding")
                body = unpack(answer.body, encoding.decode("latin-1"), limit_bytes=self._limit_bytes)
                if isinstance(body, Damaged):
                    return DISALLOW_ALL
                return robots_of(answer.status, body, user_agent=self._user_agent)
