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
    parts: tuple[Part, ...]

    def __new__(cls, *parts: str | Field) -> Line:
        """Join *parts*, in which fields go by their plain names."""
        line = super().__new__(cls, "".join(worded(part, _plainly) for part in parts))
        line.parts = parts
        return line


class Told(str):
    """A sentence of the catalogue with what fills its places; by itself it is English. `worded`
    says it in another language, what fills it too."""

    __slots__ = ("args", "sentence")
    sentence: str
    args: dict[str, Part]

    def __new__(cls, sentence: str, **args: Part | int) -> Told:
        """Fill the places of *sentence* with *args*."""
        filling = {name: str(a) if isinstance(a, int) else a for name, a in args.items()}
        plain = {name: worded(part, _plainly) for name, part in filling.items()}
        told = super().__new__(cls, sentence.format(**plain))
        told.sentence, told.args = sentence, filling
        return told


Part = str | Field


def worded(part: Part, word: Callable[[str], str], text: Callable[[str], str] = str) -> str:
    """Return *part* in the language of *text*, every field that it names called what *word*
    says."""
    match part:
        case Field(name):
            return word(name)
        case Line():
            return "".join(worded(one, word, text) for one in part.parts)
        case Told():
            filling = {name: worded(one, word, text) for name, one in part.args.items()}
            return text(part.sentence).format(**filling)
    return part


def _plainly(name: str) -> str:
    return name


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
