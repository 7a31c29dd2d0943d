"""Custody, handovers, the roster and changes of shift as stories on a real database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from alerts.facts import HandoverFacts, ShiftFacts, SilenceFacts
from alerts.messages.render import render
from alerts.model import DutyDay, Event, Kind, Notice, NoticeState, Person, Reason, Roster
from alerts.people.handover import BY_CONFIGURATION, Custody, HandoverState
from alerts.people.roster import SWAP, DutyEntry
from alerts.rules.lifecycle import acknowledge, promise, unheard_since
from alerts.words import translator
from monitor.desk.custody import Handovers
from monitor.desk.duty import Duty
from monitor.judging.engine import AlertEngine
from monitor.model import AccountState
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.judging.test_engine import Meanwhile, World, _awake_hours
from tests.rule_values import (
    ACCOUNTS,
    DAY,
    HOUR,
    HOURS,
    MINUTE,
    PEOPLE,
    POSTED,
    at,
    facts_in,
    person,
    register,
    shown,
)

CHEN = person("chen")
STAFF = {**PEOPLE, "chen": CHEN}
WEEKLY = Roster(("zhang", "li"), date(2024, 1, 1))  # zhang has the odd weeks from 1 January
CHINESE = translator("zh_CN")


def rules(
    custodian: str = "zhang", people: dict[str, Person] | None = None, roster: Roster | None = None
) -> Register:
    """Return a register of the Weibo account with one more person, chen."""
    accounts = {"weibo": replace(ACCOUNTS["weibo"], custodian=custodian)}
    base = register(accounts=accounts)
    staff = STAFF if people is None else people
    return replace(base, people=staff, roster=roster or base.roster)


def world(store: Store, first: Register | None = None) -> World:
    """Return a world whose account was published on at noon of 31 January and judged since."""
    made = World(store, first or rules())
    made.awake = at("01-31 09:00")
    made.look(at("01-31 12:00"), at("01-31 12:00"))
    return made


def handovers(made: World) -> Handovers:
    return Handovers(made.store, made.rules)


HOURS_OF_CALLS = (9, 10, 12, 15.5)


def live(
    made: World, since: datetime, until: datetime, hours: Sequence[float] = HOURS_OF_CALLS
) -> list[str]:
    """Read, judge and deliver at the *hours* of each day at which something may be due, and
    return who was notified of what and when."""
    told = []
    for day in range((until - since).days + 1):
        for hour in hours:
            now = since + day * DAY + hour * HOUR
            found = sorted(made.look(now)) if now <= until else []
            made.deliver(now)
            lines: dict[str, list[str]] = {}
            for line in found:
                kind, occasion, to = line.split()
                lines.setdefault(f"{kind} {occasion}", []).append(to.split("@")[0])
            local = now.astimezone(HOURS.zone)
            told += [f"{local:%m-%d %H:%M} {what}: {' '.join(to)}" for what, to in lines.items()]
    return told


def handed_over(made: World) -> int:
    """Start, on 1 February, a handover from zhang to chen that is due on the 5th."""
    accounts, due = ["weibo"], date(2024, 2, 5)
    return handovers(made).start(accounts, "zhang", "chen", due, "轮岗", at("02-01 10:00")).id


def test_february_2024_with_a_handover_that_nobody_accepted(sqlite_store: Store) -> None:
    made = world(sqlite_store)
    made.look(at("02-01 10:00"))
    handed_over(made)
    assert made.look(at("02-01 10:01")) == [
        "handover started chen@wecom",
        "handover started zhang@wecom",
    ]
    made.deliver(at("02-01 10:01"))
    assert live(made, at("02-02 00:00"), at("02-19 12:00")) == [
        "02-02 10:00 handover unaccepted: chen zhang",
        "02-04 09:00 silence rung:3: zhang",
        "02-05 09:00 handover due: chen li zhang",
        "02-05 09:00 silence rung:5: li zhang",
        "02-06 09:00 handover overdue: chen li wang zhang",
        "02-07 09:00 handover reminder:2024-02-07: chen li wang zhang",
        "02-07 09:00 silence rung:7: li wang zhang",
        "02-08 09:00 handover reminder:2024-02-08: chen li wang zhang",
        "02-08 09:00 silence closure:2024-02-08T09:00: li wang zhang",
        "02-09 09:00 handover reminder:2024-02-09: chen li wang zhang",
        "02-09 09:00 silence closure:2024-02-09T09:00: li wang zhang",
        "02-09 15:30 silence closure:2024-02-09T15:30: li wang zhang",
        "02-13 09:00 silence publish_day:2024-02-13: li",
        "02-14 12:00 silence breach: li wang zhang",
        "02-18 09:00 handover reminder:2024-02-18: chen li wang zhang",
        "02-18 09:00 silence reminder:2024-02-18: li wang zhang",
        "02-19 09:00 handover reminder:2024-02-19: chen li wang zhang",
        "02-19 09:00 silence reminder:2024-02-19: li wang zhang",
    ]


def test_a_handover_that_is_accepted_published_and_claimed(store: Store) -> None:
    made = world(store)
    number = handed_over(made)
    assert made.look(at("02-01 10:01")) == [
        "handover started chen@wecom",
        "handover started zhang@wecom",
    ]
    made.deliver(at("02-01 10:01"))
    assert made.look(at("02-02 10:00")) == [
        "handover unaccepted chen@wecom",
        "handover unaccepted zhang@wecom",
    ]
    made.deliver(at("02-02 10:00"))
    handovers(made).accept(number, "chen", at("02-02 10:30"))
    assert made.look(at("02-02 10:31")) == []
    handovers(made).accept(number, "zhang", at("02-02 11:00"))
    assert made.look(at("02-02 11:01")) == ["handover end chen@wecom", "handover end zhang@wecom"]
    # From the acceptance on the new custodian is the one who is notified, and still early.
    assert made.look(at("02-04 09:00")) == ["silence rung:3 chen@wecom"]
    assert made.look(at("02-04 10:00"), at("02-04 09:30")) == [
        "handover published:weibo chen@wecom",
        "handover published:weibo zhang@wecom",
    ]
    made.deliver(at("02-04 10:00"))
    assert made.look(at("02-04 10:30")) == []
    assert handovers(made).confirm(number, "chen", at("02-04 11:00")).state is HandoverState.PROVEN
    assert made.look(at("02-04 11:00")) == ["handover end chen@wecom", "handover end zhang@wecom"]
    # The usual ladder again: nothing after three days.
    assert made.look(at("02-07 09:00")) == []
    assert made.look(at("02-08 08:00")) == []
    assert made.alerts() == [
        "handover handover:1 accepted",
        "silence weibo posted",
        "handover handover:1 proven",
    ]
    assert store.custody.records().custody == {
        "weibo": Custody("weibo", "chen", at("02-02 11:00"), at("02-04 11:00"))
    }


def test_a_step_that_is_tight_only_since_today_is_not_made_good(sqlite_store: Store) -> None:
    made = world(sqlite_store)
    made.look(at("02-05 08:00"))
    due = date(2024, 2, 9)
    handovers(made).start(["weibo"], "zhang", "chen", due, "轮岗", at("02-05 14:00"))
    # Five days quiet: the steps at three and five were not due before the handover.
    assert made.look(at("02-05 14:01")) == [
        "silence rung:5 li@wecom",
        "silence rung:5 zhang@wecom",
        "handover started chen@wecom",
        "handover started zhang@wecom",
    ]
    told = made.notices()[0]
    assert (facts_in(told, SilenceFacts).quiet_days, told.facts.due_at) == (5, None)


def test_a_handover_in_the_midst_of_a_silence_ends_no_alert_and_loses_no_answer(
    sqlite_store: Store,
) -> None:
    accounts = {"weibo": replace(ACCOUNTS["weibo"], custodian="zhang")}
    made = World(sqlite_store, replace(register(accounts=accounts), people=STAFF))
    made.look(at("03-06 10:00"), at("03-06 10:00"))
    assert made.look(at("03-18 09:00")) == [
        "silence rung:12 li@wecom",
        "silence rung:12 wang@wecom",
        "silence rung:12 zhang@wecom",
    ]
    made.deliver(at("03-18 09:00"))
    [alert] = sqlite_store.alerts.open()
    until = at("03-18 17:30")
    with sqlite_store.alerts.changing("weibo") as tx:
        tx.save(promise(alert, "zhang", until, False, at("03-20 10:00"), HOURS, at("03-18 10:00")))
    due = date(2024, 3, 25)
    handovers(made).start(["weibo"], "zhang", "chen", due, "轮岗", at("03-18 11:00"))
    # The tight ladder's step at seven would say less than was said already, and is promised.
    started = ["handover started chen@wecom", "handover started zhang@wecom"]
    assert made.look(at("03-18 11:01")) == started
    kept, _ = sqlite_store.alerts.open()
    assert (kept.id, kept.promise and kept.promise.until) == (alert.id, until)
    assert [line.split()[1] for line in made.look(until)] == ["promise:2024-03-18T17:30:00"] * 3
    assert made.alerts() == ["silence weibo open", "handover handover:1 open"]


def test_who_was_notified_of_a_higher_rung_is_not_notified_again_when_a_handover_begins(
    sqlite_store: Store,
) -> None:
    made, now = World(sqlite_store, rules()), at("03-18 09:00")
    made.read(POSTED, POSTED)
    made.look(now)
    made.deliver(now)
    assert {(str(n.occasion), n.person) for n in made.notices()} == {
        ("rung:12", "zhang"),
        ("rung:12", "li"),
        ("rung:12", "wang"),
    }
    handovers(made).start(["weibo"], "zhang", "chen", date(2024, 3, 25), "轮岗", now)
    assert made.look(now + MINUTE) == [
        "handover started chen@wecom",
        "handover started zhang@wecom",
    ]
    (alert,) = made.store.alerts.listed(subject="weibo")
    assert (alert.rung, alert.called_at) == (7, now), "the lower step is done, and nobody called"
    assert unheard_since(alert, made.notices()) is None
    assert made.look(now + 2 * MINUTE) == []


def test_a_proof_ends_what_was_overdue_and_says_so(sqlite_store: Store) -> None:
    made = world(sqlite_store)
    number = handed_over(made)
    for side in ("zhang", "chen"):
        handovers(made).accept(number, side, at("02-01 11:00"))
    told = live(made, at("02-05 00:00"), at("02-06 12:00"))
    assert [t for t in told if "handover" in t] == [
        "02-05 09:00 handover due: chen li zhang",
        "02-06 09:00 handover overdue: chen li wang zhang",
    ]
    made.look(at("02-06 13:00"), at("02-06 12:30"))
    made.deliver(at("02-06 13:00"))
    handovers(made).confirm(number, "chen", at("02-06 14:00"))
    assert {line.split()[2] for line in made.look(at("02-06 14:01"))} == {
        "chen@wecom",
        "li@wecom",
        "wang@wecom",
        "zhang@wecom",
    }
    assert "handover handover:1 proven" in made.alerts()
    end = next(n for n in made.notices() if n.kind is Kind.HANDOVER and str(n.occasion) == "end")
    said = render(end, CHINESE, HOURS, False).subject
    assert said == "【交接完成】“鞍山民政”微博已由chen接管，并已发布信息"


def test_calling_off_gives_back_what_was_not_proven(sqlite_store: Store) -> None:
    made = world(sqlite_store)
    number = handed_over(made)
    for side in ("zhang", "chen"):
        handovers(made).accept(number, side, at("02-01 11:00"))
    made.look(at("02-05 09:00"))
    made.deliver(at("02-05 09:00"))
    made.fresh()
    handovers(made).cancel(number, "wang", at("02-05 10:00"))
    ended = made.look(at("02-05 10:01"))
    # The early steps of the ladder are not due any more either.
    assert sorted({line.split()[0] for line in ended}) == ["handover", "silence"]
    assert made.alerts() == [
        "silence weibo rule_changed",
        "handover handover:1 cancelled",
    ]
    assert sqlite_store.custody.records().custody["weibo"].person == "zhang"


def test_the_first_run_records_whom_the_configuration_names(sqlite_store: Store) -> None:
    made = World(sqlite_store, rules())
    assert sqlite_store.custody.records().custody == {}
    made.judge(at("01-31 12:00"))
    first = Custody("weibo", "zhang", at("01-31 12:00"), at("01-31 12:00"))
    assert sqlite_store.custody.records().custody == {"weibo": first}
    made.judge(at("02-01 12:00"))
    assert sqlite_store.custody.records().custody == {"weibo": first}


def test_a_configuration_that_comes_to_disagree_opens_a_handover(sqlite_store: Store) -> None:
    made = world(sqlite_store)
    made.restart(rules("chen"))
    made.look(at("02-01 10:00"))
    (opened,) = sqlite_store.custody.running()
    assert (opened.giver, opened.taker, opened.started_by, opened.due) == (
        "zhang",
        "chen",
        BY_CONFIGURATION,
        date(2024, 2, 8),
    )
    # The record rules until both sides have accepted; the ladder is tight at once.
    assert made.look(at("02-02 10:00")) == [
        "handover unaccepted chen@wecom",
        "handover unaccepted zhang@wecom",
    ]
    assert made.look(at("02-04 09:00")) == ["silence rung:3 zhang@wecom"]
    # Called off, it is not opened again and again: the record has been told to rule.
    handovers(made).cancel(opened.id, "wang", at("02-04 10:00"))
    made.look(at("02-04 10:01"))
    made.restart(rules("chen"))
    made.look(at("02-04 10:02"))
    assert sqlite_store.custody.running() == []
    # Only when it names somebody anew.
    made.restart(rules("li"))
    made.look(at("02-04 10:03"))
    assert [(h.giver, h.taker) for h in sqlite_store.custody.running()] == [("zhang", "li")]


def test_a_configuration_that_was_not_brought_up_to_date_opens_nothing(
    sqlite_store: Store,
) -> None:
    made = world(sqlite_store)
    number = handed_over(made)
    for side in ("zhang", "chen"):
        handovers(made).accept(number, side, at("02-01 11:00"))
    made.look(at("02-02 09:00"), at("02-02 08:00"))
    handovers(made).confirm(number, "chen", at("02-02 10:00"))
    made.restart(rules("zhang"))
    made.look(at("02-02 11:00"))
    made.restart(rules("chen"))
    made.look(at("02-02 12:00"))
    assert sqlite_store.custody.running() == []


def test_an_account_whose_custodian_left(sqlite_store: Store) -> None:
    made = world(sqlite_store)
    left = {name: p for name, p in STAFF.items() if name != "zhang"}
    made.restart(rules("zhang", left))
    assert made.look(at("02-01 10:00")) == [
        "handover orphaned:zhang li@wecom",
        "handover orphaned:zhang wang@wecom",
    ]
    told = next(n for n in made.notices() if n.kind is Kind.HANDOVER)
    assert render(told, CHINESE, HOURS, False).subject == (
        "【账号无人管理】“鞍山民政”微博的账号管理员zhang已不在人员名单中，请尽快明确新的管理员"
    )
    made.deliver(at("02-01 10:00"))
    assert [t.split()[1] for t in made.look(at("02-02 09:00"))] == ["reminder:2024-02-02"] * 2
    again = next(n for n in made.notices() if n.reason is Reason.OVERDUE)
    assert render(again, CHINESE, HOURS, False).subject == (
        "【账号无人管理】“鞍山民政”微博的账号管理员zhang已不在人员名单中1天，请尽快明确新的管理员"
    )
    made.deliver(at("02-02 09:00"))
    # Who has left cannot accept: the acceptance of the new custodian is enough.
    number = (
        handovers(made)
        .start(["weibo"], "zhang", "chen", date(2024, 2, 9), "离职", at("02-02 10:00"))
        .id
    )
    made.look(at("02-03 10:00"))
    waiting = next(n for n in made.notices() if str(n.occasion) == "unaccepted")
    assert facts_in(waiting, HandoverFacts).handover.awaiting == ("chen",)
    handovers(made).accept(number, "chen", at("02-03 10:05"))
    made.look(at("02-03 10:06"))
    assert made.alerts() == ["handover custody:weibo filled", "handover handover:1 accepted"]


def test_a_handover_of_an_account_that_is_closed_meanwhile_is_over(sqlite_store: Store) -> None:
    made = world(sqlite_store)
    handed_over(made)
    made.look(at("02-02 10:00"))
    made.deliver(at("02-02 10:00"))
    closed = {"weibo": replace(ACCOUNTS["weibo"], state=AccountState.CLOSED)}
    made.restart(replace(rules(), accounts=closed))
    made.judge(at("02-02 11:00"))
    assert made.alerts() == ["handover handover:1 account_closed"]


def test_F11_an_overdue_handover_that_somebody_has_in_hand_rests_for_a_day(
    sqlite_store: Store,
) -> None:
    made = world(sqlite_store)
    handed_over(made)
    live(made, at("02-02 00:00"), at("02-06 09:30"))
    alert = next(a for a in sqlite_store.alerts.open() if a.kind is Kind.HANDOVER)
    with sqlite_store.alerts.changing(alert.subject) as tx:
        tx.save(acknowledge(alert, "chen", at("02-06 17:00")))
    told = live(made, at("02-07 00:00"), at("02-07 18:00"))
    assert [t for t in told if "handover" in t] == []
    assert "02-08 09:00" in "".join(live(made, at("02-08 00:00"), at("02-08 09:30")))


# F13: the roster changes at the very minute of sending.


def swapped(store: Store, day: str, to: str, now: datetime) -> None:
    entry = DutyDay(date.fromisoformat(day), to)
    store.duty.add([DutyEntry(entry, now, SWAP)])


def test_F13_who_takes_over_the_moment_before_is_notified(sqlite_store: Store) -> None:
    made = World(sqlite_store, rules())
    made.look(at("03-06 10:00"), at("03-06 10:00"))
    made.look(at("03-13 09:00"))
    made.deliver(at("03-13 09:00"))
    now = at("03-18 09:00")
    made.read(now)

    def swap() -> None:
        if not sqlite_store.custody.records().duty:
            swapped(sqlite_store, "2024-03-18", "chen", now)

    store = Meanwhile(sqlite_store, swap)
    AlertEngine(store, made.rules, _awake_hours, made._log).judge(now, made.awake)
    told = [n.person for n in made.notices() if str(n.occasion) == "rung:12"]
    assert told == ["chen", "wang", "zhang"]


def test_F13_who_takes_over_the_moment_after_is_notified_of_what_is_open(
    sqlite_store: Store,
) -> None:
    made = World(sqlite_store, rules())
    made.look(at("03-06 10:00"), at("03-06 10:00"))
    assert "silence rung:12 li@wecom" in made.look(at("03-18 09:00"))
    swapped(sqlite_store, "2024-03-18", "chen", at("03-18 09:00:30"))
    made.deliver(at("03-18 09:01"))
    made.look(at("03-18 09:01"))
    (sheet,) = sheets(made)
    assert (sheet.person, sheet.facts.due_at) == ("chen", None)
    assert "“鞍山民政”微博：已12天未更新" in render(sheet, CHINESE, HOURS, False).text


# The roster.


def test_a_gap_of_the_roster_is_notified_a_week_before_and_again_just_before(
    sqlite_store: Store,
) -> None:
    dates = tuple(DutyDay(date(2024, 1, 31) + n * DAY, "li") for n in range(13))  # to 12 February
    made = world(sqlite_store, rules(roster=Roster(dates=dates)))
    told = live(made, at("02-01 00:00"), at("02-20 18:00"), [9])
    assert [t for t in told if "roster" in t] == [
        # A week before would be the 6th; nobody has to be notified on a holiday.
        "02-06 09:00 roster nobody:2024-02-13: wang",
        "02-09 09:00 roster near::nobody:2024-02-13: wang",
    ]
    message = next(n for n in made.notices() if n.kind is Kind.ROSTER)
    assert render(message, CHINESE, HOURS, False).subject == (
        "【值班空缺】2月13日（周二）起无人值班，请安排"
    )
    # Not filled by itself, and not notified again while it lasts; filled by an import.
    made.store.duty.add(
        [
            DutyEntry(DutyDay(date(2024, 2, 20) + n * DAY, "chen"), at("02-20 19:00"), "二月.xlsx")
            for n in range(60)
        ]
    )
    assert made.look(at("02-20 19:01")) == ["roster end wang@wecom"]
    assert "roster roster filled" in made.alerts()


def test_F12_somebody_on_duty_whom_nothing_reaches(sqlite_store: Store) -> None:
    mute = {**STAFF, "chen": replace(CHEN, reach=())}
    made = world(sqlite_store, rules(people=mute, roster=Roster(("li", "chen"), date(2024, 1, 29))))
    live(made, at("02-01 00:00"), at("02-06 12:00"))
    told = [n for n in made.notices() if n.kind is Kind.ROSTER]
    assert [f"{shown(n.created_at)} {n.occasion} {n.person}" for n in told] == [
        "01-31 12:00 unreachable:chen wang",
        "02-05 09:00 near:chen:unreachable:2024-02-05 wang",
    ]
    made.restart(rules(roster=Roster(("li", "chen"), date(2024, 1, 29))))
    assert "roster end wang@wecom" in made.look(at("02-06 13:00"))


def test_somebody_on_the_imported_roster_who_left(sqlite_store: Store) -> None:
    made = world(sqlite_store)
    swapped(sqlite_store, "2024-02-06", "gone", at("01-31 13:00"))
    assert made.look(at("01-31 13:01")) == ["roster unknown:gone wang@wecom"]
    (told,) = [n for n in made.notices() if n.kind is Kind.ROSTER]
    assert render(told, CHINESE, HOURS, False).subject == (
        "【值班空缺】2月6日（周二）值班的gone已不在人员名单中，请安排"
    )


# The change of shift.


def sheets(made: World) -> Sequence[Notice]:
    """Return the summaries of shifts, oldest first."""
    return list(made.store.alerts.notices_of([0]).get(0, ()))


def shifts(made: World) -> list[str]:
    """Return when who was summed up to."""
    return [f"{shown(n.created_at)} {n.person}" for n in sheets(made)]


def test_who_takes_over_the_duty_is_notified_once_of_what_is_open(store: Store) -> None:
    made = world(store, rules(roster=WEEKLY))
    live(made, at("02-03 00:00"), at("02-13 18:00"), [9])
    assert shifts(made) == ["02-05 09:00 li", "02-12 09:00 zhang"]
    first, second = sheets(made)
    assert (first.event, first.reason, first.alert) == (Event.SUMMARY, Reason.SHIFT, 0)
    assert first.state is NoticeState.SENT
    assert [(s.what, s.total) for s in facts_in(second, ShiftFacts).sections] == [
        ("alerts", 1),
        ("publish", 1),
    ]


def test_no_summary_is_sent_twice_nor_lost_by_a_restart(sqlite_url: str) -> None:
    store = open_store(sqlite_url, at("01-31 00:00"))
    made = world(store, rules(roster=WEEKLY))
    made.look(at("02-05 08:59"))
    assert sheets(made) == []
    made.look(at("02-05 09:00"))
    store.close()
    made = World(open_store(sqlite_url, at("02-05 09:00")), rules(roster=WEEKLY))
    made.look(at("02-05 09:00:30"))
    made.look(at("02-06 09:00"))
    assert shifts(made) == ["02-05 09:00 li"]
    made.store.close()


def test_a_summary_is_made_good_after_an_outage(sqlite_store: Store) -> None:
    made = world(sqlite_store, rules(roster=WEEKLY))
    made.awake = at("02-07 14:00")
    made.look(at("02-07 14:00"))
    (sheet,) = sheets(made)
    assert (sheet.person, sheet.facts.due_at) == ("li", at("02-05 09:00"))
    assert "补发：本通知应于2月5日（周一）09:00发出。" in render(sheet, CHINESE, HOURS, False).text


def test_a_shift_that_began_before_the_first_run_is_not_summed_up(sqlite_store: Store) -> None:
    made = world(sqlite_store, rules(roster=WEEKLY))
    for hour in range(48):
        made.look(at("01-31 12:00") + hour * HOUR)
    assert sheets(made) == []


def test_swaps_are_changes_of_shift(sqlite_store: Store) -> None:
    made = world(sqlite_store, rules(roster=WEEKLY))
    Duty(made.store, made.rules).swap(date(2024, 2, 7), "chen", at("02-01 10:00"))
    live(made, at("02-05 00:00"), at("02-08 12:00"))
    assert shifts(made) == ["02-05 09:00 li", "02-07 09:00 chen", "02-08 09:00 li"]
    (_, chen, _) = sheets(made)
    assert facts_in(chen, ShiftFacts).until == date(2024, 2, 7)


def test_a_summary_without_a_reachable_recipient_waits_for_one(sqlite_store: Store) -> None:
    mute = {name: replace(one, reach=()) for name, one in STAFF.items()}
    made = world(sqlite_store, rules(people=mute, roster=WEEKLY))
    made.look(at("02-05 09:00"))
    assert sheets(made) == []
    made.restart(rules(roster=WEEKLY))
    made.look(at("02-06 10:00"))
    (sheet,) = sheets(made)
    assert (sheet.person, sheet.facts.due_at) == ("li", at("02-05 09:00"))


def test_F12_a_summary_for_somebody_whom_nothing_reaches_goes_to_who_stands_in(
    sqlite_store: Store,
) -> None:
    mute = {**STAFF, "li": replace(STAFF["li"], reach=())}
    made = world(sqlite_store, rules(people=mute, roster=WEEKLY))
    made.look(at("02-05 09:00"))
    (sheet,) = sheets(made)
    assert (sheet.person, sheet.facts.fallback_for, sheet.facts.name) == ("zhao", "duty", "li")


def test_what_a_summary_says(sqlite_store: Store) -> None:
    names = {"zhang": "张三", "li": "李四", "chen": "陈五"}
    people = {i: replace(p, name=names.get(i, p.name)) for i, p in STAFF.items()}
    made = World(sqlite_store, replace(rules(people=people, roster=WEEKLY), accounts=ACCOUNTS))
    made.restart(made.rules)
    made.awake = at("01-01 00:00")
    made.look(at("01-01 12:00"), at("01-01 12:00"))
    handover = handovers(made).start(
        ["wechat"], "zhang", "chen", date(2024, 4, 20), "轮岗", at("04-14 10:00")
    )
    made.look(at("04-14 12:00"), at("04-03 12:00"))
    alert = next(a for a in sqlite_store.alerts.open() if a.kind is Kind.SILENCE)
    with sqlite_store.alerts.changing("weibo") as tx:
        until = at("04-16 10:00")
        tx.save(promise(alert, "zhang", until, False, at("04-17 12:00"), HOURS, at("04-14 12:30")))
    made.look(at("04-15 09:00"))
    sheet = sheets(made)[-1]
    assert handover.id == 1
    assert render(sheet, CHINESE, HOURS, False).text.splitlines() == [
        "【交接班】4月15日至21日由李四值班，当前待办7项",
        "未解除的提醒（1项）：",
        "  “鞍山民政”微博：已12天未更新",
        "本班内须发布（1项）：",
        "  “鞍山民政”微博：最晚4月16日（周二）发布，已12天未更新",
        "本班内到期的承诺（1项）：",
        "  “鞍山民政”微博：张三承诺于4月16日（周二）10:00前发布",
        "看不见的账号（1项）：",
        "  “鞍山民政”微信公众号：自1月1日（周一）00:00起无法读取",
        "未完成的账号交接（1项）：",
        "  “鞍山民政”微信公众号：张三 → 陈五，应于4月20日（周六）完成",
        "待确认的账号管理（2项）：",
        "  “鞍山民政”微信公众号：管理员张三，已105天未确认",
        "  “鞍山民政”微博：管理员张三，已105天未确认",
        "2024年4月15日（周一）09:00",
    ]
