"""A month reckoned: what was published, when it is due to be told, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.facts import SilenceFacts
from alerts.model import (
    Acknowledgement,
    Alert,
    Event,
    Hours,
    Kind,
    Notice,
    NoticeState,
    Promise,
    Reason,
)
from alerts.occasion import occasion_of
from alerts.rules.calendar import calendar, parse_overrides
from monitor.ledger.coverage import Span
from monitor.ledger.totals import Counted, EarlierPosts, Rows
from monitor.model import AccountState, Dating, Outcome, PostKind, Pulse, Reading
from monitor.reports.month.figures import (
    AccountMonth,
    AlertsMonth,
    Day,
    GatewayMonth,
    Handled,
    Outlook,
    Seen,
    account_month,
    alerts_month,
    before,
    due_at,
    gateways_month,
    last_due,
    next_post,
    period_of,
    reach,
    tally,
)
from tests.report_values import DAY, MZ_WEIBO, POLICY, WHOLE, ZONE, at, ledger, post

HOURS = Hours(ZONE)
CALENDAR = calendar()
OUTLOOK = Outlook(POLICY.ladder, HOURS, CALENDAR)
FEBRUARY = period_of(2024, 2, ZONE)
NOW = at("2024-03-01T09:00")


def month(rows: Rows, number: int = 2024, of: int = 2, now: datetime = NOW) -> AccountMonth:
    return account_month(MZ_WEIBO, rows, number, of, OUTLOOK, now)


# When it is due


@pytest.mark.parametrize(
    ("number", "of", "due"),
    [
        pytest.param(2024, 2, "2024-03-01T09:00", id="a Friday"),
        pytest.param(2024, 1, "2024-02-01T09:00", id="before the Spring Festival"),
        pytest.param(2023, 12, "2024-01-02T09:00", id="after New Year's Day"),
        pytest.param(2024, 4, "2024-05-06T09:00", id="after the Labour Day holiday"),
        pytest.param(2024, 9, "2024-10-08T09:00", id="after the National Day holiday"),
        pytest.param(2024, 8, "2024-09-02T09:00", id="after a Sunday"),
        pytest.param(2025, 1, "2025-02-05T09:00", id="after the Spring Festival of 2025"),
        pytest.param(2027, 12, "2028-01-03T09:00", id="a year not announced: after the weekend"),
    ],
)
def test_the_mail_is_due_at_nine_on_the_first_working_day_after(
    number: int, of: int, due: str
) -> None:
    assert due_at(number, of, CALENDAR, HOURS) == at(due)


def test_the_operators_own_table_and_hours_count() -> None:
    own = calendar(parse_overrides("2024-03-01,closed\n2024-03-02,work", "h.csv"))
    hours = replace(HOURS, call_at=datetime(2024, 1, 1, 8, 30).time())
    assert due_at(2024, 2, own, hours) == at("2024-03-02T08:30")


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        pytest.param("2024-03-01T09:00", (2024, 2), id="at that instant"),
        pytest.param("2024-03-01T08:59:59", (2024, 1), id="a second before"),
        pytest.param("2024-01-02T09:00", (2023, 12), id="F23 January tells December"),
        pytest.param("2024-01-01T12:00", (2023, 11), id="New Year's Day is no working day"),
        pytest.param("2024-12-31T23:59", (2024, 11), id="the last minute of a year"),
    ],
)
def test_F23_the_newest_month_that_is_due(now: str, newest: tuple[int, int]) -> None:
    assert last_due(CALENDAR, HOURS, at(now)) == newest


def test_january_is_held_against_december_and_the_january_before() -> None:
    assert [before(2024, 1), before(2024, 2)] == [(2023, 12), (2024, 1)]
    posts = [
        post("2023-01-10T10:00"),
        post("2023-01-11T10:00"),
        post("2023-01-12T10:00"),
        post("2023-12-31T23:59:59"),
        post("2024-01-01T00:00"),
    ]
    found = month(ledger(*posts), 2024, 1, at("2024-02-01T09:00"))
    assert found.totals.posts == 1
    assert (found.last_month, found.last_year) == (EarlierPosts(1, True), EarlierPosts(3, True))
    assert reach(2024, 1, ZONE).start == at("2023-01-01T00:00")


# What was published


def test_days_posts_silence_and_followers() -> None:
    posts = [
        post("2024-01-31T10:00"),
        post("2024-02-01T10:00"),
        post("2024-02-01T15:00"),
        post("2024-02-17T10:00", PostKind.REPOST),
        post("2024-02-29T23:59"),
        post("2024-03-01T08:00"),
    ]
    counters = (Counted(date(2024, 1, 31), 100), Counted(date(2024, 2, 29), 90))
    found = month(ledger(*posts, counters=counters))
    assert (found.totals.posts, found.totals.originals, found.totals.reposts) == (4, 3, 1)
    assert [day.on.day for day in found.days if day.posts] == [1, 17, 29]
    assert [day.on.day for day in found.days if day.late] == [15, 16]
    assert {day.seen for day in found.days} == {Seen.WHOLE}
    assert [d.on.day for d in found.days if d.closed and 5 < d.on.day < 18] == list(range(10, 18))
    assert found.totals.followers.growth == -0.1
    assert (found.lapsed, found.kept, found.unread, found.silent) == (True, False, False, False)
    assert found.last_post_at == at("2024-02-29T23:59")
    assert found.newest_at == at("2024-03-01T08:00")
    assert found.publish_by == date(2024, 3, 14)


def test_reposts_count_only_where_the_policy_says_so() -> None:
    posts = (post("2024-02-01T10:00"), post("2024-02-12T10:00", PostKind.REPOST))
    found = month(ledger(*posts, count_reposts=False))
    assert [day.on.day for day in found.days if day.posts] == [1]
    assert found.last_post_at == at("2024-02-01T10:00")


def test_what_lies_ahead_is_neither_seen_nor_missing() -> None:
    now = at("2024-02-10T12:00")
    covered = (Span(at("2024-01-01T00:00"), now),)
    found = month(ledger(post("2024-02-09T10:00"), covered=covered), now=now)
    assert [day.seen for day in found.days[8:12]] == [
        Seen.WHOLE,
        Seen.WHOLE,
        Seen.TO_COME,
        Seen.TO_COME,
    ]


def test_F23_an_empty_month_that_was_seen_is_silent_or_lapsed() -> None:
    never = month(ledger())
    assert (never.silent, never.unread, never.kept, never.lapsed) == (True, False, False, False)
    assert (never.publish_by, never.last_post_at, never.last_month) == (
        None,
        None,
        EarlierPosts(0, True),
    )
    long_ago = month(ledger(post("2024-01-10T10:00")))
    assert (long_ago.silent, long_ago.lapsed) == (False, True)
    assert [day.on.day for day in long_ago.days if not day.late] == []


def test_F23_a_month_that_could_not_be_read_is_called_neither_empty_nor_kept() -> None:
    found = month(ledger(post("2024-01-25T10:00"), covered=()))
    assert (found.unread, found.kept, found.silent) == (True, False, False)
    assert {day.seen for day in found.days} == {Seen.NOT}
    assert (found.last_month, found.last_year) == (EarlierPosts(1, False), None)
    assert found.totals.complete is False


def test_days_seen_in_part_are_told_apart() -> None:
    covered = (Span(at("2024-02-01T00:00"), at("2024-02-02T12:00")),)
    found = month(ledger(post("2024-02-01T10:00"), covered=covered))
    assert [day.seen for day in found.days[:3]] == [Seen.WHOLE, Seen.PARTLY, Seen.NOT]
    assert found.days[0] == Day(date(2024, 2, 1), 1, Seen.WHOLE)


def test_posts_without_a_date_stand_on_no_day() -> None:
    undated = post("2024-02-05T10:00", dating=Dating.UNKNOWN)
    found = month(ledger(undated, post("2024-02-06T10:00")))
    assert [day.on.day for day in found.days if day.posts] == [6]
    assert (found.totals.undated, found.totals.complete) == (1, False)


def test_a_closed_account_has_no_deadline() -> None:
    closed = replace(MZ_WEIBO, state=AccountState.CLOSED)
    rows = ledger(post("2024-02-06T10:00"))
    assert account_month(closed, rows, 2024, 2, OUTLOOK, NOW).publish_by is None


# Alerts


def alert(**other: object) -> Alert:
    made = Alert(Kind.SILENCE, "weibo-mz", at("2024-02-08T09:00"), at("2024-02-01T10:00"), id=1)
    return replace(made, **other)  # type: ignore[arg-type]


def notice(sent_at: str | None, person: str = "zhang", event: Event = Event.ALERT) -> Notice:
    when = at(sent_at) if sent_at else None
    made = Notice(
        "n",
        1,
        Kind.SILENCE,
        "weibo-mz",
        occasion_of("rung:7"),
        Reason.RUNG,
        event,
        7,
        person,
        "mail",
        "",
        SilenceFacts("鞍山民政"),
        NOW,
        NOW,
    )
    state = NoticeState.SENT if when else NoticeState.FAILED
    return replace(made, sent_at=when, state=state)


def test_who_was_notified_who_answered_and_how_long_it_took() -> None:
    told = [notice("2024-02-08T09:00"), notice("2024-02-11T09:00", "li"), notice(None, "wang")]
    answered = replace(
        alert(resolved_at=at("2024-02-12T12:00")),
        acknowledged=Acknowledgement("zhang", at("2024-02-08T10:00")),
    )
    over = [notice("2024-02-12T12:00", event=Event.RESOLVED)]
    promised = alert(id=2, promise=Promise("li", NOW, NOW), resolved_at=at("2024-02-21T09:00"))
    third = alert(id=3, opened_at=at("2024-02-28T09:00"))
    handled = [
        Handled(answered, [*told, *over], at("2024-02-12T09:00")),
        Handled(promised, [notice("2024-02-20T09:00")], at("2024-02-20T21:00")),
        Handled(third, [notice("2024-03-01T08:00")], None),
    ]
    assert alerts_month(handled, FEBRUARY) == AlertsMonth(
        alerts=3, notices=3, people=2, answered=2, hours=54.0, open=1
    )


@pytest.mark.parametrize(
    ("one", "counted"),
    [
        pytest.param(alert(opened_at=at("2024-01-20T09:00")), 1, id="still open from January"),
        pytest.param(alert(resolved_at=at("2024-01-31T23:59:59")), 0, id="over before"),
        pytest.param(alert(opened_at=at("2024-03-01T00:00")), 0, id="opened after"),
        pytest.param(alert(kind=Kind.GATEWAY), 0, id="not about an account"),
    ],
)
def test_alerts_count_that_were_open_in_the_month(one: Alert, counted: int) -> None:
    assert alerts_month([Handled(one, (), None)], FEBRUARY).alerts == counted


def test_a_post_that_was_there_before_anybody_was_notified_answers_nothing() -> None:
    late = Handled(alert(), [notice("2024-02-08T09:00")], at("2024-02-07T10:00"))
    assert alerts_month([late], FEBRUARY).hours is None
    rows = ledger(post("2024-02-01T10:00"), post("2024-02-07T10:00"), post("2024-02-09T10:00"))
    assert next_post(rows, at("2024-02-01T10:00"), NOW) == at("2024-02-07T10:00")
    assert next_post(rows, at("2024-02-09T10:00"), NOW) is None


def test_no_alert_no_hours() -> None:
    assert alerts_month([], FEBRUARY) == AlertsMonth()


# Gateways


def reading(when: str, good: bool = True, gateway: str = "rsshub") -> Reading:
    moment = at(when)
    outcome = Outcome.OK if good else Outcome.TRANSPORT
    as_of = moment if good else None
    return Reading(
        "s", "weibo-mz", gateway, moment, outcome, as_of, Pulse.FULL if good else Pulse.NONE
    )


def test_how_well_the_gateways_could_be_read() -> None:
    readings = [
        reading("2024-01-31T23:59"),
        reading("2024-02-01T00:00"),
        reading("2024-02-10T00:00", good=False),
        reading("2024-02-29T23:59"),
        reading("2024-03-01T00:00"),
        reading("2024-02-01T00:00", gateway="gone"),
    ]
    down = alert(
        kind=Kind.GATEWAY,
        subject="rsshub",
        since=at("2024-01-31T12:00"),
        opened_at=at("2024-01-31T13:00"),
        resolved_at=at("2024-02-01T06:00"),
    )
    again = replace(
        down, since=at("2024-02-29T12:00"), opened_at=at("2024-02-29T13:00"), resolved_at=None
    )
    kinds = {"rsshub": "rsshub", "wewe": "wewe_rss"}
    tallies = [tally(readings, FEBRUARY), tally(readings[:2], FEBRUARY)]
    assert gateways_month(kinds, tallies, [down, again], FEBRUARY, NOW) == (
        GatewayMonth("rsshub", "rsshub", 4, 3, 2, timedelta(hours=18)),
        GatewayMonth("wewe", "wewe_rss", 0, 0, 0, timedelta()),
    )


def test_the_month_is_local() -> None:
    assert period_of(2024, 2, ZONE).start == datetime(2024, 1, 31, 16, tzinfo=UTC)
    assert period_of(2024, 12, ZONE).end - DAY == at("2024-12-31T00:00")
    assert WHOLE.start < reach(2024, 2, ZONE).start
