"""The shape of the three files: every key, its type, and what it may refer to.

Validated with a `Known` as context, so that one pass finds dangling references and doubles
where they stand. Every message is one line for an operator and quotes no secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from alerts.channels.registry import KINDS as CHANNEL_KINDS
from alerts.channels.replies import url_problem
from alerts.words import languages
from monitor.model import AccountState
from monitor.settings.problems import called
from monitor.sources.registry import KINDS as GATEWAY_KINDS
from monitor.sources.registry import by_hand, check_key, check_locator
from monitor.wording import one_of, quoted

ROLES = ("custodian", "backup", "duty", "deputy", "operator")  # what a ladder may tell
SAMPLE = "sample:"
OF_ADDRESSES = ("feed", "web_page")  # kinds whose locators may be addresses of their own
LEAST_WEB_SECRET = 24  # characters; whoever guesses it can answer in anybody's name
DAY = timedelta(days=1)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DURATION = re.compile(r"(\d{1,6})([dhms])")
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
MEMORY = ("sqlite://", "sqlite:///", "sqlite:///:memory:")


@dataclass(frozen=True, slots=True)
class Known:
    """The names that may be referred to. None: the file that defines them could not be read.

    *gateways* and *channels* map ids to kinds; *owners* maps (gateway, locator) to the first
    account that reads it. *seen* fills up during the validation.
    """

    policies: Collection[str] | None = None
    gateways: Mapping[str, str | None] | None = None
    people: Collection[str] | None = None
    channels: Mapping[str, str | None] | None = None
    owners: Mapping[tuple[str, str], str] = field(default_factory=dict)
    seen: set[tuple[str, object]] = field(default_factory=set)


def _known(info: ValidationInfo) -> Known:
    assert isinstance(info.context, Known)
    return info.context


def _refers(noun: str, choices: Callable[[Known], Collection[str] | None]) -> AfterValidator:
    def check(found: str, info: ValidationInfo) -> str:
        names = choices(_known(info))
        if names is not None and found not in names:
            raise ValueError(f"{quoted(found)} is no {noun}; {one_of(found, names)}")
        return found

    return AfterValidator(check)


def _among(noun: str, choices: Collection[str]) -> AfterValidator:
    return _refers(noun, lambda _: choices)


def _once(noun: str) -> AfterValidator:
    def check(found: object, info: ValidationInfo) -> object:
        seen = _known(info).seen
        if (noun, found) in seen:
            raise ValueError(f"{quoted(str(found))} is there twice")
        seen.add((noun, found))
        return found

    return AfterValidator(check)


def _named(found: str) -> str:
    if not ID.fullmatch(found):
        raise ValueError(f"{quoted(found)} is no id; expected letters a-z, digits, - _ and .")
    return found


def _no_role(found: str) -> str:
    if found in ROLES:
        raise ValueError(f"{quoted(found)} is the name of a role; give the person another id")
    return found


def _filled(found: str) -> str:
    if not found.strip():
        raise ValueError("is empty")
    return found.strip()


def _duration(found: object) -> timedelta:
    if not isinstance(found, str):
        raise ValueError(  # noqa: TRY004 - pydantic takes no other error for a finding
            f'a length such as "14d" or "30m" was expected, not {called(found)}'
        )
    match = DURATION.fullmatch(found.strip())
    if match is None:
        raise ValueError(f'{quoted(found)} is no length; expected e.g. "14d", "6h", "30m" or "5s"')
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _whole_days(found: timedelta) -> timedelta:
    if found < DAY or found % DAY:
        raise ValueError('whole days were expected, e.g. "14d"')
    return found


def _positive(found: timedelta) -> timedelta:
    if not found:
        raise ValueError("must be longer than nothing")
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
    raise ValueError(f'{shown} is no time of day; expected e.g. "09:00"')


def _zone(found: str) -> str:
    try:
        ZoneInfo(found)
    except (OSError, ValueError, KeyError):
        raise ValueError(
            f'{quoted(found)} is no time zone; expected e.g. "Asia/Shanghai"'
        ) from None
    return found


def _web_address(found: str) -> str:
    wrong = url_problem(found)
    if wrong:
        raise ValueError(wrong)
    return found


def _database(found: str) -> str:
    if found in MEMORY:
        raise ValueError("a database in memory forgets everything; name a file")
    postgresql = found.startswith(("postgresql://", "postgresql+psycopg://"))
    if not (postgresql or found.startswith("sqlite:///")) or not _splits(found):
        raise ValueError(
            "expected sqlite:///path/to/file.db or postgresql://user:password@host/database"
        )
    return found


def _splits(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (parts.port or 1) > 0 and len(parts.path) > 1
    except ValueError:
        return False


def listening(found: str) -> str:
    """Return *found*, a host and a port. Raises `ValueError` saying what was expected."""
    host, _, port = found.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{quoted(found)} is no host and port; expected e.g. 127.0.0.1:8080")
    return found


def _long(found: str) -> str:
    if len(found) < LEAST_WEB_SECRET:
        raise ValueError(f"at least {LEAST_WEB_SECRET} characters were expected, at random")
    return found


def _at_least_one(found: int) -> int:
    if not 1 <= found <= 64:
        raise ValueError("a number from 1 to 64 was expected")
    return found


def _a_day(found: int, info: ValidationInfo) -> int:
    if by_hand(info.data.get("kind")):
        raise ValueError("nothing is ever asked through this kind of gateway; leave it out")
    if found < 1:
        raise ValueError("a whole number of requests a day, at least 1, was expected")
    return found


def _gateway_url(found: str, info: ValidationInfo) -> str:
    kind = str(info.data.get("kind"))
    if not found:
        return _home(kind)
    if found == SAMPLE:
        if kind in GATEWAY_KINDS and not GATEWAY_KINDS[kind].sample:
            able = ", ".join(sorted(k for k, v in GATEWAY_KINDS.items() if v.sample))
            raise ValueError(f"there is no sample of this kind; {SAMPLE} works for: {able}")
        return found
    wrong = url_problem(found)
    if wrong:
        raise ValueError(f"{wrong}, or {SAMPLE} for the built-in sample")
    return found


def _home(kind: str) -> str:
    """Where the platform itself is; most kinds of gateway stand at an address of their own."""
    if kind not in GATEWAY_KINDS:
        return ""
    home = GATEWAY_KINDS[kind].home
    if home is None:
        raise ValueError("is missing; this kind of gateway has no address known to all")
    return home


def _gateway_key(found: str | None, info: ValidationInfo) -> str | None:
    wrong = check_key(str(info.data.get("kind")), found)
    if wrong:
        raise ValueError(wrong)
    return found


def _canary(found: str, info: ValidationInfo) -> str:
    _locatable(str(info.data.get("kind")), found)
    return found


def _only_addresses(found: bool, info: ValidationInfo) -> bool:
    kind = info.data.get("kind")
    if found and kind is not None and kind not in OF_ADDRESSES:
        able = " and ".join(f'"{kind}"' for kind in OF_ADDRESSES)
        raise ValueError(f"works for {able} only: locators of other kinds are no addresses")
    return found


def _locatable(kind: str | None, locator: str) -> None:
    wrong = check_locator(kind, locator) if kind else None
    if wrong:
        # A route's query may hold a key by mistake.
        shown = quoted(locator.partition("?")[0]) if locator else "is missing"
        raise ValueError(f"{shown}: {wrong}")


def _locator(found: str, info: ValidationInfo) -> str:
    known, gateway = _known(info), info.data.get("gateway")
    if gateway is None:
        return found
    kind = (known.gateways or {}).get(gateway)
    _locatable(kind, found)
    if by_hand(kind):
        return found
    source = (gateway, located(found))
    if ("source", source) in known.seen:
        owner = known.owners.get(source)
        raise ValueError(f"{quoted(found)} is already read for the account {quoted(owner or '')}")
    known.seen.add(("source", source))
    return found


def located(locator: str) -> str:
    """Return *locator* in the spelling under which two of them are the same."""
    return locator.strip("/") if "://" not in locator else locator


def _address(found: str, info: ValidationInfo) -> str:
    kind = str((_known(info).channels or {}).get(info.data.get("channel", "")))
    if kind in CHANNEL_KINDS:
        wrong = CHANNEL_KINDS[kind].address_problem(found)
        if wrong:
            raise ValueError(f"{quoted(found)}: {wrong}")
    return found


def _ladder(rungs: list[RungSection], info: ValidationInfo) -> list[RungSection]:
    if not rungs:
        raise ValueError('is empty; expected at least {after = "14d", tell = ["custodian"]}')
    limit, after = info.data.get("limit"), [rung.after for rung in rungs]
    wrong = [
        f"{_days(later)} after {_days(earlier)}: the rungs must rise"
        for earlier, later in pairwise(after)
        if later <= earlier
    ]
    if limit is not None:
        wrong += [f"{_days(a)} is above the limit of {_days(limit)}" for a in after if a > limit]
        if limit not in after:
            wrong.append(
                f'has no rung at the limit; add {{after = "{limit.days}d", tell = ["custodian"]}}'
            )
    if wrong:
        raise ValueError("\n".join(wrong))
    return rungs


def _days(length: timedelta) -> str:
    return f'"{length.days}d"'


def _recipients(found: list[str]) -> list[str]:
    if not found:
        raise ValueError("is empty; expected at least one role or person")
    return found


def _tellable(known: Known) -> Collection[str] | None:
    return None if known.people is None else {*ROLES, *known.people}


def _on(found: object) -> object:
    """A date may be quoted too: it is plain enough."""
    if isinstance(found, str):
        try:
            return date.fromisoformat(found)
        except ValueError:
            raise ValueError(
                f"{quoted(found)} is no date; expected e.g. 2026-01-05, without quotes"
            ) from None
    return found


Text = Annotated[str, AfterValidator(_filled)]
Id = Annotated[str, AfterValidator(_named)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Positive = Annotated[Duration, AfterValidator(_positive)]
Days = Annotated[Duration, AfterValidator(_whole_days)]
Hour = Annotated[time, BeforeValidator(_hour)]
Day = Annotated[date, BeforeValidator(_on)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
PersonId = Annotated[str, _refers("person", lambda known: known.people)]
GatewayId = Annotated[str, _refers("gateway", lambda known: known.gateways)]
ChannelId = Annotated[str, _refers("channel", lambda known: known.channels)]
PolicyId = Annotated[str, _refers("policy", lambda known: known.policies)]


class Section(BaseModel):
    """A table of a file: no key that is not named here, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class HoursSection(Section):
    """At which local hours people are told things."""

    call_at: Hour = time(9)
    last_call_at: Hour = time(15, 30)
    quiet_from: Hour = time(22)
    quiet_until: Hour = time(7)
    today_until: Hour = time(17, 30)
    today_closes: Hour = time(17)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.call_at < self.last_call_at:
            raise ValueError("last_call_at must be later than call_at")
        if not self.today_closes <= self.today_until:
            raise ValueError("today_until must not be earlier than today_closes")
        if any(self.quiet(hour) for hour in (self.call_at, self.last_call_at)):
            raise ValueError("call_at and last_call_at must lie outside the quiet hours")
        return self

    def quiet(self, hour: time) -> bool:
        """Return whether *hour* lies in the quiet hours, which usually span midnight."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until


class ServiceSection(Section):
    """The service itself."""

    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    language: Annotated[str, _among("language", languages())] = "zh_CN"
    database: Annotated[str, AfterValidator(_database)] = "sqlite:///data/freshness.db"
    heartbeat_url: WebAddress | None = None
    holidays: Text | None = None
    hours: HoursSection = HoursSection()


class WebSection(Section):
    """The web pages."""

    listen: Annotated[str, AfterValidator(listening)] = "127.0.0.1:8080"
    public_url: WebAddress | None = None
    secret: Annotated[Text, AfterValidator(_long)] | None = None


class ReportsSection(Section):
    """Who gets the reports."""

    monthly_to: list[PersonId] = []


class RungSection(Section):
    """One step of a ladder."""

    after: Days
    tell: Annotated[
        list[Annotated[str, _refers("role or person", _tellable)]], AfterValidator(_recipients)
    ]


class PolicySection(Section):
    """What is demanded of an account, and who is told when."""

    limit: Days
    ladder: Annotated[list[RungSection], AfterValidator(_ladder)]
    every_day: bool = False
    count_reposts: bool = True
    originals_every: Days | None = None
    read_at_most_every: Positive = timedelta(hours=6)


class GatewaySection(Section):
    """What is read through."""

    kind: Annotated[str, _among("kind of gateway", GATEWAY_KINDS)]
    url: Annotated[str, AfterValidator(_gateway_url)] = Field("", validate_default=True)
    key: Annotated[Text | None, AfterValidator(_gateway_key)] = Field(None, validate_default=True)
    sign: bool = False
    spacing: Duration = timedelta(seconds=1)
    concurrency: Annotated[int, AfterValidator(_at_least_one)] = 2
    quota: Annotated[int, AfterValidator(_a_day)] | None = None
    canary: list[Annotated[Text, AfterValidator(_canary)]] = []
    trusted: bool = False
    allow_private: Annotated[bool, AfterValidator(_only_addresses)] = False
    zone: Id = "default"
    pulse_allowance: Positive = timedelta(hours=2)


class MonitorFile(Section):
    """monitor.toml."""

    service: ServiceSection = ServiceSection()
    web: WebSection = WebSection()
    reports: ReportsSection = Field(default_factory=ReportsSection)
    policies: dict[Id, PolicySection] = {}
    gateways: dict[Id, GatewaySection] = {}


class SourceSection(Section):
    """One account as seen through one gateway."""

    gateway: GatewayId
    locator: Annotated[str, AfterValidator(_locator)] = Field("", validate_default=True)


class AccountSection(Section):
    """One account on one platform."""

    id: Annotated[Id, _once("account")]
    name: Text
    platform: Id
    organisation: Text | None = None
    state: Annotated[str, _among("state", [state.value for state in AccountState])] = "running"
    policy: PolicyId = Field("default", validate_default=True)
    custodian: PersonId | None = None
    backup: PersonId | None = None
    page: WebAddress | None = None
    sources: list[SourceSection] = []


class AccountsFile(Section):
    """accounts.toml."""

    accounts: list[AccountSection] = []


class ReachSection(Section):
    """One way to reach a person."""

    channel: ChannelId
    address: Annotated[str, AfterValidator(_address)]


class PersonSection(Section):
    """Somebody who can be told."""

    id: Annotated[Id, AfterValidator(_no_role), _once("person")]
    name: Text
    phone: Text | None = None
    roles: list[Text] = []
    reach: list[ReachSection] = []


class ChannelSection(Section):
    """One channel; its kind's own keys are checked by `monitor.settings.channels`."""

    model_config = ConfigDict(extra="allow")

    id: Annotated[Id, _once("channel")]
    kind: Annotated[str, _among("kind of channel", CHANNEL_KINDS)]


class DutySection(Section):
    """Who is on duty on one date."""

    on: Annotated[Day, _once("date")]
    duty: PersonId
    leader: PersonId | None = None


class RosterSection(Section):
    """Who is on duty when."""

    rotation: list[PersonId] = []
    starts: Day | None = None
    every: Days = timedelta(days=7)
    dates: list[DutySection] = []

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.rotation and self.starts is None:
            raise ValueError("starts is missing; a rotation needs its first date")
        if self.starts is not None and not self.rotation:
            raise ValueError("rotation is missing or empty")
        return self


class PeopleFile(Section):
    """people.toml."""

    people: list[PersonSection] = []
    channels: list[ChannelSection] = []
    roster: RosterSection = Field(default_factory=RosterSection)


def keys_at(file: type[Section], where: tuple[str | int, ...]) -> Collection[str]:
    """Return the keys that the table around *where* may have."""
    section = file
    for step in where[:-1]:
        inner = section.model_fields.get(str(step))
        if inner is not None:
            section = _section_in(inner.annotation) or section
    return section.model_fields


def _section_in(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((s for a in getattr(annotation, "__args__", ()) if (s := _section_in(a))), None)
