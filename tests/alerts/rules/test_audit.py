"""When the outside monitor may be pinged: every loop has run, every call has reached its people."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.facts import SilenceFacts
from alerts.model import Alert, Event, Kind, Notice, NoticeState, Reason
from alerts.occasion import occasion_of
from alerts.rules.audit import AuditFinding, Check, Owed, Waiting, audit, late_readings
from tests.rule_values import DAY, HOUR, HOURS, MINUTE, POSTED, at

NOW = at("03-18 09:30")
CALLED = at("03-18 09:00")
STARTED = NOW - DAY
RUNNING = {"read:rsshub": NOW - MINUTE, "judge": NOW - MINUTE, "deliver": NOW}
ALERT = Alert(Kind.SILENCE, "weibo", CALLED, POSTED, id=7, rung=12, called_at=CALLED)
SENT, RETRYING, PENDING = NoticeState.SENT, NoticeState.RETRYING, NoticeState.PENDING
FAILED, WITHDRAWN = NoticeState.FAILED, NoticeState.WITHDRAWN


def notice(
    state: NoticeState = SENT,
    person: str = "zhang",
    channel: str = "wecom",
    occasion: str = "rung:12",
    created: datetime = CALLED,
    event: Event = Event.ALERT,
) -> Notice:
    return Notice(
        f"{occasion}{person}{channel}",
        7,
        Kind.SILENCE,
        "weibo",
        occasion_of(occasion),
        Reason.RUNG,
        event,
        12,
        person,
        channel,
        "",
        SilenceFacts(""),
        created,
        created,
        state,
        sent_at=created,
    )


def found(*notices: Notice, alert: Alert = ALERT, now: datetime = NOW) -> tuple[AuditFinding, ...]:
    loops = dict.fromkeys(RUNNING, now)
    return audit(loops, STARTED, [alert], notices, (), HOURS, now)


LATE = AuditFinding(Check.UNREACHED, "alert 7: zhang", CALLED)


@pytest.mark.parametrize(
    ("loop", "ran", "since"),
    [
        pytest.param("judge", NOW - 5 * MINUTE + timedelta(seconds=1), None, id="just in time"),
        pytest.param("judge", NOW - 5 * MINUTE, NOW - 5 * MINUTE, id="F40 the judge is dead"),
        pytest.param("deliver", NOW - HOUR, NOW - HOUR, id="F40 nobody delivers"),
        pytest.param("read:rsshub", NOW - 14 * MINUTE, None, id="a long round of readings"),
        pytest.param(
            "read:rsshub", NOW - 15 * MINUTE, NOW - 15 * MINUTE, id="F40 a gateway's reader is dead"
        ),
        pytest.param("judge", None, STARTED, id="it has never run"),
        pytest.param("judge", NOW + DAY, STARTED, id="F20 an instant ahead proves nothing"),
    ],
)
def test_F40_every_loop_has_to_run(loop: str, ran: datetime | None, since: datetime | None) -> None:
    expected = (AuditFinding(Check.LOOP, loop, since),) if since else ()
    assert audit({**RUNNING, loop: ran}, STARTED, (), (), (), HOURS, NOW) == expected


def test_a_loop_is_given_its_time_after_the_start() -> None:
    none = dict.fromkeys(RUNNING)
    assert audit(none, NOW - 4 * MINUTE, (), (), (), HOURS, NOW) == ()
    late = audit(none, NOW - 6 * MINUTE, (), (), (), HOURS, NOW)
    assert [one.what for one in late] == ["judge", "deliver"]


@pytest.mark.parametrize(
    ("notices", "expected"),
    [
        pytest.param([notice()], (), id="told"),
        pytest.param([notice(PENDING)], (LATE,), id="F41 not sent yet"),
        pytest.param([notice(RETRYING)], (LATE,), id="F41 refused for a while"),
        pytest.param([notice(FAILED)], (LATE,), id="F41 refused for good, and no other way"),
        pytest.param([notice(FAILED), notice(channel="mail")], (), id="by the second channel"),
        pytest.param(
            [notice(RETRYING), notice(PENDING, channel="mail")], (LATE,), id="F41 by no channel"
        ),
        pytest.param(
            [notice(), notice(RETRYING, "li")],
            (),
            id="F68 one of two was told",
        ),
        pytest.param(
            [notice(RETRYING), notice(RETRYING, "li")],
            (LATE, AuditFinding(Check.UNREACHED, "alert 7: li", CALLED)),
            id="F41 neither of two",
        ),
        pytest.param([notice(), notice(WITHDRAWN, "li")], (), id="what no longer holds"),
        pytest.param(
            [notice(FAILED, created=CALLED - DAY, occasion="rung:10"), notice()],
            (),
            id="a later call made it good",
        ),
        pytest.param(
            [notice(created=CALLED - DAY, occasion="rung:10"), notice(FAILED)],
            (LATE,),
            id="F41 an earlier one did not",
        ),
        pytest.param(
            [notice(), notice(PENDING, event=Event.SUMMARY, person="li")],
            (),
            id="a summary is no call",
        ),
        pytest.param(
            [], (AuditFinding(Check.UNHEARD, "alert 7", CALLED),), id="F41 there was nobody to tell"
        ),
        pytest.param(
            [notice(created=CALLED - DAY)],
            (AuditFinding(Check.UNHEARD, "alert 7", CALLED),),
            id="F41 there was nobody to tell of the newest call",
        ),
    ],
)
def test_F41_every_call_reaches_its_people(
    notices: list[Notice], expected: tuple[AuditFinding, ...]
) -> None:
    assert found(*notices) == expected


@pytest.mark.parametrize(
    ("created", "now", "late"),
    [
        pytest.param("03-18 09:00", "03-18 09:14", False, id="a quarter of an hour is given"),
        pytest.param("03-18 09:00", "03-18 09:15", True, id="and no more"),
        pytest.param("03-17 23:00", "03-18 07:14", False, id="from the end of the quiet hours"),
        pytest.param("03-17 23:00", "03-18 07:15", True, id="until a quarter past"),
        pytest.param("03-17 21:50", "03-17 23:59", False, id="which the night may interrupt"),
        pytest.param("03-17 21:50", "03-18 07:00", True, id="until the morning"),
    ],
)
def test_F41_within_a_quarter_of_an_hour(created: str, now: str, late: bool) -> None:
    told = notice(PENDING, created=at(created))
    alert = replace(ALERT, called_at=at(created))
    assert bool(found(told, alert=alert, now=at(now))) is late


@pytest.mark.parametrize(
    ("noticed", "expected"),
    [
        pytest.param(NOW - 14 * MINUTE, (), id="a reading may just have made it due"),
        pytest.param(
            NOW - 15 * MINUTE,
            (AuditFinding(Check.OWED, "alert 7: rung:13", NOW - 15 * MINUTE),),
            id="F41 behind its ladder",
        ),
    ],
)
def test_F41_what_is_due_is_said(noticed: datetime, expected: tuple[AuditFinding, ...]) -> None:
    owed = [Owed(7, occasion_of("rung:13"), noticed)]
    assert audit(RUNNING, STARTED, [ALERT], [notice()], owed, HOURS, NOW) == expected


@pytest.mark.parametrize(
    ("noticed", "busy", "since"),
    [
        pytest.param(14, 60, None, id="a quarter of an hour is given"),
        pytest.param(15, 60, 15, id="and no more, where nothing keeps the gateway"),
        pytest.param(60, 14, None, id="it counts from when its gateway was free"),
        pytest.param(60, 15, 15, id="which was a quarter of an hour ago"),
        pytest.param(134, 0, None, id="a gateway that is kept longer excuses it"),
        pytest.param(135, 0, 15, id="for two hours"),
    ],
)
def test_F41_a_reading_that_a_call_waits_for_is_made(
    noticed: int, busy: int, since: int | None
) -> None:
    call = Waiting("weibo", occasion_of("rung:10"), NOW - noticed * MINUTE, NOW - busy * MINUTE)
    expected = AuditFinding(Check.UNREAD, "account weibo: rung:10", NOW - (since or 0) * MINUTE)
    assert list(late_readings([call], NOW)) == ([] if since is None else [expected])


def test_a_call_without_a_recipient_is_found_once_although_it_stays_owed() -> None:
    owed = [Owed(7, occasion_of("rung:12"), NOW - HOUR)]
    assert audit(RUNNING, STARTED, [ALERT], [], owed, HOURS, NOW) == (
        AuditFinding(Check.UNHEARD, "alert 7", CALLED),
    )


def test_an_alert_without_a_call_is_behind_nothing() -> None:
    assert found(alert=replace(ALERT, called_at=None)) == ()


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (AuditFinding(Check.LOOP, "judge", NOW), "the loop judge has not run"),
        (LATE, "alert 7: zhang has not been reached by any channel"),
        (AuditFinding(Check.UNHEARD, "alert 7", NOW), "alert 7: nobody could be told"),
        (
            AuditFinding(Check.OWED, "alert 7: rung:13", NOW),
            "alert 7: rung:13 is due and has not been said",
        ),
    ],
)
def test_what_an_operator_reads(finding: AuditFinding, line: str) -> None:
    assert str(finding) == line
