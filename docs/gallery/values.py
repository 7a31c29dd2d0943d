"""What the gallery's messages are made of: invented people, accounts and facts. Values only.

The silence is that of February 2024: the last post on the 2nd, Spring Festival from the 10th to
the 17th, the limit on the 16th.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from alerts.facts import (
    DutyGap,
    EndFacts,
    Facts,
    GatewayFacts,
    HandoverFacts,
    HandoverProgress,
    LedgerFacts,
    Notified,
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
    """One message: when it is sent, in words, and the notice it is made of. *sent_at*: when it
    goes out, if later than it was decided."""

    when: str
    notice: Notice
    sent_at: datetime | None = None


PEOPLE = {
    "zhang": Person("zhang", "张三", "0412-5550101", reach=(Reach("chat", "1001"),)),
    "li": Person("li", "李四", "0412-5550102", reach=(Reach("chat", "1002"),)),
    "zhao": Person("zhao", "赵六", "0412-5550104", reach=(Reach("chat", "1004"),)),
}


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return a local instant of 2024."""
    return datetime(2024, month, day, hour, minute, tzinfo=CHINA).astimezone(UTC)


def notice(
    number: int,
    reason: Reason,
    facts: Facts,
    kind: Kind = Kind.SILENCE,
    rung: int | None = None,
    person: str = "zhang",
    subject: str = "weibo-anshanmz",
    event: Event | None = None,
) -> Notice:
    """Return a notice about *facts*, decided when they were; *number* is its id."""
    decided_at = facts.at or at(2, 9)
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
        decided_at,
        decided_at,
    )


WEIBO = SilenceFacts(
    name="鞍山民政",
    platform="weibo",
    organisation="鞍山市民政局",
    since=at(2, 2, 10, 5),
    last_post_title="#养老服务# 新增12处社区老年食堂",
    limit_days=14,
    breach_at=at(2, 16, 10, 5),
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
    since=at(3, 6, 10),
    breach_at=at(3, 20, 10),
    publish_by=date(2024, 3, 19),
    closed_from=None,
    closed_to=None,
    closed_name=None,
    last_workday=None,
)
WEEKEND = replace(
    ORDINARY,
    since=at(3, 3, 10),
    breach_at=at(3, 17, 10),
    publish_by=date(2024, 3, 16),
    closed_from=date(2024, 3, 16),
    closed_to=date(2024, 3, 17),
    closed_name="weekend",
    last_workday=date(2024, 3, 15),
)
EARLIER = (Notified("张三", at(3, 13)),)
GATEWAY = GatewayFacts(
    name="rsshub",
    platform="rsshub",
    at=at(6, 3, 11),
    since=at(6, 3, 8, 40),
    gateway="rsshub",
    gateway_error="transport",
    accounts=("鞍山民政（weibo-anshanmz）", "海城民政（weibo-haicheng）"),
)
POSTED = EndFacts(
    name="鞍山民政",
    platform="weibo",
    at=at(2, 19, 10),
    since=at(2, 2, 10, 5),
    limit_days=14,
    quiet_days=0,
    post_at=at(2, 19, 9, 30),
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
    at=at(2, 6),
    since=at(2, 5, 9),
    publish_by=date(2024, 2, 8),
    call_name="李四",
    call_phone="0412-5550102",
    handover=STARTED,
)
MISSED = LedgerFacts("鞍山民政", "weibo", at=at(6, 5, 9, 10), since=at(6, 3, 8, 40), link=PAGE)
GAP = DutyGap("nobody", date(2024, 2, 10), date(2024, 2, 11))
