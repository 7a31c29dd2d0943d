"""Judge one answer beside what is known of its source: is it good, and what does it teach? Pure.

Decides the outcome of the reading, which posts count, what is remembered and whether coverage
was lost. Does not ask anybody, store anything, or say how fresh the account is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.counted import Counters
from monitor.model import (
    Account,
    Doubt,
    Doubted,
    Outcome,
    PostKind,
    Pulse,
    Reading,
    SeenPost,
    SourceMemory,
    SourceState,
    Validators,
)
from monitor.polling.belief import believable, doubted, of_bridge, shown_since
from monitor.polling.counters import tallied
from monitor.polling.overrun import age_bound, aged_out, covered_from
from monitor.polling.window import Window, effective, validators_of, window_of
from monitor.sources.base import Fetched

PROVEN_AFTER = timedelta(hours=24)  # how long, and …
PROVEN_BY = 3  # … in how many readings a missing post must stay missing to count as deleted
DOUBTS = {
    Doubt.NAME: "another name, or none, above what is shown",
    Doubt.STRANGERS: "nothing that was known is left",
    Doubt.UNDATED: "what is new states no date",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A reading as it is to be stored, with what it saw and what is remembered of it.

    *first*: the source was never read well before. *deleted*: keys now known to be deleted.
    """

    reading: Reading
    posts: tuple[SeenPost, ...]
    memory: SourceMemory
    first: bool
    deleted: tuple[str, ...] = ()


def judge(
    fetched: Fetched,
    state: SourceState,
    account: Account,
    known_newest: datetime | None,
    now: datetime,
    known: frozenset[str] = frozenset(),
) -> Judgement:
    """Return what *fetched* proves at *now* and teaches about *account*.

    *known_newest*: the date of the account's newest known post, from whatever source. *known*:
    the keys of the posts shown that were known before, from whatever source.
    """
    judged = _judged(fetched, state, account, known_newest, now, known)
    memory = _noted(judged, fetched, state.memory, now)
    if memory is state.memory or memory == state.memory:
        memory = state.memory
    reading = _described(judged.reading, memory, state.memory)
    if memory is judged.memory and reading is judged.reading:
        return judged  # as nearly always
    return replace(judged, memory=memory, reading=reading)


def _described(reading: Reading, memory: SourceMemory, before: SourceMemory) -> Reading:
    """The reading with the name and the count as of it, so that they can be looked up later."""
    tally = memory.tally
    if tally is None and memory.title == before.title:
        return reading
    return replace(
        reading,
        unseen=tally.unseen if tally else 0,
        risen_at=tally.risen_at if tally else None,
        title=memory.title if memory.title != before.title else None,
    )


def _judged(
    fetched: Fetched,
    state: SourceState,
    account: Account,
    known_newest: datetime | None,
    now: datetime,
    known: frozenset[str],
) -> Judgement:
    memory = state.memory
    if (fault := _fault(fetched, state, known_newest)) is not None:
        outcome, detail = fault
        bad = replace(_reading(fetched, state, account, detail), outcome=outcome, as_of=None)
        return _spoilt(bad, fetched, memory, known_newest, now)
    if fetched.posts is None:
        return _unchanged(fetched, state, account)
    reading = _reading(fetched, state, account, fetched.detail)
    doubt = doubted(fetched, memory, known, state.last_good_at, now)
    if doubt is not None:
        return _unconfirmed(reading, memory, doubt)
    posts = believable(fetched.posts, memory, known)
    window = window_of(posts, memory, now, now)
    missing = _missing(memory.window, window)
    if missing and not _proven(_still_missing(memory, window, now), now):
        return _shrunken(reading, memory, posts, window, len(missing), now)
    return _good(reading, fetched, posts, window, state, missing, now)


def _noted(
    judged: Judgement, fetched: Fetched, before: SourceMemory, now: datetime
) -> SourceMemory:
    """What is remembered besides the window: names, counts, what the gateway warns of."""
    memory = judged.memory
    if judged.reading.outcome is Outcome.WRONG_ACCOUNT:
        return memory
    if fetched.outcome.answered:
        ends_at = fetched.ends_at or before.ends_at
        if (fetched.warnings, ends_at) != (memory.warnings, memory.ends_at):
            memory = replace(memory, warnings=fetched.warnings, ends_at=ends_at)
    memory = _titled(memory, fetched.title if judged.reading.good else None, before, now)
    return _counted(memory, _shown(judged, before, now), fetched.counters, before, now)


def _titled(
    memory: SourceMemory, title: str | None, before: SourceMemory, now: datetime
) -> SourceMemory:
    if title is None or title == before.title:
        return memory
    if before.title is None:
        return replace(memory, title=title)
    return replace(memory, title=title, former_title=before.title, renamed_at=now)


def _shown(judged: Judgement, before: SourceMemory, now: datetime) -> Window:
    """What a good window shows that the last one did not."""
    if not judged.posts or not judged.reading.good:
        return ()
    known = dict(before.window)
    return tuple((p.key, effective(p, known, now, now)) for p in judged.posts if p.key not in known)


def _counted(
    memory: SourceMemory,
    shown: Window,
    counters: Counters | None,
    before: SourceMemory,
    now: datetime,
) -> SourceMemory:
    waiting = (*before.uncounted, *shown) if before.tally else ()
    if counters is None:
        return replace(memory, uncounted=waiting) if waiting != memory.uncounted else memory
    posts = [SeenPost(key, "", "", PostKind.ORIGINAL, at) for key, at in waiting]
    return replace(
        memory,
        counters=_newest(counters, before.counters),
        tally=tallied(before.tally, counters.posts, posts, now),
        uncounted=waiting if counters.posts is None else (),
    )


def _newest(counters: Counters, before: Counters | None) -> Counters:
    """The counters now; one that was not given this time stays as it was."""
    if before is None:
        return counters
    followed = counters if counters.followers is not None else before
    posts = before.posts if counters.posts is None else counters.posts
    return Counters(followed.followers, posts, followed.exact)


def _reading(
    fetched: Fetched,
    state: SourceState,
    account: Account,
    detail: str,
    covers_from: datetime | None = None,
) -> Reading:
    return Reading(
        source=state.spec.id,
        account=account.id,
        gateway=state.spec.gateway,
        started_at=fetched.started_at,
        outcome=fetched.outcome,
        as_of=fetched.as_of,
        pulse=fetched.pulse,
        unconditional=fetched.unconditional,
        status=fetched.status,
        detail=detail,
        items=len(state.memory.window if fetched.posts is None else fetched.posts),
        covers_from=covers_from,
    )


def _fault(
    fetched: Fetched, state: SourceState, known_newest: datetime | None
) -> tuple[Outcome, str] | None:
    """Why this answer proves nothing, without looking at the posts one by one."""
    memory = state.memory
    if not fetched.outcome.answered:
        return fetched.outcome, fetched.detail
    if fetched.identity and memory.identity and fetched.identity != memory.identity:
        return Outcome.WRONG_ACCOUNT, f"now {fetched.identity}, it was {memory.identity}"
    if fetched.pulse is Pulse.NONE or fetched.as_of is None:
        return Outcome.NO_PULSE, fetched.detail or "nothing shows that the gateway is alive"
    if said := next((p for p in fetched.posts or () if of_bridge(p)), None):
        return Outcome.BRIDGE_ITEM, f"the bridge itself says: {said.title[:80]}"
    if (
        fetched.posts == ()
        and (memory.window or known_newest)
        and not _ran_dry(fetched, state, known_newest)
    ):
        return Outcome.EMPTY, "no posts at all, although some are known"
    return None


def _ran_dry(fetched: Fetched, state: SourceState, known_newest: datetime | None) -> bool:
    """Whether an empty window is what an account that has fallen silent comes to: all that it
    had is older than the age at which this source drops an item, and its gateway is alive."""
    if fetched.pulse is not Pulse.FULL or fetched.as_of is None:
        return False
    return aged_out(state, fetched.as_of, known_newest)


def _spoilt(
    reading: Reading,
    fetched: Fetched,
    memory: SourceMemory,
    known_newest: datetime | None,
    now: datetime,
) -> Judgement:
    """Nothing is proven and nothing forgotten.

    A newer post shown by a gateway without a pulse was published nevertheless. Anything else
    in a copy of unknown age is left alone: an undated post would be dated to today, and a
    deleted one would come back.
    """
    shown = (fetched.posts or ()) if reading.outcome is Outcome.NO_PULSE else ()
    posts = tuple(p for p in shown if _newer(p.stated_at, known_newest, now))
    seen = replace(reading, items=len(fetched.posts or ()), fresh=_fresh(posts, memory))
    return Judgement(seen, posts, memory, first=not memory.ever_good)


def _newer(stated_at: datetime | None, known: datetime | None, now: datetime) -> bool:
    return stated_at is not None and stated_at <= now and (known is None or stated_at > known)


def _unchanged(fetched: Fetched, state: SourceState, account: Account) -> Judgement:
    """The same as the last good window: whatever was missing in between is back."""
    memory, seen_to = state.memory, _seen_to(state)
    kept = _well(memory, validators_of(fetched, memory))
    detail = fetched.detail or f"unchanged, {len(memory.window)} items"
    as_of = fetched.as_of or fetched.started_at
    known = _reading(fetched, state, account, detail, min(seen_to or as_of, as_of))
    return Judgement(known, (), kept, first=not memory.ever_good)


def _well(memory: SourceMemory, validators: Validators) -> SourceMemory:
    """*memory* after a good reading: nothing is missing and nothing in doubt."""
    amiss = memory.missing_count or memory.missing_since or memory.missing_window or memory.doubt
    if memory.ever_good and not amiss and memory.validators == validators:
        return memory  # as nearly always
    return replace(
        memory,
        validators=validators,
        missing_since=None,
        missing_count=0,
        missing_window=None,
        ever_good=True,
        doubt=None,
    )


def _unconfirmed(reading: Reading, memory: SourceMemory, doubt: Doubted) -> Judgement:
    """Nothing is proven, nothing is counted; what was seen is remembered for the next reading."""
    detail = f"{DOUBTS[doubt.reason]}: {doubt.name or '-'}, {doubt.newest}"
    bad = replace(reading, outcome=Outcome.UNCONFIRMED, as_of=None, detail=detail)
    return Judgement(bad, (), replace(memory, doubt=doubt), first=False)


def _shrunken(
    reading: Reading,
    memory: SourceMemory,
    posts: Sequence[SeenPost],
    window: Window,
    missing: int,
    now: datetime,
) -> Judgement:
    """The window proves nothing, but what it shows for the first time was published."""
    kept, before = _still_missing(memory, window, now), dict(memory.window)
    unseen = tuple(p for p in posts if p.key not in before and p.stated_at is not None)
    detail = f"{missing} newer post(s) known before are gone, for the {_nth(kept.missing_count)}"
    bad = replace(reading, outcome=Outcome.SHRUNKEN, as_of=None, detail=f"{detail} reading")
    return Judgement(bad, unseen, kept, first=not memory.ever_good)


def _good(
    reading: Reading,
    fetched: Fetched,
    posts: tuple[SeenPost, ...],
    window: Window,
    state: SourceState,
    missing: Sequence[str],
    now: datetime,
) -> Judgement:
    memory = state.memory
    if memory.doubt is not None:
        window = window_of(posts, _sighted(memory, memory.doubt), now, now)
    posts = _placed(posts, state)
    fresh, as_of = _fresh(posts, memory), reading.as_of or now
    covers_from, unbroken = covered_from(window, state, as_of)
    gap_from = None if unbroken else _seen_to(state)
    said = (f"{len(posts)} items, {fresh} new", _gap(gap_from, covers_from), fetched.detail)
    known = replace(
        reading,
        fresh=fresh,
        covers_from=covers_from,
        gap_from=gap_from,
        detail="; ".join(filter(None, said)),
    )
    learnt = replace(
        memory,
        validators=fetched.validators,
        body_hash=fetched.body_hash,
        window=window,
        most=max(memory.most, len(window)),
        bound=age_bound(window, memory, as_of),
        identity=fetched.identity or memory.identity,
        missing_since=None,
        missing_count=0,
        missing_window=None,
        ever_good=True,
        doubt=None,
        undated=_undated(posts, fresh, memory),
    )
    return Judgement(known, posts, learnt, first=not memory.ever_good, deleted=tuple(missing))


def _sighted(memory: SourceMemory, doubt: Doubted) -> SourceMemory:
    """*memory* with what was doubted until now: that was seen before, too."""
    first = tuple((key, shown_since(doubt)) for key in doubt.keys)
    return replace(memory, window=(*memory.window, *first))


def _placed(posts: tuple[SeenPost, ...], state: SourceState) -> tuple[SeenPost, ...]:
    """*posts*; news without a date between the readings between which it came."""
    if not state.memory.ever_good:
        return posts
    before, doubt = dict(state.memory.window), state.memory.doubt
    doubted_at = dict.fromkeys(doubt.keys, shown_since(doubt)) if doubt else {}
    return tuple(
        replace(post, unseen_at=_seen_to(state), seen_at=doubted_at.get(post.key))
        if post.stated_at is None and post.key not in before
        else post
        for post in posts
    )


def _seen_to(state: SourceState) -> datetime | None:
    """What the last good reading saw the account as of."""
    return state.weak_as_of or state.last_good_at


def _gap(since: datetime | None, until: datetime) -> str:
    if since is None:
        return ""
    return f"more was published than it shows: {since:%m-%d %H:%M} to {until:%m-%d %H:%M} UTC"


def _missing(before: Window, window: Window) -> list[str]:
    """Keys remembered as newer than everything the window now shows."""
    shown = {key for key, _ in window}
    newest = max((at for _, at in window), default=None)
    return [key for key, at in before if key not in shown and newest is not None and at > newest]


def _undated(posts: Sequence[SeenPost], fresh: int, memory: SourceMemory) -> bool:
    """Whether nothing has a date yet: news that is seen later has that of its first sight."""
    if any(post.stated_at is not None for post in posts):
        return False
    return bool(posts) if not memory.ever_good else memory.undated and not fresh


def _still_missing(memory: SourceMemory, window: Window, now: datetime) -> SourceMemory:
    """Only the same window again is one more that lacks the post."""
    since, shown = memory.missing_since, _digest(window)
    if since is None or since > now or memory.missing_window not in (None, shown):
        return replace(memory, missing_since=now, missing_count=1, missing_window=shown)
    return replace(memory, missing_count=memory.missing_count + 1)


def _digest(window: Window) -> str:
    return blake2b("\n".join(sorted(key for key, _ in window)).encode(), digest_size=8).hexdigest()


def _proven(memory: SourceMemory, now: datetime) -> bool:
    since = memory.missing_since
    return since is not None and memory.missing_count >= PROVEN_BY and now - since >= PROVEN_AFTER


def _fresh(posts: Sequence[SeenPost], memory: SourceMemory) -> int:
    before = dict(memory.window)
    return sum(post.key not in before for post in posts)


def _nth(count: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(count, f"{count}th")
