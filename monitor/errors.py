"""Errors that reach the operator as one line each. A failed reading is a value instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alerts.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a request, named in plain words. Each door has its own word for it: the command
    line a flag, a page the label of a box."""

    name: str


class Line(str):
    """A line for the person who asked; `worded` names its fields as a door does."""

    __slots__ = ("parts",)
    parts: tuple[str | Field, ...]

    def __new__(cls, *parts: str | Field) -> Line:
        """Join *parts*, in which fields go by their plain names."""
        line = super().__new__(cls, _joined(parts, lambda name: name))
        line.parts = parts
        return line


def worded(line: str, word: Callable[[str], str]) -> str:
    """Return *line* with every field that it names called what *word* says."""
    return _joined(line.parts, word) if isinstance(line, Line) else line


def _joined(parts: Sequence[str | Field], word: Callable[[str], str]) -> str:
    return "".join(
        word(part.name) if isinstance(part, Field) else worded(part, word) for part in parts
    )


class MonitorError(Exception):
    """Root of the program's own errors; its text is one line fit to be shown."""


class SettingsError(MonitorError):
    """The configuration cannot be used. `problems`: a line each: file, key, expected."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class StoreError(MonitorError):
    """The database cannot be used; says which one and why."""


class ImportFileError(MonitorError):
    """A file to import is not good. `problems` holds one line each, with the line number."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ReportFileError(MonitorError):
    """A report to check cannot be read; says which file, why, and what would be readable."""


class UsageError(MonitorError, RefusedError):
    """What was asked for cannot be done; `line` says why and what would be possible, and names
    the fields of the request that are at fault."""

    def __init__(self, *parts: str | Field) -> None:
        self.line = Line(*parts)
        super().__init__(self.line)
