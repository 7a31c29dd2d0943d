"""What is shown of accounts: verdicts, why, and what a replay would have sent."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from alerts.words import Words, one_line
from monitor.commands.show.console import TITLE, dated, moment, named, out, width

if TYPE_CHECKING:
    from monitor.desk.machine_shapes import ClusterStatus
    from monitor.desk.shapes import (
        AccountStatus,
        Explanation,
        GatewayStatus,
        ListedAccount,
        ReplayRow,
        Status,
    )
    from monitor.register import Register

INSTANT = 21  # columns of a date with its weekday and time, which is never broken
ROOM = 72  # columns that the table of accounts needs, so that nothing in it is cut
COLOURS = {
    "fresh": "green",
    "late": "yellow",
    "breached": "bold red",
    "blind": "magenta",
    "waiting": "cyan",
}


def show_status(answer: Status, words: Words) -> None:
    """Print the table of accounts, or where it has no room a line each, and that of gateways."""
    # They come with what the answer was made by; other commands need not wait for them.
    from monitor.desk.accounts import PER_PAGE
    from monitor.desk.status import missing_line, status_line

    if width() >= ROOM:
        out(_status_table(answer, words))
    else:
        for one in answer["accounts"]:
            out(Text(status_line(one, words), COLOURS[one["verdict"]]))
    if "total" in answer:
        n = answer["total"]
        number = words.plural("{n} account", "{n} accounts", n).format(n=n)
        out(f"{answer['page']} / {max((n - 1) // PER_PAGE + 1, 1)} · {number}")
    for account in answer["missing"]:
        out(Text(missing_line(account, words), "bold red"))
    for gateway in answer["gateways"]:
        out(_gateway_line(gateway, words))
    cluster = answer["cluster"]
    if cluster is not None:
        _show_cluster(cluster, words)


def _show_cluster(cluster: ClusterStatus, words: Words) -> None:
    from monitor.desk.machines import machine_line, zone_line

    for machine in cluster["machines"]:
        fine = machine["alive"] and machine["idle"] is None
        out(Text(machine_line(machine, words), "" if fine else "bold red"))
    for zone in cluster["zones"]:
        out(Text(zone_line(zone, words), "" if zone["machines"] else "bold red"))


def greet(answer: Status, words: Words, program: str, config: Path | None) -> None:
    """Print the first picture after a start, and how to look further.

    *program*: how this program is called from the reader's folder. *config*: the folder of the
    configuration, if the commands need it as an option.
    """
    show_status(answer, words)
    first = answer["accounts"][0]["id"] if answer["accounts"] else "ACCOUNT"
    out(words.text("Look further:"))
    if config is not None:
        folder = shlex.quote(str(config.absolute()))
        out(Text(f"  export FRESHNESS_CONFIG={folder}", "bold"))
    suggestions = {
        f"{program} status": words.text("every account's verdict"),
        f"{program} explain {first}": words.text("why, with the evidence"),
        f"{program} alerts list": words.text("who was told what"),
        f"{program} demo": words.text("the year 2024 in half a minute"),
    }
    for command, what in suggestions.items():
        padded = command.ljust(max(map(len, suggestions)))
        out(Text.assemble("  ", (padded, "bold"), "  ", what))
    out(words.text("The service is running; Ctrl-C stops it."))


def _status_table(answer: Status, words: Words) -> Table:
    at = moment(answer["at"], words, year=True)
    title = f"{words.text('Accounts')}  {at}"
    table = Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
    )
    table.add_column(words.text("Account"), overflow="fold")
    table.add_column(words.text("Verdict"), no_wrap=True)
    table.add_column(words.text("Last post"), overflow="fold", min_width=INSTANT)
    table.add_column(words.text("Publish by"), no_wrap=True)
    table.add_column(words.text("Month/year"), justify="right", no_wrap=True)
    for account in answer["accounts"]:
        table.add_row(*_status_row(account, words))
    return table


def _status_row(account: AccountStatus, words: Words) -> list[Text]:
    """Texts, not strings: a title with square brackets is no markup."""
    from monitor.desk.status import verdict_word

    verdict = verdict_word(account, words), COLOURS[account["verdict"]]
    quiet = _quiet(account["quiet_days"], words) if account["last_post_at"] else ""
    if account["exception"]:
        until = words.since(account["exception"]["until"])
        quiet += "\n" + words.text("agreed until {day}").format(day=until)
    return [
        Text(_named(account, words)),
        Text.assemble(verdict, "\n", quiet),
        Text(_last_post(account, words)),
        Text(words.short_day(account["publish_by"])),
        Text(f"{account['posts_this_month']}/{account['posts_this_year']}"),
    ]


def _named(account: AccountStatus, words: Words) -> str:
    named = f"{account['name']} {words.platform(account['platform'])}\n{account['id']}"
    if account["other_name"] is None:
        return named
    other = words.text("seen as {name}").format(name=one_line(account["other_name"], TITLE))
    return f"{named}\n{other}"


def _quiet(days: int, words: Words) -> str:
    if days == 0:
        return words.text("updated today")
    return words.text("no update for {days}").format(days=words.days(days))


def _last_post(account: AccountStatus, words: Words) -> str:
    if account["last_post_at"] is None:
        return "–"
    title = one_line(account["last_post_title"] or "", TITLE)
    at = dated(account["last_post_at"], account["last_post_until"], words)
    return f"{at}\n{title}".rstrip()


def _gateway_line(gateway: GatewayStatus, words: Words) -> Text:
    healthy = gateway["healthy"]
    state = words.text("alive") if healthy else words.text("not seeing")
    colour = "green" if healthy else "bold red"
    if not gateway["checked"]:
        state, colour = words.text("not checked"), "cyan"
    elif healthy and not gateway["answered"]:
        state, colour = words.text("no usable answer yet"), "bold red"
    pulse = gateway["last_pulse_at"]
    since = (
        words.text("last pulse {at}").format(at=moment(pulse, words))
        if pulse
        else (words.text("no pulse yet"))
    )
    name = f"{words.text('Gateway')} {gateway['id']} ({gateway['kind']})"
    line = Text.assemble(name, "  ", (state, colour), "  ", since)
    if gateway["spent_today"] is not None:
        asked = words.text("{spent} of {quota} requests today")
        line.append("  " + asked.format(spent=gateway["spent_today"], quota=gateway["quota"]))
    return line


def show_listed(accounts: Sequence[ListedAccount], words: Words, register: Register) -> None:
    """Print every account as configured, a line each."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Account", "State", "Policy", "Custodian", "Gateways"):
        table.add_column(words.text(heading), overflow="fold")
    for account in accounts:
        name = f"{account['name']} {words.platform(account['platform'])}\n{account['id']}"
        state, gone = words.state(account["state"]), account["missing_since"]
        table.add_row(
            Text(name),
            Text(f"{state} {moment(gone, words)}" if gone else state, "bold red" if gone else ""),
            Text(account["policy"] or ""),
            Text(register.name(account["custodian"]) if account["custodian"] else ""),
            Text(words.listing(account["gateways"])),
        )
    out(table)


def show_explanation(answer: Explanation) -> None:
    """Print the sentences that explain a verdict."""
    out(answer["text"])


def show_replayed(rows: Sequence[ReplayRow], words: Words, register: Register) -> None:
    """Print who would have been notified, one line a message."""
    if not rows:
        out(words.text("Nobody would have been told anything."))
        return
    table = Table(expand=False)
    for heading in ("When", "Account", "Rung", "Reason", "To"):
        table.add_column(words.text(heading), no_wrap=heading != "To")
    for one in rows:
        table.add_row(
            moment(one["at"], words, year=True),
            named(one["account"], words, register),
            "" if one["rung"] is None else str(one["rung"]),
            words.reason(one["reason"]),
            Text(words.listing([_person(p, register) for p in one["to"]])),
        )
    out(table)


def _person(person: str, register: Register) -> str:
    known = register.people.get(person)
    return known.name if known else person
