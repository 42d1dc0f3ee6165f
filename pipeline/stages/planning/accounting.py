"""Reads and writes the account of the budget as JSON, and books what was polled since it was last looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pipeline.stages.planning.price import Account, booked


@dataclass(frozen=True, slots=True)
class Book:
    """An account, and the requests that had been made in all when it was booked."""

    account: Account
    requests: int


def book_to_json(book: Book) -> str:
    """Return *book* as it stands on Redis."""
    account = book.account
    return json.dumps(
        {
            "version": 1,
            "at": account.at_seconds,
            "price": account.price,
            "debt": account.debt,
            "realised": account.realised,
            "learnt_days": account.learnt_days,
            "requests": book.requests,
        }
    )


def book_from_json(text: bytes | None) -> Book | None:
    """Return the book that *text* says; None if there is none, or it is of another version: then begin anew."""
    if text is None:
        return None
    try:
        told = json.loads(text)
        if told["version"] != 1:
            return None
        account = Account(*(float(told[name]) for name in ("at", "price", "debt", "realised", "learnt_days")))
        return Book(account, int(told["requests"])) if account.price > 0 else None
    except (ValueError, KeyError, TypeError):
        return None


def rebooked(book: Book, *, now_seconds: float, requests: int, requests_per_day: float, appetite: float) -> Book:
    """Return *book* after *requests* in all; a counter that was set back counts as nothing made."""
    account = booked(
        book.account,
        now_seconds=now_seconds,
        requests=max(0, requests - book.requests),
        requests_per_day=requests_per_day,
        appetite=appetite,
    )
    return Book(account, requests)
