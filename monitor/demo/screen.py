"""What the demo shows: messages once each, what happens between them, and a summary at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from alerts.channels.console import RULE
from alerts.model import Kind, Notice, Reason
from monitor.app import App
from monitor.ledger.lapses import Lapse
from monitor.model import PostKind


@dataclass(frozen=True, slots=True)
class Account:
    """What one account's year came to."""

    name: str
    posts: int
    kinds: dict[PostKind, int]
    lapses: list[Lapse]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the year came to."""

    accounts: dict[str, Account]
    notices: Sequence[Notice]
    readings: int
    shown: int  # messages, each to one or more people


class Screen:
    """The text stream of the console channel: what it gets in one pass is shown together, each
    text once, under all to whom it goes."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.shown = 0
        self._waiting: dict[str, list[str]] = {}

    def write(self, text: str) -> int:
        """Keep a whole message, heading first; return its length."""
        heading, _, body = text.removeprefix(f"{RULE}\n").partition("\n")
        self._waiting.setdefault(body, []).append(heading)
        return len(text)

    def flush(self) -> None:
        """Do nothing: a pass is shown as a whole."""

    def show(self) -> None:
        """Print what was kept, above the progress bar."""
        for body, headings in self._waiting.items():
            self.shown += 1
            self._print(f"{RULE}\n{_joined(headings)}\n{body}")
        self._waiting.clear()

    def tell(self, line: str) -> None:
        """Print what happens, in *line*."""
        self.console.print(Text(f"\n▶ {line}\n", "bold cyan"), soft_wrap=True)

    def _print(self, text: str) -> None:
        self.console.print(text, end="", markup=False, soft_wrap=True)


def _joined(headings: Sequence[str]) -> str:
    """The headings as one: what stands before the name once, and then every name."""
    names: dict[str, dict[str, None]] = {}
    for heading in headings:
        before, mark, name = heading.rpartition("：")
        names.setdefault(before + mark, {})[name] = None
    return "  ".join(before + "、".join(them) for before, them in names.items())


class _Advance:
    def __init__(self, bar: Progress, task: TaskID, start: datetime, zone: ZoneInfo) -> None:
        self._bar, self._task, self._start, self._zone = bar, task, start, zone

    def __call__(self, now: datetime) -> None:
        day = now.astimezone(self._zone).strftime("%Y-%m-%d")
        done = int((now - self._start).total_seconds())
        self._bar.update(self._task, completed=done, day=day)


@contextmanager
def bar(screen: Console, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[_Advance]:
    """Yield what moves a bar over the year."""
    columns = (TextColumn("{task.fields[day]}"), BarColumn(bar_width=None), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        day = start.astimezone(zone).strftime("%Y-%m-%d")
        total = int((end - start).total_seconds())
        task = bar.add_task("", total=total, day=day)
        yield _Advance(bar, task, start, zone)


def summary(outcome: Outcome, zone: ZoneInfo, app: App, screen: Console) -> None:
    """Print what the year came to: each call once, with all who got it."""
    words = app.words
    screen.rule(words.text("The year 2024 in short"))
    table = Table()
    for heading in ("When", "Reason", "To", "Subject"):
        table.add_column(words.text(heading), no_wrap=heading != "Subject")
    for (at, reason, subject), people in _calls(outcome.notices, app).items():
        table.add_row(at, reason, words.listing(people), subject)
    screen.print(table)
    for account_id, account in outcome.accounts.items():
        screen.print(_account_line(account_id, account, app, zone))
    screen.print(
        words.text(
            "{readings} readings; {shown} messages shown, {sent} sent to people. Everything but "
            "the clock was real."
        ).format(readings=outcome.readings, shown=outcome.shown, sent=len(outcome.notices))
    )


def _calls(notices: Sequence[Notice], app: App) -> dict[tuple[str, str, str], list[str]]:
    """The names of who got each call, by when it was sent, why and about what."""
    calls: dict[tuple[str, str, str], list[str]] = {}
    for notice in notices:
        at = app.words.moment(notice.sent_at or notice.created_at)
        call = at, app.words.reason(notice.reason.value), _subject(notice, app)
        calls.setdefault(call, []).append(app.register.name(notice.person))
    return calls


def _subject(notice: Notice, app: App) -> str:
    """The account that *notice* is about; of what is no account, of which kind it is."""
    of_account = notice.subject in app.register.accounts or notice.kind is Kind.HANDOVER
    if of_account:
        return app.words.account(notice.facts.name, notice.facts.platform)
    return "–" if notice.reason is Reason.SHIFT else app.words.kind(notice.kind.value)


def _account_line(account_id: str, account: Account, app: App, zone: ZoneInfo) -> str:
    words = app.words
    platform = words.platform(app.register.accounts[account_id].platform)
    lines = [
        words.text("“{name}” {platform}: {posts} posts in 2024").format(
            name=account.name, platform=platform, posts=account.posts
        )
    ]
    for lapse in account.lapses:
        lines.append(
            words.text("  lapse: {days} days, from {began} to {ended}").format(
                days=lapse.days,
                began=words.day(lapse.began_at.astimezone(zone).date(), year=True),
                ended=words.day(lapse.ended_at.astimezone(zone).date(), year=True)
                if lapse.ended_at
                else words.text("today"),
            )
        )
    return "\n".join(lines)
