"""The kinds of channel this version has: how each is built, its keys, its addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

from alerts.channels import apprise, dingtalk, feishu, mail, robot, telegram_keys, webhook, wecom
from alerts.channels.base import Channel
from alerts.channels.console import Console
from alerts.channels.network import USUAL, Limits
from alerts.model import ChannelSettings

Make = Callable[[ChannelSettings, TextIO, Limits], Channel]
Options = Mapping[str, str]


def _any_address(_: str) -> str | None:
    return None


def _no_problems(_: Options) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of channel.

    *required*, *optional*: its keys; *secrets*: those of them that belong into the environment.
    *address*: what an address looks like, in words; *address_problem*: what is wrong with one,
    or None. *problems*: which key's value is wrong and what was expected, never quoting it;
    ask it only once the required keys are there.
    """

    make: Make
    required: frozenset[str]
    optional: frozenset[str]
    secrets: frozenset[str]
    address: str
    address_problem: Callable[[str], str | None] = _any_address
    problems: Callable[[Options], dict[str, str]] = _no_problems


def _console(settings: ChannelSettings, out: TextIO, _: Limits) -> Channel:
    return Console(settings, out)


def _telegram(settings: ChannelSettings, out: TextIO, limits: Limits) -> Channel:
    # Its library takes a fifth of a second to load: only a channel that is made pays for it.
    from alerts.channels.telegram import Telegram  # noqa: PLC0415

    return Telegram(settings, out, limits)


_URL, _SECRET, _BOTH = frozenset({"url"}), frozenset({"secret"}), frozenset({"url", "secret"})

KINDS: Mapping[str, Kind] = {
    "console": Kind(_console, frozenset(), frozenset(), frozenset(), 'anything, e.g. ""'),
    "telegram": Kind(
        _telegram,
        required=frozenset({"token"}),
        optional=frozenset({"base_url", "proxy"}),
        secrets=frozenset({"token", "proxy"}),
        address=telegram_keys.ADDRESS,
        address_problem=telegram_keys.address_problem,
        problems=telegram_keys.problems,
    ),
    "wecom": Kind(
        wecom.WeCom,
        required=_URL,
        optional=_SECRET,  # the vendor signs nothing; taken so that the three are alike
        secrets=_BOTH,
        address=wecom.ADDRESS,
        address_problem=robot.mentions_problem,
        problems=wecom.problems,
    ),
    "dingtalk": Kind(
        dingtalk.DingTalk,
        required=_URL,
        optional=_SECRET,
        secrets=_BOTH,
        address=dingtalk.ADDRESS,
        address_problem=robot.mentions_problem,
        problems=dingtalk.problems,
    ),
    "feishu": Kind(
        feishu.Feishu,
        required=_URL,
        optional=_SECRET,
        secrets=_BOTH,
        address=feishu.ADDRESS,
        address_problem=robot.mentions_problem,
        problems=feishu.problems,
    ),
    "mail": Kind(
        mail.Mail,
        required=frozenset({"host", "port", "security", "sender"}),
        optional=frozenset({"username", "password"}),
        secrets=frozenset({"password"}),
        address=mail.ADDRESS,
        address_problem=mail.address_problem,
        problems=mail.problems,
    ),
    "webhook": Kind(
        webhook.Webhook,
        required=_URL,
        optional=_SECRET,
        secrets=_SECRET,
        address=webhook.ADDRESS,
        problems=webhook.problems,
    ),
    "apprise": Kind(
        apprise.Apprise,
        required=_URL,
        optional=frozenset(),
        secrets=_URL,
        address=apprise.ADDRESS,
        problems=apprise.problems,
    ),
}


def build(settings: ChannelSettings, out: TextIO, limits: Limits = USUAL) -> Channel:
    """Return the channel of *settings*, which the loader has checked; *out* is the console's.

    Opens no connection. Raises `KeyError` for a kind not in `KINDS`.
    """
    return KINDS[settings.kind].make(settings, out, limits)
