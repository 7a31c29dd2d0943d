"""What the ledger and last year's report know, for a report to be held against. Pure.

Everything may be missing: what is not known is not checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitor.reports.check.subjects import Subject

Figure = tuple[Subject, Decimal]


@dataclass(frozen=True, slots=True)
class LapseFigure:
    """One silence over the limit: dates of the last post before and the next one, local.

    *ended* is None while it lasts; *days* are the whole days between the two.
    """

    began: date
    ended: date | None
    days: int


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """What the ledger knows of one account in the year.

    *platform* is `weibo`, `wechat` or another configured word. *posts* is the number that goes
    into the report (Weibo posts, WeChat articles), *pushes* the mass-sends. *complete*: the
    whole year was seen, so that *posts* is exact; otherwise it is a lower bound. *all_lapses*: no
    other silence can have been, for no stretch that was not seen is long enough to hold one.
    """

    name: str
    platform: str
    posts: int | None = None
    originals: int | None = None
    reposts: int | None = None
    articles: int | None = None
    pushes: int | None = None
    complete: bool = False
    followers_start: int | None = None
    followers_end: int | None = None
    lapses: tuple[LapseFigure, ...] = ()
    all_lapses: bool = False
    longest_gap: int | None = None


@dataclass(frozen=True, slots=True)
class DeclaredFigures:
    """What another paper of the same year says of an account, such as the website form."""

    name: str
    platform: str
    document: str
    posts: int | None = None
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class PreviousReport:
    """What last year's report said.

    *carried* are the seven columns of its row 结转下年度继续办理 (six kinds of applicants, total).
    *texts* are its sections by number, a paragraph each; *units* the unit in which each
    platform's posts were counted; *figures* is what its text and tables say of each subject.
    """

    carried: tuple[int | None, ...] | None = None
    rules_in_force: int | None = None
    documents_in_force: int | None = None
    texts: tuple[tuple[int, tuple[str, ...]], ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a report of *year* can be held against."""

    year: int
    accounts: tuple[AccountFigures, ...] = ()
    declared: tuple[DeclaredFigures, ...] = ()
    previous: PreviousReport | None = None

    def of(self, platform: str, name: str | None = None) -> tuple[AccountFigures, ...]:
        """Return the accounts on *platform*; with a *name*, those that bear it."""
        return tuple(
            a for a in self.accounts if a.platform == platform and (name is None or a.name == name)
        )
