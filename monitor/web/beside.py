"""What the doctor says of the configuration, beside the line that it is about. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from alerts.told import Told
from monitor.desk.shapes import Level

TABLES = {
    "gateway": "gateways",
    "channel": "channels",
    "account": "accounts",
    "person": "people",
}
HEADER = re.compile(r"\s*\[{1,2}([^\[\]]+)\]")
ID = re.compile(r"""\s*id\s*=\s*["']([^"']*)["']""")
Said = tuple[str, str]  # of a finding: its level, and what it says
Line = tuple[str, Sequence[Said]]


def beside(
    files: Mapping[str, str], findings: Sequence[tuple[str, Said]]
) -> list[tuple[str, list[Line], int]]:
    """Return each of *files* by its lines, each with what the *findings* say of it, and how many
    of these ask for attention. A finding goes with the name of its check; one that is about no line
    is left out."""
    shown = list[tuple[str, list[Line], int]]()
    for name, text in files.items():
        lines = text.splitlines()
        of_line: dict[int, list[Said]] = {}
        for check, said in findings:
            if (n := place(lines, check)) is not None:
                of_line.setdefault(n, []).append(said)
        told = sum(level != Level.OK for found in of_line.values() for level, _ in found)
        shown.append((name, [(one, of_line.get(n, [])) for n, one in enumerate(lines)], told))
    return shown


def place(lines: Sequence[str], check: str) -> int | None:
    """Return which of *lines* names what *check* is about: its table's head, or its id."""
    table, wanted = _subject(check)
    within = ""
    for n, line in enumerate(lines):
        if head := HEADER.match(line):
            within = re.sub("[\"' ]", "", head[1])
            if within == (f"{table}.{wanted}" if wanted else table):
                return n
        elif wanted and within == table and (said := ID.match(line)) and said[1] == wanted:
            return n
    return None


def _subject(check: str) -> tuple[str, str]:
    """In which table what *check* is about stands, and its id; the table alone without one."""
    named = check.args if isinstance(check, Told) else {}
    found = ((TABLES[key], str(value)) for key, value in named.items() if key in TABLES)
    return next(found, (str(check), ""))
