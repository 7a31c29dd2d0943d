"""The ledger: readings, posts, imports, follower counts, statistics and yearly figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from monitor.counted import DayCount
from monitor.ledger.folding import Fold
from monitor.ledger.records import (
    Declared,
    FollowerCount,
    ImportedPost,
    ImportedSpan,
    ImportRecord,
    ImportSummary,
    KnownDay,
    Snapshot,
)
from monitor.ledger.summary import Summary
from monitor.ledger.totals import Period
from monitor.model import Dating, Post, PostKind, Reading, SeenPost, SourceMemory


@dataclass(frozen=True, slots=True)
class Recorded:
    """One reading to store, with what it saw and when the source is to be read next.

    *first*: this is the source's first good reading (undated and future-dated posts of it
    start no clock). *deleted*: keys now known to be deleted. *memory* replaces the old one.
    *counters*: what was counted, as its day's so far; replaces what the source said before.
    *decisive_at*: the earliest instant that a reading of the source has still to confirm.
    *learnt*: whether *memory* is another one than before; if not, it need not be written.
    """

    reading: Reading
    posts: tuple[SeenPost, ...]
    memory: SourceMemory
    next_read_at: datetime
    first: bool = False
    deleted: tuple[str, ...] = ()
    counters: FollowerCount | None = None
    decisive_at: datetime | None = None
    learnt: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """How many readings were good, and how many failed."""

    good: int = 0
    failed: int = 0


class Readings(Protocol):
    """Every reading that was made; those that said nothing new by one that stands for them."""

    def record(self, batch: Sequence[Recorded]) -> Mapping[str, int]:
        """Store readings, posts and source states in one transaction.

        Posts merge by (account, key): the date is the earliest ever stated or seen, the first
        sighting decides `Dating.UNKNOWN`, `last_seen_at` is the newest, a post seen again is
        no longer deleted. Recording the same reading twice changes nothing.
        Return how many posts were new, by source id.
        """
        ...

    def of_account(
        self, account: str, since: datetime, until: datetime | None = None
    ) -> Sequence[Reading]:
        """Return the account's readings in [since, until), oldest first."""
        ...

    def lately(
        self,
        since: datetime,
        good: bool | None = None,
        gateway: str | None = None,
        start: int = 0,
        most: int = 1,
    ) -> Sequence[Reading]:
        """Return the readings of configured sources since then, the newest first, from the
        *start*th on, at *most* so many: all, or those that were *good* or not."""
        ...

    def counted(self, since: datetime) -> Mapping[str, Counts]:
        """Return how many readings of configured sources since then ended how, by gateway."""
        ...

    def that_found_gaps(self, since: datetime) -> Sequence[Reading]:
        """Return the readings made since then that did not reach back to the one before of their
        source, by account, oldest first."""
        ...

    def fold(self, folds: Sequence[Fold]) -> None:
        """Keep each run of readings as one, in one transaction; what was folded stays so."""
        ...


class Posts(Protocol):
    """The posts that are known."""

    def of_account(
        self, account: str, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Post]:
        """Return the account's posts in [since, until), oldest first."""
        ...

    def counts(
        self, since: datetime, until: datetime, at: datetime | None = None
    ) -> Mapping[str, Mapping[PostKind, int]]:
        """Return how many posts each account has in [since, until), by kind; with *at*: as
        known then. Deleted posts count, posts of unknown date do not."""
        ...

    def published(
        self,
        accounts: Iterable[str],
        until: datetime,
        since: datetime | None = None,
        shown_by: str | None = None,
    ) -> Mapping[str, Sequence[datetime]]:
        """Return when each of *accounts* published anything in [since, until], oldest first;
        posts of unknown date say nothing of that. Without a post it is left out. *shown_by*: only
        what that gateway has shown itself; None: whatever is known from anywhere."""
        ...

    def lately(
        self, since: Mapping[str, datetime]
    ) -> Mapping[str, Sequence[tuple[datetime, PostKind, Dating]]]:
        """Return when each account published since its instant in *since*, what kind of post, and
        how it was dated. Without a post it is left out."""
        ...

    def bearing(self, account: str, marks: Iterable[str]) -> Mapping[str, frozenset[str]]:
        """Return all marks of the account's posts that bear any of *marks*, by key."""
        ...

    def recounted_days(self) -> Collection[str]:
        """Make anew what is kept of posts and readings so that a year is counted without them:
        posts and pushes of each day, titles under two keys, what is covered. Return the accounts
        of which something else was kept, by id. They are due."""
        ...

    def none_of(self, accounts: Iterable[str]) -> frozenset[str]:
        """Return those of *accounts* of which no post is known."""
        ...

    def recounted(self, account: str) -> Sequence[Post]:
        """Return the account's posts as they follow from their sightings alone, oldest first:
        the same as `of_account`, unless somebody changed the database by hand."""
        ...


class Summaries(Protocol):
    """What is kept of accounts so that a year's figures need neither their posts nor readings."""

    def of(
        self, named: Collection[str], year: Period, before: Period, now: datetime
    ) -> Mapping[str, Summary]:
        """Return what is kept of the accounts *named*, of *year* and the one *before*; both begin
        and end with days of Beijing's calendar. What speaks at *now* for a closer look is said."""
        ...


class Imports(Protocol):
    """Rows from files that people handed in. An import can be taken back."""

    def add(
        self,
        posts: Sequence[ImportedPost],
        counters: Sequence[FollowerCount],
        name: str,
        now: datetime,
        dry_run: bool = False,
        *,
        partial: bool = False,
        covers_from: datetime | None = None,
        covers_until: datetime | None = None,
    ) -> ImportSummary:
        """Store an import in one transaction; return what it did. The same rows change nothing.

        Imported posts count as stated by a source named `import:<id>`. With *dry_run*: only
        say what it would do. *partial*: it does not claim to hold every post of its time.
        *covers_from*, *covers_until*: the time the file was exported for, if that is known."""
        ...

    def listing(
        self, posts: Sequence[ImportedPost], now: datetime
    ) -> Mapping[str, Mapping[str, datetime | None]]:
        """Return what an import of *posts* would list, by account: the keys under which they
        would be kept, with their dates. Writes nothing."""
        ...

    def undo(self, import_id: int, now: datetime) -> ImportSummary | None:
        """Take an import back: what only it knew vanishes, what it had changed goes back.

        Return how many posts and counters vanished (`new`), changed back (`changed`) and stay
        as they are (`known`); None when there is no such import or it was undone before."""
        ...

    def listed(self) -> Sequence[ImportRecord]:
        """Return every import, undone ones too, oldest first."""
        ...

    def spans(self, account: str) -> Sequence[ImportedSpan]:
        """Return what imports in force hold of the account, the oldest import first, partial
        ones too. None reaches beyond the instant at which it was made."""
        ...


class FollowerCounts(Protocol):
    """Followers and posts as platforms counted them, by day."""

    def of_account(self, account: str, since: date, until: date) -> Sequence[FollowerCount]:
        """Return the account's counts of the days in [since, until), oldest first; one a day
        and provenance."""
        ...

    def by_account(self, since: date, until: date) -> Mapping[str, Sequence[FollowerCount]]:
        """Return every account's counts of the days in [since, until), by account, the newest
        first."""
        ...


class Days(Protocol):
    """What the platforms' statistics say of single days."""

    def keep(self, account: str, count: DayCount, source: str, now: datetime) -> None:
        """Store what the statistics, asked through *source* at *now*, say of one day.

        It replaces what they said of that day before; the same again changes nothing but when
        they were last asked."""
        ...

    def known(
        self, account: str, since: date, until: date, at: datetime | None = None
    ) -> Sequence[KnownDay]:
        """Return what the statistics say of the account's days in [since, until), oldest first;
        with *at*: as far as that was learned by then."""
        ...


class Figures(Protocol):
    """Yearly figures: frozen ones, which never change again, and published ones."""

    def snapshots(self, year: int | None = None) -> Sequence[Snapshot]:
        """Return the frozen figures of *year*, or of all, the oldest version first; without
        their evidence."""
        ...

    def evidence(self, year: int, version: int, account: str) -> str | None:
        """Return what the account's figures of that version rest on, as it was saved."""
        ...

    def freeze(self, snapshot: Snapshot) -> None:
        """Store frozen figures, for good. Raises `StoreError` if there is such a version."""
        ...

    def declare(self, figure: Declared, now: datetime) -> None:
        """Store a published figure; it replaces what the same source said of it before."""
        ...

    def declared(self, year: int) -> Sequence[Declared]:
        """Return the published figures of *year*, by account, figure and source."""
        ...
