"""What is said of handovers and of the roster, in Chinese, first line and the lines below."""

from dataclasses import replace
from datetime import date

import pytest

from alerts.facts import (
    DutyGap,
    Facts,
    HandoverFacts,
    HandoverProgress,
    Item,
    RosterFacts,
    Section,
    ShiftFacts,
)
from alerts.messages.render import render
from alerts.model import Event, Kind, Notice, Reason
from alerts.occasion import occasion_of
from alerts.people.handover import CHECKLIST, NEWLY_NAMED
from alerts.words import translator
from tests.rule_values import HOURS, at
from tests.store_values import notice, silence

CHINESE = translator("zh_CN")
FEBRUARY = date(2024, 2, 5)
PASSING = HandoverFacts(
    "鞍山民政",
    platform="weibo",
    at=at("02-02 10:00"),
    since=at("02-01 10:00"),
    publish_by=FEBRUARY,
    call_name="李四",
    call_phone="0412-5550102",
    handover=HandoverProgress(
        occasion_of("unaccepted"),
        "张三",
        "李四",
        "轮岗",
        ("张三", "李四"),
        ("鞍山民政（weibo）",),
        CHECKLIST,
    ),
)
GAPS = RosterFacts("roster", at=at("02-02 09:00"), since=at("02-02 09:00"))


def said(facts: Facts, kind: Kind, reason: Reason, event: Event = Event.ALERT) -> list[str]:
    made: Notice = replace(
        notice(silence()), kind=kind, reason=reason, event=event, facts=facts, rung=None
    )
    return render(made, CHINESE, HOURS, False).text.splitlines()


def test_a_handover_that_is_not_accepted_says_who_has_to_do_what() -> None:
    assert said(PASSING, Kind.HANDOVER, Reason.HANDOVER) == [
        "【账号交接】“鞍山民政”微博由张三交接给李四，请张三、李四尽快确认",
        "交接：张三 → 李四；事由：轮岗",
        "尚待确认：张三、李四",
        "待移交事项：登录密码、绑定手机、管理员微信、定时发布内容",
        "交接完成前加强提醒：3天未更新即提醒。",
        "请联系：李四，0412-5550102",
        "2024年2月2日（周五）10:00",
    ]


def test_a_handover_that_is_overdue_counts_the_days() -> None:
    accepted = HandoverProgress(
        occasion_of("overdue"),
        "张三",
        "李四",
        "轮岗",
        (),
        ("鞍山民政（weibo）", "鞍山民政（wechat）"),
    )
    late = replace(
        PASSING,
        at=at("02-08 09:00"),
        accounts=("鞍山民政（weibo）", "鞍山民政（wechat）"),
        handover=accepted,
    )
    lines = said(late, Kind.HANDOVER, Reason.OVERDUE, Event.REMINDER)
    assert lines[0] == (
        "【交接逾期】“鞍山民政”微博等2个账号的交接应于2月5日（周一）完成，已逾期3天，请立即办理"
    )
    assert "接收人尚未发布信息并确认：“鞍山民政”微博、“鞍山民政”微信公众号" in lines


@pytest.mark.parametrize(
    ("reason", "first"),
    [
        (Reason.ACCEPTED, "【交接已确认】“鞍山民政”微博自即日起由李四管理，待首次发布后完成交接"),
        (Reason.PROVEN, "【交接完成】“鞍山民政”微博已由李四接管，并已发布信息"),
        (Reason.CANCELLED, "【交接取消】“鞍山民政”微博的交接已取消"),
        (Reason.FILLED, "【已解除】“鞍山民政”微博已有账号管理员"),
    ],
)
def test_how_a_handover_ended(reason: Reason, first: str) -> None:
    assert said(PASSING, Kind.HANDOVER, reason, Event.RESOLVED)[0] == first


def gap(why: str, first: int, last: int | None = None, name: str | None = None) -> DutyGap:
    return DutyGap(why, date(2024, 2, first), date(2024, 2, last) if last else None, name)


@pytest.mark.parametrize(
    ("gaps", "first"),
    [
        pytest.param(
            (gap("nobody", 12, 12),), "【值班空缺】2月12日（周一）无人值班，请安排", id="a day"
        ),
        pytest.param(
            (gap("nobody", 12, 15),), "【值班空缺】2月12日至15日无人值班，请安排", id="days"
        ),
        pytest.param(
            (gap("nobody", 12),), "【值班空缺】2月12日（周一）起无人值班，请安排", id="for good"
        ),
        pytest.param(
            (gap("unreachable", 12, 18, "李四"), gap("nobody", 20, 20)),
            "【值班空缺】2月12日至18日值班的李四没有可用的通知渠道，请安排（另有1处）",
            id="somebody whom nothing reaches, and another gap",
        ),
        pytest.param(
            (gap("unknown", 12, 12, "wu"),),
            "【值班空缺】2月12日（周一）值班的wu已不在人员名单中，请安排",
            id="somebody who left",
        ),
    ],
)
def test_gaps_of_the_roster(gaps: tuple[DutyGap, ...], first: str) -> None:
    lines = said(replace(GAPS, gaps=gaps, publish_by=gaps[0].first), Kind.ROSTER, Reason.ROSTER)
    assert lines[0] == first
    assert len([line for line in lines if line.startswith("  2月")]) == len(gaps)


def test_a_roster_without_gaps_again() -> None:
    lines = said(GAPS, Kind.ROSTER, Reason.FILLED, Event.RESOLVED)
    assert lines[0] == "【已解除】值班表空缺已补齐"


def summary(*sections: Section) -> list[str]:
    facts = ShiftFacts("李四", at=at("02-05 09:00"), until=date(2024, 2, 11), sections=sections)
    return said(facts, Kind.ROSTER, Reason.SHIFT, Event.SUMMARY)


def test_a_shift_without_anything_open() -> None:
    assert summary() == [
        "【交接班】2月5日至11日由李四值班，当前无待办事项",
        "2024年2月5日（周一）09:00",
    ]


def test_what_does_not_fit_a_summary_is_counted() -> None:
    items = (Item("鞍山民政", "weibo", days=3, people=("张三",)),)
    assert summary(Section("custody", 41, items))[:4] == [
        "【交接班】2月5日至11日由李四值班，当前待办41项",
        "待确认的账号管理（41项）：",
        "  “鞍山民政”微博：管理员张三，已3天未确认",
        "  另有40项",
    ]


def test_the_rosters_own_alert_has_no_name_in_a_summary() -> None:
    items = (Item("roster", kind="roster"), Item("wecom", kind="channel"))
    assert summary(Section("alerts", 2, items))[1:4] == [
        "未解除的提醒（2项）：",
        "  值班空缺",
        "  “wecom”：通知渠道异常",
    ]


def test_a_handover_that_the_configuration_opened_is_worded_in_chinese() -> None:
    opened = replace(PASSING, handover=replace(PASSING.handover, reason=NEWLY_NAMED))
    lines = said(opened, Kind.HANDOVER, Reason.HANDOVER)
    assert lines[1] == "交接：张三 → 李四；事由：配置文件改列了新的账号管理员"
