"""What servers have set as cookies, and what is sent back to them."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.request import Request


class Jar:
    """The cookies of some servers."""

    def __init__(self) -> None:
        self._cookies = CookieJar()
        self._empty = True

    def header(self, url: str) -> dict[str, str]:
        """Return the header with the cookies for *url*; none without any."""
        if self._empty:
            return {}
        carrier = Request(url)
        self._cookies.add_cookie_header(carrier)
        return dict(carrier.header_items())

    def keep(self, url: str, headers: Any) -> None:
        """Keep what an answer from *url* sets; *headers*: its own, which can name all of one name
        where there is a cookie among them."""
        if "Set-Cookie" in headers:
            self._cookies.extract_cookies(_Set(headers), Request(url))  # type: ignore[arg-type]
            self._empty = False


@dataclass(frozen=True, slots=True)
class _Set:
    """A response as a cookie jar wants to be given it."""

    headers: Any

    def info(self) -> Any:
        """Return the headers."""
        return self.headers
