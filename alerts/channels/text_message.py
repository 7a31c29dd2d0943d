"""What the two vendors of text messages share: a template's words, and codes that are names. Pure.

A text message costs money and holds the words of a template that the vendor has approved, with
three variables: the account's name, its quiet days, and the last day in time. So it goes beside a
person's first way, and only at the last chance and the breach (`alerts.people.routing.urgent`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alerts.channels.kind import Kind, Make, Options
from alerts.channels.refusals import passing
from alerts.channels.replies import url_problem
from alerts.facts import SilenceFacts
from alerts.message import DeliveryError, Failure, Message

ADDRESS = "a mobile number of mainland China, e.g. 13800000000"
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


def refused(
    code: str,
    words: str,
    meanings: Mapping[str, Failure],
    explanations: Mapping[str, str],
    line: Callable[[str], str],
) -> DeliveryError:
    """Return what a vendor's *code* and *words* mean by its table *meanings*, of whole codes or of
    what stands before their first dot; LATER for what it does not hold. *line*: strikes secrets
    out."""
    group = code.partition(".")[0]
    meant = meanings.get(code, meanings.get(group, Failure.LATER))
    detail = f"code {code}: {words or 'no reason given'}"
    if code in explanations:
        detail = f"{detail} – {explanations[code]}"
    return DeliveryError(Failure.LATER if passing(words) else meant, line(detail))


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
    return None if MOBILE.fullmatch(address) else f"expected {ADDRESS}"


def _fit(text: str, most: int) -> str:
    return FORBIDDEN.sub("", text)[:most] or NOTHING
