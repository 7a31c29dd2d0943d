"""The command that adds accounts: each is looked at, shown, agreed to, and written down."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.arguments import Json
from monitor.commands.opening import finish, opened
from monitor.commands.show.adding import as_row, show_blocks, show_proposal
from monitor.commands.show.console import json_text, out
from monitor.errors import Told, UsageError

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.desk.adding import Added, Proposal, Refused, State, Wanted

LISTS = (".xlsx", ".xls", ".xlsb", ".ods", ".csv")
YES = ("y", "yes", "是", "是的", "对")


def add(
    context: typer.Context,
    given: Annotated[
        list[str] | None,
        typer.Argument(metavar="[URL|FILE.xlsx]…", help="Addresses, or a list of them."),
    ] = None,
    gateway: Annotated[
        str | None, typer.Option("--gateway", metavar="G", help="Read through this gateway.")
    ] = None,
    custodian: Annotated[
        str | None, typer.Option("--custodian", metavar="P", help="The id of who looks after it.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask; add what is not in doubt.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Look at accounts by pasted addresses, and write those that are right into accounts.toml."""
    from monitor.desk.adding import Added, State

    asking = sys.stdin.isatty() and not (yes or as_json)
    with opened(context, reading=True) as app:
        results: list[Added] = []
        for wanted in _wanted(app, given, gateway, custodian):
            found = app.adding.proposal(wanted, app.clock(), _agreed_to(results))
            if not as_json:
                show_proposal(found, app.register, app.words)
            results.append(Added(found, _state(app, found, yes, asking)))
        _write(app, _agreed_to(results), as_json)
        if as_json:
            out(json_text([as_row(one) for one in results], app.settings.zone))
        elif any(one.state is State.PROPOSED for one in results):
            out(app.words.text("Nothing was written: nobody can be asked here; add --yes."))
        finish(any(one.state in (State.REFUSED, State.DOUBTFUL) for one in results))


def _wanted(
    app: App, given: Sequence[str] | None, gateway: str | None, custodian: str | None
) -> Iterator[Wanted]:
    from monitor.desk.adding import Wanted
    from monitor.sources.addresses import addresses_in

    known: set[str] = set()
    for one in given or _pasted(app):
        if not (one.lower().endswith(LISTS) and "://" not in one):
            new = [link for link in addresses_in(one) if link not in known]
            known.update(new)
            yield from (Wanted(link, gateway, custodian) for link in new)
            continue
        from monitor.files import contents
        from monitor.imports.account_list import parse

        path = Path(one)
        for listed in parse(
            contents(path, Told("list of accounts")), path.name, app.register.people
        ):
            yield Wanted(listed.link, gateway, listed.custodian or custodian, listed.name)


def _pasted(app: App) -> Iterator[str]:
    """The lines of the standard input, up to an empty one where somebody types them."""
    typed = sys.stdin.isatty()
    if typed:
        out(app.words.text("Paste one address a line; an empty line ends."))
    for line in sys.stdin:
        if line.strip():
            yield line.strip()
        elif typed:
            return


def _agreed_to(results: Sequence[Added]) -> list[Proposal]:
    from monitor.desk.adding import Proposal, State

    found = (one.found for one in results if one.state is State.ADDED)
    return [one for one in found if isinstance(one, Proposal)]


def _state(app: App, found: Proposal | Refused, yes: bool, asking: bool) -> State:
    from monitor.desk.adding import Refused, State

    if isinstance(found, Refused):
        return State.REFUSED
    if asking:
        return State.ADDED if _agreed(app) else State.DECLINED
    if found.doubts:
        return State.DOUBTFUL
    return State.ADDED if yes else State.PROPOSED


def _agreed(app: App) -> bool:
    out(app.words.text("Is this the account?") + " (y/n) ", end="")
    return sys.stdin.readline().strip().lower() in YES


def _write(app: App, agreed: Sequence[Proposal], quiet: bool) -> None:
    if not agreed:
        return
    try:
        path = app.add(agreed)
    except UsageError:
        show_blocks([one.block() for one in agreed])
        raise
    if not quiet:
        ids = app.words.listing([one.id for one in agreed])
        line = app.words.text(
            "Written into {file}: {ids}. A service that runs takes it up within seconds."
        )
        out(line.format(file=path, ids=ids))
