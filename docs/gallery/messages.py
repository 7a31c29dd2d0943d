"""One message of every sort: what the gallery shows. Values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from alerts.facts import (
    ChannelFacts,
    HandoverProgress,
    Item,
    LookFacts,
    Notified,
    RosterFacts,
    Section,
    SelfFacts,
    ShiftFacts,
)
from alerts.model import (
    Event,
    Kind,
    Reason,
)
from alerts.occasion import occasion_of
from docs.gallery.gateways import GATEWAYS
from docs.gallery.values import (
    EARLIER,
    GAP,
    GATEWAY,
    HANDOVER,
    MISSED,
    ORDINARY,
    PAGE,
    POSTED,
    SILENT_END,
    STARTED,
    WEEKEND,
    WEIBO,
    Example,
    at,
    notice,
)

EXAMPLES = (
    Example(
        "满7天，只告知账号管理员",
        notice(
            1,
            Reason.RUNG,
            replace(
                ORDINARY,
                at=at(3, 13),
                quiet_days=7,
                next_at=at(3, 18),
                next_names=("李四", "王五"),
            ),
            rung=7,
        ),
    ),
    Example(
        "满12天，逐级告知",
        notice(
            2,
            Reason.RUNG,
            replace(
                ORDINARY,
                at=at(3, 18),
                quiet_days=12,
                told=EARLIER,
                next_at=at(3, 19),
                next_names=("张三", "李四", "王五"),
            ),
            rung=12,
            person="li",
        ),
    ),
    Example(
        "补发：本系统停机期间错过的提醒",
        notice(
            3,
            Reason.RUNG,
            replace(
                ORDINARY,
                at=at(3, 18, 11, 20),
                due_at=at(3, 18),
                quiet_days=12,
                told=EARLIER,
                weak=True,
                as_of=at(3, 18, 7, 30),
            ),
            rung=12,
        ),
    ),
    Example(
        "通知渠道故障期间积压、后来才发出的提醒",
        notice(
            3,
            Reason.RUNG,
            replace(ORDINARY, at=at(3, 19), quiet_days=13, told=EARLIER),
            rung=13,
        ),
        at(3, 20, 10, 5),
    ),
    Example(
        "节前最后一个工作日",
        notice(
            4,
            Reason.CLOSURE,
            replace(
                WEIBO,
                at=at(2, 9),
                quiet_days=7,
                told=(Notified("张三", at(2, 8)), Notified("李四", None)),
                next_at=at(2, 9, 15, 30),
                next_names=("张三", "李四", "王五"),
            ),
            rung=13,
        ),
    ),
    Example(
        "周末前最后一个工作日",
        notice(5, Reason.CLOSURE, replace(WEEKEND, at=at(3, 15), quiet_days=12), rung=13),
    ),
    Example(
        "休息日中的最晚发布日，告知当日值班人员",
        notice(
            6,
            Reason.PUBLISH_DAY,
            replace(WEIBO, at=at(2, 15), quiet_days=13),
            rung=13,
            person="li",
        ),
    ),
    Example(
        "承诺的时间已到，未见发布",
        notice(
            7,
            Reason.PROMISE,
            replace(
                ORDINARY,
                at=at(3, 18, 17, 40),
                quiet_days=12,
                promise_by="张三",
                promise_until=at(3, 18, 17, 30),
            ),
            rung=12,
            person="li",
        ),
    ),
    Example(
        "超期",
        notice(8, Reason.BREACH, replace(WEIBO, at=at(2, 16, 10, 5), quiet_days=14), rung=14),
    ),
    Example(
        "超期后每个工作日一次",
        notice(
            9,
            Reason.REMINDER,
            replace(WEIBO, at=at(2, 19), quiet_days=17, next_at=at(2, 20)),
            rung=14,
            event=Event.REMINDER,
        ),
    ),
    Example(
        "无法读取，请人工核查",
        notice(
            10,
            Reason.BLIND,
            replace(
                ORDINARY,
                at=at(3, 18),
                since=at(3, 16, 6, 10),
                quiet_since=at(3, 6, 10),
                as_of=at(3, 16, 0, 10),
                quiet_days=12,
                fallback_for="duty",
            ),
            Kind.BLIND,
            12,
        ),
    ),
    Example(
        "长期只有转发，没有原创",
        notice(
            28,
            Reason.ORIGINALS,
            replace(
                ORDINARY,
                at=at(3, 18),
                since=at(2, 14, 10),
                quiet_days=33,
                limit_days=30,
                breach_at=at(3, 15, 10),
                publish_by=None,
            ),
            Kind.ORIGINALS,
        ),
    ),
    *GATEWAYS,
    Example(
        "通知渠道故障，经其他渠道告知运维",
        notice(
            12,
            Reason.CHANNEL,
            ChannelFacts(
                "telegram",
                at=at(3, 18),
                since=at(3, 18),
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
        notice(
            30,
            Reason.CHANNEL,
            ChannelFacts(
                "wecom",
                at=at(3, 18),
                since=at(3, 18),
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
        notice(
            32,
            Reason.HANDOVER,
            replace(
                HANDOVER,
                at=at(2, 5),
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
        notice(13, Reason.HANDOVER, HANDOVER, Kind.HANDOVER, None, "li", "handover:3"),
    ),
    Example(
        "交接后见到第一条信息，请接收人确认",
        notice(
            33,
            Reason.HANDOVER,
            replace(
                HANDOVER,
                at=at(2, 7),
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
        notice(
            14,
            Reason.OVERDUE,
            replace(
                HANDOVER,
                at=at(2, 9),
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
        notice(
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
        notice(
            16,
            Reason.ROSTER,
            RosterFacts(
                "roster", at=at(2, 5), since=at(2, 5), publish_by=date(2024, 2, 10), gaps=(GAP,)
            ),
            Kind.ROSTER,
            None,
            "li",
            "roster",
        ),
    ),
    Example(
        "人工登记：每周请账号管理员查看一次",
        notice(
            36,
            Reason.LOOK,
            LookFacts(
                "鞍山民政",
                "channels",
                organisation="鞍山市民政局",
                at=at(3, 18),
                looked_at=at(3, 11, 9, 20),
            ),
            Kind.LOOK,
            None,
            "zhang",
        ),
    ),
    Example(
        "台账缺口：可能遗漏信息，请补录",
        notice(
            34,
            Reason.GAP,
            replace(MISSED, gap="overrun", gap_end=at(6, 5, 9, 10)),
            Kind.LEDGER,
            None,
            "zhao",
        ),
    ),
    Example(
        "本系统自身异常",
        notice(
            17,
            Reason.SELF,
            SelfFacts(
                "鞍山民政",
                "weibo",
                at=at(3, 18),
                since=at(3, 18),
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
        notice(
            18,
            Reason.SHIFT,
            ShiftFacts(
                "李四",
                at=at(2, 5),
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
    Example("已发布，提醒解除", notice(19, Reason.POSTED, POSTED)),
    Example(
        "恢复读取",
        notice(
            20,
            Reason.RECOVERED,
            replace(GATEWAY, at=at(6, 3, 15, 30), gateway_error=None),
            Kind.GATEWAY,
            None,
            "zhao",
            "rsshub",
        ),
    ),
    Example(
        "台账缺口已补齐",
        notice(35, Reason.RECOVERED, replace(MISSED, at=at(6, 6, 15)), Kind.LEDGER, None, "zhao"),
    ),
    Example("规则调整，提醒解除", notice(21, Reason.RULE_CHANGED, SILENT_END)),
    Example("账号注销，提醒解除", notice(22, Reason.ACCOUNT_CLOSED, SILENT_END)),
    Example("服务器时钟曾超前，更正提醒", notice(99, Reason.CORRECTED, SILENT_END)),
    Example("已报备，提醒解除", notice(23, Reason.EXCEPTION, SILENT_END)),
    Example(
        "双方已确认交接",
        notice(24, Reason.ACCEPTED, HANDOVER, Kind.HANDOVER, None, "li", "handover:3"),
    ),
    Example(
        "交接完成", notice(25, Reason.PROVEN, HANDOVER, Kind.HANDOVER, None, "li", "handover:3")
    ),
    Example(
        "交接取消",
        notice(26, Reason.CANCELLED, HANDOVER, Kind.HANDOVER, None, "li", "handover:3"),
    ),
    Example(
        "值班空缺已补齐",
        notice(
            27,
            Reason.FILLED,
            RosterFacts("roster", at=at(2, 6), since=at(2, 5)),
            Kind.ROSTER,
            None,
            "li",
            "roster",
        ),
    ),
)

# The last working day before Spring Festival, for somebody who holds 122 accounts.
TOWNS = ("海城", "台安", "岫岩", "铁东", "铁西", "立山", "千山")
QUIET = replace(WEIBO, at=at(2, 9), quiet_days=7)
NAMES = [f"{TOWNS[n % 7]}{n // 7 + 1}号账号" for n in range(122)]
TOGETHER = tuple(
    replace(notice(100 + n, Reason.CLOSURE, replace(QUIET, name=name), rung=13), alert=200 + n)
    for n, name in enumerate(NAMES)
)
