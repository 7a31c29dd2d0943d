"""What a person says of what is seen and not believed.

Every request that cannot be met raises `UsageError` with one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_day, local_instant
from alerts.words import plain
from monitor.errors import Field, Told, UsageError
from monitor.ledger.records import BY_EYE
from monitor.model import (
    Account,
    Doubt,
    Outcome,
    PostKind,
    Pulse,
    Reading,
    SeenPost,
    SourceMemory,
    SourceState,
)
from monitor.polling.belief import other_name, shown_since
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded

KEPT = 20  # days of updates seen by eye that are remembered as shown


class Beliefs:
    """Answers to doubts about the accounts of one register."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register

    def seen(self, account: str, by: str, now: datetime) -> str:
        """Believe what is shown of *account*, and read it anew at once. Return the newest title."""
        known = self._asked(account, by)
        doubted = [s for s in self._states(known) if s.memory.doubt]
        if not doubted:
            raise UsageError(
                Told('nothing that is seen of account "{account}" is doubted', account=account)
            )
        for state in doubted:
            self._change(state, now, lambda memory: _believed(memory, by))
        return next(s.memory.doubt.newest for s in doubted if s.memory.doubt)

    def right(self, account: str, by: str, told_at: datetime, now: datetime) -> None:
        """Believe what is shown of *account*, and the name above it, as a message of *told_at*
        said. Raises `UsageError` if something else is doubted by now."""
        states = self._states(self._asked(account, by))
        doubts = [s.memory.doubt for s in states if s.memory.doubt]
        if any(shown_since(doubt) > told_at for doubt in doubts):
            raise UsageError(
                Told('of account "{account}" something else is seen by now', account=account)
            )
        other = self.other_names([account]).get(account)
        if doubts:
            self.seen(account, by, now)
        elif other:
            self.named(account, other[1], by, now)
        else:
            raise UsageError(
                Told('nothing that is seen of account "{account}" is doubted', account=account)
            )

    def named(self, account: str, name: str, by: str, now: datetime) -> str:
        """Note that *account* is called *name* too. Return the name."""
        known, called = self._asked(account, by), plain(name)
        if not called:
            raise UsageError(
                Field("name"), Told(" is empty; what the account is called was expected")
            )
        for state in self._states(known):
            self._change(state, now, lambda memory: _named(memory, called))
        return called

    def nothing_newer(self, account: str, by: str, now: datetime) -> None:
        """Note that a person looked at *account* at *now* and found nothing newer than is known:
        that proves as much as a good reading."""
        known = self._asked(account, by)
        found = [_looked(state, by, now) for state in self._states(known)]
        if not found:
            raise UsageError(
                Told('account "{account}" has no source that is read', account=account)
            )
        self._store.readings.record(found[:1])
        for state in self._states(known)[1:]:
            self._change(state, now, lambda memory: replace(memory, doubt=None))

    def updated_today(self, account: str, by: str, now: datetime) -> None:
        """Note that *by* looked at *account* at *now* and saw that it was updated today: a reading
        by a person, with one post of that day."""
        known = self._asked(account, by)
        states = self._states(known)
        if not states:
            raise UsageError(
                Told('account "{account}" has no source that is read', account=account)
            )
        name, zone = self._register.name(by), self._register.hours.zone
        self._store.readings.record([_updated(states[0], known.page or "", by, name, zone, now)])

    def other_names(self, accounts: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return the configured name and the name that is seen, by account, of those of
        *accounts* where they differ."""
        known = [self._register.account(account) for account in accounts]
        states = self._store.sources.states()
        seen = {a.id: (a.name, other_name(a, _memories(a, states))) for a in known}
        return {account: (name, other) for account, (name, other) in seen.items() if other}

    def _asked(self, account: str, by: str) -> Account:
        self._register.person(by)
        return self._register.account(account)

    def _states(self, account: Account) -> list[SourceState]:
        states = self._store.sources.named([s.id for s in account.sources])
        return [states[s.id] for s in account.sources if s.id in states]

    def _change(
        self, state: SourceState, now: datetime, change: Callable[[SourceMemory], SourceMemory]
    ) -> None:
        self._store.sources.remember(state.spec.id, change)
        self._store.sources.plan(state.spec.id, now, now)


def _memories(account: Account, states: Mapping[str, SourceState]) -> list[SourceMemory]:
    return [states[s.id].memory for s in account.sources if s.id in states]


def _believed(memory: SourceMemory, by: str) -> SourceMemory:
    doubt = memory.doubt
    if doubt is None:
        return memory
    called = (doubt.name,) if doubt.reason is Doubt.NAME else ()
    names = tuple(dict.fromkeys((*memory.names, *called)))
    return replace(memory, doubt=replace(doubt, believed_by=by), names=names)


def _named(memory: SourceMemory, name: str) -> SourceMemory:
    doubt = None if memory.doubt and memory.doubt.reason is Doubt.NAME else memory.doubt
    return replace(memory, doubt=doubt, names=tuple(dict.fromkeys((*memory.names, name))))


def _updated(
    state: SourceState, page: str, by: str, name: str, zone: ZoneInfo, now: datetime
) -> Recorded:
    """A reading by eye that saw a post of today; nobody knows its hour, nor how many there were."""
    found, day = _looked(state, by, now), local_day(now, zone)
    first, after = (local_instant(one, time(), zone) for one in (day, day + timedelta(days=1)))
    post = SeenPost(
        key=f"{BY_EYE}{day.isoformat()}",
        title=f"人工登记（{name}）",
        url=page,
        kind=PostKind.UNKNOWN,
        stated_at=first,
        stated_until=after,
    )
    reading = replace(
        found.reading, detail=f"{by} looked and saw an update", items=1, covers_from=None
    )
    window = ((post.key, first), *(one for one in found.memory.window if one[0] != post.key))
    memory = replace(found.memory, window=window[:KEPT], ever_good=True)
    return replace(found, reading=reading, posts=(post,), memory=memory)


def _looked(state: SourceState, by: str, now: datetime) -> Recorded:
    """A reading by eye: nothing newer than what is known, on a full pulse."""
    spec, seen_to = state.spec, state.weak_as_of or now
    reading = Reading(
        source=spec.id,
        account=spec.account,
        gateway=spec.gateway,
        started_at=now,
        outcome=Outcome.OK,
        as_of=now,
        pulse=Pulse.FULL,
        detail=f"{by} looked and found nothing newer",
        items=len(state.memory.window),
        covers_from=min(seen_to, now),
    )
    memory = replace(state.memory, doubt=None, looked_at=now)
    return Recorded(reading, (), memory, state.next_read_at or now)
