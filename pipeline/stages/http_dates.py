"""Reads the numbers and dates of HTTP headers: what is none is None, whatever it is instead."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

# 31 years: more says no more. int() of thousands of digits raises, so a few more than that has are read.
_MOST_SECONDS = 999_999_999
_MOST_DIGITS_READ = 100
_LONGEST_DATE = 64


def seconds_ms(value: bytes) -> int | None:
    """Read delta-seconds (RFC 9110 section 10.2.3, RFC 9111 section 1.2.2) as milliseconds, at most 31 years."""
    digits = value.strip()
    return min(int(digits[:_MOST_DIGITS_READ]), _MOST_SECONDS) * 1000 if digits.isdigit() else None


def http_date_ms(value: bytes) -> int | None:
    """Read an HTTP-date, in any of the three forms of RFC 9110 section 5.6.7, as milliseconds since the epoch."""
    try:
        moment = parsedate_to_datetime(value[:_LONGEST_DATE].decode("ascii"))
        return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
