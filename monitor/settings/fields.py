"""The types of single values, and how each is checked.

Every message is one line for an operator and quotes no secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from alerts.channels.replies import url_problem
from alerts.platforms import Table
from monitor.errors import Told
from monitor.settings.problems import MISSING, called
from monitor.settings.section import Known, known_in
from monitor.sources.registry import check_locator
from monitor.wording import one_of, quoted

ROLES = ("custodian", "backup", "duty", "deputy", "operator")  # whom a ladder may notify
DAY = timedelta(days=1)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DURATION = re.compile(r"(\d{1,6})([dhms])")
SIZE = re.compile(r"(\d{1,6})\s*(kB|KB|MB)")
# What is said of a value that is none of those there are.
NO: Table = {
    "person": "{found} is no person; {choices}",
    "gateway": "{found} is no gateway; {choices}",
    "channel": "{found} is no channel; {choices}",
    "policy": "{found} is no policy; {choices}",
    "language": "{found} is no language; {choices}",
    "state": "{found} is no state; {choices}",
    "recipient": "{found} is no role or person; {choices}",
    "kind of gateway": "{found} is no kind of gateway; {choices}",
    "kind of channel": "{found} is no kind of channel; {choices}",
}
OCTETS = {"kB": 1_000, "KB": 1_000, "MB": 1_000_000}
LARGEST = 100_000_000  # bytes of one answer: they are held in memory
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def refers_to(wrong: str, choices: Callable[[Known], Collection[str] | None]) -> AfterValidator:
    """Return a check that a value is one of *choices*; None: they are not known, all will do.
    *wrong*: the sentence about one that is not, with {found} and {choices} to fill in."""

    def check(found: str, info: ValidationInfo) -> str:
        names = choices(known_in(info))
        if names is not None and found not in names:
            raise ValueError(Told.of(wrong, found=quoted(found), choices=one_of(found, names)))
        return found

    return AfterValidator(check)


def among(wrong: str, choices: Collection[str]) -> AfterValidator:
    """Return a check that a value is one of *choices*; *wrong*: as for `refers_to`."""
    return refers_to(wrong, lambda _: choices)


def once(noun: str) -> AfterValidator:
    """Return a check that no other *noun* of the files has the same value."""

    def check(found: object, info: ValidationInfo) -> object:
        seen = known_in(info).seen
        if (noun, found) in seen:
            raise ValueError(Told("{found} is there twice", found=quoted(str(found))))
        seen.add((noun, found))
        return found

    return AfterValidator(check)


def _named(found: str) -> str:
    if not ID.fullmatch(found):
        raise ValueError(
            Told("{found} is no id; expected letters a-z, digits, - _ and .", found=quoted(found))
        )
    return found


def _filled(found: str) -> str:
    if not found.strip():
        raise ValueError(Told("is empty"))
    return found.strip()


def _duration(found: object) -> timedelta:
    if not isinstance(found, str):
        raise ValueError(  # noqa: TRY004 - pydantic takes no other error for a finding
            Told('a length such as "14d" or "30m" was expected, not {found}', found=called(found))
        )
    match = DURATION.fullmatch(found.strip())
    if match is None:
        raise ValueError(
            Told(
                '{found} is no length; expected e.g. "14d", "6h", "30m" or "5s"',
                found=quoted(found),
            )
        )
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _size(found: object) -> int:
    """Return a size in bytes."""
    match = SIZE.fullmatch(found.strip()) if isinstance(found, str) else None
    if match is None:
        shown = quoted(found) if isinstance(found, str) else called(found)
        raise ValueError(Told('{found} is no size; expected e.g. "15MB" or "500kB"', found=shown))
    octets = int(match[1]) * OCTETS[match[2]]
    if not 0 < octets <= LARGEST:
        raise ValueError(Told('a size up to "100MB" was expected'))
    return octets


def _whole_days(found: timedelta) -> timedelta:
    if found < DAY or found % DAY:
        raise ValueError(Told('whole days were expected, e.g. "14d"'))
    return found


def _positive(found: timedelta) -> timedelta:
    if not found:
        raise ValueError(Told("must be longer than nothing"))
    return found


def _hour(found: object) -> time:
    if isinstance(found, time):
        return found
    if isinstance(found, str) and re.fullmatch(r"\d{1,2}:\d{2}", found):
        try:
            return datetime.strptime(found, "%H:%M").time()  # noqa: DTZ007 - an hour has no zone
        except ValueError:
            pass
    shown = quoted(found) if isinstance(found, str) else called(found)
    raise ValueError(Told('{found} is no time of day; expected e.g. "09:00"', found=shown))


def _web_address(found: str) -> str:
    wrong = url_problem(found)
    if wrong:
        raise ValueError(wrong)
    return found


def check_locatable(kind: str | None, locator: str) -> None:
    """Raise `ValueError` if *locator* is none of that *kind* of gateway; None: not known."""
    wrong = check_locator(kind, locator) if kind else None
    if wrong:
        # A route's query may hold a key by mistake.
        shown = quoted(locator.partition("?")[0]) if locator else MISSING
        raise ValueError(Told("{found}: {wrong}", found=shown, wrong=wrong))


def _on(found: object) -> object:
    """A date may be quoted too: it is plain enough."""
    if isinstance(found, str):
        try:
            return date.fromisoformat(found)
        except ValueError:
            raise ValueError(
                Told(
                    "{found} is no date; expected e.g. 2026-01-05, without quotes",
                    found=quoted(found),
                )
            ) from None
    return found


Text = Annotated[str, AfterValidator(_filled)]
Id = Annotated[str, AfterValidator(_named)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Positive = Annotated[Duration, AfterValidator(_positive)]
Days = Annotated[Duration, AfterValidator(_whole_days)]
Size = Annotated[int, BeforeValidator(_size)]
Hour = Annotated[time, BeforeValidator(_hour)]
Day = Annotated[date, BeforeValidator(_on)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
PersonId = Annotated[str, refers_to(NO["person"], lambda known: known.people)]
GatewayId = Annotated[str, refers_to(NO["gateway"], lambda known: known.gateways)]
ChannelId = Annotated[str, refers_to(NO["channel"], lambda known: known.channels)]
PolicyId = Annotated[str, refers_to(NO["policy"], lambda known: known.policies)]
