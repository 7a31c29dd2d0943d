"""Messages about trouble of the monitor's own. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alerts.facts import SelfFacts
from alerts.messages.draft import (
    Draft,
    account_lines,
    account_of,
    listed,
    name_of,
    place_lines,
)
from alerts.messages.former import fault_of
from alerts.occasion import On
from alerts.words import Table

WRONG: Table = {
    "database": "the database cannot be read or written",
    "files": "the system refuses a file",
    "memory": "the machine has no memory left",
    "bug": "the program itself has made a mistake",
}
TO_DO: Table = {
    "database": (
        "look whether the disk is full and the database is reachable; `freshness doctor` checks it"
    ),
    "files": "look whether the disk is full, and at the rights of the folder data",
    "memory": "give it more memory, or end what takes it",
    "bug": "update the program, and give the log to who maintains it; look at the account yourself",
}
NAMED = 5  # accounts in a first line


def is_about_missing(draft: Draft[Any]) -> bool:
    """Return whether a message is about accounts that vanished from the configuration."""
    subject: str = draft.notice.subject
    return subject.startswith(f"{On.MISSING}:")


def subject(draft: Draft[SelfFacts]) -> str:
    """Return the first line: which account cannot be judged, or what is wrong."""
    year = draft.facts.unannounced
    if year is not None:
        return draft.words.text(
            "[Calendar] the working days of {year} are not known yet; they are reckoned until then"
        ).format(year=year)
    if is_about_missing(draft):
        return draft.words.text(
            "[Configuration] {n} accounts have vanished without being closed: {names}"
        ).format(
            n=len(draft.facts.accounts), names=listed(draft.facts.accounts, NAMED, draft.words)
        )
    if draft.facts.damaged:
        return _damage_subject(draft)
    if draft.facts.platform is not None:
        return draft.words.text(
            "[Monitor] an error of the program: {account} cannot be judged; please look yourself "
            "and mend it"
        ).format(account=account_of(draft))
    return draft.words.text("[Monitor] the monitor itself is in trouble: {name}").format(
        name=name_of(draft.facts.name)
    )


def lines(draft: Draft[SelfFacts]) -> Iterator[str]:
    """Yield what to do: where to look, or how to read next year's circular."""
    year = draft.facts.unannounced
    if year is not None:
        yield draft.words.text(
            "The State Council announces them in November as a rule. Calls before holidays are "
            "marked as reckoned."
        )
        yield draft.words.text(
            "Update the program, or import the circular: freshness calendar import FILE "
            "(holiday-cn's JSON, or .ics)."
        )
        return
    if is_about_missing(draft):
        yield from _missing_lines(draft)
        return
    if draft.facts.damaged:
        yield from _damage_lines(draft)
        return
    yield from _error_lines(draft)
    yield from account_lines(draft.facts, draft.words)
    yield from place_lines(draft)


def _error_lines(draft: Draft[SelfFacts]) -> Iterator[str]:
    """Yield what is wrong, and what is to be done; the error itself stands in the log."""
    words, error = draft.words, draft.facts.gateway_error
    if error:
        code = draft.facts.fault or fault_of(error)
        yield words.text("Reason: {reason}.").format(reason=words.table(WRONG)[code])
        yield words.text("What to do: {advice}.").format(advice=words.table(TO_DO)[code])


def _damage_subject(draft: Draft[SelfFacts]) -> str:
    if draft.facts.platform is None:
        return draft.words.text("[Database] stored rows are damaged and were set aside")
    return draft.words.text(
        "[Database] what is stored of {account} is damaged: it is read anew; please look yourself"
    ).format(account=account_of(draft))


def _damage_lines(draft: Draft[SelfFacts]) -> Iterator[str]:
    words = draft.words
    yield words.text("Damaged (table: columns): {rows}").format(
        rows=listed(draft.facts.damaged, NAMED, words)
    )
    yield words.text(
        "What the record shows otherwise was put back. Check the disk (freshness doctor); what was "
        "found is kept in the table damages."
    )
    yield from place_lines(draft)


def _missing_lines(draft: Draft[SelfFacts]) -> Iterator[str]:
    words = draft.words
    yield words.text(
        "They are no longer read. Their alerts are frozen: nobody is told that they ended."
    )
    yield words.text(
        'Put them back into accounts.toml. Of those that have really ended: state = "closed", or '
        "{command}"
    ).format(command=words.text("freshness accounts drop ID --by PERSON"))
    yield from account_lines(draft.facts, words)
    yield from place_lines(draft)
