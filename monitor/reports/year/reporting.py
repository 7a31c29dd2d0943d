"""Questions about figures, answered: the year, what it rests on, how it compares, its freezing.

Gathers and asks the pure modules; returns values, prints nothing. A request that cannot be met
raises `UsageError` with one line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from alerts.words import Words
from monitor.errors import Field, StoreError, Told, UsageError
from monitor.ledger.days import DAY, day_of
from monitor.ledger.periods import year as bounds
from monitor.ledger.reconcile import DECLARABLE, reconcile
from monitor.ledger.records import Declared, Snapshot
from monitor.ledger.rules import rules
from monitor.ledger.snapshot import canonical, frozen, sound
from monitor.ledger.totals import EarlierPosts, Period, Rows, earlier_posts, totals
from monitor.model import Account, Dating
from monitor.register import Register
from monitor.reports.check import Finding, check, previous_of
from monitor.reports.check.document import Document
from monitor.reports.check.known import known
from monitor.reports.ledger_rows import LedgerRows, rows_of
from monitor.reports.year.document import (
    account_year,
    document,
    plain_account_year,
    posts_of,
)
from monitor.reports.year.evidence import evidence
from monitor.reports.year.figures import AccountFigures, AccountYear
from monitor.reports.year.plain import Answers
from monitor.reports.year.reconciled import reconciled
from monitor.store.base import Store
from monitor.wording import no_account, one_of, quoted

Json = dict[str, Any]
EARLIEST_YEAR = 2000
Advance = Callable[[object], None]


def unwatched(_: object) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One account's year, with the rows it was made of."""

    year: AccountYear
    rows: Rows


class Reporting:
    """The yearly number of one register and its store, from rows to documents."""

    def __init__(self, store: Store, register: Register, words: Words) -> None:
        self._store = store
        self._register = register
        self._words = words
        self._zone = register.hours.zone

    def year(
        self,
        number: int,
        now: datetime,
        version: int | None = None,
        current: bool = False,
        advance: Advance = unwatched,
    ) -> str:
        """Return the document of the year *number*, the same bytes each time it is asked for.

        The newest frozen version if there is one, or *version*; what is known at *now* where
        none was frozen, or with *current* in any case. *advance* is called after each account.
        """
        if version is None and (current or not self._store.figures.snapshots(number)):
            return canonical(self._current(number, now, advance))
        return self._frozen(number, version).document

    def freeze(self, number: int, now: datetime, advance: Advance = unwatched) -> Snapshot:
        """Return the year *number* frozen: a new version if any figure changed since the last.

        Raises `UsageError` before the year is over, and `StoreError` if stored posts differ
        from a recount of what was seen.
        """
        period = self._period(number, now)
        if now < period.end:
            problem = Told(": {year} is not over; its figures can still change", year=number)
            raise UsageError(Field("freeze"), problem)
        _recount(self._store, self._register.accounts, now)
        years, proofs = [], {}
        for one in self._looked(number, period, now):
            advance(one)
            years.append(one.year)
            proofs[one.year.account.id] = self._proof(number, one, period, now)
        found = document(number, years, period, self._words, now)
        earlier = [_checked(one) for one in self._store.figures.snapshots(number)]
        made = frozen(found, proofs, earlier, now)
        if made not in earlier:
            self._store.figures.freeze(made)
        return made

    def evidence(
        self, number: int, account: str, now: datetime, version: int | None = None
    ) -> Json:
        """Return what one account's figures of the year *number* rest on at *now*; with
        *version*: what that frozen version rested on."""
        if version is not None:
            return self._kept(number, account, version)
        known, period = self._account(account), self._period(number, now)
        rows = self._rows(number, period, now)[known.id]
        return self._proof(number, self._look(number, known, rows, period, now), period, now)

    def proofs(self, document: Json, now: datetime) -> Proofs:
        """Return what each account's figures in *document* rest on, brought when asked for."""
        return Proofs(self, document, now)

    def reconciled(self, number: int, now: datetime) -> list[Json]:
        """Return every account's posts of the year *number* beside the platform's counter and
        statistics, console exports and published figures."""
        period = self._period(number, now)
        published = self._store.figures.declared(number)
        ledger = self._rows(number, period, now)
        found = []
        for account in self._register.accounts.values():
            rows = ledger[account.id]
            lines = reconcile(
                rows,
                totals(rows, period, now, self._zone),
                self._store.days.known(account.id, *_days_of(period)),
                self._store.imports.spans(account.id),
                [one for one in published if one.account == account.id],
                period,
                self._zone,
            )
            found.append(reconciled(account, lines, self._zone))
        return found

    def check(
        self, report: Document, number: int, previous: Document | None, now: datetime
    ) -> list[Finding]:
        """Return what is wrong, or doubtful, in a *report* of the year *number*, held against
        itself, the ledger, published figures and last year's report."""
        ledger = json.loads(self.year(number, now))
        last = previous_of(previous) if previous else None
        return check(report, number, known(ledger, self._store.figures.declared(number), last))

    def declare(
        self, number: int, account: str, figure: str, value: int, source: str, now: datetime
    ) -> Declared:
        """Keep a figure that somebody published of the year *number*; *source* says where."""
        self._account(account)
        if figure not in DECLARABLE:
            choices = one_of(figure, DECLARABLE)
            raise UsageError(
                Told("{figure} is no figure; {choices}", figure=quoted(figure), choices=choices)
            )
        if value < 0:
            raise UsageError(Told("{value} is below zero", value=value))
        if not source.strip():
            empty = Told(" is empty; it says where the figure was published")
            raise UsageError(Field("source"), empty)
        said = Declared(account, number, figure, value, source.strip())
        self._store.figures.declare(said, now)
        return said

    def changed(self, number: int, now: datetime) -> bool:
        """Return whether the year *number* is frozen and freezing it again would make a version."""
        earlier = self._store.figures.snapshots(number)
        return bool(earlier) and frozen(self._current(number, now), {}, earlier, now) != earlier[-1]

    def _current(self, number: int, now: datetime, advance: Advance = unwatched) -> Json:
        period = self._period(number, now)
        years = []
        for one in self._years(number, period, now):
            advance(one)
            years.append(one)
        return document(number, years, period, self._words, now)

    def _years(self, number: int, period: Period, now: datetime) -> Iterator[AccountYear]:
        """What `_looked` finds: posts and readings are read only where anything is in doubt."""
        published, before = self._published_before(number), self._year_before(number)
        both = Period(before.start, period.end)
        for one in Answers(self._store, self._register, period, before, now):
            account = one.account
            if one.plain is not None:
                plain = one.plain
                earlier = plain.before if published is None else published.get(account.id)
                yield plain_account_year(account, plain, one.ruled, earlier, period, now)
                continue
            rows = rows_of(self._store, self._register, account, both, now, one.seen)
            yield self._look(number, account, rows, period, now, published).year

    def _looked(self, number: int, period: Period, now: datetime) -> Iterator[Looked]:
        ledger = self._rows(number, period, now)
        published = self._published_before(number)
        for account in self._register.accounts.values():
            yield self._look(number, account, ledger[account.id], period, now, published)

    def _look(
        self,
        number: int,
        account: Account,
        rows: Rows,
        period: Period,
        now: datetime,
        published: Mapping[str, EarlierPosts] | None = None,
    ) -> Looked:
        found = AccountFigures(account, totals(rows, period, now, self._zone))
        if published is None:
            earlier = earlier_posts(rows, self._year_before(number), now, self._zone)
        else:
            earlier = published.get(account.id)
        return Looked(account_year(found, rows, period, earlier, now, self._zone), rows)

    def _published_before(self, number: int) -> Mapping[str, EarlierPosts] | None:
        """What was frozen of the year before, by account: that is what was published."""
        earlier = self._store.figures.snapshots(number - 1)
        return posts_of(json.loads(_checked(earlier[-1]).document)) if earlier else None

    def _year_before(self, number: int) -> Period:
        return Period(*bounds(number - 1, self._zone))

    def _proof(self, number: int, one: Looked, period: Period, now: datetime) -> Json:
        account = one.year.account
        policy = self._register.policy_of(account)
        return evidence(
            number,
            account,
            one.rows,
            one.year.totals,
            self._store.imports.spans(account.id),
            rules(self._store.accounts.policy_history(account.id), policy),
            {person.id: person.name for person in self._register.people.values()},
            period,
            now,
            self._zone,
        )

    def _kept(self, number: int, account: str, version: int) -> Json:
        self._frozen(number, version)
        text = self._store.figures.evidence(number, version, account)
        if text is None:
            raise UsageError(
                Told(
                    "version {version} of {year} has no account {account}",
                    version=version,
                    year=number,
                    account=quoted(account),
                )
            )
        found: Json = json.loads(text)
        return found

    def _frozen(self, number: int, version: int | None) -> Snapshot:
        earlier = self._store.figures.snapshots(number)
        chosen = [one for one in earlier if version in (None, one.version)]
        if not chosen:
            listed = ", ".join(str(one.version) for one in earlier)
            raise UsageError(
                Field("version"),
                Told(
                    " {version}: frozen versions of {year} are: {versions}",
                    version=str(version),
                    year=number,
                    versions=listed or Told("none; see {option}", option=Field("freeze")),
                ),
            )
        return _checked(chosen[-1])

    def _rows(self, number: int, period: Period, now: datetime) -> LedgerRows:
        """Rows that reach back over the year before, for the comparison with it."""
        start = self._year_before(number).start
        return LedgerRows(self._store, self._register, Period(start, period.end), now)

    def _period(self, number: int, now: datetime) -> Period:
        this_year = now.astimezone(self._zone).year
        if not EARLIEST_YEAR <= number <= this_year:
            raise UsageError(
                Told(
                    "{year} is no year there can be figures of; expected {first} to {last}",
                    year=number,
                    first=EARLIEST_YEAR,
                    last=this_year,
                )
            )
        return Period(*bounds(number, self._zone))

    def _account(self, account: str) -> Account:
        known = self._register.accounts.get(account)
        if known is None:
            wrong = no_account(account, self._register.accounts)
            raise UsageError(Told("accounts.toml: {problem}", problem=wrong))
        return known


class Proofs(Mapping[str, Json]):
    """What the figures of one document rest on, by account id: frozen with it, or as known."""

    def __init__(self, reporting: Reporting, document: Json, now: datetime) -> None:
        self._reporting = reporting
        self._year: int = document["year"]
        self._version: int | None = document["version"] if document["frozen"] else None
        self._accounts = [one["id"] for one in document["accounts"]]
        self._now = now

    def __getitem__(self, account: str) -> Json:
        """Return one account's evidence. Raises `KeyError` for one that has no figures."""
        if account not in self._accounts:
            raise KeyError(account)
        return self._reporting.evidence(self._year, account, self._now, self._version)

    def __contains__(self, account: object) -> bool:
        """Return whether the account has figures; brings nothing."""
        return account in self._accounts

    def __iter__(self) -> Iterator[str]:
        """Go through the accounts as the document has them."""
        return iter(self._accounts)

    def __len__(self) -> int:
        """Return how many accounts have figures."""
        return len(self._accounts)


def _recount(store: Store, accounts: Iterable[str], now: datetime) -> None:
    """Raises `StoreError` if stored posts differ from a recount of what was seen."""
    counts = store.posts.counts(datetime.min.replace(tzinfo=UTC), now)
    for account in accounts:
        seen = store.posts.recounted(account)
        known = sum(p.dating is not Dating.UNKNOWN and p.published_at < now for p in seen)
        if seen != store.posts.of_account(account) or known != sum(
            counts.get(account, {}).values()
        ):
            raise StoreError(
                Told(
                    "{account}: the stored posts differ from a recount of what was seen: "
                    "somebody changed the database; restore it from a backup",
                    account=account,
                )
            )


def _checked(snapshot: Snapshot) -> Snapshot:
    if not sound(snapshot):
        raise StoreError(
            Told(
                "version {version} of {year} is not what was frozen: somebody changed the "
                "database; restore it from a backup",
                version=snapshot.version,
                year=snapshot.year,
            )
        )
    return snapshot


def _days_of(period: Period) -> tuple[date, date]:
    """Bounds [since, until) of the days of Beijing's calendar that *period* touches."""
    return day_of(period.start), day_of(period.end) + DAY
