"""The shape of monitor.toml: the service, its pages and reports, policies and gateways."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time, timedelta
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from alerts.channels.replies import url_problem
from alerts.common.languages import languages
from monitor.errors import Told
from monitor.settings.fields import (
    NO,
    ROLES,
    Days,
    Duration,
    Hour,
    Id,
    PersonId,
    Positive,
    Size,
    Text,
    WebAddress,
    among,
    check_locatable,
    refers_to,
)
from monitor.settings.section import Known, Section
from monitor.sources.registry import KINDS as GATEWAY_KINDS
from monitor.sources.registry import asked, by_hand, check_key
from monitor.wording import quoted

SAMPLE = "sample:"
OF_ADDRESSES = ("feed", "web_page")  # kinds whose locators may be addresses of their own
LEAST_WEB_SECRET = 24  # characters; anybody who guesses it can answer in anybody's name
MEMORY = ("sqlite://", "sqlite:///", "sqlite:///:memory:")


def _zone(found: str) -> str:
    try:
        ZoneInfo(found)
    except (OSError, ValueError, KeyError):
        raise ValueError(
            Told('{found} is no time zone; expected e.g. "Asia/Shanghai"', found=quoted(found))
        ) from None
    return found


def _database(found: str) -> str:
    if found in MEMORY:
        raise ValueError(Told("a database in memory forgets everything; name a file"))
    postgresql = found.startswith(("postgresql://", "postgresql+psycopg://"))
    if not (postgresql or found.startswith("sqlite:///")) or not _splits(found):
        raise ValueError(
            Told("expected sqlite:///path/to/file.db or postgresql://user:password@host/database")
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
        raise ValueError(
            Told("{found} is no host and port; expected e.g. 127.0.0.1:8080", found=quoted(found))
        )
    return found


def _network(found: str) -> str:
    try:
        ip_network(found)
    except ValueError:
        raise ValueError(
            Told(
                '{found} is no address and no network; expected e.g. "10.0.0.0/8"',
                found=quoted(found),
            )
        ) from None
    return found


def _long(found: str) -> str:
    if len(found) < LEAST_WEB_SECRET:
        raise ValueError(
            Told("at least {n} characters were expected, at random", n=LEAST_WEB_SECRET)
        )
    return found


def _beside_secret(found: str, info: ValidationInfo) -> str:
    if "secret" in info.data and info.data["secret"] is None:
        raise ValueError(Told('is what "secret" was before; without one it has no effect'))
    return _long(found)


def _at_least_one(found: int) -> int:
    if not 1 <= found <= 64:
        raise ValueError(Told("a number from 1 to 64 was expected"))
    return found


def _some(found: int) -> int:
    if not 1 <= found <= 3660:
        raise ValueError(Told("a number of days from 1 to 3660 was expected"))
    return found


def _a_day(found: int, info: ValidationInfo) -> int:
    if by_hand(info.data.get("kind")) or asked(info.data.get("kind")):
        raise ValueError(Told("nothing is ever asked through this kind of gateway; leave it out"))
    if found < 1:
        raise ValueError(Told("a whole number of requests a day, at least 1, was expected"))
    return found


def _gateway_url(found: str, info: ValidationInfo) -> str:
    kind = str(info.data.get("kind"))
    if not found:
        return _home(kind)
    if found == SAMPLE:
        if kind in GATEWAY_KINDS and not GATEWAY_KINDS[kind].sample:
            able = ", ".join(sorted(k for k, v in GATEWAY_KINDS.items() if v.sample))
            raise ValueError(
                Told("there is no sample of this kind; sample: works for: {kinds}", kinds=able)
            )
        return found
    wrong = url_problem(found)
    if wrong:
        raise ValueError(Told("{wrong}, or sample: for the built-in sample", wrong=wrong))
    return found


def _home(kind: str) -> str:
    """Where the platform itself is; most kinds of gateway stand at an address of their own."""
    if kind not in GATEWAY_KINDS:
        return ""
    home = GATEWAY_KINDS[kind].home
    if home is None:
        raise ValueError(Told("is missing; this kind of gateway has no address known to all"))
    return home


def _gateway_key(found: str | None, info: ValidationInfo) -> str | None:
    wrong = check_key(str(info.data.get("kind")), found)
    if wrong:
        raise ValueError(wrong)
    return found


def _ticket(found: str | None, info: ValidationInfo) -> str | None:
    kind = info.data.get("kind")
    if kind is not None and GATEWAY_KINDS[kind].ticket:
        if found is None or not Path(found).is_absolute():
            raise ValueError(Told("the whole path of the file with the newest ticket was expected"))
    elif found and kind is not None:
        able = ", ".join(sorted(k for k, v in GATEWAY_KINDS.items() if v.ticket))
        raise ValueError(
            Told("gateways of this kind ask without a ticket; it is for: {kinds}", kinds=able)
        )
    return found


def _canary(found: str, info: ValidationInfo) -> str:
    check_locatable(str(info.data.get("kind")), found)
    return found


def _only_addresses(found: bool, info: ValidationInfo) -> bool:
    kind = info.data.get("kind")
    if found and kind is not None and kind not in OF_ADDRESSES:
        one, other = map(quoted, OF_ADDRESSES)
        raise ValueError(
            Told(
                "works for {one} and {other} only: locators of other kinds are no addresses",
                one=one,
                other=other,
            )
        )
    return found


def _ladder(rungs: list[RungSection], info: ValidationInfo) -> list[RungSection]:
    if not rungs:
        raise ValueError(Told("is empty; expected at least {rung}", rung=_rung(14)))
    limit, after = info.data.get("limit"), [rung.after for rung in rungs]
    wrong = [
        Told(
            "{later} after {earlier}: the rungs must rise",
            later=_days(later),
            earlier=_days(earlier),
        )
        for earlier, later in pairwise(after)
        if later <= earlier
    ]
    if limit is not None:
        wrong += [
            Told("{rung} is above the limit of {limit}", rung=_days(a), limit=_days(limit))
            for a in after
            if a > limit
        ]
        if limit not in after:
            wrong.append(Told("has no rung at the limit; add {rung}", rung=_rung(limit.days)))
    if wrong:
        raise ValueError(*wrong)
    return rungs


def _rung(days: int) -> str:
    return f'{{after = "{days}d", tell = ["custodian"]}}'


def _days(length: timedelta) -> str:
    return f'"{length.days}d"'


def _recipients(found: list[str]) -> list[str]:
    if not found:
        raise ValueError(Told("is empty; expected at least one role or person"))
    return found


def _tellable(known: Known) -> Collection[str] | None:
    return None if known.people is None else {*ROLES, *known.people}


class HoursSection(Section):
    """At which local hours people are notified."""

    call_at: Hour = time(9)
    last_call_at: Hour = time(15, 30)
    quiet_from: Hour = time(22)
    quiet_until: Hour = time(7)
    today_until: Hour = time(17, 30)
    today_closes: Hour = time(17)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.call_at < self.last_call_at:
            raise ValueError(Told("last_call_at must be later than call_at"))
        if not self.today_closes <= self.today_until:
            raise ValueError(Told("today_until must not be earlier than today_closes"))
        if any(self.quiet(hour) for hour in (self.call_at, self.last_call_at)):
            raise ValueError(Told("call_at and last_call_at must lie outside the quiet hours"))
        return self

    def quiet(self, hour: time) -> bool:
        """Return whether *hour* lies in the quiet hours, which usually span midnight."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until


class ServiceSection(Section):
    """The service itself."""

    id: Id | None = None
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    language: Annotated[str, among(NO["language"], languages())] = "zh_CN"
    database: Annotated[str, AfterValidator(_database)] = "sqlite:///data/freshness.db"
    heartbeat_url: WebAddress | None = None
    holidays: Text | None = None
    backups: Text = "data/backups"
    backups_keep: Annotated[int, AfterValidator(_some)] = 7
    hours: HoursSection = HoursSection()


class WebSection(Section):
    """The web pages."""

    listen: Annotated[str, AfterValidator(listening)] = "127.0.0.1:8080"
    public_url: WebAddress | None = None
    secret: Annotated[Text, AfterValidator(_long)] | None = None
    former_secret: Annotated[Text, AfterValidator(_beside_secret)] | None = None
    trusted_proxies: list[Annotated[str, AfterValidator(_network)]] = Field(default_factory=list)
    user_header: Text | None = None
    account_metrics: bool = False


class ReportsSection(Section):
    """Who gets the reports."""

    monthly_to: list[PersonId] = Field(default_factory=list)
    channel_tests: bool = False


class RungSection(Section):
    """One step of a ladder."""

    after: Days
    tell: Annotated[
        list[Annotated[str, refers_to(NO["recipient"], _tellable)]], AfterValidator(_recipients)
    ]


class PolicySection(Section):
    """What is demanded of an account, and who is notified when."""

    limit: Days
    ladder: Annotated[list[RungSection], AfterValidator(_ladder)]
    every_day: bool = False
    count_reposts: bool = True
    originals_every: Days | None = None
    read_at_most_every: Positive = timedelta(hours=6)


class GatewaySection(Section):
    """What is read through."""

    kind: Annotated[str, among(NO["kind of gateway"], GATEWAY_KINDS)]
    url: Annotated[str, AfterValidator(_gateway_url)] = Field("", validate_default=True)
    key: Annotated[Text | None, AfterValidator(_gateway_key)] = Field(None, validate_default=True)
    ticket: Annotated[Text | None, AfterValidator(_ticket)] = Field(None, validate_default=True)
    sign: bool = False
    spacing: Duration = timedelta(seconds=1)
    concurrency: Annotated[int, AfterValidator(_at_least_one)] = 2
    quota: Annotated[int, AfterValidator(_a_day)] | None = None
    canary: list[Annotated[Text, AfterValidator(_canary)]] = Field(default_factory=list)
    trusted: bool = False
    allow_private: Annotated[bool, AfterValidator(_only_addresses)] = False
    zone: Id = "default"
    pulse_allowance: Positive = timedelta(hours=2)
    max_body: Size | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    proxy: WebAddress | None = None
    trust_env: bool = False
    complete: bool | None = None


class MonitorFile(Section):
    """monitor.toml."""

    service: ServiceSection = ServiceSection()
    web: WebSection = WebSection()
    reports: ReportsSection = Field(default_factory=ReportsSection)
    policies: dict[Id, PolicySection] = Field(default_factory=dict)
    gateways: dict[Id, GatewaySection] = Field(default_factory=dict)
