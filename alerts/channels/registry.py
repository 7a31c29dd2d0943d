"""The kinds of channel this version has, each loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from alerts.channels.base import Channel
from alerts.channels.kind import Kind
from alerts.common.deadline import USUAL, Limits
from alerts.common.lazy import LazyMapping, kind_of
from alerts.model import ChannelSettings

# The file of each kind; its `KIND` says the rest.
FILES = {
    "console": "console",
    "telegram": "telegram_settings",
    "wecom": "wecom",
    "wecom_app": "wecom_app",
    "wecom_bot": "wecom_bot_settings",
    "dingtalk": "dingtalk",
    "feishu": "feishu",
    "mail": "mail",
    "sms_aliyun": "sms_aliyun",
    "sms_tencent": "sms_tencent",
    "webhook": "webhook",
    "apprise": "apprise",
}


KINDS: Mapping[str, Kind] = LazyMapping(FILES, lambda name: kind_of("alerts.channels", FILES[name]))


def build(settings: ChannelSettings, out: TextIO, limits: Limits = USUAL) -> Channel:
    """Return the channel of *settings*, which the loader has checked; *out* is the console's.

    Opens no connection. Raises `KeyError` for a kind not in `KINDS`.
    """
    return KINDS[settings.kind].make(settings, out, limits)
