"""Any other chat service, through the optional Apprise.

Apprise reports only whether it worked, not why: every failure is worth another try. For three
services it takes a refusal for success; those have kinds of their own here and are turned away.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Mapping
from typing import Any, TextIO

from alerts.channels.kind import Kind
from alerts.common.deadline import USUAL, Limits
from alerts.common.redaction import Redactor, keys_of
from alerts.message import DeliveryError, Failure, Message, Why
from alerts.model import ChannelSettings
from alerts.told import Detail, Told

ADDRESS = "anything; whom Apprise tells is part of the channel's url"
MISSING = Told("needs an optional library: pip install account-freshness-monitor[apprise]")
LOGGERS = ("apprise", "urllib3.connectionpool", "urllib3.connection")
OWN_KINDS = {
    "wecombot": "wecom",
    "qyapi.weixin.qq.com": "wecom",
    "dingtalk": "dingtalk",
    "oapi.dingtalk.com": "dingtalk",
    "feishu": "feishu",
    "lark": "feishu",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "feishu",
}


class Apprise:
    """One Apprise address. Safe to call from several threads."""

    quiet = True
    digest = 2000
    inbound = False

    def __init__(self, settings: ChannelSettings, _: TextIO, __: Limits = USUAL) -> None:
        self._url = settings.options["url"]
        self._redactor = _redactor(self._url)

    def send(self, message: Message) -> None:
        """Deliver *message*. Raises `DeliveryError`, always LATER once the url is understood."""
        library = _library()
        # One object per message: it sleeps between two messages of its own.
        service = library.Apprise()
        if not service.add(self._url):
            unknown = Detail("Apprise does not know this kind of url", Why.BROKE)
            raise DeliveryError(Failure.CHANNEL, unknown)
        try:
            went = service.notify(
                body=message.linked, title="", body_format=library.NotifyFormat.TEXT
            )
        except Exception as error:
            detail = Detail(f"Apprise failed ({type(error).__name__})", Why.BROKE)
            raise DeliveryError(Failure.LATER, detail) from None
        if not went:
            unsaid = Detail("Apprise could not deliver it, and does not say why", Why.BROKE)
            raise DeliveryError(Failure.LATER, unsaid)

    def close(self) -> None:
        """Leave the library's log as it was."""
        self._redactor.release()


def problems(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with which option."""
    url = options.get("url", "")
    if (own := own_kind(url)) is not None:
        return {"url": Told('this service has a kind of its own here: kind = "{kind}"', kind=own)}
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*://\S+", url) or "," in url:
        return {"url": Told("expected one Apprise address, service://…")}
    if importlib.util.find_spec("apprise") is None:
        return {"url": MISSING}
    return {} if _known(url) else {"url": Told("expected an address that Apprise knows")}


def own_kind(url: str) -> str | None:
    """Return the kind of ours for a service that Apprise would call a success whatever it says."""
    for one in re.split(r"[,\s]+", url.lower()):
        scheme, _, rest = one.partition("://")
        host = re.split(r"[/?:]", rest.rpartition("@")[2], maxsplit=1)[0]
        if (own := OWN_KINDS.get(scheme) or OWN_KINDS.get(host)) is not None:
            return own
    return None


def _known(url: str) -> bool:
    redactor = _redactor(url)
    try:
        return bool(_library().Apprise().add(url))
    finally:
        redactor.release()


def _redactor(url: str) -> Redactor:
    # Apprise writes tokens in the host's place, too.
    host = url.partition("://")[2].partition("/")[0]
    redactor = Redactor([host, *keys_of(url)])
    redactor.hush(*LOGGERS)
    return redactor


def _library() -> Any:
    """The library, imported when it is first needed: it costs half a second and 36 MB."""
    try:
        return importlib.import_module("apprise")
    except ImportError:
        raise DeliveryError(Failure.CHANNEL, Detail(f"Apprise {MISSING}", Why.LIBRARY)) from None


KIND = Kind(
    Apprise,
    required=frozenset({"url"}),
    optional=frozenset(),
    secrets=frozenset({"url"}),
    address=ADDRESS,
    problems=problems,
)
