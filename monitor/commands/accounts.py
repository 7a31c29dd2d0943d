"""Commands about accounts: verdicts, why, what a history would have sent, a post seen by eye."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.words import one_line
from monitor.commands.arguments import (
    At,
    By,
    Json,
    day_of,
    instant,
    required,
)
from monitor.commands.opening import finish, opened
from monitor.commands.show.accounts import (
    show_explanation,
    show_listed,
    show_replayed,
    show_status,
)
from monitor.commands.show.console import TITLE, json_text, out, tell, written
from monitor.commands.show.imports import show_summary
from monitor.errors import Field, Told, UsageError

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.desk.shapes import Status


Page = Annotated[
    int | None, typer.Option("--page", min=1, help="50 accounts, the most urgent on page 1.")
]

accounts = typer.Typer(help="Look at the accounts, add and drop some.", no_args_is_help=True)


def status(context: typer.Context, at: At = None, page: Page = None, as_json: Json = False) -> None:
    """Show every account's verdict, or those of one page; with --at: as it was known then."""
    if at is not None and page is not None:
        raise UsageError(Told("one of {options} was expected", options="--at, --page"))
    with opened(context) as app:
        desk, now = app.desk.accounts, app.clock()
        then = instant(at, app.settings.zone)
        answer = desk.status_page(page, now) if page is not None else desk.status(now, then)
        out(json_text(answer, app.settings.zone)) if as_json else show_status(answer, app.words)
        finish(_troubled(answer) or (page is not None and desk.in_trouble(now)))


def explain(context: typer.Context, account: str, at: At = None, as_json: Json = False) -> None:
    """Show why an account has its verdict, with the evidence."""
    with opened(context) as app:
        answer = app.desk.accounts.explain(account, app.clock(), instant(at, app.settings.zone))
        out(json_text(answer, app.settings.zone)) if as_json else show_explanation(answer)
        finish(answer["verdict"] not in ("fresh", "waiting"))


def confirm(
    context: typer.Context,
    account: str,
    by: By,
    posted_at: Annotated[
        str | None, typer.Option("--posted-at", help="When a post was published that was seen.")
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="Its link.")] = None,
    seen: Annotated[bool, typer.Option("--seen", help="What is seen is right.")] = False,
    name: Annotated[str | None, typer.Option("--name", help="What it is called.")] = None,
    nothing_newer: Annotated[
        bool, typer.Option("--nothing-newer", help="Somebody looked and found nothing newer.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Record what a person saw by eye: a post, that what is seen is right, a name, or nothing."""
    given = [posted_at is not None, seen, name is not None, nothing_newer]
    if sum(given) != 1:
        options = "--posted-at, --seen, --name, --nothing-newer"
        raise UsageError(Told("one of {options} was expected", options=options))
    if url is not None and posted_at is None:
        raise UsageError(Told("{one} belongs to {other}", one="--url", other="--posted-at"))
    with opened(context) as app:
        if posted_at is not None:
            moment = required(posted_at, app.settings.zone, "--posted-at")
            summary = app.desk.accounts.confirm(account, moment, by, url, app.clock())
            if as_json:
                return out(json_text(asdict(summary), app.settings.zone))
            return show_summary(summary, app.words)
        said = _answered(app, account, by, seen, name)
        tell(said, {"account": account, "by": by, "said": said}, as_json, app.words)
    return None


def _answered(app: App, account: str, by: str, seen: bool, name: str | None) -> str:
    """Answer a doubt, and return what is said to that."""
    beliefs, now, words = app.desk.beliefs, app.clock(), app.words
    if seen:
        newest = one_line(beliefs.seen(account, by, now), TITLE)
        return words.text("Believed: “{newest}”; it is read again now.").format(newest=newest)
    if name is not None:
        known = beliefs.named(account, name, by, now)
        return words.text("Noted: it is called {name} too.").format(name=known)
    beliefs.nothing_newer(account, by, now)
    return words.text("Noted: nothing newer was found.")


@accounts.command("list")
def accounts_list(context: typer.Context, as_json: Json = False) -> None:
    """List the accounts as configured, and those that are missing from the configuration."""
    with opened(context) as app:
        found = app.desk.accounts.listed()
        out(json_text(found, app.settings.zone)) if as_json else show_listed(
            found, app.words, app.register
        )


@accounts.command("export")
def accounts_export(
    context: typer.Context,
    file: Annotated[Path, typer.Option("--out", metavar="F.xlsx", help="The file to write.")],
    as_json: Json = False,
) -> None:
    """Write the accounts as configured into a workbook that `accounts add` reads."""
    from monitor.desk.account_export import rows
    from monitor.files import write
    from monitor.reports.office.accounts_book import accounts_workbook

    with opened(context) as app:
        if file.suffix.lower() != ".xlsx":
            ending = Told(": expected a name that ends in {endings}", endings=".xlsx")
            raise UsageError(Field("out"), ending)
        found = rows(app.register, app.words)
        write(file, accounts_workbook(found, app.words))
        document = {"file": str(file), "accounts": len(found)}
        tell(written(file, app.words), document, as_json, app.words)


@accounts.command("drop")
def accounts_drop(
    context: typer.Context,
    dropped: Annotated[list[str], typer.Argument(metavar="ID…", help="Ids of missing accounts.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Take accounts that are missing from the configuration out for good; what was read is kept."""
    with opened(context) as app:
        app.desk.accounts.drop(dropped, by, app.clock())
        if as_json:
            out(json_text({"dropped": dropped, "by": by}, app.settings.zone))
            return
        for account in dropped:
            out(app.words.text("Account {id} is dropped.").format(id=account))


def replay(
    context: typer.Context,
    since: Annotated[str, typer.Option("--from", help="First day.", metavar="DATE")],
    until: Annotated[str, typer.Option("--to", help="Last day.", metavar="DATE")],
    posts: Annotated[
        Path | None, typer.Option("--posts", help="A CSV of posts instead of the ledger's.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", help="This policy instead of each account's own.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the rules over a history: who would have been notified of what, when and why."""
    with opened(context) as app:
        rows = app.desk.replays.replay(
            day_of(since, "--from"), day_of(until, "--to"), posts, policy
        )
        out(json_text(rows, app.settings.zone)) if as_json else show_replayed(
            rows, app.words, app.register
        )


def _troubled(answer: Status) -> bool:
    accounts = any(a["verdict"] not in ("fresh", "waiting") for a in answer["accounts"])
    return accounts or bool(answer["missing"]) or any(not g["healthy"] for g in answer["gateways"])
