"""Look for the feeds of an address through the one door to the web, politely: what is known by rule is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.adapters.web import Web
from pipeline.model import FeedDocument, NoResponse, RawDocument, Response
from pipeline.stages.discovery import (
    Candidate,
    candidates_by_address,
    candidates_in_page,
    looks_like_feed,
    self_link,
    well_known,
)
from pipeline.stages.encoding import Damaged, unpack
from pipeline.stages.parse import read_feed
from pipeline.stages.text import title_text

_MOST_LOOKS = 4
"""Candidates that are fetched to see whether they are feeds: the best one nearly always is."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """What looking at *given* brought: the feed to add, all that was found, and why nothing better was."""

    given: str
    best: Candidate
    found: tuple[Candidate, ...] = ()
    problem: str | None = None


class Explorer:
    """Looks for feeds through *web*; at most *limit_bytes* of a document are read."""

    def __init__(self, web: Web, *, limit_bytes: int) -> None:
        self._web = web
        self._limit_bytes = limit_bytes

    async def explore(self, url: str) -> Discovered:
        """Find the feeds of *url*. An address that cannot be looked at, or has none, is its own best, with a problem.

        An address written like a feed's, and the pages of known platforms, cost no request.
        """
        itself = Candidate(url, "", "itself")
        if looks_like_feed(url):
            return Discovered(url, itself)
        if by_address := candidates_by_address(url):
            return Discovered(url, by_address[0], by_address)
        answer = await self._web.get(url, lambda _url: ())
        if isinstance(answer, NoResponse) or answer.status != 200:
            why = answer.detail if isinstance(answer, NoResponse) else f"HTTP {answer.status}"
            return Discovered(url, itself, problem=f"it could not be looked at ({why})")
        page = unpack(answer.body, _header(answer, "content-encoding"), limit_bytes=self._limit_bytes)
        if isinstance(page, Damaged):
            return Discovered(url, itself, problem=f"it could not be looked at ({page.reason})")
        title = self._title_of_feed(answer)
        if title is not None:
            own = self_link(page, answer.url)
            also = () if own is None else (Candidate(own, title, "self"),)
            return Discovered(url, replace(itself, title=title), (replace(itself, title=title), *also))
        return await self._of_page(url, answer, candidates_in_page(answer, page))

    async def _of_page(self, url: str, answer: Response, found: tuple[Candidate, ...]) -> Discovered:
        best = await self._first_feed(found[:_MOST_LOOKS])
        if best is None and not found:
            best = await self._first_feed(well_known(answer.url))
            found = () if best is None else (best,)
        if best is None:
            tried = f"none of the {len(found)} addresses that it names is one" if found else "it names none"
            return Discovered(url, Candidate(url, "", "itself"), found, f"no feed was found there: {tried}")
        return Discovered(url, best, tuple(best if each.url == best.url else each for each in found))

    async def _first_feed(self, candidates: Sequence[Candidate]) -> Candidate | None:
        for candidate in candidates:
            answer = await self._web.get(candidate.url, lambda _url: ())
            title = self._title_of_feed(answer)
            if title is not None:
                return replace(candidate, title=candidate.title or title)
        return None

    def _title_of_feed(self, answer: Response | NoResponse) -> str | None:
        """The title of the feed that *answer* brought, "" for one without; None when it brought no feed."""
        if isinstance(answer, NoResponse) or answer.status != 200:
            return None
        document = RawDocument(
            feed_id="",
            url=answer.url,
            fetched_ms=None,
            body=answer.body,
            content_encoding=_header(answer, "content-encoding"),
            content_type=_header(answer, "content-type"),
        )
        read = read_feed(document, limit_bytes=self._limit_bytes)
        return title_text(read.title or "") if isinstance(read, FeedDocument) else None


def _header(response: Response, name: str) -> str:
    return b", ".join(value for key, value in response.headers if key == name).decode("latin-1")
