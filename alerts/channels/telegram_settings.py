"""How a Telegram bot and its chats are written down. Pure.

Apart from the bot itself, whose library takes a fifth of a second to load.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TextIO

from alerts.channels.base import Channel
from alerts.channels.kind import Kind
from alerts.channels.replies import url_problem
from alerts.common.deadline import Limits
from alerts.model import ChannelSettings

ADDRESS = "a chat id (a number, negative for groups) or a public channel's @name"


def address_problem(address: str) -> str | None:
    """Return what is wrong with *address* as a chat, or None."""
    known = re.fullmatch(r"-?\d{1,19}|@[A-Za-z]\w{3,}", address, re.ASCII)
    return None if known else f"expected {ADDRESS}"


def problems(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with which option."""
    found = {key: url_problem(options[key]) for key in ("base_url", "proxy") if key in options}
    if not re.fullmatch(r"\d+:[\w-]+", options.get("token", ""), re.ASCII):
        found["token"] = "expected a bot's token, digits, a colon and letters"
    return {key: problem for key, problem in found.items() if problem}


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
