"""What of articles is kept by day: how many each push has, and where one title has two keys.

Kept with the posts, in the same transaction, so that a year is counted without reading them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select, tuple_

from monitor.ledger.days import begin, day_of, end
from monitor.ledger.doubles import ARTICLE, alike
from monitor.model import Dating, PostKind
from monitor.store.rows import add_rows, chunks, columns_of, insert_missing, insert_rows
from monitor.store.schema import doubled_days, post_days, posts, push_days
from monitor.store.sighting import Known

KNOWN = tuple(Known.__dataclass_fields__)
Name = tuple[str, str]  # account, key
Day = tuple[str, date]  # account, day
Push = tuple[str, date, str]  # account, day, push


@dataclass(frozen=True, slots=True)
class Article:
    """What of a post its pushes and doubles follow from."""

    account: str
    key: str
    title: str
    published_at: datetime
    dating: Dating
    first_seen_at: datetime
    push: str | None

    @property
    def day(self) -> Day:
        """The day on which it stands."""
        return self.account, day_of(self.published_at)


def article(name: Name, known: Known | None) -> Article | None:
    """Return what matters of a post; None for one that is no article, has no date, or is none."""
    return None if known is None else article_of(name, columns_of(known))


def article_of(name: Name, row: Mapping[str, Any]) -> Article | None:
    """Return what matters of a post by its row; None for one that is no article or has no date."""
    listed = row["kind"] is PostKind.ARTICLE
    if row["dating"] is Dating.UNKNOWN or not (listed or name[1].startswith(ARTICLE)):
        return None
    return Article(
        account=name[0],
        key=name[1],
        title=row["title"],
        published_at=row["published_at"],
        dating=row["dating"],
        first_seen_at=row["first_seen_at"],
        push=row["push"] if listed else None,
    )


def keep(
    connection: Connection,
    after: Iterable[Article | None],
    before: Iterable[Article | None] = (),
) -> None:
    """Keep what *after* has become of the articles *before*. Before they are counted by day."""
    is_now, was = set(filter(None, after)), set(filter(None, before))
    if is_now == was:
        return
    _count(connection, is_now - was, was - is_now)
    _compare(connection, is_now - was, was - is_now)


def mistaken(connection: Connection, named: Collection[str]) -> set[str]:
    """Return those of the accounts *named* of which something else is kept than they have."""
    pushes, doubled = _right(connection, named)
    kept = {
        (account, day, push): n
        for account, day, push, n in connection.execute(
            select(push_days).where(push_days.c.account.in_(named))
        )
    }
    known = connection.execute(select(doubled_days).where(doubled_days.c.account.in_(named)))
    return {place[0] for place, _ in pushes.items() ^ kept.items()} | {
        account for account, _ in doubled ^ {(account, day) for account, day in known}
    }


def redo(connection: Connection, named: Collection[str]) -> None:
    """Make what is kept of the articles of the accounts *named* anew."""
    for some in chunks(named):
        for table in (push_days, doubled_days):
            connection.execute(table.delete().where(table.c.account.in_(some)))
        pushes, doubled = _right(connection, some)
        insert_rows(connection, push_days, _push_rows(pushes))
        insert_rows(connection, doubled_days, [{"account": a, "day": day} for a, day in doubled])


def _count(connection: Connection, gained: Iterable[Article], lost: Iterable[Article]) -> None:
    changes = Counter(filter(None, map(_push, gained)))
    changes.subtract(filter(None, map(_push, lost)))
    rows = _push_rows({push: n for push, n in changes.items() if n})
    add_rows(connection, push_days, rows, "posts")
    for some in chunks({row["account"] for row in rows if row["posts"] < 0}):
        empty = push_days.c.posts <= 0
        connection.execute(push_days.delete().where(push_days.c.account.in_(some), empty))


def _compare(connection: Connection, gained: Iterable[Article], lost: Iterable[Article]) -> None:
    """Note the days on which a title now has two keys, and no longer those where none has."""
    new = _by_day(one for one in gained if one.key.startswith(ARTICLE))
    touched = {one.day for one in lost if one.key.startswith(ARTICLE)}
    touched |= _known_of(connection, new.keys() - touched)
    doubled = {day for day, some in new.items() if day not in touched and alike(some)}
    for account, day in touched:
        mine = (doubled_days.c.account == account, doubled_days.c.day == day)
        connection.execute(doubled_days.delete().where(*mine))
        if alike(_stored(connection, account, day)):
            doubled.add((account, day))
    rows = [{"account": account, "day": day} for account, day in sorted(doubled)]
    insert_missing(connection, doubled_days, rows)


def _known_of(connection: Connection, days: Collection[Day]) -> set[Day]:
    """Those of *days* of which posts were known before."""
    kept = post_days.c
    found: set[Day] = set()
    for some in chunks(days):
        wanted = select(kept.account, kept.day).where(tuple_(kept.account, kept.day).in_(some))
        found.update((account, day) for account, day in connection.execute(wanted))
    return found


def _stored(connection: Connection, account: str, day: date) -> list[Article]:
    mine = (posts.c.account == account, posts.c.published_at >= begin(day))
    return _articles(connection, *mine, posts.c.published_at < end(day))


def _articles(connection: Connection, *which: Any) -> list[Article]:
    p = posts.c
    ours = or_(p.kind == PostKind.ARTICLE, p.key.like(f"{ARTICLE}%"))
    wanted = select(p.account, p.key, *(p[name] for name in KNOWN))
    rows = connection.execute(wanted.where(*which, ours, p.dating != Dating.UNKNOWN))
    found = (article((account, key), Known(*said)) for account, key, *said in rows)
    return [one for one in found if one is not None]


def _right(connection: Connection, named: Collection[str]) -> tuple[Mapping[Push, int], set[Day]]:
    found = _articles(connection, posts.c.account.in_(named))
    days = _by_day(one for one in found if one.key.startswith(ARTICLE))
    pushes = Counter(push for one in found if (push := _push(one)))
    return pushes, {day for day, some in days.items() if alike(some)}


def _push(one: Article) -> Push | None:
    return (*one.day, one.push) if one.push else None


def _push_rows(pushes: Mapping[Push, int]) -> list[dict[str, Any]]:
    return [
        {"account": account, "day": day, "push": push, "posts": n}
        for (account, day, push), n in pushes.items()
    ]


def _by_day(some: Iterable[Article]) -> dict[Day, list[Article]]:
    found: dict[Day, list[Article]] = {}
    for one in some:
        found.setdefault(one.day, []).append(one)
    return found
