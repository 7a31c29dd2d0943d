"""Decide which past days a gateway is asked about, and what its answer means. Pure.

Some platforms publish a day's statistics only on the next day. A day is asked for on the day after,
from ten in the morning on, and once more a day later, because the first answer may be corrected.
What is not final yet, or was refused, is asked for again a few hours later, a week long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from monitor.ledger.days import BEIJING, DAY, day_of
from monitor.ledger.records import KnownDay
from monitor.model import GatewayState, Outcome, SourceState
from monitor.polling.health import resting
from monitor.sources.base import NotAvailable

FROM = time(10)  # in Beijing: what is asked for earlier is often not final
DAYS = 7  # how far back; a day that is still unknown then is given up
FINAL = 2  # days after the day, from which on its numbers are believed for good
AGAIN = timedelta(hours=4)  # before a question that was not answered is put again
JUMPED = timedelta(days=1)  # nobody is left alone for longer: the clock was set back


def askable(now: datetime) -> Sequence[date]:
    """Return the days that may be asked about at *now*, the newest first; none before ten."""
    local = now.astimezone(BEIJING)
    if local.time() < FROM:
        return ()
    return [local.date() - n * DAY for n in range(1, DAYS + 1)]


def due(known: Sequence[KnownDay], now: datetime) -> Sequence[date]:
    """Return the days to be asked about at *now*, newest first, given what is *known* of one
    account: those never answered, and those answered before they were final and not yet today."""
    asked = {one.count.day: one.asked_at for one in known if one.asked_at <= now}
    return [day for day in askable(now) if day not in asked or _open(day, asked[day], now)]


def may_ask(gateway: GatewayState | None, now: datetime) -> bool:
    """Return whether a gateway may be asked at *now*: it is well, and no rest was asked for."""
    if gateway is None or not gateway.healthy or resting(gateway, now):
        return False
    rest = gateway.days_not_before
    return rest is None or not now < rest <= now + JUMPED


def identified(source: SourceState | None) -> bool:
    """Return whether a reading has shown that the source is the account's own, as far as it can:
    an answer about another account's days would be taken for this one's."""
    return source is not None and source.last_outcome not in (None, Outcome.WRONG_ACCOUNT)


def answered(
    gateway: GatewayState, missing: Mapping[date, NotAvailable], now: datetime
) -> GatewayState:
    """Return the gateway's state after it was asked at *now*. *missing*: days without an answer.

    A refusal is remembered for the operator; it says nothing of the gateway's health.
    """
    if not missing:
        return replace(gateway, days_not_before=None, days_refusal="")
    waits = [one.retry_after for one in missing.values() if one.retry_after]
    refused = [f"{day}: {one.detail}" for day, one in missing.items() if not one.early]
    return replace(
        gateway,
        days_not_before=now + max([AGAIN, *waits]),
        days_refusal=f"statistics not told for {refused[0]}" if refused else "",
    )


def _open(day: date, asked_at: datetime, now: datetime) -> bool:
    return day_of(asked_at) < min(day + FINAL * DAY, day_of(now))
