"""The years of accounts out of what is kept of them, as far as nothing has to be looked at.

Reads the store and decides nothing: who is answered here is `monitor.ledger.summary`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter

from monitor.freshness.evidence import SLACK
from monitor.ledger.coverage import BEFORE, Span, holes, merged
from monitor.ledger.days import BEIJING, DAY
from monitor.ledger.rules import limits, reposts_counted, rules
from monitor.ledger.summary import PlainYear, Ruled, Summary, plain_year, reaches_back
from monitor.ledger.totals import COLLECTED, Period
from monitor.model import Account, Reading
from monitor.register import Register
from monitor.reports.ledger_rows import Seen
from monitor.store.base import Store

AT_ONCE = 500  # accounts whose days are in memory together
MOST = 50  # holes of one account whose readings are asked for one by one


@dataclass(frozen=True, slots=True)
class Answer:
    """One account's year: what it is judged by, and its figures. Without these, its posts have to
    be looked at, and its readings too, unless *seen* says what matters of them."""

    account: Account
    ruled: Ruled
    plain: PlainYear | None = None
    seen: Seen | None = None


class Answers:
    """What is kept of the year *period*, and of the one *before*, as it is known at *now*."""

    def __init__(
        self, store: Store, register: Register, period: Period, before: Period, now: datetime
    ) -> None:
        self._store = store
        self._register = register
        self._period = period
        self._before = before
        self._now = now

    def __iter__(self) -> Iterator[Answer]:
        """Go through every configured account, in the order of the configuration."""
        left, overran = iter(self._register.accounts.values()), self._overran()
        while some := list(islice(left, AT_ONCE)):
            ids = [one.id for one in some]
            kept = self._store.summaries.of(ids, self._period, self._before, self._now)
            for one in some:
                yield self._answer(one, self._proven(kept[one.id]), overran.get(one.id, ()))

    def _answer(self, account: Account, kept: Summary, overran: Sequence[Reading]) -> Answer:
        ruled = self._ruled(account, kept)
        if self._register.hours.zone != BEIJING:  # by whose calendar days are kept
            return Answer(account, ruled)
        plain = plain_year(kept, ruled, self._period, self._before, self._now)
        if plain is not None or not reaches_back(kept, ruled, self._period, self._before):
            return Answer(account, ruled, plain)
        return Answer(account, ruled, seen=self._seen(account, kept, overran))

    def _proven(self, kept: Summary) -> Summary:
        """What is kept, with those stretches alone that prove that all was seen."""
        register = self._register
        proven = [one for one in kept.stretches if register.proves(one.gateway, one.weak)]
        return replace(kept, stretches=proven)

    def _ruled(self, account: Account, kept: Summary) -> Ruled:
        policy = self._register.policy_of(account)
        known, until = rules(kept.policies, policy), min(self._period.end, self._now)
        return Ruled(
            limits(known, policy),
            reposts_counted(known, until, policy),
            policy.read_at_most_every + SLACK,
        )

    def _overran(self) -> Mapping[str, Sequence[Reading]]:
        """The readings that found a gap, by account."""
        found = self._store.readings.that_found_gaps(self._before.start - BEFORE)
        return {account: list(some) for account, some in groupby(found, key=attrgetter("account"))}

    def _seen(self, account: Account, kept: Summary, overran: Sequence[Reading]) -> Seen | None:
        """What is covered of both years, the readings that lie where nothing is, those that found
        a gap, and the newest. None where they are most of all."""
        since = self._before.start - BEFORE
        stretches = [one for one in kept.stretches if one.read_at >= since]
        newest = max((one.read_at for one in stretches), default=since)
        spans = merged([one.span for one in stretches])
        open_ones = holes(merged([*spans, *kept.exported]), self._before.start, self._period.end)
        if newest > self._now or len(open_ones) > MOST:
            return None
        # A reading that stands for others stands for those of its day.
        around = [Span(one.start, one.end + DAY) for one in open_ones]
        around.append(Span(newest - COLLECTED, self._now + DAY))
        found = {(one.started_at, one.source): one for one in overran}
        for one in merged(around):
            for reading in self._store.readings.of_account(account.id, one.start, one.end):
                found[reading.started_at, reading.source] = reading
        return Seen(spans, self._register.covering(found[place] for place in sorted(found)))
