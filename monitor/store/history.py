"""What was known at an earlier instant, worked out from readings and sightings.

Only what had been read by then counts. Asked by people, not by the service.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from monitor.counted import ListedDay, Tally
from monitor.model import (
    AccountFacts,
    Dating,
    LastPost,
    Outcome,
    PostKind,
    Pulse,
    SourceMemory,
    SourceState,
)
from monitor.store import days
from monitor.store.facts import kind_is_known, newest
from monitor.store.merging import KNOWN, load_where
from monitor.store.naming import name_of
from monitor.store.rows import chunks
from monitor.store.schema import accounts, day_counts, posts, readings, sightings, sources
from monitor.store.sighting import Known, as_known_at, known
from monitor.store.source_states import spec_of
from monitor.store.types import CompactInstant, UtcDateTime

Dated = tuple[str, Known]  # key, and what it came to then
Names = tuple[tuple[str, datetime], ...]  # and since when
SHOWN = ("key", *KNOWN)
MOMENT = timedelta(microseconds=1)
FEW = 50  # accounts whose posts are looked up one by one rather than all gone through


def facts(
    connection: Connection, count_reposts: Mapping[str, bool], at: datetime
) -> dict[str, AccountFacts]:
    """Return the facts of the accounts named as they were known at an instant."""
    found: dict[str, AccountFacts] = {}
    changed = _changed(connection, at, count_reposts)
    for some in chunks(count_reposts):
        states = _states(connection, some, at)
        for counts in (True, False):
            named = [account for account in some if count_reposts[account] is counts]
            asked = {"named": named, "at": at, "then": at}
            for row in connection.execute(_standing(counts), asked).all():
                then = changed.get(row.id, ())
                known_then = _facts(row, then, counts, states.get(row.id, ()))
                listed = _listed(connection, row, known_then.last_post, then, at)
                found[row.id] = replace(known_then, listed=listed)
    return found


def counts(
    connection: Connection, since: datetime, until: datetime, at: datetime
) -> dict[str, dict[PostKind, int]]:
    """Return how many posts were known at an instant in [since, until), by account and kind."""
    found: dict[str, dict[PostKind, int]] = {}
    end = min(until, at + MOMENT)  # no post is dated later than it was first seen
    standing = (
        select(posts.c.account, posts.c.kind, func.count())
        .where(posts.c.published_at >= since, posts.c.published_at < end)
        .where(posts.c.dating != Dating.UNKNOWN, _stands(posts, at))
        .group_by(posts.c.account, posts.c.kind)
    )
    for account, kind, number in connection.execute(standing):
        found.setdefault(account, {})[kind] = number
    for account, dated in _changed(connection, at).items():
        for _, post in dated:
            if since <= post.published_at < until and post.dating is not Dating.UNKNOWN:
                kinds = found.setdefault(account, {})
                kinds[post.kind] = kinds.get(post.kind, 0) + 1
    return found


def states(connection: Connection, at: datetime) -> dict[str, SourceState]:
    """Return every configured source's state by id, as it was at an instant."""
    named = select(sources.c.account).where(sources.c.configured).distinct()
    return {
        state.spec.id: state
        for some in chunks(connection.scalars(named).all())
        for of_account in _states(connection, some, at).values()
        for state in of_account
    }


def _changes_after(sighting: Any, at: Any) -> ColumnElement[bool]:
    """Whether a post that several sources show, known at an instant, may have been known otherwise
    then than it is now."""
    return or_(
        sighting.c.first_seen_at > at,
        sighting.c.stated_first_at > at,
        and_(sighting.c.stated_at.is_not(None), sighting.c.stated_first_at.is_(None)),
        sighting.c.deleted_at.is_not(None),
    )


def _stands(post: Any, at: Any) -> ColumnElement[bool]:
    """Whether *post* was known at an instant as it stands now.

    Of nearly all posts everything was known at once: those are read as they stand. The others
    are worked out from their sightings, a hundred times as slowly.
    """
    one = sightings.alias("one")
    changes = exists().where(one.c.post == post.c.id, _changes_after(one, at))
    return and_(
        post.c.first_seen_at <= at,
        or_(post.c.stated_first_at.is_(None), post.c.stated_first_at <= at),
        post.c.deleted_at.is_(None),
        ~changes.correlate_except(one),
    )


def _changed(
    connection: Connection, at: datetime, named: Collection[str] | None = None
) -> dict[str, list[Dated]]:
    """Return, by account, the posts that may have been known otherwise, as they were then."""
    one = sightings.alias("one")
    changes = select(one.c.post).where(_changes_after(one, at))
    mine = () if named is None or len(named) > FEW else (posts.c.account.in_(named),)
    if mine:
        changes = changes.where(one.c.post.in_(select(posts.c.id).where(*mine)))
    otherwise = or_(
        posts.c.stated_first_at > at, posts.c.deleted_at.is_not(None), posts.c.id.in_(changes)
    )
    entries = load_where(connection, *mine, posts.c.first_seen_at <= at, otherwise)
    found: dict[str, list[Dated]] = {}
    for (account, key), entry in entries.items():
        then = [s for s in (as_known_at(one, at) for one in entry.after.values()) if s]
        if then:
            found.setdefault(account, []).append((key, known(then)))
    return found


@cache
def _standing(count_reposts: bool) -> Any:
    """Accounts, with the newest post, and the newest original, of those that stood already."""
    last, original = posts.alias("last"), posts.alias("original")
    listed = (day_counts.c.day.label("listed_day"), day_counts.c.articles)
    columns = [
        _shown(post, name).label(f"{post.name}_{name}")
        for post in (last, original)
        for name in SHOWN
    ]
    return (
        select(accounts.c.id, accounts.c.watched_since, *columns, *listed)
        .select_from(accounts)
        .outerjoin(last, last.c.id == _newest_standing(count_reposts))
        .outerjoin(original, original.c.id == _newest_standing(False, originals=True))
        .outerjoin(
            day_counts,
            and_(
                day_counts.c.account == accounts.c.id,
                day_counts.c.day == days.newest_listed(bindparam("at", type_=UtcDateTime())),
            ),
        )
        .where(accounts.c.id.in_(bindparam("named", expanding=True)))
    )


def _shown(post: Any, name: str) -> Any:
    return name_of(post.c.source) if name == "source" else post.c[name]


def _newest_standing(count_reposts: bool, *, originals: bool = False) -> ScalarSelect[int]:
    post, at = posts.alias("newest"), bindparam("then", type_=CompactInstant())
    of_kind = (kind_is_known(post),) if originals else ()
    return newest(post, count_reposts, *of_kind, post.c.published_at <= at, _stands(post, at))


def _facts(
    row: Any, changed: Sequence[Dated], count_reposts: bool, states: Sequence[SourceState]
) -> AccountFacts:
    counted = [*_stood(row, "last"), *_counted(changed, count_reposts)]
    of_kind = [one for one in changed if one[1].kind is not PostKind.UNKNOWN]
    originals = [*_stood(row, "original"), *_counted(of_kind, count_reposts=False)]
    return AccountFacts(
        account=row.id,
        watched_since=row.watched_since,
        last_post=_newest(counted),
        visible=_newest([one for one in counted if one[1].deleted_at is None]),
        last_original=_newest(originals),
        sources=tuple(states),
    )


def _stood(row: Any, which: str) -> list[Dated]:
    key, *said = (getattr(row, f"{which}_{name}") for name in SHOWN)
    return [] if key is None else [(key, Known(**dict(zip(SHOWN[1:], said, strict=True))))]


def _listed(
    connection: Connection, row: Any, last: LastPost | None, changed: Sequence[Dated], at: datetime
) -> ListedDay | None:
    """The newest day that the statistics, as learned by then, list anything for; a day whose
    number was corrected later was not known before."""
    day: date | None = row.listed_day
    if day is None or days.overtaken(day, last):
        return None
    stood = connection.scalars(
        select(posts.c.published_at)
        .where(posts.c.account == row.id, posts.c.dating != Dating.UNKNOWN)
        .where(posts.c.published_at <= at, _stands(posts, at))
    )
    dated = (p.published_at for _, p in changed if p.dating is not Dating.UNKNOWN)
    return ListedDay(day, row.articles, tuple(sorted([*stood, *dated])))


def _counted(found: Sequence[Dated], count_reposts: bool) -> list[Dated]:
    return [
        (key, post)
        for key, post in found
        if post.dating is not Dating.UNKNOWN and (count_reposts or post.kind is not PostKind.REPOST)
    ]


def _newest(found: Sequence[Dated]) -> LastPost | None:
    if not found:
        return None
    last = max(post.published_at for _, post in found)
    _, post = min((one for one in found if one[1].published_at == last), key=lambda one: one[0])
    return LastPost(post.published_at, post.title, post.url, post.source, post.published_until)


def _states(
    connection: Connection, named: Sequence[str], at: datetime
) -> dict[str, list[SourceState]]:
    """Return the sources' states as their readings up to *at* left them, by account."""
    found: dict[str, list[SourceState]] = {}
    then, last, failed = _as_read(named, at), readings.alias("last"), readings.alias("failed")
    since_good = and_(
        failed.c.source == sources.c.number,
        failed.c.started_at <= at,
        or_(then.c.then_good_at.is_(None), failed.c.started_at > then.c.then_good_at),
    )
    began = func.coalesce(failed.c.first_at, failed.c.started_at, type_=CompactInstant())
    rows = connection.execute(
        select(
            sources,
            *(c for c in then.c if c.name != "source"),
            last.c.outcome.label("then_outcome"),
            last.c.detail.label("then_detail"),
            last.c.unseen.label("then_unseen"),
            last.c.risen_at.label("then_risen_at"),
            _of_those(failed, func.sum(func.coalesce(failed.c.tried, 1)), since_good).label(
                "then_failures"
            ),
            _of_those(failed, func.min(began), since_good).label("then_failing_since"),
        )
        .outerjoin(then, then.c.source == sources.c.number)
        .outerjoin(
            last, and_(last.c.source == sources.c.number, last.c.started_at == then.c.then_tried_at)
        )
        .where(sources.c.configured, sources.c.account.in_(named))
        .order_by(sources.c.account, sources.c.rank, sources.c.id)
    )
    names = _names(connection, named, at)
    for row in rows.all():
        found.setdefault(row.account, []).append(_state(row, names.get(row.id, ())))
    return found


def _of_those(table: Any, said: Any, wanted: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(said).select_from(table).where(wanted).correlate_except(table).scalar_subquery()


def _as_read(named: Sequence[str], at: datetime) -> Any:
    good = and_(
        readings.c.outcome.in_([o for o in Outcome if o.answered]),
        readings.c.as_of.is_not(None),
        readings.c.pulse != Pulse.NONE,
    )
    full = and_(good, readings.c.pulse == Pulse.FULL)
    whole = and_(good, readings.c.unconditional)
    return (
        select(
            readings.c.source,
            func.max(readings.c.started_at).label("then_tried_at"),
            func.max(case((good, readings.c.started_at))).label("then_good_at"),
            func.max(case((full, readings.c.as_of))).label("then_full_as_of"),
            func.max(case((good, readings.c.as_of))).label("then_weak_as_of"),
            func.max(case((whole, readings.c.started_at))).label("then_unconditional_at"),
        )
        .where(_read_of(named), readings.c.started_at <= at)
        .group_by(readings.c.source)
        .subquery("as_read")
    )


def _read_of(named: Collection[str]) -> ColumnElement[bool]:
    """Whether a reading is of one of the accounts *named*."""
    return readings.c.source.in_(select(sources.c.number).where(sources.c.account.in_(named)))


def _state(row: Any, names: Names) -> SourceState:
    return SourceState(
        spec=spec_of(row),
        last_tried_at=row.then_tried_at,
        last_outcome=row.then_outcome,
        last_detail=row.then_detail or "",
        last_good_at=row.then_good_at,
        full_as_of=row.then_full_as_of,
        weak_as_of=row.then_weak_as_of,
        failing_since=row.then_failing_since,
        failures=int(row.then_failures or 0),
        unconditional_at=row.then_unconditional_at,
        memory=_memory(row, names),
    )


def _memory(row: Any, names: Names) -> SourceMemory:
    """What the account was called by then, and what was counted and not shown."""
    (title, renamed_at), former = names[0] if names else (None, None), names[1:]
    return SourceMemory(
        ever_good=row.then_good_at is not None,
        title=title,
        former_title=former[0][0] if former else None,
        renamed_at=renamed_at if former else None,
        tally=_tally(row) if row.then_risen_at else None,
    )


def _tally(row: Any) -> Tally:
    """Without the count itself, which is kept by the day and asked for there."""
    return Tally(0, row.then_tried_at, row.then_unseen, row.then_risen_at)


def _names(connection: Connection, named: Sequence[str], at: datetime) -> dict[str, Names]:
    """Return, by source, the last two names that it stated, the newest first, and since when."""
    place = func.row_number().over(
        partition_by=readings.c.source, order_by=readings.c.started_at.desc()
    )
    titles = (
        select(sources.c.id, readings.c.title, readings.c.started_at, place.label("place"))
        .join(sources, sources.c.number == readings.c.source)
        .where(sources.c.account.in_(named), readings.c.started_at <= at)
        .where(readings.c.title.is_not(None))
        .subquery()
    )
    found: dict[str, Names] = {}
    for row in connection.execute(
        select(titles).where(titles.c.place <= 2).order_by(titles.c.place)
    ):
        found[row.id] = (*found.get(row.id, ()), (row.title, row.started_at))
    return found
