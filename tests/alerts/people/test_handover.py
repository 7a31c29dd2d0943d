"""A handover: accepted by both, proven by a post that the new custodian claims."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.model import Hours, Kind, Ladder, Reason, Rung
from alerts.people.handover import (
    Custody,
    Handover,
    HandoverState,
    Records,
    accept,
    as_of,
    cancel,
    check,
    close_stretches,
    confirm,
    custodian_of,
    disagreements,
    first_records,
    given_back,
    handover_case,
    newly_configured,
    orphan_case,
    orphaned,
    start,
    taken_over,
    tight,
    troubles,
    unconfirmed,
    watched_closely,
)
from alerts.rules.calendar import calendar
from alerts.rules.lifecycle import Case

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = Hours(ZONE)
NOW = datetime(2024, 2, 1, 2, 0, tzinfo=UTC)  # a Thursday, 10:00 local
DUE = date(2024, 2, 5)


def hour(n: float) -> datetime:
    return NOW + timedelta(hours=n)


def handover(*accounts: str) -> Handover:
    made = start("zhang", "li", accounts or ("weibo",), DUE, "轮岗", "zhang", (), NOW, HOURS)
    return replace(made, id=7)


def accepted(*accounts: str) -> Handover:
    return accept(accept(handover(*accounts), "zhang", hour(1)), "li", hour(2))


def test_both_sides_accept_in_any_order() -> None:
    first = accept(handover(), "li", hour(1))
    assert (first.state, first.accepted_at) == (HandoverState.OPEN, None)
    both = accept(first, "zhang", hour(3))
    assert (both.state, both.accepted_at) == (HandoverState.ACCEPTED, hour(3))
    assert accept(both, "li", hour(9)) == both


def test_it_is_proven_by_a_post_after_the_acceptance_that_is_claimed() -> None:
    known = accepted("weibo", "wechat")
    once = confirm(known, "li", {"weibo": hour(3), "wechat": hour(1)}, hour(4))
    assert (once.state, once.unproven()) == (HandoverState.ACCEPTED, ("wechat",))
    twice = confirm(once, "li", {"weibo": hour(3), "wechat": hour(5)}, hour(6))
    assert (twice.state, twice.unproven()) == (HandoverState.PROVEN, ())
    assert twice.proven == {"weibo": hour(4), "wechat": hour(6)}


REFUSED = [
    pytest.param(
        lambda: accept(handover(), "wang", NOW),
        "handover 7 is between zhang and li; wang cannot accept it",
        id="a third person accepts",
    ),
    pytest.param(
        lambda: confirm(accepted(), "zhang", {"weibo": hour(3)}, hour(4)),
        "only li, who takes over, can confirm handover 7",
        id="the old custodian claims the post",
    ),
    pytest.param(
        lambda: confirm(handover(), "li", {"weibo": hour(3)}, hour(4)),
        "handover 7 has not been accepted by both sides yet",
        id="a claim before the acceptance",
    ),
    pytest.param(
        lambda: confirm(accepted(), "li", {"weibo": hour(2)}, hour(4)),
        "no post has been seen on weibo since both sides accepted",
        id="a post at the very instant of the acceptance is not after it",
    ),
    pytest.param(
        lambda: check(handover(), "li", ["keys"], NOW),
        '"keys" is not on the checklist; one of: password, phone, wechat, scheduled',
        id="an item that is not on the list",
    ),
    pytest.param(
        lambda: check(handover(), "wang", ["phone"], NOW),
        "handover 7 is between zhang and li; wang cannot check it off",
        id="a third person ticks off",
    ),
    pytest.param(
        lambda: accept(cancel(handover(), "zhang", NOW), "li", hour(1)),
        "handover 7 is cancelled already",
        id="after the end",
    ),
    pytest.param(
        lambda: start("li", "li", ("weibo",), DUE, "r", "li", (), NOW, HOURS),
        "li cannot hand over to themselves",
        id="to oneself",
    ),
    pytest.param(
        lambda: start("li", "wang", ("weibo",), DUE, "r", "li", (accepted(),), NOW, HOURS),
        "weibo is already being handed over, by handover 7",
        id="twice at once",
    ),
    pytest.param(
        lambda: start("li", "wang", ("weibo",), date(2024, 1, 31), "r", "li", (), NOW, HOURS),
        "due 2024-01-31 has passed",
        id="due in the past",
    ),
    pytest.param(
        lambda: start("li", "wang", ("weibo",), DUE, "  ", "li", (), NOW, HOURS),
        "a handover needs its reason",
        id="without a reason",
    ),
]


@pytest.mark.parametrize(("act", "text"), REFUSED)
def test_what_makes_no_sense_is_refused_in_one_line(act: object, text: str) -> None:
    with pytest.raises(ValueError) as caught:
        act()  # type: ignore[operator]
    assert str(caught.value) == text


def test_a_cancelled_handover_may_be_started_again() -> None:
    gone = cancel(handover(), "zhang", NOW)
    again = start("zhang", "li", ("weibo",), DUE, "r", "zhang", (gone,), NOW, HOURS)
    assert again.state is HandoverState.OPEN


def test_custody_passes_with_the_acceptance_and_is_confirmed_by_the_proof() -> None:
    before = {"weibo": Custody("weibo", "zhang", hour(-99), hour(-99))}
    assert taken_over(handover(), before) == []
    held = Custody("weibo", "li", hour(2), hour(2))
    assert taken_over(accepted(), before) == [held]
    assert taken_over(accepted(), {"weibo": held}) == []
    proven = confirm(accepted(), "li", {"weibo": hour(3)}, hour(4))
    assert taken_over(proven, {"weibo": held}) == [Custody("weibo", "li", hour(2), hour(4))]


def test_the_record_rules_and_the_configuration_names_the_first() -> None:
    records = {"weibo": Custody("weibo", "li", NOW, NOW)}
    assert custodian_of("weibo", records, "zhang") == "li"
    assert custodian_of("wechat", records, "zhang") == "zhang"


def test_the_configuration_gives_the_first_record_of_each_account() -> None:
    known = {"weibo": Custody("weibo", "li", hour(-9), hour(-9))}
    configured = {"weibo": "zhang", "wechat": "zhang"}
    assert first_records(configured, known, NOW) == [Custody("wechat", "zhang", NOW, NOW)]


def held(*accounts: str) -> dict[str, Custody]:
    return {a: Custody(a, "zhang", NOW, NOW) for a in accounts}


def test_a_configuration_that_comes_to_disagree_opens_one_handover_a_pair() -> None:
    before = Records(
        custody=held("a", "b", "c", "d"),
        configured=dict.fromkeys(("a", "b", "c", "d"), "zhang"),
        handovers=(handover("d"),),
    )
    configured = {"a": "li", "b": "li", "c": "zhang", "d": "li", "new": "li"}
    found = disagreements(configured, before, NOW, HOURS)
    assert [(h.giver, h.taker, h.accounts, h.due) for h in found] == [
        ("zhang", "li", ("a", "b"), date(2024, 2, 8))
    ]
    assert newly_configured(configured, before) == {"a": "li", "b": "li", "new": "li"}


@pytest.mark.parametrize(
    ("record", "seen", "names", "opened"),
    [
        pytest.param("zhang", "zhang", "li", True, id="the file has come to name another"),
        pytest.param("li", "zhang", "zhang", False, id="the file was left as it was"),
        pytest.param("li", "zhang", "li", False, id="the file was brought up to date"),
        pytest.param("zhang", "li", "li", False, id="what the file names was called off"),
        pytest.param("zhang", None, "li", False, id="the file is seen for the first time"),
    ],
)
def test_when_a_configuration_opens_a_handover(
    record: str, seen: str | None, names: str, opened: bool
) -> None:
    known = Records({"a": Custody("a", record, NOW, NOW)}, {"a": seen} if seen else {})
    assert bool(disagreements({"a": names}, known, NOW, HOURS)) is opened


def test_who_has_left_need_not_accept() -> None:
    alone = accept(handover(), "li", hour(3), giver_left=True)
    assert (alone.state, alone.accepted_at) == (HandoverState.ACCEPTED, hour(3))


def test_the_checklist_is_ticked_off_by_either_side() -> None:
    known = check(handover(), "zhang", ["phone"], hour(1))
    known = check(known, "li", ["phone", "password"], hour(2))
    assert known.checked == {"phone": hour(1), "password": hour(2)}
    assert known.unchecked() == ("wechat", "scheduled")


def test_calling_off_gives_back_what_was_accepted_and_not_proven() -> None:
    known = confirm(accepted("weibo", "wechat"), "li", {"wechat": hour(3)}, hour(4))
    now_held = {c.account: c for c in taken_over(known, {})}
    called_off = cancel(known, "zhang", hour(5))
    back = Custody("weibo", "zhang", hour(5), hour(5))
    assert given_back(called_off, now_held, hour(5)) == [back]
    assert given_back(cancel(handover(), "li", hour(5)), held("weibo"), hour(5)) == []


@pytest.mark.parametrize(
    ("at", "state"),
    [
        pytest.param(hour(-1), None, id="before the start"),
        pytest.param(hour(0), HandoverState.OPEN, id="from the start on"),
        pytest.param(hour(2), HandoverState.ACCEPTED, id="accepted"),
        pytest.param(hour(4), HandoverState.PROVEN, id="proven"),
    ],
)
def test_a_handover_as_it_was_known_at_an_instant(
    at: datetime, state: HandoverState | None
) -> None:
    known = confirm(accepted(), "li", {"weibo": hour(3)}, hour(4))
    then = as_of(known, at)
    assert (then.state if then else None) is state
    off = as_of(cancel(handover(), "li", hour(5)), hour(4))
    assert off is not None
    assert off.state is HandoverState.OPEN


def test_how_long_an_account_was_watched_closely() -> None:
    done = confirm(accepted("weibo", "wechat"), "li", {"weibo": hour(3)}, hour(4))
    off = cancel(handover("wechat"), "li", hour(9))
    assert close_stretches([done, off], "weibo") == [(NOW, hour(4))]
    assert close_stretches([done, off], "wechat") == [(NOW, None), (NOW, hour(9))]


def test_accounts_are_watched_closely_from_the_start_to_the_proof() -> None:
    assert watched_closely([handover()]) == {"weibo": NOW}
    assert watched_closely([accepted("weibo", "wechat")]) == {"weibo": NOW, "wechat": NOW}
    done = confirm(accepted(), "li", {"weibo": hour(3)}, hour(4))
    assert watched_closely([done, cancel(handover("wechat"), "li", NOW)]) == {}


def ladder(*days: int) -> Ladder:
    return Ladder(timedelta(days=days[-1]), tuple(Rung(n, (f"r{n}",)) for n in days))


@pytest.mark.parametrize(
    ("usual", "expected"),
    [
        pytest.param(
            ladder(7, 10, 12, 13, 14),
            [(3, "r7"), (5, "r10"), (7, "r12"), (13, "r13"), (14, "r14")],
            id="three early steps, the last chance and the limit",
        ),
        pytest.param(ladder(5, 6, 7), [(3, "r5"), (5, "r6"), (6, "r6"), (7, "r7")], id="weekly"),
        pytest.param(ladder(9), [(3, "r9"), (5, "r9"), (7, "r9"), (9, "r9")], id="a bare limit"),
        pytest.param(ladder(2, 3), [(2, "r2"), (3, "r3")], id="tight already"),
    ],
)
def test_the_tight_ladder(usual: Ladder, expected: list[tuple[int, str]]) -> None:
    found = tight(usual)
    assert [(r.days, r.tell[0]) for r in found.rungs] == expected
    assert found.limit == usual.limit


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


CALENDAR = calendar()


@pytest.mark.parametrize(
    ("known", "now", "expected"),
    [
        pytest.param(handover(), "2024-02-01T09:59", [], id="a clock set back"),
        pytest.param(handover(), "2024-02-01T10:00", ["started"], id="to be accepted at once"),
        pytest.param(handover(), "2024-02-02T09:59", ["started"], id="a day to accept it"),
        pytest.param(
            handover(), "2024-02-02T10:00", ["started", "unaccepted"], id="not accepted in a day"
        ),
        pytest.param(accepted(), "2024-02-04T09:00", [], id="accepted"),
        pytest.param(accepted(), "2024-02-05T08:59", [], id="before its day's morning"),
        pytest.param(accepted(), "2024-02-05T09:00", ["due"], id="its day"),
        pytest.param(accepted(), "2024-02-06T09:00", ["due", "overdue"], id="the day after"),
        pytest.param(cancel(handover(), "li", NOW), "2024-02-09T09:00", [], id="called off"),
        pytest.param(
            confirm(accepted(), "li", {"weibo": hour(3)}, hour(4)),
            "2024-02-09T09:00",
            [],
            id="proven",
        ),
    ],
)
def test_troubles(known: Handover, now: str, expected: list[str]) -> None:
    assert [trouble.value for _, trouble in troubles(known, {}, at(now), HOURS)] == expected


@pytest.mark.parametrize(
    ("known", "posted", "expected"),
    [
        pytest.param(accepted(), {"weibo": hour(3)}, ["published:weibo"], id="after both accepted"),
        pytest.param(accepted(), {"weibo": hour(0)}, [], id="before they did"),
        pytest.param(accepted(), {"other": hour(3)}, [], id="on another account"),
        pytest.param(
            confirm(accepted(), "li", {"weibo": hour(3)}, hour(4)),
            {"weibo": hour(5)},
            [],
            id="claimed",
        ),
        pytest.param(handover(), {"weibo": hour(3)}, ["started"], id="while nobody has accepted"),
        pytest.param(
            replace(accepted(), accounts=("weibo", "wechat", "site"), proven={"site": hour(4)}),
            {"weibo": hour(3), "wechat": hour(5), "site": hour(3)},
            ["published:weibo:wechat"],
            id="those of several that are not claimed",
        ),
    ],
)
def test_a_first_post_is_asked_about(
    known: Handover, posted: dict[str, datetime], expected: list[str]
) -> None:
    case = handover_case(known, known.accounts, posted, CALENDAR, HOURS, hour(6))
    assert [(str(c.occasion), c.tell) for c in case.calls] == [
        (e, ("zhang", "li")) for e in expected
    ]


def test_a_custodian_who_left_orphans_the_account() -> None:
    assert orphaned({"a": "zhang", "b": "gone", "c": None}, {"zhang"}) == [("b", "gone")]


def test_custody_is_to_be_confirmed_every_ninety_days() -> None:
    old = Custody("b", "li", hour(0), hour(0))
    older = replace(old, account="a", confirmed_at=hour(-1))
    fresh = replace(old, account="c", confirmed_at=hour(1))
    assert unconfirmed([old, fresh, older], NOW + timedelta(days=90)) == [older, old]


def called(case: Case) -> list[str]:
    return [
        f"{c.due_at.astimezone(ZONE):%m-%d %H:%M} {c.occasion}: {' '.join(c.tell)}"
        for c in case.calls
    ]


def test_who_is_notified_of_a_handover_that_nobody_accepts() -> None:
    case = handover_case(handover(), ["weibo"], {}, CALENDAR, HOURS, at("2024-02-19T09:00"))
    assert (case.kind, case.subject, case.since, case.ended) == (
        Kind.HANDOVER,
        "handover:7",
        NOW,
        None,
    )
    assert called(case) == [
        "02-01 10:00 started: zhang li",
        "02-02 10:00 unaccepted: zhang li",
        "02-05 09:00 due: zhang li duty",
        "02-06 09:00 overdue: zhang li duty deputy",
        "02-07 09:00 reminder:2024-02-07: zhang li duty deputy",
        "02-08 09:00 reminder:2024-02-08: zhang li duty deputy",
        "02-09 09:00 reminder:2024-02-09: zhang li duty deputy",
        # The holiday; Sunday the 18th is worked.
        "02-18 09:00 reminder:2024-02-18: zhang li duty deputy",
        "02-19 09:00 reminder:2024-02-19: zhang li duty deputy",
    ]


def test_only_the_reminders_of_a_month_are_remembered() -> None:
    case = handover_case(handover(), ["weibo"], {}, CALENDAR, HOURS, at("2024-12-02T09:00"))
    assert called(case)[4] == "11-04 09:00 reminder:2024-11-04: zhang li duty deputy"


@pytest.mark.parametrize(
    ("known", "watched", "now", "ended"),
    [
        pytest.param(accepted(), ["weibo"], "2024-02-02T10:00", Reason.ACCEPTED, id="accepted"),
        pytest.param(accepted(), ["weibo"], "2024-02-05T09:00", None, id="accepted, and due"),
        pytest.param(handover(), ["weibo"], "2024-02-01T10:00", None, id="a clock set back"),
        pytest.param(handover(), ["x"], "2024-02-09T09:00", Reason.ACCOUNT_CLOSED, id="closed"),
        pytest.param(
            confirm(accepted(), "li", {"weibo": hour(3)}, hour(4)),
            ["weibo"],
            "2024-02-09T09:00",
            Reason.PROVEN,
            id="proven",
        ),
        pytest.param(
            cancel(handover(), "li", NOW),
            ["weibo"],
            "2024-02-09T09:00",
            Reason.CANCELLED,
            id="called off",
        ),
    ],
)
def test_when_the_alert_about_a_handover_ends(
    known: Handover, watched: list[str], now: str, ended: Reason | None
) -> None:
    assert handover_case(known, watched, {}, CALENDAR, HOURS, at(now)).ended is ended


def test_who_is_notified_of_an_account_without_a_custodian() -> None:
    since, now = at("2024-02-08T14:00"), at("2024-02-18T09:00")
    case = orphan_case("weibo", "gone", ["chen"], CALENDAR, HOURS, now, since)
    assert case.subject == "custody:weibo"
    assert called(case) == [
        "02-08 14:00 orphaned:gone: chen duty deputy",
        "02-09 09:00 reminder:2024-02-09: chen duty deputy",
        "02-18 09:00 reminder:2024-02-18: chen duty deputy",
    ]
