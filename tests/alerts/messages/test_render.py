"""What people read: each message whole, and what holds for all of them."""

import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.facts import (
    ChannelFacts,
    DutyGap,
    EndFacts,
    Facts,
    Fault,
    GatewayFacts,
    HandoverFacts,
    HandoverProgress,
    Item,
    LedgerFacts,
    Notified,
    RosterFacts,
    Section,
    SelfFacts,
    SilenceFacts,
)
from alerts.messages.render import LONGEST, heading, render
from alerts.messages.shift import PARTS
from alerts.model import (
    ENDED,
    Call,
    Event,
    Hours,
    Kind,
    Ladder,
    Notice,
    Person,
    Reason,
    Rung,
)
from alerts.occasion import NONE, Occasion, occasion_of
from alerts.people.handover import Trouble
from alerts.rules.calendar import calendar
from alerts.rules.ladder import calls, next_call, publish_by, quiet_days
from alerts.words import translator

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = Hours(ZONE)
CHINESE, ENGLISH = translator("zh_CN"), translator("en")
PAGE = "https://weibo.com/u/1935396210"


def local(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2024) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


EVE = SilenceFacts(
    name="鞍山民政",
    platform="weibo",
    organisation="鞍山市民政局",
    at=local(2, 9),
    since=local(2, 2, 10, 5),
    last_post_title="#养老服务# 新增12处社区老年食堂",
    quiet_days=7,
    limit_days=14,
    breach_at=local(2, 16, 10, 5),
    publish_by=date(2024, 2, 15),
    closed_from=date(2024, 2, 10),
    closed_to=date(2024, 2, 17),
    closed_name="Spring Festival",
    last_workday=date(2024, 2, 9),
    as_of=local(2, 9, 8, 58),
    link=PAGE,
    custodian="张三",
    call_name="张三",
    call_phone="0412-5550101",
    told=(Notified("张三", local(2, 8)), Notified("李四", None)),
    next_at=local(2, 9, 15, 30),
    next_names=("张三", "李四"),
)
PLAIN = replace(
    EVE,
    at=local(11, 25, year=2026),
    since=local(11, 14, 10, 5, year=2026),
    quiet_days=11,
    breach_at=local(11, 28, 10, 5, year=2026),
    publish_by=date(2026, 11, 27),
    closed_from=None,
    closed_to=None,
    closed_name=None,
    last_workday=None,
    as_of=None,
    told=(),
    next_at=local(11, 26, year=2026),
)
OVER = replace(EVE, at=local(2, 19), quiet_days=17, next_at=local(2, 20))
BLIND = replace(PLAIN, at=local(6, 3), since=local(6, 3), quiet_days=10, breach_at=local(6, 7))
GATEWAY = GatewayFacts(
    name="rsshub",
    platform="rsshub",
    at=local(6, 3, 11),
    since=local(6, 3),
    gateway="rsshub",
    gateway_error="transport",
    accounts=("鞍山民政（weibo-anshanmz）", "海城民政（weibo-haicheng）"),
)
HANDOVER = HandoverFacts(
    "鞍山民政",
    "weibo",
    at=local(11, 25, year=2026),
    publish_by=date(2026, 11, 27),
    handover=HandoverProgress(occasion_of("due"), "张三", "李四"),
)
POSTED = EndFacts(
    name="鞍山民政",
    platform="weibo",
    at=local(2, 19, 10),
    since=local(2, 2, 10, 5),
    limit_days=14,
    quiet_days=0,
    post_at=local(2, 19, 9, 30),
    post_title="节后第一条",
    lasted_days=17,
    link=PAGE,
)


def notice(
    reason: Reason,
    facts: Facts = EVE,
    kind: Kind = Kind.SILENCE,
    rung: int | None = 13,
    alert: int = 1,
    occasion: str = "o",
) -> Notice:
    at = facts.at or local(1, 1)
    return Notice(
        id=f"{alert}-{occasion}",
        alert=alert,
        kind=kind,
        subject="weibo-anshanmz",
        occasion=occasion_of(occasion),
        reason=reason,
        event=Event.RESOLVED if reason in ENDED else Event.ALERT,
        rung=rung,
        person="zhang",
        channel="telegram",
        address="123",
        facts=facts,
        created_at=at,
        not_before=at,
    )


def chinese(reason: Reason, facts: Facts = EVE, kind: Kind = Kind.SILENCE) -> str:
    return render(notice(reason, facts, kind), CHINESE, HOURS, False).text


SUBJECTS = [
    pytest.param(
        Reason.RUNG,
        PLAIN,
        Kind.SILENCE,
        "【更新提醒】“鞍山民政”微博已11天未更新，最晚应于11月27日（周五）发布",
        id="a step of the ladder",
    ),
    pytest.param(
        Reason.RUNG,
        replace(PLAIN, at=local(11, 28, year=2026), quiet_days=14),
        Kind.SILENCE,
        "【更新提醒】“鞍山民政”微博已14天未更新，最晚应于11月28日（周六）10:05发布",
        id="the last chance on the morning of the limit",
    ),
    pytest.param(
        Reason.RUNG,
        replace(PLAIN, waiting=True),
        Kind.SILENCE,
        "【更新提醒】“鞍山民政”微博监测11天以来尚未见到任何信息，最晚应于11月27日（周五）发布",
        id="an account of which nothing was ever seen",
    ),
    pytest.param(
        Reason.CLOSURE,
        EVE,
        Kind.SILENCE,
        "【节前提醒】“鞍山民政”微博已7天未更新，最晚应于2月15日（假期第6天）发布",
        id="before a holiday",
    ),
    pytest.param(
        Reason.CLOSURE,
        replace(
            PLAIN,
            closed_from=date(2026, 11, 28),
            closed_to=date(2026, 11, 29),
            closed_name="weekend",
            publish_by=date(2026, 11, 28),
        ),
        Kind.SILENCE,
        "【周末前提醒】“鞍山民政”微博已11天未更新，最晚应于11月28日（周六）发布",
        id="before a weekend",
    ),
    pytest.param(
        Reason.PUBLISH_DAY,
        replace(EVE, at=local(2, 15), quiet_days=13),
        Kind.SILENCE,
        "【今日截止】“鞍山民政”微博已13天未更新，今天是最晚发布日，请值班人员组织发布",
        id="on the last day, inside the holiday",
    ),
    pytest.param(
        Reason.BREACH,
        replace(OVER, quiet_days=14),
        Kind.SILENCE,
        "【超期】“鞍山民政”微博已14天未更新，已达到14天的更新期限，请立即发布",
        id="at the limit",
    ),
    pytest.param(
        Reason.REMINDER,
        OVER,
        Kind.SILENCE,
        "【超期】“鞍山民政”微博已17天未更新，已超出更新期限3天，请立即发布",
        id="still over the limit",
    ),
    pytest.param(
        Reason.PROMISE,
        replace(PLAIN, promise_by="李四", promise_until=local(11, 24, 17, 30, year=2026)),
        Kind.SILENCE,
        "【承诺未兑现】“鞍山民政”微博已11天未更新，李四承诺的发布时间11月24日（周二）17:30已过，"
        "最晚应于11月27日（周五）发布",
        id="a promise that was not kept",
    ),
    pytest.param(
        Reason.PROMISE,
        replace(OVER, promise_until=local(2, 18, 17, 30)),
        Kind.SILENCE,
        "【承诺未兑现】“鞍山民政”微博已17天未更新，有人承诺的发布时间2月18日（周日）17:30已过，"
        "请立即发布",
        id="a promise that was not kept, over the limit",
    ),
    pytest.param(
        Reason.BLIND,
        BLIND,
        Kind.BLIND,
        f"【看不见】“鞍山民政”微博自6月3日起无法读取，此前已10天未更新，请人工核查：{PAGE}",
        id="unreadable since today",
    ),
    pytest.param(
        Reason.BLIND,
        replace(BLIND, at=local(6, 8), link=None),
        Kind.BLIND,
        "【看不见】“鞍山民政”微博自6月3日起无法读取，此前已5天未更新"
        "（如仍未发布，今天是第10天），请打开账号人工核查",
        id="unreadable for days: what was known is told from what is feared",
    ),
    pytest.param(
        Reason.BLIND,
        replace(BLIND, waiting=True),
        Kind.BLIND,
        f"【看不见】“鞍山民政”微博自6月3日起无法读取，此前尚未见到任何信息，请人工核查：{PAGE}",
        id="unreadable before anything was seen",
    ),
    pytest.param(
        Reason.BLIND,
        replace(BLIND, at=local(6, 13)),
        Kind.BLIND,
        f"【看不见】“鞍山民政”微博自6月3日起无法读取，至今10天未见更新，请人工核查：{PAGE}",
        id="unreadable ever since the last post",
    ),
    pytest.param(
        Reason.BLIND,
        replace(BLIND, at=local(6, 13), weak=True),
        Kind.BLIND,
        f"【看不见】“鞍山民政”微博已10天未更新，但未经旁证、无法确认，请人工核查：{PAGE}",
        id="read, but on too weak a pulse",
    ),
    pytest.param(
        Reason.BLIND,
        replace(BLIND, quiet_since=local(5, 24, 10), as_of=local(6, 1, 8)),
        Kind.BLIND,
        "【看不见】“鞍山民政”微博自6月3日起无法读取，此前已8天未更新"
        f"（如仍未发布，今天是第10天），请人工核查：{PAGE}",
        id="nobody looked between the last good reading and the first that failed",
    ),
    pytest.param(
        Reason.BLIND,
        replace(BLIND, quiet_since=local(5, 24, 10), as_of=local(5, 24, 20)),
        Kind.BLIND,
        f"【看不见】“鞍山民政”微博自6月3日起无法读取，至今10天未见更新，请人工核查：{PAGE}",
        id="nobody looked since the day of the last post",
    ),
    pytest.param(
        Reason.BLIND,
        replace(BLIND, since=local(5, 24, 10), quiet_since=local(5, 24, 10), as_of=local(6, 1, 8)),
        Kind.BLIND,
        f"【看不见】“鞍山民政”微博截至6月1日已8天未更新，此后情况不明，请人工核查：{PAGE}",
        id="read, but what is read is old",
    ),
    pytest.param(
        Reason.BLIND,
        replace(
            BLIND, since=local(5, 24, 10), quiet_since=local(5, 24, 10), waiting=True, weak=True
        ),
        Kind.BLIND,
        "【看不见】“鞍山民政”微博监测10天以来尚未见到任何信息，但未经旁证、无法确认，"
        f"请人工核查：{PAGE}",
        id="read on too weak a pulse, and nothing was ever seen",
    ),
    pytest.param(
        Reason.GATEWAY,
        GATEWAY,
        Kind.GATEWAY,
        "【采集异常】采集网关rsshub自6月3日（周一）09:00起无法读取，请检查；涉及2个账号："
        "鞍山民政（weibo-anshanmz）、海城民政（weibo-haicheng）",
        id="a gateway with the accounts it blinds",
    ),
    pytest.param(
        Reason.GATEWAY,
        replace(GATEWAY, accounts=tuple(f"账号{n}" for n in range(40))),
        Kind.GATEWAY,
        "【采集异常】采集网关rsshub自6月3日（周一）09:00起无法读取，请检查；涉及40个账号："
        "账号0、账号1、账号2等，另有37个",
        id="a gateway that blinds forty",
    ),
    pytest.param(
        Reason.GATEWAY,
        replace(GATEWAY, accounts=()),
        Kind.GATEWAY,
        "【采集异常】采集网关rsshub自6月3日（周一）09:00起无法读取，请检查",
        id="a gateway that blinds nobody yet",
    ),
    pytest.param(
        Reason.CHANNEL,
        ChannelFacts("telegram", at=local(6, 3), gateway_error="token refused"),
        Kind.CHANNEL,
        "【通知异常】通知渠道telegram无法送达，请检查",
        id="a channel that refuses",
    ),
    pytest.param(
        Reason.CHANNEL,
        ChannelFacts("telegram", at=local(6, 3), failure="address", unreached=("张三",)),
        Kind.CHANNEL,
        "【通知异常】通知渠道telegram无法送达张三，请核对接收地址",
        id="a channel that does not reach somebody",
    ),
    pytest.param(
        Reason.CHANNEL,
        ChannelFacts("telegram", at=local(6, 3), failure="channel", unreached=("张三",)),
        Kind.CHANNEL,
        "【通知异常】通知渠道telegram无法送达，请检查",
        id="a channel whose key is refused",
    ),
    pytest.param(
        Reason.HANDOVER,
        HANDOVER,
        Kind.HANDOVER,
        "【账号交接】“鞍山民政”微博的交接尚未完成，最晚应于11月27日（周五）完成",
        id="a handover under way",
    ),
    pytest.param(
        Reason.OVERDUE,
        replace(HANDOVER, at=local(11, 30, year=2026)),
        Kind.HANDOVER,
        "【交接逾期】“鞍山民政”微博的交接应于11月27日（周五）完成，已逾期3天，请立即办理",
        id="a handover overdue",
    ),
    pytest.param(
        Reason.RUNG,
        RosterFacts("值班表", at=local(2, 9), publish_by=date(2024, 2, 12)),
        Kind.ROSTER,
        "【值班空缺】2月12日（周一）无人值班，请安排人员",
        id="a gap in the roster",
    ),
    pytest.param(
        Reason.RUNG,
        SelfFacts("数据库磁盘已满", at=local(2, 9)),
        Kind.SELF,
        "【监测程序异常】监测程序自身出现问题：数据库磁盘已满",
        id="trouble of our own",
    ),
    pytest.param(
        Reason.SELF,
        SelfFacts("鞍山民政", "weibo", at=local(2, 9), gateway_error="ValueError"),
        Kind.SELF,
        "【监测程序异常】程序出错，无法判断“鞍山民政”微博是否按期更新，请人工核查并检修程序",
        id="an account that our own rules cannot judge",
    ),
    pytest.param(
        Reason.RECOVERED,
        EndFacts("鞍山民政", "weibo", at=local(2, 9), since=local(2, 9, 8)),
        Kind.SELF,
        "【已恢复】“鞍山民政”微博已恢复正常判断，此前1小时无法判断",
        id="and that can be judged again",
    ),
    pytest.param(
        Reason.POSTED,
        POSTED,
        Kind.SILENCE,
        "【已恢复】“鞍山民政”微博已于2月19日（周一）09:30发布新信息，此前17天未更新（超出期限3天）",
        id="ended by a post, over the limit",
    ),
    pytest.param(
        Reason.POSTED,
        replace(POSTED, lasted_days=11),
        Kind.SILENCE,
        "【已恢复】“鞍山民政”微博已于2月19日（周一）09:30发布新信息，此前11天未更新",
        id="ended by a post in time",
    ),
    pytest.param(
        Reason.RECOVERED,
        replace(GATEWAY, at=local(6, 5, 11, 10)),
        Kind.GATEWAY,
        "【已恢复】采集网关rsshub已恢复正常，异常持续2天2小时",
        id="a gateway that works again",
    ),
    pytest.param(
        Reason.RECOVERED,
        EndFacts("鞍山民政", "weibo", at=local(6, 3, 9, 45), since=local(6, 3)),
        Kind.BLIND,
        "【已恢复】“鞍山民政”微博已恢复读取，此前45分钟无法读取",
        id="an account that can be read again",
    ),
    pytest.param(
        Reason.RULE_CHANGED,
        replace(POSTED, post_at=None, quiet_days=17),
        Kind.SILENCE,
        "【已结束】“鞍山民政”微博按现行规则无需再提醒，本次历时17天",
        id="ended by a new rule",
    ),
    pytest.param(
        Reason.ACCOUNT_CLOSED,
        replace(POSTED, post_at=None, quiet_days=17),
        Kind.SILENCE,
        "【已结束】“鞍山民政”微博已关停或移出监测，本次历时17天",
        id="ended by closing the account",
    ),
    pytest.param(
        Reason.EXCEPTION,
        replace(POSTED, post_at=None, quiet_days=17),
        Kind.SILENCE,
        "【已结束】“鞍山民政”微博已报备，报备期内不再提醒，本次历时17天",
        id="ended by an agreed silence",
    ),
]


@pytest.mark.parametrize(("reason", "facts", "kind", "subject"), SUBJECTS)
def test_the_first_line_says_who_must_do_what_by_when(
    reason: Reason, facts: Facts, kind: Kind, subject: str
) -> None:
    said = render(notice(reason, facts, kind), CHINESE, HOURS, False)
    assert (said.subject, said.text.split("\n")[0]) == (subject, subject)


@pytest.mark.parametrize(("behind", "again"), [(3, False), (4, True)])
def test_accounts_are_named_once_more_only_where_the_first_line_has_no_room(
    behind: int, again: bool
) -> None:
    facts = replace(GATEWAY, accounts=tuple(f"账号{n}" for n in range(behind)))
    said = chinese(Reason.GATEWAY, facts, Kind.GATEWAY).split("\n")
    assert any(line.startswith("涉及账号：") for line in said) is again


def test_a_closure_call_whole() -> None:
    assert chinese(Reason.CLOSURE).split("\n") == [
        "【节前提醒】“鞍山民政”微博已7天未更新，最晚应于2月15日（假期第6天）发布",
        "春节假期2月10日至17日，本账号最晚应于2月15日（假期第6天）发布，节前最后一个工作日是今天。",
        "请联系：张三，0412-5550101",
        "最近一条：2月2日（周五）10:05“#养老服务# 新增12处社区老年食堂”",
        "自2月8日（周四）09:00通知以来，仍未见新信息。",
        "已通知：张三 2月8日（周四）09:00、李四 送达未确认",
        "如仍未发布，将于2月9日（周五）15:30通知张三、李四。",
        "数据截至2月9日（周五）08:58。",
        f"账号主页：{PAGE}",
        "主办单位：鞍山市民政局",
        "2024年2月9日（周五）09:00",
    ]


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        pytest.param(
            replace(BLIND, quiet_since=local(5, 24, 10), as_of=local(6, 1, 8)),
            [
                "已知的最近一条：5月24日（周五）10:00“#养老服务# 新增12处社区老年食堂”",
                "数据截至6月1日（周六）08:00。",
            ],
            id="the date of the last known post, and when the account was last seen",
        ),
        pytest.param(
            replace(BLIND, quiet_since=local(5, 24, 10), last_post_title=None),
            ["已知的最近一条：5月24日（周五）10:00"],
            id="a post without a title",
        ),
        pytest.param(
            BLIND, ["已知的最近一条：“#养老服务# 新增12处社区老年食堂”"], id="of an older version"
        ),
        pytest.param(
            replace(BLIND, quiet_since=local(5, 24, 10), waiting=True),
            ["自5月24日（周五）10:00开始监测，尚未见到任何信息。"],
            id="watched since another instant than it cannot be read",
        ),
    ],
)
def test_a_question_says_what_was_known_last(facts: SilenceFacts, lines: list[str]) -> None:
    said = chinese(Reason.BLIND, facts, Kind.BLIND).split("\n")
    about = ("已知", "数据截至", "自5月24日")
    assert [line for line in said if line.startswith(about)] == lines


@pytest.mark.parametrize(
    ("told", "above"),
    [
        pytest.param(notice(Reason.RUNG), "告警#1（未更新），发送给：张三", id="a silence"),
        pytest.param(
            notice(Reason.SELF, kind=Kind.SELF),
            "告警#1（监测程序异常），发送给：张三",
            id="ourselves",
        ),
        pytest.param(
            replace(notice(Reason.SHIFT, kind=Kind.ROSTER, alert=0), event=Event.SUMMARY),
            "交接班，发送给：张三",
            id="a summary belongs to no alert",
        ),
    ],
)
def test_a_reader_of_the_log_sees_of_which_alert_and_to_whom(told: Notice, above: str) -> None:
    people = {told.person: Person(told.person, "张三")}
    assert heading([told], people, CHINESE) == above
    assert heading([told], {}, ENGLISH).endswith(f"to {told.person}")


def test_the_same_in_english() -> None:
    assert render(notice(Reason.RUNG, PLAIN, rung=10), ENGLISH, HOURS, False).text.split("\n") == [
        "[Reminder] “鞍山民政” Weibo: no update for 11 days; publish by Fri 27 Nov",
        "The step at 10 days is reached. An update is due at least every 14 days, "
        "by Sat 28 Nov, 10:05.",
        "Please call: 张三, 0412-5550101",
        "Last post: Sat 14 Nov, 10:05 “#养老服务# 新增12处社区老年食堂”",
        "This is the first message about it.",
        "If nothing is published, 张三, 李四 will be told on Thu 26 Nov, 09:00.",
        f"Page: {PAGE}",
        "Organisation: 鞍山市民政局",
        "Wed 25 Nov 2026, 09:00",
    ]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        pytest.param(
            {"due_at": local(2, 8, 9)}, "补发：本通知应于2月8日（周四）09:00发出。", id="made good"
        ),
        pytest.param(
            {"fallback_for": "duty"},
            "今日无人值班或值班人员无法联系，故通知您。",
            id="nobody on duty",
        ),
        pytest.param(
            {"fallback_for": "custodian"},
            "本账号没有可联系的账号管理员，故通知您。",
            id="no custodian",
        ),
        pytest.param(
            {"fallback_for": "deputy"}, "没有可联系的分管领导，故通知您。", id="no deputy head"
        ),
        pytest.param(
            {"weak": True},
            "未经旁证：采集网关不能证明读取完整，请以账号页面为准。",
            id="weak pulse",
        ),
        pytest.param({"guessed": True}, "节假日安排未公布，按推算。", id="a guessed calendar"),
        pytest.param({"call_phone": None}, "请联系：张三（未登记电话）", id="no number"),
        pytest.param({"custodian": "赵六"}, "账号管理员：赵六", id="somebody stands in"),
        pytest.param(
            {"promise_by": "李四", "promise_until": local(2, 9, 17, 30)},
            "李四已承诺于2月9日（周五）17:30前发布。",
            id="a promise that runs",
        ),
        pytest.param(
            {
                "promise_by": "李四",
                "promise_until": local(2, 9, 17, 30),
                "promise_scheduled": True,
            },
            "李四已设定于2月9日（周五）17:30定时发布。",
            id="a post that is scheduled",
        ),
        pytest.param(
            {"promise_by": "李四", "promise_until": local(2, 8, 17, 30)},
            "李四曾承诺于2月8日（周四）17:30前发布，至今未见发布。",
            id="a promise whose time has passed",
        ),
        pytest.param(
            {"agreed_until": local(2, 8, 8, 0)},
            "此前已报备至2月8日（周四）08:00，报备期已满。",
            id="an agreed silence that is over",
        ),
        pytest.param(
            {"visible_since": local(1, 30)},
            "该条其后已删除，仍可见的最近一条发布于1月30日（周二）09:00，检查时可能以此为准。",
            id="the newest post was deleted",
        ),
        pytest.param(
            {"visible_since": local(1, 30, 0), "visible_until": local(1, 31, 0)},
            "该条其后已删除，仍可见的最近一条发布于1月30日（周二），检查时可能以此为准。",
            id="the post still visible names its day alone",
        ),
        pytest.param(
            {"since": local(1, 26, 0), "post_until": local(1, 27, 0)},
            "最近一条：1月26日（周五）“#养老服务# 新增12处社区老年食堂”",
            id="the last post names its day alone",
        ),
        pytest.param({"told": ()}, "此为首次通知。", id="the first message"),
        pytest.param(
            {"told": (Notified("张三", local(2, 5)), Notified("李四", local(2, 7)))},
            "自2月7日（周三）09:00通知以来，仍未见新信息。",
            id="the newest of several earlier messages",
        ),
        pytest.param(
            {"last_workday": date(2024, 2, 10)},
            "春节假期2月10日至17日，本账号最晚应于2月15日（假期第6天）发布，节前最后一个工作日是明天。",
            id="the last working day is tomorrow",
        ),
        pytest.param(
            {"waiting": True},
            "自2月2日（周五）10:05开始监测，尚未见到任何信息。",
            id="nothing was ever seen",
        ),
        pytest.param(
            {"last_post_title": "\u202e春节\r\n" + "放" * 5000},
            "最近一条：2月2日（周五）10:05“春节 " + "放" * 56 + "…”",
            id="a title that comes from anywhere",
        ),
    ],
)
def test_what_is_unusual_is_said_aloud(changed: dict[str, Any], line: str) -> None:
    usual = chinese(Reason.CLOSURE).split("\n")
    assert line in chinese(Reason.CLOSURE, replace(EVE, **changed)).split("\n")
    assert line not in usual


def test_a_repeat_says_so_in_its_first_line_and_below() -> None:
    said = render(notice(Reason.RUNG, PLAIN), CHINESE, HOURS, True)
    assert said.subject.endswith("（重发）")
    assert said.text.split("\n")[1] == "重发：本通知此前可能已经送达，内容相同。"


LIMIT = timedelta(days=14)
LADDER = Ladder(LIMIT, tuple(Rung(n, ("custodian",)) for n in (7, 10, 12, 13, 14)))


def told_story(since: datetime, until: datetime) -> list[str]:
    """Every message of one silence from its first call to its end, each as it would be sent."""
    holidays = calendar()
    texts: list[str] = []
    told: tuple[Notified, ...] = ()
    for call in calls(since, LADDER, holidays, HOURS, until):
        facts = story_facts(call, since, told)
        texts.append(chinese(call.reason, facts))
        told = (Notified("张三", call.due_at),)
    lasted = quiet_days(since, until, ZONE)
    end = replace(POSTED, since=since, at=until, post_at=until, lasted_days=lasted)
    return [*texts, chinese(Reason.POSTED, end)]


def story_facts(call: Call, since: datetime, told: tuple[Notified, ...]) -> SilenceFacts:
    holidays = calendar()
    last_day = publish_by(since, LADDER, ZONE)
    stretch = holidays.stretch(last_day)
    following = next_call(since, LADDER, holidays, HOURS, call.due_at)
    return replace(
        EVE,
        at=call.due_at,
        since=since,
        quiet_days=quiet_days(since, call.due_at, ZONE),
        breach_at=since + LIMIT,
        publish_by=last_day,
        closed_from=stretch.first if stretch else None,
        closed_to=stretch.last if stretch else None,
        closed_name=stretch.name if stretch else None,
        last_workday=holidays.previous_workday(stretch.first) if stretch else None,
        as_of=None,
        told=told,
        next_at=following.due_at if following else None,
    )


@pytest.mark.parametrize(
    "since",
    [
        pytest.param(local(2, 2, 10, 5), id="over Spring Festival"),
        pytest.param(local(11, 4, 16, 0), id="over ordinary weeks"),
        pytest.param(local(9, 20, 9, 0), id="over National Day"),
    ],
)
def test_no_two_messages_of_a_silence_are_alike(since: datetime) -> None:
    texts = told_story(since, since + timedelta(days=25))
    stampless = [text.rsplit("\n", 1)[0] for text in texts]  # alike even without their dates
    assert len(texts) >= 8
    assert len(set(stampless)) == len(texts)


TEXT = st.one_of(
    st.none(), st.text(max_size=60), st.just("民" * 6000), st.just("\u202e\n\r\x00{x}%s")
)
MOMENT = st.one_of(
    st.none(), st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
)
DAY = st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2027, 1, 1)))
DAYS = st.one_of(st.none(), st.integers(0, 900))
COMMON = {
    "name": st.text(max_size=60),
    "platform": st.one_of(st.none(), st.sampled_from(["weibo", "wechat", "mastodon"])),
    "gap": st.sampled_from([None, "overrun", "a reason of a newer version"]),
}
# Every field from its own type: one added later is tested without a word here.
BY_HINT: dict[str, st.SearchStrategy[object]] = {
    "Fault | None": st.sampled_from([*Fault, None]),
    "str": st.text(max_size=60),
    "str | None": TEXT,
    "int": st.integers(0, 900),
    "int | None": DAYS,
    "bool": st.booleans(),
    "date | None": DAY,
    "datetime | None": MOMENT,
    "tuple[str, ...]": st.lists(st.text(max_size=90), max_size=300).map(tuple),
    "tuple[Notified, ...]": st.lists(
        st.builds(Notified, st.text(max_size=20), MOMENT), max_size=60
    ).map(tuple),
    "tuple[DutyGap, ...]": st.lists(
        st.builds(DutyGap, st.text(max_size=20), st.dates(date(2023, 1, 1)), DAY, TEXT),
        max_size=6,
    ).map(tuple),
    "tuple[Section, ...]": st.lists(
        st.builds(
            Section,
            st.sampled_from(sorted(PARTS)),
            st.integers(0, 900),
            st.lists(
                st.builds(Item, st.text(max_size=60), TEXT, TEXT, MOMENT, DAY, DAYS), max_size=6
            ).map(tuple),
        ),
        max_size=6,
    ).map(tuple),
    "HandoverProgress": st.builds(
        HandoverProgress,
        st.sampled_from([*map(Occasion, Trouble), NONE]),
        st.text(max_size=60),
        TEXT,
        TEXT,
        st.lists(st.text(max_size=60), max_size=3).map(tuple),
        st.lists(st.text(max_size=60), max_size=3).map(tuple),
        st.lists(st.text(max_size=60), max_size=3).map(tuple),
    ),
}
FACTS = st.one_of(
    [
        st.builds(kind, **{f.name: COMMON.get(f.name, BY_HINT[str(f.type)]) for f in fields(kind)})
        for kind in get_args(Facts)
    ]
)


ADDRESS_REFUSED = "原因：接收地址被拒绝，可能是本人屏蔽了机器人或已退出，或者会话、邮箱不存在。"
KEY_REFUSED = "原因：令牌、密钥、签名或登录被拒绝，或者机器人已被移除。"


@pytest.mark.parametrize(
    ("failure", "names", "expected"),
    [
        pytest.param(
            "address",
            ("张三",),
            [ADDRESS_REFUSED, "处理：核对people.toml中此人的地址。"],
            id="one who is named above",
        ),
        pytest.param(
            "channel",
            ("张三", "李四"),
            [
                KEY_REFUSED,
                "处理：到发放处重新生成，更新people.toml或其引用的变量。",
                "未能送达：张三、李四",
            ],
            id="our key",
        ),
        pytest.param(
            "message",
            ("张三",),
            [
                "原因：消息内容被拒绝。",
                "处理：消息没有丢失；请把日志交给维护人员。",
                "未能送达：张三",
            ],
            id="our text",
        ),
        pytest.param(None, ("张三",), ["未能送达：张三"], id="of several sorts"),
        pytest.param(None, (), [], id="of an earlier version"),
    ],
)
def test_a_channels_trouble_says_why_and_whom_it_concerns(
    failure: str | None, names: tuple[str, ...], expected: list[str]
) -> None:
    facts = ChannelFacts(
        "tg", at=local(6, 3), gateway_error="403", failure=failure, unreached=names
    )
    said = render(notice(Reason.CHANNEL, facts, Kind.CHANNEL), CHINESE, HOURS, False).text.split(
        "\n"
    )
    assert said[1:-2] == [*expected, "对方返回：「403」"]


@given(FACTS, st.sampled_from(Kind), st.sampled_from(Reason), st.booleans(), st.booleans())
def test_whatever_the_facts_a_message_comes_out_whole_and_short(
    facts: Facts, kind: Kind, reason: Reason, resent: bool, english: bool
) -> None:
    words = ENGLISH if english else CHINESE
    said = render(notice(reason, facts, kind), words, HOURS, resent)
    assert len(said.text) <= LONGEST
    assert said.text.startswith(said.subject)
    assert "\n" not in said.subject
    said.text.encode()  # no half characters


CALLS: dict[Kind, Facts] = {
    Kind.GATEWAY: replace(GATEWAY, accounts=()),
    Kind.HANDOVER: HANDOVER,
    Kind.ROSTER: RosterFacts("值班表", at=local(2, 9)),
    Kind.CHANNEL: ChannelFacts("微信", at=local(2, 9)),
    Kind.LEDGER: LedgerFacts("鞍山民政", "weibo", at=local(2, 9)),
    Kind.SELF: SelfFacts("鞍山民政", "weibo", at=local(2, 9)),
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("reason", Reason)
def test_every_kind_and_reason_has_chinese_words(kind: Kind, reason: Reason) -> None:
    facts = POSTED if reason in ENDED else CALLS.get(kind, EVE)
    said = render(notice(reason, replace(facts, name="某"), kind), CHINESE, HOURS, False)
    assert said.subject.startswith("【")
    assert re.findall(r"[A-Za-z]{2,}", said.text.replace(PAGE, "")) == []


@pytest.mark.parametrize("reason", [Reason.RUNG, Reason.CLOSURE, Reason.REMINDER, Reason.BLIND])
def test_an_ordinary_message_fits_the_tightest_robot(reason: Reason) -> None:
    kind = Kind.BLIND if reason is Reason.BLIND else Kind.SILENCE
    facts = replace(EVE, due_at=local(2, 8), fallback_for="duty", weak=True, guessed=True)
    assert len(chinese(reason, facts, kind).encode()) <= 2048
