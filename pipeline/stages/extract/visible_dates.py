"""When a page says, in words for people, that it was published and last changed."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model import ArticleDate
from pipeline.stages.date_lines import read_date_lines

Pair = tuple[ArticleDate | None, ArticleDate | None]


def visible_dates(
    lines: Iterable[str], *, language: str | None, fetched_ms: int | None, east_minutes: int = 0
) -> tuple[Pair, tuple[str, ...]]:
    """Give when the date lines among *lines* say the page was published and changed, and what could not be read.

    *language* (BCP 47) tells the order of day and month, *fetched_ms* (ms since the epoch) the year that is not said;
    a time without a zone is read *east_minutes* east of UTC.
    """
    published: ArticleDate | None = None
    updated: ArticleDate | None = None
    problems: list[str] = []
    for line in lines:
        for found in read_date_lines(line, language=language, fetched_ms=fetched_ms, zone=east_minutes):
            if found.problem is not None:
                problems.append(found.problem)
            elif found.kind == "updated":
                updated = updated or found.date
            else:
                published = published or found.date
    return (published, updated), tuple(dict.fromkeys(problems))
