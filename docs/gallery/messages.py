"""One message of every sort, invented: what the gallery shows. Values only.

The silence is that of February 2024: the last post on the 2nd, Spring Festival from the 10th to
the 17th, the limit on the 16th.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from alerts.facts import (
    ChannelFacts,
    CredentialFacts,
    DutyGap,
    EndFacts,
    Facts,
    GatewayFacts,
    HandoverFacts,
    HandoverProgress,
    Item,
    LedgerFacts,
    Notified,
    QuotaFacts,
    RosterFacts,
    Section,
    SelfFacts,
    ShiftFacts,
    SilenceFacts,
)
from alerts.model import (
    ENDED,
    Event,
    Kind,
    Notice,
    Person,
    Reach,
    Reason,
)
from alerts.occasion import occasion_of
from alerts.words import CHINA

PAGE = "https://weibo.com/u/1234567890"


@dataclass(frozen=True, slots=True)
class Example:
    """One message: when it is sent, in words, and the notice it is made of."""

    when: str
    notice: Notice


PEOPLE = {
    "zhang": Person("zhang", "张三", "0412-5550101", reach=(Reach("chat", "1001"),)),
    "li": Person("li", "李四", "0412-5550102", reach=(Reach("chat", "1002"),)),
    "zhao": Person("zhao", "赵六", "0412-5550104", reach=(Reach("chat", "1004"),)),
}


def _at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=CHINA).astimezone(UTC)


def _notice(
    number: int,
    reason: Reason,
    facts: Facts,
    kind: Kind = Kind.SILENCE,
    rung: int | None = None,
    person: str = "zhang",
    subject: str = "weibo-anshanmz",
    event: Event | None = None,
) -> Notice:
    at = facts.at or _at(2, 9)
    usual = Event.RESOLVED if reason in ENDED else Event.ALERT
    return Notice(
        f"00000000-0000-5000-8000-{number:012}",
        12,
        kind,
        subject,
        occasion_of(f"example:{number}"),
        reason,
        event or usual,
        rung,
        person,
        "chat",
        PEOPLE[person].reach[0].address,
        facts,
        at,
        at,
    )


WEIBO = SilenceFacts(
    name="鞍山民政",
    platform="weibo",
    organisation="鞍山市民政局",
    since=_at(2, 2, 10, 5),
    last_post_title="#养老服务# 新增12处社区老年食堂",
    limit_days=14,
    breach_at=_at(2, 16, 10, 5),
    publish_by=date(2024, 2, 15),
    closed_from=date(2024, 2, 10),
    closed_to=date(2024, 2, 17),
    closed_name="Spring Festival",
    last_workday=date(2024, 2, 9),
    link=PAGE,
    custodian="张三",
    call_name="张三",
    call_phone="0412-5550101",
)
ORDINARY = replace(
    WEIBO,
    since=_at(3, 6, 10),
    breach_at=_at(3, 20, 10),
    publish_by=date(2024, 3, 19),
    closed_from=None,
    closed_to=None,
    closed_name=None,
    last_workday=None,
)
WEEKEND = replace(
    ORDINARY,
    since=_at(3, 3, 10),
    breach_at=_at(3, 17, 10),
    publish_by=date(2024, 3, 16),
    closed_from=date(2024, 3, 16),
    closed_to=date(2024, 3, 17),
    closed_name="weekend",
    last_workday=date(2024, 3, 15),
)
EARLIER = (Notified("张三", _at(3, 13)),)
GATEWAY = GatewayFacts(
    name="rsshub",
    platform="rsshub",
    at=_at(6, 3, 11),
    since=_at(6, 3, 8, 40),
    gateway="rsshub",
    gateway_error="transport",
    accounts=("鞍山民政（weibo-anshanmz）", "海城民政（weibo-haicheng）"),
)
POSTED = EndFacts(
    name="鞍山民政",
    platform="weibo",
    at=_at(2, 19, 10),
    since=_at(2, 2, 10, 5),
    limit_days=14,
    quiet_days=0,
    post_at=_at(2, 19, 9, 30),
    post_title="节后第一条：春节期间救助服务不打烊",
    lasted_days=17,
    link=PAGE,
)
SILENT_END = replace(POSTED, post_at=None, post_title=None)
STARTED = HandoverProgress(
    occasion_of("unaccepted"),
    "张三",
    "李四",
    "张三调离",
    ("李四",),
    ("“鞍山民政”微博",),
    ("password", "phone", "wechat", "scheduled"),
)
HANDOVER = HandoverFacts(
    name="鞍山民政",
    platform="weibo",
    at=_at(2, 6),
    since=_at(2, 5, 9),
    publish_by=date(2024, 2, 8),
    call_name="李四",
    call_phone="0412-5550102",
    handover=STARTED,
)
MISSED = LedgerFacts("鞍山民政", "weibo", at=_at(6, 5, 9, 10), since=_at(6, 3, 8, 40), link=PAGE)
GAP = DutyGap("nobody", date(2024, 2, 10), date(2024, 2, 11))


EXAMPLES = (
    Example(
        "满7天，只告知账号管理员",
        _notice(
            1,
            Reason.RUNG,
            replace(
                ORDINARY,
                at=_at(3, 13),
                quiet_days=7,
                next_at=_at(3, 18),
                next_names=("李四", "王五"),
            ),
            rung=7,
        ),
    ),
    Example(
        "满12天，逐级告知",
        _notice(
            2,
            Reason.RUNG,
            replace(
                ORDINARY,
                at=_at(3, 18),
                quiet_days=12,
                told=EARLIER,
                next_at=_at(3, 19),
                next_names=("张三", "李四", "王五"),
            ),
            rung=12,
            person="li",
        ),
    ),
    Example(
        "补发：本系统停机期间错过的提醒",
        _notice(
            3,
            Reason.RUNG,
            replace(
                ORDINARY,
                at=_at(3, 18, 11, 20),
                due_at=_at(3, 18),
                quiet_days=12,
                told=EARLIER,
                weak=True,
                as_of=_at(3, 18, 7, 30),
            ),
            rung=12,
        ),
    ),
    Example(
        "节前最后一个工作日",
        _notice(
            4,
            Reason.CLOSURE,
            replace(
                WEIBO,
                at=_at(2, 9),
                quiet_days=7,
                told=(Notified("张三", _at(2, 8)), Notified("李四", None)),
                next_at=_at(2, 9, 15, 30),
                next_names=("张三", "李四", "王五"),
            ),
            rung=13,
        ),
    ),
    Example(
        "周末前最后一个工作日",
        _notice(5, Reason.CLOSURE, replace(WEEKEND, at=_at(3, 15), quiet_days=12), rung=13),
    ),
    Example(
        "休息日中的最晚发布日，告知当日值班人员",
        _notice(
            6,
            Reason.PUBLISH_DAY,
            replace(WEIBO, at=_at(2, 15), quiet_days=13),
            rung=13,
            person="li",
        ),
    ),
    Example(
        "承诺的时间已到，未见发布",
        _notice(
            7,
            Reason.PROMISE,
            replace(
                ORDINARY,
                at=_at(3, 18, 17, 40),
                quiet_days=12,
                promise_by="张三",
                promise_until=_at(3, 18, 17, 30),
            ),
            rung=12,
            person="li",
        ),
    ),
    Example(
        "超期",
        _notice(8, Reason.BREACH, replace(WEIBO, at=_at(2, 16, 10, 5), quiet_days=14), rung=14),
    ),
    Example(
        "超期后每个工作日一次",
        _notice(
            9,
            Reason.REMINDER,
            replace(WEIBO, at=_at(2, 19), quiet_days=17, next_at=_at(2, 20)),
            rung=14,
            event=Event.REMINDER,
        ),
    ),
    Example(
        "无法读取，请人工核查",
        _notice(
            10,
            Reason.BLIND,
            replace(
                ORDINARY,
                at=_at(3, 18),
                since=_at(3, 16, 6, 10),
                quiet_since=_at(3, 6, 10),
                as_of=_at(3, 16, 0, 10),
                quiet_days=12,
                fallback_for="duty",
            ),
            Kind.BLIND,
            12,
        ),
    ),
    Example(
        "长期只有转发，没有原创",
        _notice(
            28,
            Reason.ORIGINALS,
            replace(
                ORDINARY,
                at=_at(3, 18),
                since=_at(2, 14, 10),
                quiet_days=33,
                limit_days=30,
                breach_at=_at(3, 15, 10),
                publish_by=None,
            ),
            Kind.ORIGINALS,
        ),
    ),
    Example(
        "采集网关故障，一条消息列出全部账号",
        _notice(11, Reason.GATEWAY, GATEWAY, Kind.GATEWAY, None, "zhao", "rsshub"),
    ),
    Example(
        "采集网关的凭证即将到期",
        _notice(
            29,
            Reason.CREDENTIAL,
            CredentialFacts(
                "weibo",
                "weibo_api",
                at=_at(6, 3),
                since=_at(6, 3),
                gateway="weibo",
                ends_at=_at(6, 17),
            ),
            Kind.GATEWAY,
            None,
            "zhao",
            "weibo#credential",
        ),
    ),
    Example(
        "采集网关每日配额不足",
        _notice(
            31,
            Reason.QUOTA,
            QuotaFacts(
                "rsshub",
                "rsshub",
                at=_at(2, 6, 16),
                since=_at(2, 6, 9),
                gateway="rsshub",
                quota=100,
                spent=71,
                accounts=("鞍山民政（weibo-anshanmz）", "鞍山交通（weibo-asjt）"),
            ),
            Kind.GATEWAY,
            None,
            "zhao",
            "rsshub#quota",
        ),
    ),
    Example(
        "通知渠道故障，经其他渠道告知运维",
        _notice(
            12,
            Reason.CHANNEL,
            ChannelFacts(
                "telegram",
                at=_at(3, 18),
                since=_at(3, 18),
                gateway_error="Forbidden: bot was blocked by the user",
                failure="address",
                unreached=("张三",),
            ),
            Kind.CHANNEL,
            None,
            "zhao",
            "telegram",
        ),
    ),
    Example(
        "通知渠道的密钥被拒绝",
        _notice(
            30,
            Reason.CHANNEL,
            ChannelFacts(
                "wecom",
                at=_at(3, 18),
                since=_at(3, 18),
                gateway_error="code 93000: invalid webhook url",
                failure="channel",
                unreached=("张三", "李四"),
            ),
            Kind.CHANNEL,
            None,
            "zhao",
            "wecom",
        ),
    ),
    Example(
        "账号交接开始，请双方确认",
        _notice(
            32,
            Reason.HANDOVER,
            replace(
                HANDOVER,
                at=_at(2, 5),
                handover=replace(
                    STARTED, trouble=occasion_of("started"), awaiting=("张三", "李四")
                ),
            ),
            Kind.HANDOVER,
            None,
            "li",
            "handover:3",
        ),
    ),
    Example(
        "账号交接满一日未确认",
        _notice(13, Reason.HANDOVER, HANDOVER, Kind.HANDOVER, None, "li", "handover:3"),
    ),
    Example(
        "交接后见到第一条信息，请接收人确认",
        _notice(
            33,
            Reason.HANDOVER,
            replace(
                HANDOVER,
                at=_at(2, 7),
                handover=replace(
                    STARTED, trouble=occasion_of("published:weibo-anshanmz"), awaiting=()
                ),
            ),
            Kind.HANDOVER,
            None,
            "li",
            "handover:3",
        ),
    ),
    Example(
        "账号交接逾期",
        _notice(
            14,
            Reason.OVERDUE,
            replace(
                HANDOVER,
                at=_at(2, 9),
                handover=replace(STARTED, trouble=occasion_of("overdue"), awaiting=()),
            ),
            Kind.HANDOVER,
            None,
            "li",
            "handover:3",
            Event.REMINDER,
        ),
    ),
    Example(
        "账号管理员离开，无人管理",
        _notice(
            15,
            Reason.HANDOVER,
            replace(
                HANDOVER, handover=HandoverProgress(occasion_of("orphaned"), "张三"), link=PAGE
            ),
            Kind.HANDOVER,
            None,
            "li",
            "custody:weibo-anshanmz",
        ),
    ),
    Example(
        "值班空缺",
        _notice(
            16,
            Reason.ROSTER,
            RosterFacts(
                "roster", at=_at(2, 5), since=_at(2, 5), publish_by=date(2024, 2, 10), gaps=(GAP,)
            ),
            Kind.ROSTER,
            None,
            "li",
            "roster",
        ),
    ),
    Example(
        "台账缺口：可能遗漏信息，请补录",
        _notice(
            34,
            Reason.GAP,
            replace(MISSED, gap="overrun", gap_end=_at(6, 5, 9, 10)),
            Kind.LEDGER,
            None,
            "zhao",
        ),
    ),
    Example(
        "本系统自身异常",
        _notice(
            17,
            Reason.SELF,
            SelfFacts(
                "鞍山民政",
                "weibo",
                at=_at(3, 18),
                since=_at(3, 18),
                gateway_error="ValueError",
                accounts=("鞍山民政（weibo-anshanmz）",),
                link=PAGE,
            ),
            Kind.SELF,
            None,
            "zhao",
        ),
    ),
    Example(
        "交接班：接班人员的当班事项",
        _notice(
            18,
            Reason.SHIFT,
            ShiftFacts(
                "李四",
                at=_at(2, 5),
                until=date(2024, 2, 11),
                sections=(
                    Section("alerts", 1, (Item("鞍山民政", "weibo", "silence"),)),
                    Section(
                        "publish", 1, (Item("鞍山民政", "weibo", on=date(2024, 2, 15), days=3),)
                    ),
                ),
            ),
            Kind.ROSTER,
            None,
            "li",
            "shift:2024-02-05",
            Event.SUMMARY,
        ),
    ),
    Example("已发布，提醒解除", _notice(19, Reason.POSTED, POSTED)),
    Example(
        "恢复读取",
        _notice(
            20,
            Reason.RECOVERED,
            replace(GATEWAY, at=_at(6, 3, 15, 30), gateway_error=None),
            Kind.GATEWAY,
            None,
            "zhao",
            "rsshub",
        ),
    ),
    Example(
        "台账缺口已补齐",
        _notice(35, Reason.RECOVERED, replace(MISSED, at=_at(6, 6, 15)), Kind.LEDGER, None, "zhao"),
    ),
    Example("规则调整，提醒解除", _notice(21, Reason.RULE_CHANGED, SILENT_END)),
    Example("账号注销，提醒解除", _notice(22, Reason.ACCOUNT_CLOSED, SILENT_END)),
    Example("已报备，提醒解除", _notice(23, Reason.EXCEPTION, SILENT_END)),
    Example(
        "双方已确认交接",
        _notice(24, Reason.ACCEPTED, HANDOVER, Kind.HANDOVER, None, "li", "handover:3"),
    ),
    Example(
        "交接完成", _notice(25, Reason.PROVEN, HANDOVER, Kind.HANDOVER, None, "li", "handover:3")
    ),
    Example(
        "交接取消",
        _notice(26, Reason.CANCELLED, HANDOVER, Kind.HANDOVER, None, "li", "handover:3"),
    ),
    Example(
        "值班空缺已补齐",
        _notice(
            27,
            Reason.FILLED,
            RosterFacts("roster", at=_at(2, 6), since=_at(2, 5)),
            Kind.ROSTER,
            None,
            "li",
            "roster",
        ),
    ),
)

# The last working day before Spring Festival, for somebody who holds 122 accounts.
TOWNS = ("海城", "台安", "岫岩", "铁东", "铁西", "立山", "千山")
TOGETHER = tuple(
    replace(
        _notice(
            100 + n,
            Reason.CLOSURE,
            replace(WEIBO, name=f"{TOWNS[n % 7]}{n // 7 + 1}号账号", at=_at(2, 9), quiet_days=7),
            rung=13,
        ),
        alert=200 + n,
    )
    for n in range(122)
)
