"""Errors that reach the operator as one line each. A failed reading is a value instead."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.errors import RefusedError
from alerts.told import Code, Field, Line, Part, Told, listing, worded

__all__ = [
    "Code",
    "Field",
    "Line",
    "Part",
    "Told",
    "listing",
    "worded",
]

CHINESE = "zh_CN"


class MonitorError(Exception):
    """Root of the program's own errors; its text is one line fit to be shown."""


class SettingsError(MonitorError):
    """The configuration cannot be used. `problems`: a line each: file, key, expected; `language`:
    in which people read them, as far as the configuration says so."""

    def __init__(self, problems: Sequence[str], language: str = CHINESE) -> None:
        self.problems = tuple(problems)
        self.language = language
        super().__init__("\n".join(self.problems))


class StoreError(MonitorError):
    """The database cannot be used; says which one and why."""


class StoreLostError(StoreError):
    """The database is out of reach; it may be back at any moment."""


class ImportFileError(MonitorError):
    """A file to import is not good. `problems` holds one line each, with the line number."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ReportFileError(MonitorError):
    """A report to check cannot be read; `line` says which file, why, and what would be readable,
    *problem* all but which file."""

    def __init__(self, file: str, problem: str) -> None:
        self.problem = problem
        self.line = Told("{file}: {problem}", file=file, problem=problem)
        super().__init__(self.line)


class UsageError(MonitorError, RefusedError):
    """What was asked for cannot be done; `line` says why and what would be possible, and names
    the fields of the request that are at fault."""

    def __init__(self, *parts: str | Field) -> None:
        self.line = Line(*parts)
        super().__init__(self.line)
