"""How a WeCom robot and its chats are written down. Pure.

Apart from the robot itself, whose library takes a while to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO
from urllib.parse import urlsplit

from alerts.channels.base import Channel
from alerts.channels.kind import Kind
from alerts.channels.wecom_bot_frames import ADDRESS, CHAT, HOME
from alerts.common.deadline import Limits
from alerts.model import ChannelSettings
from alerts.told import Told


def address_problem(address: str) -> str | None:
    """Return what is wrong with *address*, or None."""
    return None if CHAT.fullmatch(address) else Told("expected {what}", what=ADDRESS)


def problems(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with which option."""
    parts = urlsplit(options.get("base_url", HOME))
    if parts.scheme in ("ws", "wss") and parts.hostname:
        return {}
    return {"base_url": Told("expected a WebSocket's address (wss:// or ws://)")}


def _made(settings: ChannelSettings, out: TextIO, limits: Limits) -> Channel:
    from alerts.channels.wecom_bot import WeComBot  # noqa: PLC0415 - see above

    return WeComBot(settings, out, limits)


KIND = Kind(
    _made,
    required=frozenset({"bot_id", "secret"}),
    optional=frozenset({"base_url"}),
    secrets=frozenset({"secret"}),
    address=ADDRESS,
    address_problem=address_problem,
    problems=problems,
)
