"""Errors that reach the operator as one line each. A failed reading is a value instead."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.errors import RefusedError


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
    """What was asked for cannot be done; says why and what would be possible."""
