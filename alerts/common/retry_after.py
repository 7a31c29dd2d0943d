"""How long a server asks to wait. Pure; used for channels and for gateways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(value: str | None, most: timedelta, now: datetime) -> timedelta | None:
    """Return how long a Retry-After header asks to wait at *now*: seconds or an HTTP date.

    None for nothing usable, zero for the past, at most *most*. A date without a zone is GMT
    (RFC 9110, 5.6.7).
    """
    text = (value or "").strip()
    if text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), most.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), most)
