"""What is shown of readings, and of what trying found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from alerts.told import worded
from alerts.words import Table, Words, one_line
from monitor.commands.show.console import TITLE, named, out

if TYPE_CHECKING:
    from monitor.desk.shapes import Finding
    from monitor.desk.trials import Trial
    from monitor.model import GatewayState, Reading
    from monitor.register import Register

COLOURS = {"ok": "green", "untried": "cyan", "warning": "yellow", "problem": "bold red"}
SAID = 80  # characters shown of what a gateway said
LEVELS: Table = {"ok": "ok", "untried": "untried", "warning": "warning", "problem": "problem"}


def show_readings(found: Sequence[Reading], words: Words, register: Register) -> None:
    """Print one line a reading."""
    if not found:
        out(words.text("Nothing was due."))
    for one in found:
        style = "green" if one.good else "bold red"
        name = named(one.account, words, register)
        line = Text.assemble(f"{name}  {one.gateway}  ", (words.outcome(one.outcome.value), style))
        if one.items:
            counts = words.text("{n} posts in the window, {fresh} new")
            line.append("  " + counts.format(n=one.items, fresh=one.fresh))
        if not one.good:
            line.append("  " + _helped(one.outcome.value, one.detail, words))
        out(line)


def _helped(outcome: str, detail: str, words: Words) -> str:
    """Why a reading failed, what is done about it, and what the other side said."""
    from alerts.messages.causes import advice, reason, said_by

    said = (outcome, detail, words)
    line = words.text("{reason}; {advice}").format(reason=reason(*said), advice=advice(*said))
    quoted = said_by(outcome, detail, SAID)
    return words.text("{line} “{detail}”").format(line=line, detail=quoted) if quoted else line


def readings_document(
    found: Sequence[Reading], left: Sequence[tuple[GatewayState, int]] = ()
) -> Mapping[str, object]:
    """Return what became of readings as `--json` prints it, and how many sources of which gateway
    were not read."""
    return {
        "readings": [
            {
                "source": one.source,
                "account": one.account,
                "gateway": one.gateway,
                "started_at": one.started_at,
                "outcome": one.outcome.value,
                "good": one.good,
                "items": one.items,
                "new": one.fresh,
                "detail": one.detail,
            }
            for one in found
        ],
        "unread": [{"gateway": state.gateway, "sources": number} for state, number in left],
    }


def show_names(other: Mapping[str, tuple[str, str]], words: Words, register: Register) -> None:
    """Print one line for each account that is called otherwise where it is read: both names."""
    for account, (name, seen) in other.items():
        said = words.text("{account}: configured as {name}, seen as {seen}")
        label = named(account, words, register)
        line = said.format(account=label, name=name, seen=one_line(seen, TITLE))
        out(Text(line, "yellow"))


def show_unread(
    left: Sequence[tuple[GatewayState, int]], spent: Collection[str], words: Words
) -> None:
    """Print one line for each gateway that was not asked for some of its sources. *spent*: the
    gateways whose quota of the day is."""
    for state, number in left:
        what = words.plural("{n} source", "{n} sources", number).format(n=number)
        line, why = words.text("{gateway}: not asked for {sources}"), state.last_detail
        if state.gateway in spent:
            line, why = (
                words.text("{gateway}: not asked for {sources}, its quota of the day is spent"),
                "",
            )
        elif state.not_before is not None:
            line = words.text("{gateway}: not asked for {sources}, it is left alone until {at}")
        until = words.moment(state.not_before, year=True) if state.not_before else ""
        if why and state.last_outcome:
            why = _helped(state.last_outcome.value, why, words)
        stated = line.format(gateway=state.gateway, sources=what, at=until)
        out(Text(stated, "bold red").append(f"  {why}" if why else ""))


def show_findings(found: Sequence[Finding], words: Words) -> None:
    """Print one line a finding."""
    names = words.table(LEVELS)
    room = max(map(cell_len, names.values())) + 2
    for one in found:
        mark = (set_cell_size(names[one.level], room), COLOURS[one.level])
        said = words.text("{check}: {detail}").format(
            check=worded(one.check, text=words.text), detail=worded(one.detail, text=words.text)
        )
        out(Text.assemble(mark, said))


def show_trial(one: Trial, person: str, words: Words) -> None:
    """Print one line on a channel's test message. *person*: the name of whom it was for, or ""."""
    said = (words.text("sent"), "green") if one.sent else (words.text("not sent"), "bold red")
    if not one.tried:
        said = (words.text("passed over"), "cyan")
    line = Text.assemble(f"{one.channel}  ", said)
    for more in filter(None, (person, worded(one.detail, text=words.text))):
        line.append(f"  {more}")
    out(line)
