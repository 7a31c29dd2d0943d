"""What is shown of custody: handovers, the duty, and who holds which account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from alerts.messages import custody
from alerts.words import Words, one_line
from monitor.commands.show.console import TITLE, moment, named, out

if TYPE_CHECKING:
    from alerts.people.handover import Handover
    from monitor.desk.shapes import CustodianRow, DutyGap, DutyShown, HandoverRow, RosterSummary
    from monitor.register import Register


def show_handover(changed: Handover, words: Words) -> None:
    """Print how far a handover has come after a change, and what it still needs."""
    sentence = words.text("Handover {id}: {state}").format(
        id=changed.id, state=words.stage(changed.state.value)
    )
    out(sentence)


def show_handovers(found: Sequence[HandoverRow], words: Words, register: Register) -> None:
    """Print each handover: a line about it, and a line for whatever is still to be done."""
    if not found:
        out(words.text("No handover is running."))
    for one in found:
        out(Text(_handover_head(one, words, register), style="bold"))
        for line in _handover_lines(one, words, register):
            out(f"    {line}")


def _handover_head(one: HandoverRow, words: Words, register: Register) -> str:
    parts = [
        f"#{one['id']}",
        words.stage(one["state"]),
        f"{one['from_name']} → {one['to_name']}",
        words.listing([named(account, words, register) for account in one["accounts"]]),
        words.text("due {day}").format(day=words.day(one["due"])),
        one_line(custody.reason(one["reason"], words), TITLE),
    ]
    return "  ".join(parts)


def _handover_lines(one: HandoverRow, words: Words, register: Register) -> Iterator[str]:
    if one["state"] not in ("open", "accepted"):
        return
    sides = (one["from"], one["from_name"]), (one["to"], one["to_name"])
    awaiting = [name for person, name in sides if person in one["awaiting"]]
    missing = [account for account, at in one["proven"].items() if at is None]
    unproven = [named(account, words, register) for account in missing]
    unchecked = [words.check(item) for item, at in one["checklist"].items() if at is None]
    if awaiting:
        yield words.text("Still to be accepted by: {names}").format(names=words.listing(awaiting))
    elif unproven:
        yield words.text("No first post of the new custodian is confirmed yet: {names}").format(
            names=words.listing(unproven)
        )
    if unchecked:
        yield words.text("Still to be passed on: {items}").format(items=words.listing(unchecked))


def show_duty(answer: DutyShown, words: Words) -> None:
    """Print who is on duty on a day, and who follows."""
    day = words.day(answer["on"])
    sentence = words.text("{day}: on duty {name}").format(day=day, name=answer["name"] or "–")
    if answer["phone"]:
        sentence += f"  {answer['phone']}"
    out(sentence)
    if answer["leader"]:
        leader = words.text("Leader: {name}").format(name=answer["leader_name"])
        out(leader)
    if answer["duty"] and not answer["reachable"]:
        out(Text(words.text("Cannot be reached by any channel."), "yellow"))
    if answer["next_on"]:
        following = words.text("From {day} on: {name}").format(
            day=words.day(answer["next_on"]), name=answer["next_name"] or "–"
        )
        out(following)


def show_gaps(found: Sequence[DutyGap], words: Words) -> None:
    """Print where the duty is not covered, one line a gap."""
    if not found:
        out(words.text("The next 14 days are covered."))
    for gap in found:
        first, last = gap["first"], gap["last"]
        days = words.day(first) if first == last else words.span(first, last)
        line = f"{days}  {gap['name'] or ''}  {words.gap(gap['why'])}"
        out(Text(line, "yellow"))


def show_custodians(found: Sequence[CustodianRow], words: Words, register: Register) -> None:
    """Print who holds each account, one line an account."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Account", "Custodian", "Held since", "Confirmed", "Remark"):
        table.add_column(words.text(heading), no_wrap=heading != "Remark")
    for one in found:
        table.add_row(
            Text(f"{one['name']} {words.platform(one['platform'])}\n{one['account']}"),
            Text(one["custodian_name"] or "–"),
            moment(one["since"], words, year=True),
            moment(one["confirmed_at"], words, year=True),
            Text("\n".join(_remarks(one, words, register))),
        )
    out(table)


def _remarks(one: CustodianRow, words: Words, register: Register) -> Iterator[str]:
    if one["left"]:
        yield words.text("is not among the people any more")
    if one["handover"] is not None:
        yield words.text("handover {id} is not proven").format(id=one["handover"])
    configured = one["configured"]
    if configured is not None and configured != one["custodian"]:
        person = register.name(configured)
        yield words.text("accounts.toml names {person}").format(person=person)


def show_roster_import(summary: RosterSummary, check: bool, words: Words) -> None:
    """Print what an import of a roster did, or would do."""
    did = words.text("Would import") if check else words.text("Imported")
    counts = words.text("{new} new, {known} known, {changed} changed").format(
        new=summary.new, known=summary.known, changed=summary.changed
    )
    out(f"{did}: {counts}")
    if summary.ignored:
        unread = words.text("Columns that were not read: {names}").format(
            names=words.listing(summary.ignored)
        )
        out(unread)
