"""What the two vendors of text messages share: a template's words, and codes that are names.

A text message costs money and holds the words of a template that the vendor has approved, with
three variables: the account's name, its quiet days, and the last day in time. So it goes beside a
person's first way, and only at the last chance and the breach (`alerts.people.routing.urgent`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TextIO
from zoneinfo import ZoneInfo

from alerts.channels.kind import Kind, Make, Options
from alerts.channels.pool import pooled
from alerts.channels.refusals import passing, why_of
from alerts.channels.replies import UnixTime, url_problem
from alerts.common.deadline import USUAL, Limits
from alerts.facts import SilenceFacts
from alerts.message import DeliveryError, Failure, Message, Why
from alerts.model import ChannelSettings
from alerts.told import Detail, Told, coded

ADDRESS = Told("a mobile number of mainland China, e.g. 13800000000")
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
FORBIDDEN = re.compile(r"[【】\[\]<>{}\s]|https?://\S*")  # the vendors refuse these in a variable
NOTHING = "-"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Variables:
    """What a template may say: the account's *name*, its quiet *days* and, as the day before its
    limit, *until*. None is ever empty: the vendors refuse that."""

    name: str
    days: str
    until: str


@dataclass(frozen=True, slots=True)
class Codes:
    """What a vendor's codes mean, whole ones or what stands before their first dot; LATER is what
    *meanings* does not hold. *explanations*: what to do about some of them."""

    meanings: Mapping[str, Failure]
    explanations: Mapping[str, str]


class TextMessages:
    """One signature and template. Safe to call from several threads. Each vendor's own adds what
    it sends, from where, and which option is its *key*, which never leaves this machine."""

    quiet = True
    digest = 0
    inbound = False
    home: ClassVar[str]
    key: ClassVar[str]

    def __init__(
        self,
        settings: ChannelSettings,
        _: TextIO,
        limits: Limits = USUAL,
        unix_time: UnixTime = time.time,
    ) -> None:
        self.options = settings.options
        self.url = self.options.get("base_url", self.home).rstrip("/")
        self.secret = self.options[self.key]
        self.unix_time = unix_time
        self.http = pooled([self.url], [self.secret], limits)

    def close(self) -> None:
        """End what is under way and give back the connections."""
        self.http.close()


def variables(message: Message, most: int) -> Variables:
    """Return the variables for *message*, none longer than *most* characters."""
    facts = message.notices[0].facts if message.notices else None
    if not isinstance(facts, SilenceFacts):
        return Variables(_fit(message.subject, most), NOTHING, NOTHING)
    on = facts.publish_by
    if on is None and facts.breach_at is not None:
        on = facts.breach_at.astimezone(SHANGHAI).date()
    until = f"{on.month}月{on.day}日" if on else NOTHING
    days = NOTHING if facts.quiet_days is None else str(facts.quiet_days)
    return Variables(_fit(facts.name, most), days, until)


def number(address: str) -> str:
    """Return the eleven digits of *address*, which the loader has checked."""
    found = MOBILE.fullmatch(address)
    return found[1] if found else address


def settled(
    code: object,
    accepted: str,
    words: object,
    status: DeliveryError | None,
    codes: Codes,
    line: Callable[[str], str],
) -> DeliveryError | None:
    """Return what a vendor's *code* and *words* say: None only where it is the one for *accepted*
    in a 2xx. *status*: what its HTTP status means; *line*: strikes secrets out."""
    if code == accepted and status is None:
        return None
    if isinstance(code, str) and code != accepted:
        return _refused(code, str(words or ""), codes, line)
    unclear = Detail("the answer does not say whether it was accepted", Why.UNCLEAR)
    return status or DeliveryError(Failure.LATER, unclear, doubtful=True)


def _refused(code: str, words: str, codes: Codes, line: Callable[[str], str]) -> DeliveryError:
    group = code.partition(".")[0]
    meant = codes.meanings.get(code, codes.meanings.get(group, Failure.LATER))
    detail = f"code {code}: {words or 'no reason given'}"
    if code in codes.explanations:
        detail = f"{detail} – {codes.explanations[code]}"
    failure = Failure.LATER if passing(words) else meant
    return DeliveryError(failure, coded(line(detail), why_of(words)))


def kind(
    make: Make, required: frozenset[str], secret: str, home: str, more: frozenset[str]
) -> Kind:
    """Return the kind of one vendor; *home*: where it is, unless `base_url` says otherwise."""

    def problems(options: Options) -> dict[str, str]:
        wrong = url_problem(options.get("base_url", home))
        return {"base_url": wrong} if wrong else {}

    return Kind(
        make,
        required=required | {secret},
        optional=frozenset({"base_url"}) | more,
        secrets=frozenset({secret}),
        address=ADDRESS,
        address_problem=_address_problem,
        problems=problems,
        urgent=True,
    )


def _address_problem(address: str) -> str | None:
    return None if MOBILE.fullmatch(address) else Told("expected {what}", what=ADDRESS)


def _fit(text: str, most: int) -> str:
    return FORBIDDEN.sub("", text)[:most] or NOTHING
