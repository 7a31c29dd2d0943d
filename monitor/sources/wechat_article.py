"""Whose article a short address of WeChat leads to: its page names the account, once it is shown.

WeChat asks strangers who read much to prove that they are people; then nothing is known.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from monitor.ledger.identity import WECHAT_HOST
from monitor.sources.addresses import WECHAT, Address, number_in
from monitor.sources.answers import Failed

if TYPE_CHECKING:
    from monitor.sources.http import Http

HOME = f"https://{WECHAT_HOST}"
NAMED = re.compile(rb"""\b(?:__)?biz["']?\s*[=:]\s*["']([A-Za-z0-9+/=]{8,24})["']""")


def owner(http: Http, address: Address, now: datetime, home: str = HOME) -> str | None:
    """Return the number of the account whose article *address* is; None where the page at *home*
    cannot be read or does not say."""
    answer = http.get(f"{home}/s/{address.post}", now)
    if isinstance(answer, Failed):
        return None
    links = (f"{HOME}/s?__biz={quote(m[1].decode())}" for m in NAMED.finditer(answer.body))
    return next(filter(None, (number_in(WECHAT, link) for link in links)), None)
