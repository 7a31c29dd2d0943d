"""What the commands print for people: tables, progress, one line a fact. Decides nothing.

The only user of Rich besides the demo. Everything goes to stdout, plain when that is no
terminal.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from alerts.messages import custody
from alerts.words import Words, one_line

if TYPE_CHECKING:
    from alerts.people.handover import Handover
    from monitor.desk.shapes import (
        AccountStatus,
        AlertRow,
        CustodianRow,
        DutyGap,
        DutyShown,
        Explanation,
        Finding,
        GatewayStatus,
        HandoverRow,
        NoticeRow,
        ReplayRow,
        RosterSummary,
        Status,
    )
    from monitor.imports.importing import Result
    from monitor.ledger.records import ImportSummary
    from monitor.model import GatewayState, Reading
    from monitor.register import Register
    from monitor.reports.check import Finding as Check

COLOURS = {
    "fresh": "green",
    "late": "yellow",
    "breached": "bold red",
    "blind": "magenta",
    "waiting": "cyan",
}
LEVELS = {"ok": "green", "warning": "yellow", "problem": "bold red"}
PIPED = 120  # columns where no terminal says how many there are
TITLE = 24  # characters of a post's title in a table


def _console() -> Console:
    width = None if sys.stdout.isatty() else PIPED
    return Console(highlight=False, soft_wrap=False, width=width)


def status(answer: Status, words: Words) -> None:
    """Print the table of accounts and the line of gateways."""
    console = _console()
    console.print(_status_table(answer, words))
    for gateway in answer["gateways"]:
        console.print(_gateway_line(gateway, words))


def greeting(answer: Status, words: Words, program: str, config: Path | None) -> None:
    """Print the first picture after a start, and how to look further.

    *program*: how the reader calls this program from where he stands. *config*: the folder of the
    configuration, if the commands have to be told.
    """
    status(answer, words)
    first = answer["accounts"][0]["id"] if answer["accounts"] else "ACCOUNT"
    console = _console()
    console.print(words.text("Look further:"))
    if config is not None:
        folder = shlex.quote(str(config.absolute()))
        console.print(Text(f"  export FRESHNESS_CONFIG={folder}", "bold"), soft_wrap=True)
    hints = {
        f"{program} status": words.text("every account's verdict"),
        f"{program} explain {first}": words.text("why, with the evidence"),
        f"{program} alerts list": words.text("who was told what"),
        f"{program} demo": words.text("the year 2024 in a minute"),
    }
    for command, what in hints.items():
        padded = command.ljust(max(map(len, hints)))
        console.print(Text.assemble("  ", (padded, "bold"), "  ", what), soft_wrap=True)
    console.print(words.text("The service is running; Ctrl-C stops it."))


def _status_table(answer: Status, words: Words) -> Table:
    at = _moment(answer["at"], words)
    title = f"{words.text('Accounts')}  {at}"
    table = Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
    )
    for heading in ("Account", "Verdict"):
        table.add_column(words.text(heading), no_wrap=True)
    table.add_column(words.text("Last post"), overflow="fold")
    table.add_column(words.text("Publish by"), no_wrap=True)
    table.add_column(words.text("Month/year"), justify="right", no_wrap=True)
    for account in answer["accounts"]:
        table.add_row(*_status_row(account, words))
    return table


def _status_row(account: AccountStatus, words: Words) -> list[Text]:
    """Texts, not strings: a title with square brackets is no markup."""
    verdict = words.verdict(account["verdict"]), COLOURS[account["verdict"]]
    quiet = _quiet(account["quiet_days"], words) if account["last_post_at"] else ""
    if account["exception"]:
        until = words.since(account["exception"]["until"])
        quiet += "\n" + words.text("agreed until {day}").format(day=until)
    return [
        Text(f"{account['name']} {words.platform(account['platform'])}\n{account['id']}"),
        Text.assemble(verdict, "\n", quiet),
        Text(_last_post(account, words)),
        Text(words.short_day(account["publish_by"])),
        Text(f"{account['posts_this_month']}/{account['posts_this_year']}"),
    ]


def _quiet(days: int, words: Words) -> str:
    if days == 0:
        return words.text("updated today")
    return words.text("no update for {days}").format(days=words.days(days))


def _last_post(account: AccountStatus, words: Words) -> str:
    if account["last_post_at"] is None:
        return "–"
    title = one_line(account["last_post_title"] or "", TITLE)
    return f"{_moment(account['last_post_at'], words)}\n{title}".rstrip()


def _gateway_line(gateway: GatewayStatus, words: Words) -> Text:
    healthy = gateway["healthy"]
    state = words.text("alive") if healthy else words.text("not seeing")
    pulse = gateway["last_pulse_at"]
    since = (
        words.text("last pulse {at}").format(at=_moment(pulse, words))
        if pulse
        else (words.text("no pulse yet"))
    )
    name = f"{words.text('Gateway')} {gateway['id']} ({gateway['kind']})"
    line = Text.assemble(name, "  ", (state, "green" if healthy else "bold red"), "  ", since)
    if gateway["spent_today"] is not None:
        asked = words.text("{spent} of {quota} requests today")
        line.append("  " + asked.format(spent=gateway["spent_today"], quota=gateway["quota"]))
    return line


def explanation(answer: Explanation) -> None:
    """Print the sentences that explain a verdict."""
    _console().print(Text(answer["text"]), soft_wrap=True)


def alerts(found: Sequence[AlertRow], words: Words) -> None:
    """Print alerts with their notices."""
    console = _console()
    if not found:
        console.print(words.text("No alert is open."))
    for alert in found:
        console.print(_alert_head(alert, words), soft_wrap=True)
        if alert["unheard_since"]:
            said = words.unheard(alert["unheard_since"])
            console.print(Text(f"    {said}", style="bold red"), soft_wrap=True)
        for notice in alert["notices"]:
            console.print(Text("    " + _notice_line(notice, words)), soft_wrap=True)
            for line in _attempts(notice, words):
                console.print(Text("        " + line, style="dim"), soft_wrap=True)


def _alert_head(alert: AlertRow, words: Words) -> Text:
    opened = _moment(alert["opened_at"], words)
    parts = [
        f"#{alert['id']}",
        words.kind(alert["kind"]),
        alert["subject"],
        words.text("since {at}").format(at=opened),
    ]
    if alert["rung"] is not None:
        parts.append(words.text("rung {days}").format(days=alert["rung"]))
    if alert["acknowledged_by"]:
        parts.append(
            words.text("{name} has it in hand ({at})").format(
                name=alert["acknowledged_by_name"], at=_moment(alert["acknowledged_at"], words)
            )
        )
    if alert["promise_until"]:
        until = _moment(alert["promise_until"], words)
        sentence = (
            words.text("{name} has scheduled a post for {until}")
            if alert["scheduled"]
            else words.text("{name} promised a post by {until}")
        )
        parts.append(sentence.format(name=alert["promised_by_name"], until=until))
    if alert["resolved_at"]:
        ended = _moment(alert["resolved_at"], words)
        why = words.reason(alert["reason"]) if alert["reason"] else "–"
        parts.append(words.text("ended {at} ({reason})").format(at=ended, reason=why))
    return Text("  ".join(parts), style="dim" if alert["resolved_at"] else "bold")


def _notice_line(notice: NoticeRow, words: Words) -> str:
    sent = _moment(notice["sent_at"], words) if notice["sent_at"] else ""
    line = f"{notice['name']} · {notice['channel']} · {words.reason(notice['reason'])} · "
    line += f"{words.notice_state(notice['state'])} {sent}".rstrip()
    return f"{line} · {notice['error']}" if notice["error"] else line


def _attempts(notice: NoticeRow, words: Words) -> Iterator[str]:
    """Every attempt to send a notice, where there was more than the one that went."""
    attempts = notice["deliveries"]
    if len(attempts) == 1 and attempts[0]["state"] == "sent":
        return
    for one in attempts:
        state = words.notice_state(one["state"]) if one["state"] else words.text("cut off")
        line = words.text("attempt {n}: {at}, {state}").format(
            n=one["attempt"], at=_moment(one["started_at"], words), state=state
        )
        yield f"{line} · {one['error']}" if one["error"] else line


def readings(found: Sequence[Reading], words: Words) -> None:
    """Print one line a reading."""
    console = _console()
    if not found:
        console.print(words.text("Nothing was due."))
    for one in found:
        style = "green" if one.good else "bold red"
        line = Text.assemble(one.source, "  ", (words.outcome(one.outcome.value), style))
        if one.items:
            counts = words.text("{n} posts in the window, {fresh} new")
            line.append("  " + counts.format(n=one.items, fresh=one.fresh))
        if one.detail and not one.good:
            line.append("  " + one.detail)
        console.print(line, soft_wrap=True)


def unread(left: Sequence[tuple[GatewayState, int]], spent: Collection[str], words: Words) -> None:
    """Print one line for each gateway that was not asked for some of its sources. *spent*: the
    gateways whose quota of the day is."""
    console = _console()
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
        told = line.format(gateway=state.gateway, sources=what, at=until)
        console.print(Text(told, "bold red").append(f"  {why}" if why else ""), soft_wrap=True)


def imported(summary: ImportSummary, words: Words) -> None:
    """Print what an import did, or would do."""
    did = words.text("Imported") if summary.id is not None else words.text("Would import")
    counts = words.text("{new} new, {known} known, {changed} changed").format(
        new=summary.new, known=summary.known, changed=summary.changed
    )
    _console().print(f"{did}: {counts}")


def handover(changed: Handover, words: Words) -> None:
    """Print how far a handover has come after a change, and what it still needs."""
    sentence = words.text("Handover {id}: {state}").format(
        id=changed.id, state=words.stage(changed.state.value)
    )
    _console().print(Text(sentence), soft_wrap=True)


def handovers(found: Sequence[HandoverRow], words: Words) -> None:
    """Print each handover: a line about it, and a line for whatever is still to be done."""
    console = _console()
    if not found:
        console.print(words.text("No handover is running."))
    for one in found:
        console.print(Text(_handover_head(one, words), style="bold"), soft_wrap=True)
        for line in _handover_lines(one, words):
            console.print(Text(f"    {line}"), soft_wrap=True)


def _handover_head(one: HandoverRow, words: Words) -> str:
    parts = [
        f"#{one['id']}",
        words.stage(one["state"]),
        f"{one['from_name']} → {one['to_name']}",
        words.listing(one["accounts"]),
        words.text("due {day}").format(day=words.day(one["due"])),
        one_line(custody.reason(one["reason"], words), TITLE),
    ]
    return "  ".join(parts)


def _handover_lines(one: HandoverRow, words: Words) -> Iterator[str]:
    if one["state"] not in ("open", "accepted"):
        return
    sides = (one["from"], one["from_name"]), (one["to"], one["to_name"])
    awaiting = [name for person, name in sides if person in one["awaiting"]]
    unproven = [account for account, at in one["proven"].items() if at is None]
    unchecked = [words.check(item) for item, at in one["checklist"].items() if at is None]
    if awaiting:
        yield words.text("Still to be accepted by: {names}").format(names=words.listing(awaiting))
    elif unproven:
        yield words.text("No first post of the new custodian is confirmed yet: {names}").format(
            names=words.listing(unproven)
        )
    if unchecked:
        yield words.text("Still to be passed on: {items}").format(items=words.listing(unchecked))


def duty(answer: DutyShown, words: Words) -> None:
    """Print who is on duty on a day, and who follows."""
    console = _console()
    day = words.day(answer["on"])
    sentence = words.text("{day}: on duty {name}").format(day=day, name=answer["name"] or "–")
    if answer["phone"]:
        sentence += f"  {answer['phone']}"
    console.print(Text(sentence), soft_wrap=True)
    if answer["leader"]:
        leader = words.text("Leader: {name}").format(name=answer["leader_name"])
        console.print(Text(leader), soft_wrap=True)
    if answer["duty"] and not answer["reachable"]:
        console.print(Text(words.text("Cannot be reached by any channel.")), style="yellow")
    if answer["next_on"]:
        following = words.text("From {day} on: {name}").format(
            day=words.day(answer["next_on"]), name=answer["next_name"] or "–"
        )
        console.print(Text(following), soft_wrap=True)


def gaps(found: Sequence[DutyGap], words: Words) -> None:
    """Print where the duty is not covered, one line a gap."""
    console = _console()
    if not found:
        console.print(words.text("The next 14 days are covered."))
    for gap in found:
        first, last = gap["first"], gap["last"]
        days = words.day(first) if first == last else words.span(first, last)
        line = f"{days}  {gap['name'] or ''}  {words.gap(gap['why'])}"
        console.print(Text(line, style="yellow"), soft_wrap=True)


def custodians(found: Sequence[CustodianRow], words: Words) -> None:
    """Print who holds each account, one line an account."""
    console = _console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Account", "Custodian", "Held since", "Confirmed", "Remark"):
        table.add_column(words.text(heading), no_wrap=heading != "Remark")
    for one in found:
        table.add_row(
            Text(f"{one['name']} {words.platform(one['platform'])}\n{one['account']}"),
            Text(one["custodian_name"] or "–"),
            _moment(one["since"], words, year=True),
            _moment(one["confirmed_at"], words, year=True),
            Text("\n".join(_remarks(one, words))),
        )
    console.print(table)


def _remarks(one: CustodianRow, words: Words) -> Iterator[str]:
    if one["left"]:
        yield words.text("is not among the people any more")
    if one["handover"] is not None:
        yield words.text("handover {id} is not proven").format(id=one["handover"])
    if one["configured"] not in (None, one["custodian"]):
        yield words.text("accounts.toml names {person}").format(person=one["configured"])


def roster_imported(summary: RosterSummary, check: bool, words: Words) -> None:
    """Print what an import of a roster did, or would do."""
    did = words.text("Would import") if check else words.text("Imported")
    counts = words.text("{new} new, {known} known, {changed} changed").format(
        new=summary.new, known=summary.known, changed=summary.changed
    )
    console = _console()
    console.print(f"{did}: {counts}")
    if summary.ignored:
        unread = words.text("Columns that were not read: {names}").format(
            names=words.listing(summary.ignored)
        )
        console.print(Text(unread), soft_wrap=True)


def import_result(found: Result, words: Words) -> None:
    """Print what an import did, or would do: counts, gaps it closes, columns it passed over."""
    imported(found.summary, words)
    console = _console()
    for line in _import_notes(found, words):
        console.print(Text("  " + line), soft_wrap=True)


def _import_notes(found: Result, words: Words) -> Iterator[str]:
    from monitor.reports.year.text import gap_reason

    if found.rejected:
        yield words.plural("{n} line rejected", "{n} lines rejected", found.rejected).format(
            n=found.rejected
        )
    for one in found.closes:
        yield words.text("closes a gap of {account}: {first} to {last}, {reason}").format(
            account=one.account,
            first=words.moment(one.gap.start, year=True),
            last=words.moment(one.gap.end, year=True),
            reason=gap_reason(one.gap.reason, words),
        )
    if found.ignored:
        columns = words.listing([one_line(column, TITLE) for column in found.ignored])
        yield words.text("columns not needed: {columns}").format(columns=columns)
    if found.summary.id is not None:
        yield words.text("take it back with: freshness import --undo {id}").format(
            id=found.summary.id
        )


def undone(summary: ImportSummary, frozen: Sequence[int], words: Words) -> None:
    """Print what taking an import back did; *frozen* years stay as they are."""
    console = _console()
    line = words.text("Import {id} taken back: {gone} gone, {changed} changed back, {kept} kept")
    counts = {"gone": summary.new, "changed": summary.changed, "kept": summary.known}
    console.print(line.format(id=summary.id, **counts))
    if frozen:
        years = words.listing([str(year) for year in frozen])
        console.print(
            words.text(
                "Frozen figures stay as they are: {years}. Freeze again for a new version."
            ).format(years=years)
        )


def checked(found: Sequence[Check], words: Words, as_json: bool) -> None:
    """Print what the check of a report found, or as the contract's JSON."""
    from monitor.reports import check

    if as_json:
        print(json.dumps(check.as_json(found, words.text), ensure_ascii=False, indent=2))
    else:
        print(check.as_text(found, words.text))


def replayed(told: Sequence[ReplayRow], words: Words, register: Register) -> None:
    """Print who would have been told, one line a message."""
    console = _console()
    if not told:
        console.print(words.text("Nobody would have been told anything."))
        return
    table = Table(expand=False)
    for heading in ("When", "Account", "Rung", "Reason", "To"):
        table.add_column(words.text(heading), no_wrap=heading != "To")
    for one in told:
        table.add_row(
            _moment(one["at"], words, year=True),
            one["account"],
            "" if one["rung"] is None else str(one["rung"]),
            words.reason(one["reason"]),
            escape(words.listing([_person(p, register) for p in one["to"]])),
        )
    console.print(table)


def _person(person: str, register: Register) -> str:
    known = register.people.get(person)
    return known.name if known else person


def doctored(found: Sequence[Finding]) -> None:
    """Print one line a finding."""
    console = _console()
    for one in found:
        mark = (f"{one.level.value:<8} ", LEVELS[one.level])
        console.print(Text.assemble(mark, f"{one.check}: {one.detail}"), soft_wrap=True)


@contextmanager
def lines_read(words: Words) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with each line's number; shows how far a large file is read."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"))
    bar = Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(words.text("Lines read"), total=None)
        # Drawing costs more than reading: every thousandth line moves the bar.
        yield lambda line: bar.update(task, completed=line) if line % 1000 == 0 else None


@contextmanager
def progress(total: int, words: Words | None = None) -> Iterator[Callable[[Reading], None]]:
    """Yield a function to call once a reading; draws a bar on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal or total < 2,
    )
    with bar:
        task = bar.add_task(words.text("Reading") if words else "", total=total)
        yield lambda _: bar.advance(task)


def _moment(at: datetime | None, words: Words, year: bool = False) -> str:
    return "–" if at is None else words.moment(at, year=year)
