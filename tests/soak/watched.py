"""What the model knows of an account as a soak goes on, and what people's answers change in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.soak import model
from tests.soak.field import Shown
from tests.soak.model import DAY, RULES, Call, Rule
from tests.soak.plan import GATEWAYS, HOUR, MINUTE, AccountPlan, Event, Post

READ_WITHIN = 6 * HOUR
SETTLED = 75 * MINUTE  # after trouble: the longest back-off, and a quarter of an hour


@dataclass
class Silence:
    """The time after one post, with what has to be said in it and who has heard it."""

    last: datetime
    calls: list[Call]
    heard: dict[Call, set[str]] = field(default_factory=dict)
    asked: dict[Call, set[str]] = field(default_factory=dict)  # told that nobody can see
    optional: set[Call] = field(default_factory=set)
    told_on: dict[str, date] = field(default_factory=dict)
    told_by: dict[int, set[str]] = field(default_factory=dict)  # alert → who is to hear of its end
    agreed_until: datetime | None = None  # nothing is said before
    agreements: list[Event] = field(default_factory=list)  # promises and exceptions, as they came

    def by(self, call: Call) -> set[str]:
        """Return who has heard *call*."""
        return self.heard.get(call, set()) | self.asked.get(call, set())

    def hears(self, person: str, calls: Iterable[Call], kind: str) -> None:
        """Note that *person* has heard *calls*; who was asked may still be told once."""
        book = self.asked if kind == "blind" else self.heard
        for call in calls:
            book.setdefault(call, set()).add(person)

    def highest(self) -> int:
        """Return the highest rung that anybody has heard of."""
        return max((c.rung for c in self.calls if self.by(c)), default=0)

    def optional_before(self, at: datetime) -> None:
        """Demand nothing any more that was due up to *at*."""
        self.optional |= {c for c in self.calls if c.at <= at}

    def spare(self, start: datetime, end: datetime, why: Iterable[str]) -> None:
        """Allow nothing of these kinds between *start* and *end*."""
        self.calls = [c for c in self.calls if c.why not in why or not start < c.at <= end]

    def add(self, call: Call) -> None:
        """Demand *call* as well."""
        self.calls = sorted([*self.calls, call])


@dataclass
class Watched:
    """An account: what was shown of it, and how it stands."""

    plan: AccountPlan
    rule: Rule
    until: datetime
    known: dict[str, Post] = field(default_factory=dict)
    perhaps: dict[str, Post] = field(default_factory=dict)  # shown by an answer that proves nothing
    good_at: datetime | None = None
    asked_at: datetime | None = None
    bad_at: datetime | None = None
    silence: Silence | None = None
    closed: bool = False
    missing: datetime | None = None  # since when
    handed_over: bool = False  # the tight ladder holds, and it is not modelled

    @property
    def weak(self) -> bool:
        """Whether nothing proves that its gateway is alive, so that no breach is asserted."""
        return GATEWAYS[self.plan.gateway] == "wewe_rss"

    @property
    def in_doubt(self) -> bool:
        """Whether an answer that proves nothing showed a newer post than any good one."""
        newest = self.silence.last if self.silence else None
        return any(newest is None or p.at > newest for p in self.perhaps.values())

    def shown(self, shown: Shown, at: datetime, believed: bool) -> None:
        """Learn from one answer of the gateway."""
        self.asked_at = at
        posts = {p.key: p for p in shown.posts}
        if shown.good and believed:
            self.good_at = at
            self.known |= posts
        else:
            self.bad_at = at
            self.perhaps |= posts

    def newest(self) -> datetime | None:
        """Return the date of the newest post known."""
        return max((p.at for p in self.known.values()), default=None)

    def falls_silent(self, newest: datetime, at: datetime) -> dict[int, set[str]]:
        """Begin the silence after *newest*; return whom the one before has to be ended for."""
        before = self.silence
        self.silence = Silence(newest, model.calls(newest, self.rule, self.until))
        # What lay in the past when the post was found is told by nobody.
        self.silence.optional_before(at - READ_WITHIN)
        return before.told_by if before else {}

    def happened(self, event: Event) -> None:
        """Learn what people did."""
        match event.what:
            case "close":
                self.closed = True
            case "vanish":
                self.missing = event.at
            case "return":
                self.missing = None
            case "handover":
                self.handed_over = True
            case "policy":
                self.rule = RULES[event.value]
        if self.silence is not None:
            self._answered(self.silence, event)

    def _answered(self, silence: Silence, event: Event) -> None:
        match event.what:
            case "policy":
                silence.calls = model.calls(silence.last, self.rule, self.until)
                for given in silence.agreements:  # another ladder ends none of them
                    self._agreed(silence, given)
                silence.optional_before(event.at)
            case "return":
                silence.optional_before(event.at)
            case "ack":
                # It holds for the rung at which its alert stands: one that only the question of
                # a blind account has reached is said again.
                if any(c.rung >= self.rule.limit for c in silence.heard):
                    silence.spare(event.at, event.at + DAY, ("reminder",))
                silence.optional_before(event.at)
            case "promise" | "except":
                silence.agreements.append(event)
                self._agreed(silence, event)

    def _agreed(self, silence: Silence, event: Event) -> None:
        until = datetime.fromisoformat(event.value)
        if event.what == "promise":
            self._promised(silence, event.at, until)
        else:
            self._excepted(silence, event.at, until)

    def _promised(self, silence: Silence, made: datetime, until: datetime) -> None:
        """Quiet until then but for the last chance and the limit; then the next rung's people."""
        chance = [c for c in silence.calls if c.why == "rung" and c.rung == self.rule.last_chance]
        heard = silence.highest()
        silence.spare(made, until, ("rung", "reminder"))
        silence.calls += [c for c in chance if made < c.at <= until]
        silence.optional |= {c for c in silence.calls if c.why in ("closure", "publish_day")}
        silence.optional_before(made)
        _, passed = model.verdict(silence.last, self.rule, until)
        following = [r for r, _ in self.rule.ladder if r > heard]
        rung = max(following[0] if following else self.rule.limit, passed or 0)
        if silence.agreed_until is None or until >= silence.agreed_until:
            silence.add(Call(until, rung, "promise", self.rule.tells(rung)))

    def _excepted(self, silence: Silence, made: datetime, until: datetime) -> None:
        """Nothing until then; then what would have been due."""
        rung = max((c.rung for c in silence.calls if c.at <= until), default=0)
        silence.agreed_until = until
        silence.optional_before(made)
        silence.spare(made, until - timedelta(seconds=1), {c.why for c in silence.calls})
        if rung:
            silence.add(Call(until, rung, "exception over", self.rule.tells(rung)))

    def verdicts(self, at: datetime) -> set[str]:
        """Return the verdicts that the readings made allow at *at*."""
        assert self.silence is not None
        last = self.silence.last
        now, _ = model.verdict(last, self.rule, at)
        if now == "fresh":
            return {now}
        if self.good_at is None or (now == "breached" and self.weak):
            return {"blind"}
        if self.good_at == at:
            # A gateway that was just ill is well again only by an answer begun after that.
            return {now, "blind"} if self.lately_bad(at) else {now}
        if at - self.good_at >= READ_WITHIN:
            return {"blind"}
        proven, _ = model.verdict(last, self.rule, self.good_at)
        return {proven} if proven == now else {proven, "blind"}

    def true_at(self, call: Call) -> datetime:
        """Return the instant as of which *call* is true: what an exception has kept back was true
        before that ended."""
        if call.why != "exception over" or self.silence is None:
            return call.at
        passed = model.calls(self.silence.last, self.rule, call.at)
        return min((c.at for c in passed if c.rung == call.rung), default=call.at)

    def lately_bad(self, at: datetime) -> bool:
        """Whether a reading failed a short while before *at*."""
        return self.bad_at is not None and self.bad_at >= at - SETTLED
