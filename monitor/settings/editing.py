"""One block of a configuration file changed, with all else in it left as it is, comments too.

What a file would say is checked as the service would check it, before anything is written.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from difflib import ndiff
from pathlib import Path
from typing import Any

import tomlkit

from alerts.common.redaction import Redactor
from monitor.edits import Change, ChangedMeanwhileError, Complaint, Draft, Value
from monitor.errors import Told, UsageError
from monitor.files import reason_of
from monitor.settings.documents import Problem
from monitor.settings.lines import STRING, Place, places
from monitor.settings.loading import complaints
from monitor.settings.writing import STEP, replaced

KEPT_IN = "data/secrets"
OURS = re.compile(rf'"file:({KEPT_IN}/[\w.-]+)"')
COMMENT = re.compile(r"\s*(?:#.*)?")
LISTS = ("people", "channels")  # blocks that are known by their id
Raw = dict[str, Any]


class Editor:
    """Changes the files of one folder."""

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str],
        known: frozenset[str],
        shared: Callable[[], bool],
        wrote: Callable[[], None],
    ) -> None:
        """*known*: secrets, which no difference shows. *shared*: whether other machines have files
        of their own. *wrote* is called after each change."""
        self._folder = folder
        self._environ = environ
        self._struck = Redactor(known)
        self._shared = shared
        self._wrote = wrote

    def draft(self, change: Change) -> Draft:
        """Return what *change* would come to; nothing is written."""
        filed, kept = _with_files(change)
        before = self._text(change.file)
        block = self._struck.strike(block_of(filed))
        after = changed(before, filed)
        if after is None:
            why = Complaint("", Told("{file} cannot be extended from here", file=change.file))
            return Draft(change, [], block, [why])
        found = complaints(self._folder, self._environ, {change.file: after}, kept)
        lines = [(sign, self._struck.strike(line)) for sign, line in difference(before, after)]
        said = [_complaint(problem, change, after) for problem in found]
        return Draft(change, lines, block, said, before, after, kept)

    def write(self, draft: Draft) -> None:
        """Write *draft*, secrets first, and have it taken up at once."""
        name = draft.change.file
        if self._shared():
            raise UsageError(Told("several machines read files of their own"))
        if self._text(name) != draft.before:
            raise ChangedMeanwhileError(Told("{file} has changed meanwhile", file=name))
        found = complaints(self._folder, self._environ, {name: draft.after}, draft.kept)
        if found or draft.complaints:
            raise ChangedMeanwhileError(Told("{file} has changed meanwhile", file=name))
        try:
            self._keep(draft.kept)
            replaced(self._folder / name, draft.after.encode())
        except OSError as error:
            self._forget(draft.kept)
            line = Told("{file} cannot be written: {reason}", file=name, reason=reason_of(error))
            raise UsageError(line) from None
        self._forget({*OURS.findall(draft.before)} - {*OURS.findall(draft.after)})
        self._wrote()

    def _text(self, name: str) -> str:
        try:
            with (self._folder / name).open("rb") as file:
                return file.read().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return ""

    def _root(self) -> Path:
        return self._folder.resolve().parent

    def _keep(self, kept: Mapping[str, str]) -> None:
        for name, secret in kept.items():
            path = self._root() / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600, exist_ok=False)
            path.write_text(f"{secret}\n", encoding="utf-8")

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(OSError):
                (self._root() / name).unlink(missing_ok=True)


def _with_files(change: Change) -> tuple[Change, dict[str, str]]:
    """Return *change* with a file for each of its secrets, and what these will hold."""
    named = {
        key: f"{KEPT_IN}/{'-'.join(change.place)}-{key}-{secrets.token_hex(3)}"
        for key in change.secrets
    }
    keys = {**change.keys, **{key: f"file:{name}" for key, name in named.items()}}
    kept = {named[key]: secret for key, secret in change.secrets.items()}
    return Change(change.file, change.place, keys, {}, change.gone), kept


def _complaint(problem: Problem, change: Change, after: str) -> Complaint:
    where = _place(after, change.place) or ()
    inside = problem.file == change.file and problem.where[: len(where)] == where and where
    key = problem.where[len(where)] if inside and len(problem.where) > len(where) else ""
    return Complaint(str(key), problem.text) if key else Complaint("", problem.line)


def changed(text: str, change: Change) -> str | None:
    """Return the file *text* with *change* in it; None where that cannot be said in its form."""
    ends = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    try:
        wanted = _applied(tomllib.loads(text), change)
        where = _place(text, change.place)
        result = _appended(lines, change) if where is None else _rewritten(lines, where, change)
        after = "\n".join(result)
        done = tomllib.loads(after) == wanted
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return after.replace("\n", ends) if done else None


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Return the lines that went, "-", and came, "+"."""
    found = ndiff(before.splitlines(), after.splitlines())
    return [(line[0], line[2:]) for line in found if line[0] in "+-"]


def block_of(change: Change) -> str:
    """Return the block of *change* as a file says it."""
    return "\n".join(_block(change)) + "\n"


def _applied(raw: Raw, change: Change) -> Raw:
    """What the file is to say, as the parser reads it."""
    first, *rest = change.place
    keys = {key: _plain(value) for key, value in change.keys.items() if value is not None}
    if first in LISTS:
        blocks = raw.setdefault(first, [])
        there = next((b for b in blocks if b["id"] == rest[0]), None)
        if change.gone:
            blocks.remove(there)
        elif there is None:
            blocks.append({"id": rest[0], **keys})
        else:
            _set(there, change)
        return raw if blocks else {k: v for k, v in raw.items() if k != first}
    around = raw.setdefault(first, {}) if rest else raw
    name = rest[0] if rest else first
    if change.gone:
        del around[name]
        return raw if around or not rest else {k: v for k, v in raw.items() if k != first}
    _set(around.setdefault(name, {}), change)
    return raw


def _set(table: Raw, change: Change) -> None:
    for key, value in change.keys.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = _plain(value)


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _place(text: str, place: tuple[str, ...]) -> Place | None:
    """Where the block stands that *place* means; None where there is none."""
    first, *rest = place
    raw = tomllib.loads(text)
    if first in LISTS:
        ids = [one.get("id") for one in raw.get(first, [])]
        return (first, ids.index(rest[0])) if rest[0] in ids else None
    around = raw.get(first) if rest else raw
    there = isinstance(around, dict) and (rest[0] if rest else first) in around
    return place if there else None


def _appended(lines: Sequence[str], change: Change) -> list[str]:
    kept = [*lines]
    while kept and not kept[-1].strip():
        kept.pop()
    return [*kept, *([""] if kept else []), *_block(change), ""]


def _block(change: Change) -> list[str]:
    first, *rest = change.place
    listed = first in LISTS
    head = f"[[{first}]]" if listed else f"[{'.'.join(map(_name, change.place))}]"
    own = [f"id = {_said(rest[0])}"] if listed else []
    said = [(key, value) for key, value in change.keys.items() if value is not None]
    return [head, *own, *(line for key, value in said for line in _line(key, value))]


def _rewritten(lines: list[str], where: Place, change: Change) -> list[str]:
    text = "\n".join(lines)
    found = [*places(text)]
    ends = [*(number for number, _ in found[1:]), len(lines) + 1]
    spans = {
        place: range(number - 1, _end(lines, number, end))
        for (number, place), end in zip(found, ends, strict=True)
        if place[: len(where)] == where
    }
    if change.gone:
        out = {n for span in spans.values() for n in span}
        return [line for n, line in enumerate(lines) if n not in out]
    new, taken = dict[int, list[str]](), set[int]()
    head = min((span.stop for place, span in spans.items() if len(place) > len(where)), default=0)
    for key, value in change.keys.items():
        span = spans.get((*where, key))
        if span is None and value is not None:
            new.setdefault(head or spans[where].stop, []).extend(_line(key, value))
        elif span is not None and not _says(lines[span.start : span.stop], key, value):
            taken |= {*span}
            said = [] if value is None else _line(key, value, _comment(lines[span.start]))
            new.setdefault(span.start, []).extend(said)
    result = list[str]()
    for n, line in enumerate([*lines, ""]):
        result += new.get(n, [])
        result += [] if n in taken else [line]
    return result[:-1]


def _end(lines: Sequence[str], start: int, end: int) -> int:
    """Where what begins in line *start* ends, comments and blank lines behind it left out."""
    last = end - 1
    while last > start and COMMENT.fullmatch(lines[last - 1]):
        last -= 1
    return last


def _says(lines: Sequence[str], key: str, value: Value | None) -> bool:
    """Whether *lines* say just that already."""
    return value is not None and tomllib.loads("\n".join(lines)) == {key: _plain(value)}


def _comment(line: str) -> str:
    """The comment behind a value, unless it says what is still to be done."""
    plain = STRING.sub(lambda found: "x" * len(found[0]), line)
    at = plain.find("#")
    return "" if at < 0 or STEP.match(line[at:]) else line[at:]


def _line(key: str, value: Value, comment: str = "") -> list[str]:
    if isinstance(value, list | tuple) and len(value) > 1 and not isinstance(value[0], str):
        return [f"{_name(key)} = [", *(f"    {_said(one)}," for one in value), "]"]
    said = f"{_name(key)} = {_said(value)}"
    return [f"{said:<43} {comment}" if comment else said]


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_name(key)} = {_said(one)}" for key, one in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_said, value))}]"
    return str(tomlkit.item(value).as_string())


def _name(key: str) -> str:
    return key if re.fullmatch(r"[\w-]+", key, re.ASCII) else _said(key)
