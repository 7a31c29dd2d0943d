"""Old readings are kept as one where they said nothing new; nobody sees a difference."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from alerts.model import Alert, Kind, Reason
from monitor.app import App, opened
from monitor.model import (
    Account,
    Outcome,
    PostKind,
    Pulse,
    Reading,
    SeenPost,
    SourceMemory,
    SourceState,
)
from monitor.polling.overrun import covered_from
from monitor.running.folding import KEPT_WHOLE, fold_some
from monitor.settings.loading import load
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import unheard
from tests.rule_values import at

CONFIG = Path(__file__).resolve().parents[2] / "config"
SINCE, NOW = at("03-01 00:30"), at("03-29 12:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SILENT = range(9, 13)  # days in which nothing could be read
POSTED = (2, 8, 16, 22, 27)  # days with a post


@pytest.fixture
def clock() -> list[datetime]:
    """Its one element is the time."""
    return [NOW]


@pytest.fixture
def app(sqlite_url: str, clock: list[datetime]) -> Iterator[App]:
    """The shipped configuration, its accounts read for four weeks."""
    with opened(
        load(CONFIG, {}), unheard, url=sqlite_url, clock=lambda: clock[0], out=StringIO()
    ) as wired:
        accounts = wired.register.accounts.values()
        wired.store.readings.record([one for account in accounts for one in _read(account)])
        yield wired


def _read(account: Account) -> list[Recorded]:
    """What the account's first source showed, read every five hours."""
    spec = account.sources[0]
    state, made = SourceState(spec), list[Recorded]()
    window: tuple[SeenPost, ...] = ()
    for n in range((NOW - SINCE) // (5 * HOUR)):
        at = SINCE + 5 * n * HOUR
        days = [day for day in reversed(POSTED) if _posted(day) < at]
        shown = tuple(map(_post, days))
        seen = tuple((_post(day).key, _posted(day)) for day in days)
        if (at - SINCE) // DAY in SILENT:
            reading = Reading(
                spec.id, account.id, spec.gateway, at, Outcome.TRANSPORT, detail="reset"
            )
        else:
            fresh = len(shown) - len(window)
            since, _ = covered_from(seen, state, at)
            how = Outcome.OK if fresh else Outcome.UNCHANGED
            reading = Reading(spec.id, account.id, spec.gateway, at, how, at, Pulse.FULL)
            reading = replace(reading, items=len(shown), fresh=fresh, covers_from=since)
            window = shown
            state = replace(state, weak_as_of=at, memory=SourceMemory(window=seen))
        posts = shown if reading.good else ()
        made.append(Recorded(reading, posts, state.memory, at + 5 * HOUR))
    return made


def _posted(day: int) -> datetime:
    return SINCE + day * DAY + HOUR


def _post(day: int) -> SeenPost:
    title, url = f"第{day}期", f"https://example.org/{day}"
    return SeenPost(f"k{day}", title, url, PostKind.ARTICLE, _posted(day))


def readings(app: App) -> dict[str, list[Reading]]:
    return {a: list(app.store.readings.of_account(a, SINCE)) for a in app.register.accounts}


def said(app: App) -> list[object]:
    """All that is said of the accounts: figures, what they rest on, verdicts and their reasons."""
    year = SINCE.year
    found: list[object] = [json.loads(app.reporting.year(year, NOW))]
    for account in app.register.accounts:
        found.append(app.reporting.evidence(year, account, NOW))
        found.append(app.desk.accounts.explain(account, NOW))
        for days in (27, 20, 11, 4):  # as it was known then
            then = at("03-01 00:00") + days * DAY
            found.append(app.desk.accounts.explain(account, then))
    return found


def test_figures_evidence_and_explanations_are_the_same_before_and_after(app: App) -> None:
    before, known = said(app), readings(app)
    assert fold_some(app) > 0
    assert said(app) == before
    for account, kept in readings(app).items():
        assert sum(one.tried for one in kept) == len(known[account])
        assert 2 * len(kept) < len(known[account]) + 8 * KEPT_WHOLE


def test_the_last_seven_days_stay_as_they_were_read(app: App) -> None:
    fold_some(app)
    for kept in readings(app).values():
        newest = [one for one in kept if one.started_at >= at("03-22 00:00")]
        assert newest
        assert all(one.folded is None for one in newest)


def test_a_round_goes_on_where_it_was_left_and_begins_anew_with_the_next_day(
    app: App, clock: list[datetime]
) -> None:
    rounds = [fold_some(app, 1) for _ in range(len(app.register.accounts) + 1)]
    assert [n > 0 for n in rounds] == [*[True] * len(app.register.accounts), False]
    assert fold_some(app) == 0
    clock[0] += DAY
    assert fold_some(app) > 0


def test_readings_made_while_an_alert_was_open_stay_whole(app: App) -> None:
    account, other = app.register.accounts
    opened, resolved = SINCE + 4 * DAY, SINCE + 8 * DAY
    alert = Alert(Kind.SILENCE, account, opened, SINCE, rung=7)
    with app.store.alerts.changing(account) as tx:
        tx.save(replace(tx.save(alert), resolved_at=resolved, resolution=Reason.POSTED))
    fold_some(app)

    def whole(of: str) -> bool:
        mine = [one for one in readings(app)[of] if opened <= one.started_at <= resolved]
        return all(one.folded is None for one in mine)

    assert (whole(account), whole(other)) == (True, False)


def test_an_end_that_is_damaged_leaves_the_number(app: App) -> None:
    fold_some(app)
    known = readings(app)
    with sqlite3.connect(str(app.store.file())) as by_hand:
        by_hand.execute("UPDATE reading_rows SET outcomes = 'x' WHERE outcomes IS NOT NULL")
    after = readings(app)
    assert {a: sum(r.tried for r in some) for a, some in after.items()} == {
        a: sum(r.tried for r in some) for a, some in known.items()
    }
