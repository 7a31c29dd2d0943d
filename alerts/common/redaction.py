"""Keeps what a channel must not say: tokens and addresses with keys, out of every text and log.

Holds no secret of its own; each channel hands in its own ones.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

MASK = "***"
LONGEST_DETAIL = 200
LEAST_PART = 6  # shorter parts of an address are words like "send", not keys


class Secrecy:
    """One channel's secrets, and the striking out of them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spelled = {s for secret in secrets if secret for s in _spellings(secret)}
        self._secrets = sorted(spelled, key=len, reverse=True)
        self._filter = _Struck(self)
        self._loggers: list[logging.Logger] = []

    def strike(self, text: str) -> str:
        """Return *text* without the channel's secrets."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def line(self, text: str) -> str:
        """Return *text* without secrets, on one line and shortened: fit for an error."""
        line = " ".join(self.strike(text).split())
        return line if len(line) <= LONGEST_DETAIL else line[: LONGEST_DETAIL - 1] + "…"

    def hush(self, *loggers: str) -> None:
        """Strike the secrets out of what these libraries log, until `release`.

        Libraries log whole addresses, at DEBUG and, for a malformed answer, at WARNING.
        """
        for name in loggers:
            logger = logging.getLogger(name)
            logger.addFilter(self._filter)
            self._loggers.append(logger)

    def release(self) -> None:
        """Leave the libraries' loggers as they were."""
        for logger in self._loggers:
            logger.removeFilter(self._filter)
        self._loggers.clear()


def keys_of(url: str) -> Iterator[str]:
    """Yield the parts of *url* that may be keys: user, password, query values, long path parts."""
    try:
        parts = urlsplit(url)
        yield url
        yield from filter(None, (parts.username, parts.password))
    except ValueError:
        return
    values = [value for _, value in parse_qsl(parts.query)]
    yield from (p for p in [*parts.path.split("/"), *values] if len(p) >= LEAST_PART)


class _Struck(logging.Filter):
    def __init__(self, secrecy: Secrecy) -> None:
        super().__init__()
        self._secrecy = secrecy

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        struck = self._secrecy.strike(said)
        if struck != said:
            record.msg, record.args = struck, ()
        return True


def _spellings(secret: str) -> set[str]:
    spelled = {secret, unquote(secret)}
    for plain in tuple(spelled):
        spelled |= {quote(plain), quote(plain, safe=""), quote_plus(plain), html.escape(plain)}
    return spelled
