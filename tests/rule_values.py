"""Short ways to write down what the tests of the rules judge: local instants, ladders, evidence."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from alerts.model import Hours, Ladder, Notice, Person, Reach, Roster, Rung
from alerts.rules.calendar import calendar
from monitor.desk.shapes import as_json
from monitor.freshness.evidence import Evidence, gather
from monitor.model import (
    Account,
    AccountFacts,
    Gateway,
    LastPost,
    Outcome,
    SourceSpec,
    SourceState,
)
from monitor.policy import Policy
from monitor.register import Register

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = Hours(ZONE)
CALENDAR = calendar()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


Carried = TypeVar("Carried")


def at(text: str) -> datetime:
    """Return a local instant of 2024, e.g. "03-13 09:00"; or any, with the year before it."""
    dated = text if text[4:5] == "-" else f"2024-{text}"
    return datetime.fromisoformat(dated).replace(tzinfo=ZONE).astimezone(UTC)


def document(answer: object) -> Any:
    """Return *answer* as `--json` prints it."""
    return json.loads(as_json(answer, ZONE))


def shown(moment: datetime | None) -> str | None:
    """Return *moment* as `at` takes it."""
    return f"{moment.astimezone(ZONE):%m-%d %H:%M}" if moment else None


def facts_in(notice: Notice, kind: type[Carried]) -> Carried:
    """Return the facts of *notice*, which must be of *kind*."""
    assert isinstance(notice.facts, kind)
    return notice.facts


def ladder(*days: int, every_day: bool = False) -> Ladder:
    """Return a ladder of *days* that notifies ever more people; the last is the limit."""
    people = ("custodian", "duty", "deputy")
    rungs = tuple(Rung(n, people[: i + 1]) for i, n in enumerate(days))
    return Ladder(timedelta(days=days[-1]), rungs, every_day)


DEFAULT = ladder(7, 10, 12, 13, 14)
POLICY = Policy("default", DEFAULT)
# A Wednesday of an ordinary month: rungs on 13 (7), 18 (12) and 19 March (13), limit on the 20th.
POSTED = at("03-06 10:00")
LIMIT = at("03-20 10:00")

WEIBO = SourceSpec("weibo@rsshub", "weibo", "rsshub", "weibo/user/1")
WECHAT = SourceSpec("wechat@wewe", "wechat", "wewe", "MP_WXS_1")
ACCOUNTS = {
    "weibo": Account("weibo", "鞍山民政", "weibo", custodian="zhang", sources=(WEIBO,)),
    "wechat": Account("wechat", "鞍山民政", "wechat", custodian="zhang", sources=(WECHAT,)),
}
GATEWAYS = {
    "rsshub": Gateway("rsshub", "rsshub", "http://rsshub"),
    "wewe": Gateway("wewe", "wewe_rss", "http://wewe"),
}


def person(name: str, *roles: str) -> Person:
    """Return somebody whom WeCom reaches first and mail second."""
    reach = (Reach("wecom", name), Reach("mail", f"{name}@example.org"))
    return Person(name, name, f"0412-{len(name)}", roles, reach)


PEOPLE = {
    p.id: p
    for p in (person("zhang"), person("li"), person("wang", "deputy"), person("zhao", "operator"))
}


def register(
    policies: dict[str, Policy] | None = None, accounts: dict[str, Account] | None = None
) -> Register:
    """Return a register of both accounts, or of *accounts*, under *policies*."""
    return Register(
        accounts=ACCOUNTS if accounts is None else accounts,
        gateways=GATEWAYS,
        policies={"default": POLICY} if policies is None else policies,
        people=PEOPLE,
        roster=Roster(("li",), date(2024, 1, 1)),
        hours=HOURS,
        calendar=CALENDAR,
    )


def source(
    good_at: datetime | None = None,
    as_of: datetime | None = None,
    failing_since: datetime | None = None,
    weak: bool = False,
    spec: SourceSpec = WEIBO,
    tried_at: datetime | None = None,
) -> SourceState:
    """Return a source last read well at *good_at* and, with *failing_since*, failing by now."""
    seen_to = as_of or good_at
    return SourceState(
        spec,
        last_tried_at=tried_at or failing_since or good_at,
        last_outcome=Outcome.TRANSPORT if failing_since else Outcome.OK,
        last_good_at=good_at,
        full_as_of=None if weak else seen_to,
        weak_as_of=seen_to,
        failing_since=failing_since,
    )


def known(
    now: datetime,
    *sources: SourceState,
    posted: datetime | None = POSTED,
    awake: datetime | None = None,
    policy: Policy = POLICY,
) -> Evidence:
    """Return the evidence at *now*; without *sources*: read well at this very moment."""
    last = LastPost(posted, "通知", "https://weibo.com/1/a") if posted else None
    facts = AccountFacts("weibo", POSTED, last, last, sources or (source(now),))
    return gather(facts, policy, awake, now)


def silent(_: str, /, **__: Any) -> None:
    """A log that keeps nothing."""
