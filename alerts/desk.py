"""What people may ask and answer in a chat or on a page, whoever asks. Protocols only.

A chat command and a button call the same methods. Every person is named by their id; whether
whoever asks is that person, and may ask, is for the caller to know. `monitor.desk` answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol

from alerts.model import Alert
from alerts.people.handover import Handover

Json = dict[str, Any]


class Desk(Protocol):
    """The questions and answers. Each raises `RefusedError` for what cannot be done."""

    def status_text(self, now: datetime) -> str:
        """Return every account's verdict at *now*, a line each, the most urgent first."""
        ...

    def explain_text(self, account: str, now: datetime) -> str:
        """Return why *account* has its verdict at *now*, with the evidence, as sentences."""
        ...

    def alerts(self, everything: bool = False, at: datetime | None = None) -> Sequence[Json]:
        """Return the open alerts, or all, as `alerts list --json` does; with *at*: as of then."""
        ...

    def acknowledge(self, alert: int, by: str, now: datetime) -> Alert:
        """Record that *by* has the alert in hand (「已知悉」)."""
        ...

    def promise_today(self, alert: int, by: str, now: datetime) -> Alert:
        """Record that a post will be there by the end of today's work (「今日发布」)."""
        ...

    def promise(
        self, alert: int, by: str, until: datetime, scheduled: bool, now: datetime
    ) -> Alert:
        """Record that a post will be there at *until*; *scheduled*: it is set on the platform
        already (「已设定时发布」)."""
        ...

    def duty(self, on: date | None, now: datetime) -> Json:
        """Return who is on duty *on* a date, by default today: as `duty show --json`."""
        ...

    def handovers(self, everything: bool = False) -> Sequence[Json]:
        """Return the handovers that run, or all, as `handover list --json` does."""
        ...

    def accept_handover(self, handover: int, by: str, now: datetime) -> Handover:
        """Record that *by*, one of the two sides, accepts the handover."""
        ...

    def confirm_handover(self, handover: int, by: str, now: datetime) -> Handover:
        """Record that *by*, the new custodian, published what was seen (「是我发的」)."""
        ...
