"""How a Telegram bot and its chats are written down. Pure.

Apart from the bot itself, whose library takes a fifth of a second to load.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from typing import TextIO

from alerts.channels.base import Channel
from alerts.channels.kind import Kind
from alerts.channels.replies import url_problem
from alerts.common.deadline import Limits
from alerts.model import ChannelSettings
from alerts.told import Told

ADDRESS = Told("a chat id (a number, negative for groups) or a public channel's @name")

PROXY = Told("expected a proxy's address (http://, https://, socks5:// or socks5h://)")
SOCKS_MISSING = Told(
    "a SOCKS proxy needs an optional library: pip install account-freshness-monitor[socks]"
)


def address_problem(address: str) -> str | None:
    """Return what is wrong with *address* as a chat, or None."""
    known = re.fullmatch(r"-?\d{1,19}|@[A-Za-z]\w{3,}", address, re.ASCII)
    return None if known else Told("expected {what}", what=ADDRESS)


def problems(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with which option."""
    found = {"base_url": url_problem(options.get("base_url", "https://a"))}
    found["proxy"] = _proxy_problem(options.get("proxy", "http://a"))
    if not re.fullmatch(r"\d+:[\w-]+", options.get("token", ""), re.ASCII):
        found["token"] = Told("expected a bot's token, digits, a colon and letters")
    return {key: problem for key, problem in found.items() if problem}


def _proxy_problem(proxy: str) -> str | None:
    scheme, _, rest = proxy.partition("://")
    if scheme not in ("socks5", "socks5h"):
        return url_problem(proxy) and PROXY
    if url_problem(f"http://{rest}"):
        return PROXY
    return None if importlib.util.find_spec("socksio") else SOCKS_MISSING


def _made(settings: ChannelSettings, out: TextIO, limits: Limits) -> Channel:
    from alerts.channels.telegram import Telegram  # noqa: PLC0415 - see above

    return Telegram(settings, out, limits)


KIND = Kind(
    _made,
    required=frozenset({"token"}),
    optional=frozenset({"base_url", "proxy"}),
    secrets=frozenset({"token", "proxy"}),
    address=ADDRESS,
    address_problem=address_problem,
    problems=problems,
)
