"""What a check found, as values: a message id with its arguments, put into words at the end.

Rules stay pure because a `Message` carries no language: `render` takes the catalogue's
look-up and gives English (`str`) or Chinese text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

COLUMNS = ("file", "severity", "where", "said", "expected", "why", "rule")
Text = Callable[[str], str]
"""Look one English message id up in a catalogue; `str` leaves it as it is."""


class Severity(StrEnum):
    """How sure a finding is: wrong for certain, wrong or out of form, or worth a look."""

    ERROR = "error"
    WARNING = "warning"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Message:
    """A message id and what fills its places. Plain strings are quoted as they stand."""

    msgid: str
    args: tuple[tuple[str, Said], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """Several things said one after another."""

    items: tuple[Said, ...]


Said = str | Message | Listed


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or doubtful: where, what stands there, what should, and why."""

    rule: str
    severity: Severity
    where: Said
    said: Said
    expected: Said
    why: Said


def say(msgid: str, **args: object) -> Message:
    """Return a message; numbers among *args* become their digits."""
    return Message(msgid, tuple((name, _said(value)) for name, value in args.items()))


def listed(items: Iterable[Said]) -> Listed:
    """Return *items* as one thing that can be said."""
    return Listed(tuple(items))


def render(said: Said, text: Text = str) -> str:
    """Return *said* in the language of *text*."""
    if isinstance(said, str):
        return said
    if isinstance(said, Listed):
        return text(", ").join(render(item, text) for item in said.items)
    return text(said.msgid).format(**{name: render(value, text) for name, value in said.args})


def as_json(findings: Iterable[Finding], text: Text = str) -> list[dict[str, str]]:
    """Return the document of `report check --json`, in the language of *text*."""
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "where": render(finding.where, text),
            "said": render(finding.said, text),
            "expected": render(finding.expected, text),
            "why": render(finding.why, text),
        }
        for finding in findings
    ]


def rows_of(
    name: str, findings: Iterable[Finding], problem: str = "", text: Text = str
) -> list[tuple[str, ...]]:
    """Return the `COLUMNS` of a table over many drafts: a row for each finding of the draft
    *name*, or one that states its *problem* or that there is nothing."""
    told = as_json(findings, text)
    if problem:
        return [(name, text("the file could not be read"), "", "", "", problem, "")]
    if not told:
        return [(name, "", "", "", "", text("Nothing to object to."), "")]
    return [(name, *(one[column] for column in COLUMNS[1:])) for one in told]


def as_text(findings: Iterable[Finding], text: Text = str) -> str:
    """Return the findings for a person to read: one block each, then how many there are."""
    found = list(findings)
    if not found:
        return text("Nothing to object to.")
    return "\n\n".join([*(_block(finding, text) for finding in found), _count(found, text)])


def found_trouble(findings: Iterable[Finding]) -> bool:
    """Return whether the command should exit with 1: an error or a warning, not a doubt."""
    return any(finding.severity is not Severity.UNSURE for finding in findings)


def _block(finding: Finding, text: Text) -> str:
    heading = say(
        "{severity} {where} ({rule})",
        severity=_TITLES[finding.severity],
        where=finding.where,
        rule=finding.rule,
    )
    lines = (
        heading,
        say("  stands there: {said}", said=finding.said),
        say("  expected: {expected}", expected=finding.expected),
        say("  why: {why}", why=finding.why),
    )
    return "\n".join(render(line, text) for line in lines)


def _count(found: list[Finding], text: Text) -> str:
    counts = {s.value: sum(f.severity is s for f in found) for s in Severity}
    return render(say("{error} errors, {warning} warnings, {unsure} to be checked", **counts), text)


def _said(value: object) -> Said:
    return value if isinstance(value, str | Message | Listed) else str(value)


_TITLES = {
    Severity.ERROR: say("[error]"),
    Severity.WARNING: say("[warning]"),
    Severity.UNSURE: say("[to be checked]"),
}
