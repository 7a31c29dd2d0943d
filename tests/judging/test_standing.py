"""Who is not due need not be asked: until the next instant the rules answer the same."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.model import Acknowledgement, Alert, Kind, Promise
from alerts.rules.ladder import calls
from alerts.rules.lifecycle import step
from monitor.counted import Tally
from monitor.freshness.verdict import Verdict
from monitor.judging.accounts import account_cases
from monitor.judging.cases import awaited, doubtful, reading_due, waits
from monitor.judging.situation import Hindrance, Situation, situation_of
from monitor.judging.standing import LONGEST, MOMENT, standing_of
from monitor.model import AccountFacts, Doubt, Doubted, LastPost, SourceMemory
from monitor.register import BY_HAND
from monitor.standing import ALWAYS, Standing
from tests.rule_values import (
    ACCOUNTS,
    DAY,
    HOUR,
    LIMIT,
    MINUTE,
    POLICY,
    POSTED,
    at,
    ladder,
    register,
    source,
)

WEIBO = ACCOUNTS["weibo"]
NINE = at("03-13 09:00")  # the first rung
POLICIES = [
    POLICY,
    replace(POLICY, ladder=ladder(2, 3, every_day=True)),
    replace(POLICY, originals_every=10 * DAY, read_at_most_every=30 * HOUR),
]
EXAMPLES = 200


class Drawn:
    """One account at one instant, drawn by a seed: its facts, its alerts, and the rules."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self.policy = self._draw.choice(POLICIES)
        self.rules = register({"default": self.policy})
        if self._draw.random() < 0.25:
            seen = {g.id: replace(g, kind=BY_HAND) for g in self.rules.gateways.values()}
            self.rules = replace(self.rules, gateways=seen)
        self.now = POSTED + self._span(20 * DAY)
        self.awake = self._draw.choice([None, POSTED - DAY, POSTED - DAY, self._ago(8 * HOUR)])
        self.facts, self.alerts = self._facts(), self._alerts()

    def situation(self, now: datetime) -> Situation:
        """Return the account's situation, nothing stored meanwhile."""
        return situation_of(self.rules, WEIBO, self.facts, {}, self.awake, now)

    def standing(self, now: datetime) -> Standing:
        """Return how it stands."""
        situation = self.situation(now)
        return standing_of(
            situation, self.facts, self.alerts, bool(self.steps(now)), self.rules, now
        )

    def steps(self, now: datetime) -> list[object]:
        """Return what would be done about it."""
        by_kind = {alert.kind: alert for alert in self.alerts}
        cases = account_cases(
            self.situation(now), self.rules, None, Hindrance(), now, by_kind.get(Kind.SILENCE)
        )
        moved = [
            (case, step(by_kind.get(case.kind), None, case, self.rules.hours, now))
            for case in cases
        ]
        return [(c.kind, m.call, m.resolved) for c, m in moved if m.call or m.resolved]

    def others(self, now: datetime) -> list[object]:
        """Return what others are judged by, or wait for."""
        one = self.situation(now)
        return [
            one.assessment.verdict is Verdict.BLIND,
            doubtful(one, now),
            waits(one, now),
            awaited(one, self.rules, now),
            reading_due(one, self.rules, now),
        ]

    def _span(self, most: timedelta) -> timedelta:
        return timedelta(seconds=self._draw.randrange(int(most.total_seconds())))

    def _ago(self, most: timedelta) -> datetime:
        return self.now - self._span(most)

    def _facts(self) -> AccountFacts:
        good = self._draw.choice([None, *[self._ago(2 * HOUR)] * 4, self._ago(3 * DAY)])
        failing = self._draw.choice([*[None] * 4, self._ago(HOUR), self._ago(2 * DAY)])
        seen = source(good, failing_since=failing, weak=self._draw.random() < 0.2)
        doubt = Doubted(Doubt.STRANGERS, self._ago(3 * HOUR)) if failing else None
        tally = Tally(5, self._ago(5 * DAY), 1, self._ago(3 * DAY))
        memory = SourceMemory(
            ever_good=True,
            doubt=doubt if self._draw.random() < 0.3 else None,
            tally=tally if self._draw.random() < 0.3 else None,
        )
        last = LastPost(POSTED, "通知", "") if self._draw.random() < 0.8 else None
        sources = (replace(seen, memory=memory),)
        return AccountFacts("weibo", POSTED - 30 * DAY, last, last, sources, last_original=last)

    def _alerts(self) -> list[Alert]:
        if self._draw.random() < 0.5:
            return []
        began = self._ago(4 * HOUR)
        given = Acknowledgement("zhang", began) if self._draw.random() < 0.5 else None
        until = self.now + self._span(DAY) - 6 * HOUR
        promise = Promise("zhang", began, until, False) if self._draw.random() < 0.5 else None
        due = calls(POSTED, self.policy.ladder, self.rules.calendar, self.rules.hours, self.now)
        alert = Alert(
            Kind.SILENCE,
            "weibo",
            began,
            POSTED,
            id=1,
            rung=max((call.rung or 0 for call in due), default=None),
            called=frozenset(call.occasion for call in due),
            called_at=began,
            acknowledged=given,
            promise=promise,
        )
        return [alert]


@pytest.mark.parametrize("block", range(3))
def test_until_its_next_instant_an_account_stands_as_it_stood(block: int) -> None:
    settled = 0
    for seed in range(block * EXAMPLES, (block + 1) * EXAMPLES):
        one = Drawn(seed)
        then = one.standing(one.now)
        if then.due_at == ALWAYS:
            continue
        settled += 1
        assert one.now < then.due_at <= one.now + LONGEST, seed
        steps, others = one.steps(one.now), one.others(one.now)
        for moment in (one.now + (then.due_at - one.now) / 2, then.due_at - MOMENT):
            later = replace(one.standing(moment), due_at=then.due_at)
            assert later == then, seed
            assert (one.steps(moment), one.others(moment)) == (steps, others), seed
    assert settled > EXAMPLES / 8


def due(now: datetime, *, good: datetime | None = None, posted: datetime | None = POSTED) -> object:
    """Return when the account, read well at *good* or just now, is to be judged next."""
    last = LastPost(posted, "通知", "") if posted else None
    facts = AccountFacts("weibo", POSTED, last, last, (source(good or now),))
    rules = register()
    situation = situation_of(rules, WEIBO, facts, {}, None, now)
    return standing_of(situation, facts, [], False, rules, now).due_at


@pytest.mark.parametrize(
    ("now", "good", "next_at"),
    [
        pytest.param(NINE - HOUR, None, NINE, id="its next rung is its next instant"),
        pytest.param(NINE - 9 * HOUR, None, NINE - 3 * HOUR, id="a reading holds for six hours"),
        pytest.param(LIMIT - MINUTE, None, LIMIT, id="the limit is an instant to the minute"),
        pytest.param(
            NINE, NINE - HOUR, ALWAYS, id="one whose call waits for a reading is always asked"
        ),
        pytest.param(
            NINE + MINUTE, None, NINE + 15 * MINUTE, id="retries of a call are given their time"
        ),
    ],
)
def test_the_next_instant(now: datetime, good: datetime | None, next_at: datetime) -> None:
    assert due(now, good=good) == next_at


def test_a_post_dated_ahead_is_judged_until_its_time_has_come() -> None:
    assert due(NINE, posted=NINE + HOUR) == ALWAYS
