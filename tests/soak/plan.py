"""What happens in a soak: drawn from a seed before anything runs. Values only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tests.soak.model import DAY, ZONE, instant, local

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WINDOW = 10  # items of a feed

GATEWAY_TROUBLES = {
    "rsshub": ("503", "500", "drop", "login", "empty", "frozen", "429", "cut"),
    "wewe_rss": ("500", "drop", "login", "frozen", "429"),
    "feed": ("503", "drop", "login", "empty", "429", "cut"),
}
CHANNEL_TROUBLES = {
    "webhook": ("500", "drop", "429"),
    "wecom": ("500", "drop", "code"),
    "dingtalk": ("500", "drop", "code"),
    "feishu": ("500", "drop", "code"),
    "mail": ("451",),
}
PASS_TROUBLES = ("killed", "disk", "locked")


@dataclass(frozen=True)
class Post:
    """One published thing."""

    key: str
    at: datetime


@dataclass(frozen=True)
class AccountPlan:
    """An account with everything that it will ever publish, oldest first."""

    id: str
    name: str
    platform: str
    gateway: str
    locator: str
    policy: str
    custodian: str
    posts: tuple[Post, ...]


@dataclass(frozen=True)
class PersonPlan:
    """A person with the channels that reach them, the preferred one first."""

    id: str
    name: str
    role: str
    reach: tuple[str, ...]


@dataclass(frozen=True)
class Trouble:
    """Something broken for a time: a gateway, an account's feed, or a channel."""

    what: str
    how: str
    start: datetime
    end: datetime

    def on(self, at: datetime) -> bool:
        """Whether it is broken at *at*."""
        return self.start <= at < self.end


@dataclass(frozen=True)
class Event:
    """Something that people do just before a pass: an edit, or an answer."""

    at: datetime
    what: str
    account: str = ""
    value: str = ""


@dataclass(frozen=True)
class Pass:
    """One look of the program at the world, and what befalls it."""

    at: datetime
    befalls: str = ""
    step: int = 0
    ahead: timedelta = timedelta(0)  # how far the program's clock is wrong


@dataclass(frozen=True)
class Plan:
    """A whole soak."""

    seed: int
    start: datetime
    end: datetime
    gateways: dict[str, str]
    accounts: tuple[AccountPlan, ...]
    people: tuple[PersonPlan, ...]
    troubles: tuple[Trouble, ...]
    events: tuple[Event, ...]
    passes: tuple[Pass, ...]

    def person(self, role: str) -> PersonPlan:
        """Return the person who has *role* alone."""
        return next(p for p in self.people if p.role == role)

    def on_duty(self, day: date) -> str:
        """Return who is on duty: a week each."""
        duty = [p.id for p in self.people if p.role == "duty"]
        return duty[(day - ROTATION_STARTS).days // 7 % len(duty)]


ROTATION_STARTS = date(2023, 1, 2)
GATEWAYS = {"hub": "rsshub", "other": "rsshub", "wewe": "wewe_rss", "portal": "feed"}
CHANNELS = ("hook", "spare", "wecom", "dingtalk", "feishu", "mail")
KINDS = {"hook": "webhook", "spare": "webhook"} | {c: c for c in CHANNELS[2:]}
REACHES = (
    ("hook", "mail"),
    ("hook", "spare"),
    ("wecom", "hook"),
    ("feishu", "hook"),
    ("dingtalk", "mail"),
    ("mail", "hook"),
)
PEOPLE = (
    ("zhang", "张三", "custodian"),
    ("chen", "陈七", "custodian"),
    ("li", "李四", "duty"),
    ("sun", "孙八", "duty"),
    ("wang", "王五", "deputy"),
    ("zhao", "赵六", "operator"),
)
PLACES = ("hub", "hub", "hub", "other", "wewe", "portal")


def draw(seed: int, weeks: int = 3) -> Plan:
    """Return the soak of *seed*."""
    dice = Random(seed)
    first = date(2024, 1, 3) + dice.randrange(690) * DAY
    start = instant(first, time(6, 40))
    end = start + weeks * 7 * DAY
    accounts = tuple(_account(dice, n, place, start, end) for n, place in enumerate(PLACES))
    people = tuple(PersonPlan(*who, reach=dice.choice(REACHES)) for who in PEOPLE)
    troubles = tuple(_troubles(dice, accounts, start, end))
    events = tuple(sorted(_events(dice, accounts, start, end), key=lambda e: e.at))
    passes = tuple(_passes(dice, start, end))
    return Plan(seed, start, end, GATEWAYS, accounts, people, troubles, events, passes)


def _account(dice: Random, n: int, place: str, start: datetime, end: datetime) -> AccountPlan:
    kind = GATEWAYS[place]
    number = str(1_900_000_001 + n)
    name = f"{'甲乙丙丁戊己'[n]}县民政"
    platform, locator = {
        "rsshub": ("weibo", f"weibo/user/{number}"),
        "wewe_rss": ("wechat", f"MP_WXS_{number}"),
        "feed": ("website", f"{number}.xml"),
    }[kind]
    posts = tuple(_posts(dice, n, start, end))
    policy = "strict" if dice.random() < 0.25 else "default"
    custodian = dice.choice(("zhang", "chen"))
    return AccountPlan(f"a{n}", name, platform, place, locator, policy, custodian, posts)


def _posts(dice: Random, n: int, start: datetime, end: datetime) -> Iterator[Post]:
    at = start - timedelta(days=WINDOW * 1.5 + 12)
    count = 0
    while at < end:
        yield Post(f"P{n}x{count:06d}", at)
        count += 1
        quiet = at > start - 12 * DAY and count >= WINDOW and dice.random() < 0.5
        days = dice.uniform(7.5, 18) if quiet else dice.uniform(0.1, 2.6)
        at += timedelta(minutes=round(days * 1440))


def _troubles(
    dice: Random, accounts: tuple[AccountPlan, ...], start: datetime, end: datetime
) -> Iterator[Trouble]:
    weeks = (end - start) / (7 * DAY)
    for gateway, kind in GATEWAYS.items():
        for at in _some(dice, start, end, 0.7 * weeks):
            yield Trouble(gateway, dice.choice(GATEWAY_TROUBLES[kind]), at, at + _long(dice))
    for account in accounts:
        kind = GATEWAYS[account.gateway]
        for at in _some(dice, start, end, 0.15 * weeks):
            how = dice.choice(GATEWAY_TROUBLES[kind][:2])
            yield Trouble(account.id, how, at, at + 3 * _long(dice))
    for channel, kind in KINDS.items():
        for at in _some(dice, start, end, 0.5 * weeks):
            yield Trouble(channel, dice.choice(CHANNEL_TROUBLES[kind]), at, at + _long(dice))


def _some(dice: Random, start: datetime, end: datetime, expected: float) -> Iterator[datetime]:
    at = start + DAY
    while True:
        at += timedelta(seconds=dice.expovariate(expected / (end - start).total_seconds()))
        if at >= end:
            return
        yield at


def _long(dice: Random) -> timedelta:
    """Return how long something stays broken: mostly hours, sometimes days."""
    return HOUR * min(0.3 + dice.expovariate(1 / 9), 60)


def _events(
    dice: Random, accounts: tuple[AccountPlan, ...], start: datetime, end: datetime
) -> Iterator[Event]:
    span = end - start
    for account in accounts:
        for what, chance in (("ack", 0.5), ("promise", 0.5), ("except", 0.15), ("policy", 0.15)):
            if dice.random() < chance:
                yield Event(start + span * dice.uniform(0.3, 0.95), what, account.id)
    if dice.random() < 0.3:
        yield Event(start + span * dice.uniform(0.3, 0.8), "close", dice.choice(accounts).id)
    if dice.random() < 0.3:
        yield Event(start + span * dice.uniform(0.2, 0.7), "handover", dice.choice(accounts).id)
    if dice.random() < 0.3:
        gone, whose = span * dice.uniform(0.2, 0.7), dice.choice(accounts).id
        yield Event(start + gone, "vanish", whose)
        yield Event(start + gone + dice.uniform(0.2, 3) * DAY, "return", whose)


def _passes(dice: Random, start: datetime, end: datetime) -> Iterator[Pass]:
    at, before = start, start - DAY
    while at < end:
        for each in _day(dice, local(at)):
            if each > before and start <= each < end:
                yield from _befallen(dice, each)
                before = each + 7 * MINUTE
        at += DAY
        if dice.random() < 0.06:  # our own outage
            before = at + timedelta(hours=dice.uniform(2, 40))


def _day(dice: Random, day: date) -> list[datetime]:
    hours = [time(7), time(9), time(9, 16), time(12), time(15, 30), time(15, 46), time(18, 5)]
    if dice.random() < 0.1:
        hours = [time(10)]  # from cron, once a day
    found = [instant(day, hour) for hour in hours]
    midnight = datetime.combine(day, time(0), ZONE).astimezone(UTC)
    found += [midnight + dice.randrange(1440) * MINUTE for _ in range(2)]
    return sorted(found)


def _befallen(dice: Random, at: datetime) -> Iterator[Pass]:
    """Yield a pass; one that something befalls is followed by a whole one minutes later."""
    chance = dice.random()
    if chance < 0.02:
        yield Pass(at, dice.choice(PASS_TROUBLES), dice.randrange(1, 40))
        at += 6 * MINUTE
    elif chance < 0.023:
        yield Pass(at, ahead=dice.choice((-1, 1)) * dice.randrange(60, 13_000) * MINUTE)
        at += 6 * MINUTE
    yield Pass(at)
