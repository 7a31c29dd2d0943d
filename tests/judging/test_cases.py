"""What is due of a silence, of our blindness and of a failing gateway, given the evidence."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.model import Alert, Call, Kind, Promise, Reason, SilenceException
from alerts.occasion import Occasion, On
from alerts.rules.calendar import Calendar, Overrides, calendar
from alerts.rules.lifecycle import Case
from monitor.counted import Tally
from monitor.freshness.evidence import Evidence
from monitor.freshness.verdict import Assessment, Basis, Verdict, assess
from monitor.judging.cases import (
    blind_case,
    calendar_case,
    credential_case,
    doubt_case,
    doubtful,
    gateway_case,
    originals_case,
    quota_case,
    reading_due,
    silence_case,
    urgency,
    waits,
)
from monitor.judging.situation import Hindrance, Situation
from monitor.model import (
    Account,
    AccountState,
    Doubt,
    Doubted,
    GatewayState,
    RouteHealth,
    SourceMemory,
)
from tests.rule_values import (
    ACCOUNTS,
    CALENDAR,
    DAY,
    HOUR,
    HOURS,
    LIMIT,
    MINUTE,
    POLICY,
    POSTED,
    at,
    known,
    register,
    shown,
    source,
)

ACCOUNT = ACCOUNTS["weibo"]
RULES = register()
FIRST = at("03-13 09:00")
AGREED = SilenceException("weibo", "wang", POSTED, LIMIT + DAY, "网站改版")


def situation(evidence: Evidence, now: datetime, account: Account = ACCOUNT) -> Situation:
    return Situation(account, POLICY, evidence, assess(evidence, POLICY, HOURS, now))


def silence(
    evidence: Evidence,
    now: datetime,
    account: Account = ACCOUNT,
    exception: SilenceException | None = None,
) -> Case:
    return silence_case(situation(evidence, now, account), RULES, exception, now)


def blindness(
    evidence: Evidence,
    now: datetime,
    blamed: bool = False,
    untriable: bool = False,
    account: Account = ACCOUNT,
    exception: SilenceException | None = None,
) -> Case:
    hindered = Hindrance(blamed, untriable)
    return blind_case(situation(evidence, now, account), RULES, exception, hindered, now)


def told(case: Case) -> list[str]:
    return [f"{c.occasion} {'+'.join(c.tell)}" for c in case.calls]


@pytest.mark.parametrize(
    ("now", "evidence", "due"),
    [
        pytest.param(FIRST - MINUTE, known(FIRST - MINUTE), [], id="nothing yet"),
        pytest.param(FIRST, known(FIRST), ["rung:7 custodian"], id="read at the rung's instant"),
        pytest.param(
            FIRST, known(FIRST, source(FIRST - MINUTE)), [], id="not read at that instant yet"
        ),
        pytest.param(
            FIRST + HOUR,
            known(FIRST + HOUR, source(FIRST, failing_since=FIRST + HOUR)),
            ["rung:7 custodian"],
            id="F45 confirmed a moment ago, and failing since",
        ),
        pytest.param(
            FIRST + 6 * HOUR,
            known(FIRST + 6 * HOUR, source(FIRST, failing_since=FIRST + HOUR)),
            [],
            id="while blind nothing is due",
        ),
        pytest.param(
            FIRST,
            known(FIRST, source(FIRST, as_of=FIRST - 23 * HOUR)),
            ["rung:7 custodian"],
            id="known as of less than a day before",
        ),
        pytest.param(
            FIRST,
            known(FIRST, source(FIRST, weak=True)),
            ["rung:7 custodian"],
            id="a weak pulse may warn",
        ),
        pytest.param(LIMIT, known(LIMIT, source(LIMIT, weak=True)), [], id="but assert no breach"),
        pytest.param(
            LIMIT + DAY,
            known(LIMIT + DAY, source(LIMIT + 2 * HOUR), awake=LIMIT + DAY),
            [],
            id="F19 nothing before the first reading after our own outage",
        ),
        pytest.param(
            LIMIT + DAY,
            known(LIMIT + DAY, source(LIMIT + DAY), awake=LIMIT + DAY),
            ["breach custodian+duty+deputy", "reminder:2024-03-21 custodian+duty+deputy"],
            id="and everything after it",
        ),
    ],
)
def test_a_silence(now: datetime, evidence: Evidence, due: list[str]) -> None:
    calls = told(silence(evidence, now))
    assert [c for c in calls if c.split()[0] in {d.split()[0] for d in due}] == due
    assert bool(calls) is bool(due)


def test_the_case_says_what_the_rules_come_to_whatever_is_confirmed() -> None:
    case = silence(known(LIMIT, source(POSTED, failing_since=POSTED + DAY)), LIMIT)
    assert case == Case(
        Kind.SILENCE, "weibo", POSTED, (), rung=14, ladder=POLICY.ladder, closed=None, read_at=None
    )


def test_the_case_names_the_closed_days_of_the_last_chance() -> None:
    now = at("02-08 09:00")
    case = silence(known(now, posted=at("02-02 10:00")), now)
    assert case.closed == (at("02-10 00:00"), at("02-18 00:00"))


@pytest.mark.parametrize(
    ("account", "exception", "reason"),
    [
        (ACCOUNT, None, None),
        (replace(ACCOUNT, state=AccountState.CLOSING), None, None),
        (replace(ACCOUNT, state=AccountState.CLOSED), AGREED, Reason.ACCOUNT_CLOSED),
        (ACCOUNT, AGREED, Reason.EXCEPTION),
    ],
    ids=["running", "closing keeps its duty", "closed", "agreed"],
)
def test_what_ends_every_trouble_of_an_account(
    account: Account, exception: SilenceException | None, reason: Reason | None
) -> None:
    failing = known(FIRST, source(POSTED, failing_since=POSTED + DAY))
    assert silence(known(FIRST), FIRST, account, exception).ended == reason
    assert blindness(failing, FIRST, account=account, exception=exception).ended == reason


@pytest.mark.parametrize(
    ("now", "evidence", "due"),
    [
        pytest.param(
            FIRST,
            known(FIRST, source(FIRST - 7 * HOUR, failing_since=FIRST)),
            [],
            id="retries are given a quarter of an hour",
        ),
        pytest.param(
            FIRST + 15 * MINUTE,
            known(FIRST + 15 * MINUTE, source(FIRST - HOUR, failing_since=FIRST)),
            ["rung:7 custodian+operator"],
            id="then a rung goes out as a question",
        ),
        pytest.param(
            FIRST,
            known(FIRST, source(FIRST - 7 * HOUR, failing_since=FIRST - 20 * MINUTE)),
            ["rung:7 custodian+operator"],
            id="at once if it has failed before",
        ),
        pytest.param(
            FIRST + 7 * HOUR,
            known(FIRST + 7 * HOUR, source(FIRST, failing_since=FIRST + 30 * MINUTE)),
            [],
            id="not if the rung was borne out while we saw",
        ),
        pytest.param(
            LIMIT,
            known(LIMIT, source(LIMIT, weak=True)),
            ["breach custodian+duty+deputy+operator"],
            id="a limit seen through a weak pulse, at once",
        ),
        pytest.param(
            LIMIT,
            known(LIMIT, source(LIMIT, as_of=LIMIT - HOUR)),
            ["breach custodian+duty+deputy+operator"],
            id="a limit later than the collector's last sync, at once",
        ),
        pytest.param(
            at("02-08 09:00"),
            known(
                at("02-08 09:00"),
                source(at("02-02 10:00"), failing_since=at("02-07 20:00")),
                posted=at("02-02 10:00"),
            ),
            ["closure:2024-02-08T09:00 custodian+duty+deputy+operator"],
            id="a call before closed days, even of an account that is fresh",
        ),
        pytest.param(
            POSTED + 2 * DAY + 15 * MINUTE,
            known(POSTED + 2 * DAY + 15 * MINUTE, source(POSTED, failing_since=POSTED + DAY)),
            ["unread operator"],
            id="a day without a good reading, long before a rung is near",
        ),
        pytest.param(
            POSTED + 2 * DAY + 14 * MINUTE,
            known(POSTED + 2 * DAY + 14 * MINUTE, source(POSTED, failing_since=POSTED + DAY)),
            [],
            id="not before that day is over",
        ),
        pytest.param(
            LIMIT,
            known(LIMIT, source(POSTED, failing_since=POSTED + DAY), awake=LIMIT),
            [],
            id="F19 nothing before it was tried after our own outage",
        ),
    ],
)
def test_a_blindness(now: datetime, evidence: Evidence, due: list[str]) -> None:
    case = blindness(evidence, now)
    assert told(case) == due
    assert {c.reason for c in case.calls} <= {Reason.BLIND}
    assert case.ended is None


def test_the_rung_is_carried_by_the_question() -> None:
    now = at("03-18 10:00")
    case = blindness(known(now, source(FIRST, failing_since=at("03-14 10:00"))), now)
    [rung, unread] = case.calls
    assert (rung.rung, rung.due_at, rung.reason) == (12, at("03-18 09:00"), Reason.BLIND)
    assert (unread.rung, shown(unread.due_at)) == (None, "03-15 10:15")


def test_F16_the_operator_is_notified_of_the_gateway_instead() -> None:
    now = at("03-18 10:00")
    case = blindness(known(now, source(FIRST, failing_since=at("03-14 10:00"))), now, blamed=True)
    assert told(case) == ["rung:12 custodian+duty+deputy"]


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(known(FIRST), id="late, and seen"),
        pytest.param(known(FIRST, source(FIRST - HOUR)), id="the rung's reading is to come"),
    ],
)
def test_a_blindness_ends_when_we_see(evidence: Evidence) -> None:
    assert blindness(evidence, FIRST).ended is Reason.RECOVERED


def test_an_account_without_a_source_is_asked_after_by_the_ladder_alone() -> None:
    bare = replace(ACCOUNT, sources=())
    assert told(blindness(known(FIRST, source()), FIRST, account=bare)) == [
        "rung:7 custodian+operator"
    ]


CALLED = frozenset({Occasion(On.RUNG, "7")})
OF_SEVEN = Alert(Kind.SILENCE, "weibo", FIRST, POSTED, rung=7, called=CALLED)
TWELVE = at("03-18 09:00")  # of twelve days
CHANCE = at("03-19 09:00")
NEVER = replace(
    OF_SEVEN, promise=Promise("zhang", LIMIT + DAY, LIMIT + 2 * DAY)
)  # by a wrong clock


def promised(until: datetime) -> Alert:
    """Return the alert about the silence with a promise of the fourteenth."""
    return replace(OF_SEVEN, promise=Promise("zhang", at("03-14 10:00"), until))


def dead(now: datetime, good_at: datetime = FIRST) -> Evidence:
    """Return the evidence at *now*: last read at *good_at*, and failing from an hour later."""
    return known(now, source(good_at, failing_since=good_at + HOUR))


def asked_with(silence: Alert, evidence: Evidence, now: datetime) -> list[str]:
    """Return the rungs' questions at *now*, each with the instant as of which it is due."""
    case = blind_case(situation(evidence, now), RULES, None, Hindrance(blamed=True), now, silence)
    return [f"{c.occasion} of {shown(c.due_at)} {'+'.join(c.tell)}" for c in case.calls]


@pytest.mark.parametrize(
    ("silence", "evidence", "now", "asked"),
    [
        pytest.param(
            OF_SEVEN,
            dead(TWELVE),
            TWELVE,
            ["rung:12 of 03-18 09:00 custodian+duty+deputy"],
            id="without a promise the rung is asked for",
        ),
        pytest.param(
            promised(TWELVE + HOUR), dead(TWELVE), TWELVE, [], id="a promise keeps it back"
        ),
        pytest.param(
            promised(TWELVE + HOUR),
            dead(TWELVE + HOUR),
            TWELVE + HOUR,
            [
                "rung:12 of 03-18 10:00 custodian+duty+deputy",
                "promise:2024-03-18T10:00:00 of 03-18 10:00 custodian+duty+deputy",
            ],
            id="until its time: then it is due as of that, with the broken promise",
        ),
        pytest.param(
            promised(at("03-15 10:00")),
            dead(at("03-15 10:00")),
            at("03-15 10:00"),
            ["promise:2024-03-15T10:00:00 of 03-15 10:00 custodian+duty"],
            id="at its time the next rung's people are asked, though no rung is due",
        ),
        pytest.param(
            promised(at("03-15 10:00")),
            dead(at("03-15 10:14"), at("03-15 09:00")),
            at("03-15 10:14"),
            [],
            id="while what was confirmed stands, retries have a quarter of an hour first",
        ),
        pytest.param(
            promised(at("03-15 10:00")),
            dead(at("03-15 10:15"), at("03-15 09:00")),
            at("03-15 10:15"),
            ["promise:2024-03-15T10:00:00 of 03-15 10:00 custodian+duty"],
            id="and no longer",
        ),
        pytest.param(
            promised(at("03-15 10:00")),
            known(at("03-15 10:15")),
            at("03-15 10:15"),
            [],
            id="a promise that a reading has looked after is no question",
        ),
        pytest.param(
            promised(LIMIT - MINUTE),
            dead(CHANCE),
            CHANCE,
            ["rung:13 of 03-19 09:00 custodian+duty+deputy"],
            id="it keeps back no last chance",
        ),
        pytest.param(
            promised(LIMIT - MINUTE),
            dead(LIMIT),
            LIMIT,
            [
                "rung:13 of 03-19 09:00 custodian+duty+deputy",
                "breach of 03-20 10:00 custodian+duty+deputy",
                "rung:12 of 03-20 09:59 custodian+duty+deputy",
                "promise:2024-03-20T09:59:00 of 03-20 09:59 custodian+duty+deputy",
            ],
            id="and no limit",
        ),
        pytest.param(
            NEVER,
            dead(TWELVE),
            TWELVE,
            ["rung:12 of 03-18 09:00 custodian+duty+deputy"],
            id="F62 one given by a clock that ran ahead keeps back nothing",
        ),
    ],
)
def test_a_promise_holds_for_questions_too(
    silence: Alert, evidence: Evidence, now: datetime, asked: list[str]
) -> None:
    found = asked_with(silence, evidence, now)
    assert [one for one in found if "unread" not in one] == asked


def test_a_question_that_was_asked_is_not_answered_by_a_promise() -> None:
    now = TWELVE + 15 * MINUTE
    evidence = dead(now, TWELVE - 2 * HOUR)
    assert blind_case(situation(evidence, now), RULES, None, Hindrance(), now).calls
    case = blind_case(
        situation(evidence, now), RULES, None, Hindrance(), now, promised(TWELVE + DAY)
    )
    assert (case.calls, case.ended) == ((), None)


FAILING = RouteHealth("weibo", healthy=False, failing_since=FIRST)
LIKE_YESTERDAY = replace(FAILING, outage=(FIRST - 23 * HOUR, FIRST - 19 * HOUR))
AT_ANOTHER_HOUR = replace(FAILING, outage=(FIRST - 30 * HOUR, FIRST - 26 * HOUR))
CALL = Call(FIRST + 15 * MINUTE, None, Reason.GATEWAY, ("operator",), Occasion(On.GATEWAY))


@pytest.mark.parametrize(
    ("state", "blinds", "after", "calls", "ended"),
    [
        pytest.param(RouteHealth("weibo"), True, HOUR, (), Reason.RECOVERED, id="healthy"),
        pytest.param(FAILING, True, 14 * MINUTE, (), None, id="retries first"),
        pytest.param(FAILING, True, 15 * MINUTE, (CALL,), None, id="it blinds an account"),
        pytest.param(FAILING, False, 44 * MINUTE, (), None, id="it blinds nobody yet"),
        pytest.param(
            FAILING,
            False,
            45 * MINUTE,
            (replace(CALL, due_at=FIRST + 45 * MINUTE),),
            None,
            id="for three quarters of an hour",
        ),
        pytest.param(LIKE_YESTERDAY, True, 5 * HOUR, (), None, id="at the hours of yesterday's"),
        pytest.param(
            LIKE_YESTERDAY,
            True,
            6 * HOUR,
            (replace(CALL, due_at=FIRST + 6 * HOUR),),
            None,
            id="it outlasts yesterday's by an hour",
        ),
        pytest.param(
            AT_ANOTHER_HOUR, True, 15 * MINUTE, (CALL,), None, id="yesterday's was at another hour"
        ),
    ],
)
def test_a_gateway(
    state: RouteHealth, blinds: bool, after: object, calls: object, ended: Reason | None
) -> None:
    case = gateway_case("rsshub", state, blinds, FIRST + after)  # type: ignore[operator]
    assert (case.calls, case.ended) == (calls, ended)


def test_a_gateway_that_failed_in_the_future_fails_since_now() -> None:
    ahead = replace(FAILING, failing_since=FIRST + 30 * DAY)
    assert gateway_case("rsshub", ahead, True, FIRST).since == FIRST


def test_while_the_platform_counts_more_than_is_shown_a_rung_goes_out_as_a_question() -> None:
    tally = Tally(101, POSTED, unseen=1, risen_at=at("03-12 18:00"))
    evidence = known(FIRST, replace(source(FIRST), memory=SourceMemory(tally=tally)))
    assert told(silence(evidence, FIRST)) == []
    assert told(blindness(evidence, FIRST)) == ["rung:7 custodian+operator"]


OVERDUE = POSTED + 30 * DAY  # at ten in the morning
REPOSTING = replace(POLICY, originals_every=30 * DAY)


def originals(
    now: datetime,
    reason: Basis = Basis.ORIGINALS,
    since: datetime | None = POSTED,
    account: Account = ACCOUNT,
) -> Case:
    found = Assessment(Verdict.BREACHED, reason, 1, None, None, LIMIT, LIMIT.date())
    evidence = Evidence(since=now - DAY, waiting=False, originals_since=since)
    return originals_case(Situation(account, REPOSTING, evidence, found), RULES, None, now)


def test_the_limits_people_are_notified_of_an_account_that_only_reposts() -> None:
    call = Call(
        OVERDUE, None, Reason.ORIGINALS, ("custodian", "duty", "deputy"), Occasion(On.ORIGINALS)
    )
    assert originals(OVERDUE) == Case(Kind.ORIGINALS, "weibo", POSTED, (call,))


@pytest.mark.parametrize(
    ("case", "ended"),
    [
        pytest.param(originals(OVERDUE, Basis.PROVEN), None, id="silent altogether: told as that"),
        pytest.param(originals(OVERDUE - HOUR), Reason.RULE_CHANGED, id="not overdue"),
        pytest.param(originals(OVERDUE, since=None), Reason.RULE_CHANGED, id="not demanded"),
        pytest.param(
            originals(OVERDUE, account=replace(ACCOUNT, state=AccountState.CLOSED)),
            Reason.ACCOUNT_CLOSED,
            id="closed",
        ),
    ],
)
def test_nobody_is_notified_of_reposts(case: Case, ended: Reason | None) -> None:
    assert case.ended is ended
    assert ended or case.calls == ()


ENDS = at("04-10 12:00")


@pytest.mark.parametrize(
    ("now", "calls"),
    [
        pytest.param(ENDS - 14 * DAY - MINUTE, [], id="fifteen days before"),
        pytest.param(ENDS - 14 * DAY, ["credential operator"], id="two weeks before"),
        pytest.param(ENDS + DAY, ["credential operator"], id="after it has ended"),
    ],
)
def test_the_operator_is_notified_of_a_credential_that_ends(
    now: datetime, calls: list[str]
) -> None:
    case = credential_case("weibo", GatewayState("weibo", ends_at=ENDS), now)
    assert (case.kind, case.subject) == (Kind.GATEWAY, "weibo#credential")
    assert (told(case), case.ended) == (calls, None if calls else Reason.RECOVERED)
    assert credential_case("weibo", GatewayState("weibo"), now).ended is Reason.RECOVERED


def test_the_operator_is_notified_of_a_quota_that_does_not_reach() -> None:
    case = quota_case("rsshub", POSTED, LIMIT)
    assert (case.kind, case.subject, case.since) == (Kind.GATEWAY, "rsshub#quota", POSTED)
    assert (told(case), case.ended) == (["quota operator"], None)
    assert quota_case("rsshub", None, LIMIT).ended is Reason.RECOVERED


RUNG = at("03-13 09:00")


@pytest.mark.parametrize(
    ("now", "read_at", "failing_since", "waiting"),
    [
        pytest.param(RUNG + 7 * HOUR, RUNG, None, True, id="unread past a rung"),
        pytest.param(RUNG + HOUR, RUNG, None, False, id="read in time"),
        pytest.param(RUNG + 7 * HOUR, RUNG, RUNG + HOUR, False, id="failing: another matter"),
        pytest.param(RUNG - DAY, RUNG - DAY - 9 * HOUR, None, False, id="unread, but still young"),
        pytest.param(
            RUNG - DAY, RUNG - 2 * DAY - HOUR, None, True, id="young, and unread for a day"
        ),
    ],
)
def test_an_account_waits_to_be_read(
    now: datetime, read_at: datetime, failing_since: datetime | None, waiting: bool
) -> None:
    evidence = known(now, source(read_at, failing_since=failing_since))
    assert waits(situation(evidence, now), now) is waiting


DUE = at("03-18 09:00")  # rung 12


@pytest.mark.parametrize(
    ("failing", "untriable", "after", "due"),
    [
        pytest.param(True, False, 14 * MINUTE, [], id="retries have a quarter of an hour"),
        pytest.param(True, False, 15 * MINUTE, ["rung:12"], id="then it goes as a question"),
        pytest.param(False, True, 15 * MINUTE, ["rung:12"], id="nothing can be tried"),
        pytest.param(False, False, 15 * MINUTE, [], id="its reading is still to come"),
    ],
)
def test_F45_a_call_whose_own_reading_failed_is_sent_as_blind_though_the_verdict_stands(
    failing: bool, untriable: bool, after: timedelta, due: list[str]
) -> None:
    now = DUE + after
    evidence = known(now, source(DUE - HOUR, failing_since=DUE if failing else None))
    assert situation(evidence, now).assessment.verdict is Verdict.LATE
    case = blindness(evidence, now, untriable=untriable)
    assert [str(call.occasion) for call in case.calls] == due
    assert (case.ended is None) is bool(due)


@pytest.mark.parametrize(
    ("tried", "waits_for"),
    [
        pytest.param(DUE - HOUR, "rung:12", id="F75 nobody has tried since it was due"),
        pytest.param(DUE, None, id="tried, well or not"),
    ],
)
def test_F75_the_reading_that_a_call_waits_for_is_due_now(
    tried: datetime, waits_for: str | None
) -> None:
    now = DUE + MINUTE
    call = reading_due(situation(known(now, source(tried)), now), RULES, now)
    assert (str(call.occasion) if call else None) == waits_for


def test_F75_the_limits_reading_goes_before_the_last_chances_and_that_before_others() -> None:
    rungs = [replace(CALL, rung=days) for days in (7, 13, 14)]
    before = [urgency(call, POLICY.ladder) for call in rungs]
    assert before == sorted(set(before))


KNOWN = calendar(Overrides({}, frozenset({2028})))


@pytest.mark.parametrize(
    ("year", "now", "days", "called"),
    [
        pytest.param(2028, "2027-11-30 12:00", CALENDAR, None, id="November: not yet"),
        pytest.param(2028, "2027-12-01 08:59", CALENDAR, None, id="before office hours"),
        pytest.param(2028, "2027-12-01 09:00", CALENDAR, "2027-12-01", id="1 December"),
        pytest.param(2028, "2027-12-07 23:00", CALENDAR, "2027-12-01", id="the same week"),
        pytest.param(2028, "2027-12-08 09:00", CALENDAR, "2027-12-08", id="a week later"),
        pytest.param(2028, "2028-01-12 10:00", CALENDAR, "2028-01-12", id="when it has begun"),
        pytest.param(2028, "2027-12-08 09:00", KNOWN, None, id="known by then"),
        pytest.param(2027, "2026-12-01 09:00", KNOWN, "2026-12-01", id="another year is known"),
        pytest.param(2026, "2026-02-01 09:00", CALENDAR, None, id="an announced year"),
    ],
)
def test_the_operator_is_notified_once_a_week_of_a_year_whose_working_days_nobody_knows(
    year: int, now: str, days: Calendar, called: str | None
) -> None:
    case = calendar_case(year, days, HOURS, at(now))
    assert [(c.tell, c.occasion.detail) for c in case.calls] == (
        [(("operator",), called)] if called else []
    )
    assert case.ended is (None if called else Reason.RECOVERED)


NOON = at("03-12 12:00")


def behind(*looks: tuple[datetime | None, datetime]) -> list[Situation]:
    """Return accounts behind one gateway: since when each is doubted, and when it was tried."""
    return [
        situation(
            replace(
                known(NOON),
                tried_at=tried_at,
                good_read_at=None if since else tried_at,
                unconfirmed=Doubted(Doubt.STRANGERS, since, ("k",)) if since else None,
            ),
            NOON,
            replace(ACCOUNT, id=f"a{n}"),
        )
        for n, (since, tried_at) in enumerate(looks)
    ]


def doubts(accounts: list[Situation], now: datetime = NOON) -> list[str]:
    doubted = [s for s in accounts if doubtful(s, now)]
    return [str(call.occasion) for call in doubt_case("g", doubted, accounts, now).calls]


OLDER, LATER = NOON - 3 * HOUR, NOON - 2 * HOUR


def test_F90_links_issued_anew_for_all_are_one_call_however_many_are_found_by_then() -> None:
    [most] = doubts(behind(*[(LATER, LATER)] * 4))
    assert doubts(behind(*[(LATER, LATER)] * 3, (None, NOON))) == [most]
    assert doubts(behind((OLDER, OLDER), *[(LATER, LATER)] * 3)) == [most]


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        pytest.param([(LATER, LATER), (None, OLDER)], 0, id="while it may be all of them"),
        pytest.param([(LATER, LATER), (None, NOON)], 1, id="not once another is believed"),
        pytest.param([(NOON - 7 * HOUR, LATER), (None, NOON - 8 * HOUR)], 1, id="nor for ever"),
        pytest.param([(LATER, LATER)], 1, id="nor for one that is alone"),
    ],
)
def test_F90_what_is_seen_of_one_waits_for_the_others(
    accounts: list[tuple[datetime | None, datetime]], told: int
) -> None:
    assert len(doubts(behind(*accounts))) == told
