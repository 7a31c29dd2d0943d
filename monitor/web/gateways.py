"""The gateways as cards, and the last readings through them. Asks the store; knows no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.messages.causes import advice, reason
from alerts.words import LINK, one_line
from monitor.desk.kept import AccountsNow
from monitor.desk.shapes import GatewayStatus
from monitor.model import Reading
from monitor.store.protocols.ledger import Counts
from monitor.store.protocols.shown import Wanted
from monitor.web.overview import known_as_of
from monitor.web.parts import Parts
from monitor.web.strip import DAY

PER_PAGE = 100  # readings
JUST_NOW = timedelta(minutes=10)
ENDED = {"failed": False, "good": True}  # how the readings that an address asks for ended


@dataclass(frozen=True, slots=True)
class GatewayCard:
    """One gateway. *success*: good readings of all of the last day; *error*: the last failure, with
    what is done about it; *first*: an account behind it, to try it by."""

    status: GatewayStatus
    pulse: str
    behind: int
    success: str
    quota: str
    credential: str
    error: str
    warnings: Sequence[str]
    first: str


@dataclass(frozen=True, slots=True)
class Line:
    """One reading in a list."""

    at: str
    source: str
    outcome: str
    detail: str
    good: bool


class Gateways:
    """What the page of the system shows of gateways and readings, as of *now*."""

    def __init__(self, parts: Parts, now: datetime) -> None:
        self._parts = parts
        self._words = parts.words
        self._now = now
        self._counts: Mapping[str, Counts] = parts.store.readings.counted(now - DAY)
        self._states = parts.store.gateways.states()

    def cards(self, accounts: AccountsNow) -> list[GatewayCard]:
        """Return every gateway, with how many of *accounts* are behind it."""
        return [self._card(one, accounts) for one in self._parts.desk.accounts.gateways(self._now)]

    def readings(self, ended: str, page: int) -> tuple[list[Line], int, int]:
        """Return the readings of the last day on the *page*th page, from 1 on, the newest first,
        with the number of that page and of all; *ended*: one of `ENDED`, or of any end."""
        good = ENDED.get(ended)
        total = sum(
            {True: n.good, False: n.failed, None: n.good + n.failed}[good]
            for n in self._counts.values()
        )
        pages = max((total - 1) // PER_PAGE + 1, 1)
        number = min(page, pages)
        found = self._parts.store.readings.lately(
            self._now - DAY, good, start=(number - 1) * PER_PAGE, most=PER_PAGE
        )
        return [self._line(one) for one in found], number, pages

    def _card(self, gateway: GatewayStatus, accounts: AccountsNow) -> GatewayCard:
        counts = self._counts.get(gateway["id"], Counts())
        behind = Wanted(gateway=gateway["id"])
        first = accounts.slice(behind, 0, 1)
        return GatewayCard(
            gateway,
            self._pulse(gateway["last_pulse_at"]),
            accounts.number(behind),
            f"{counts.good}/{counts.good + counts.failed}",
            self._quota(gateway),
            self._credential(gateway["id"]),
            self._error(gateway["id"], counts),
            [one_line(warning, LINK) for warning in gateway["warnings"]],
            first[0].id if first else "",
        )

    def _pulse(self, at: datetime | None) -> str:
        said = known_as_of(at, self._now, self._words)
        if at is None or self._now - at > JUST_NOW:
            return said
        return self._words.text("just read at {time}").format(time=said)

    def _quota(self, gateway: GatewayStatus) -> str:
        quota, spent = gateway["quota"], gateway["spent_today"] or 0
        if quota is None:
            return ""
        said = self._words.text("{n} of {quota} requests today, {left} left")
        return said.format(n=spent, quota=quota, left=max(quota - spent, 0))

    def _credential(self, gateway: str) -> str:
        state = self._states.get(gateway)
        if state is None or state.ends_at is None:
            return ""
        days = max((state.ends_at - self._now) // DAY, 0)
        said = self._words.text("credential valid for {days} more")
        return said.format(days=self._words.days(days))

    def _error(self, gateway: str, counts: Counts) -> str:
        if not counts.failed:
            return ""
        bad = self._parts.store.readings.lately(self._now - DAY, good=False, gateway=gateway)
        said = self._words.text("Last failure {at}: {reason}; {advice}")
        return "".join(
            said.format(
                at=known_as_of(one.started_at, self._now, self._words),
                reason=reason(one.outcome.value, one.detail, self._words),
                advice=advice(one.outcome.value, one.detail, self._words),
            )
            for one in bad[:1]
        )

    def _line(self, r: Reading) -> Line:
        words = self._words
        return Line(
            words.moment(r.started_at),
            f"{r.account} · {r.gateway}",
            words.outcome(r.outcome.value),
            "" if r.good else reason(r.outcome.value, r.detail, words),
            r.good,
        )
