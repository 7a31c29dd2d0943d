"""Changes of the configuration that a page asks for: values, and what carries them out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from monitor.errors import UsageError

Value = str | int | bool | date | Sequence[str] | Sequence[Mapping[str, object]]
MONITOR, PEOPLE = "monitor.toml", "people.toml"


class ChangedMeanwhileError(UsageError):
    """A file says something else than when the change was shown."""


@dataclass(frozen=True, slots=True)
class Change:
    """One block of one file. *place*: a table, `("gateways", "rsshub")`, or a block by its id,
    `("people", "zhang")`. *keys*: what they are to say; None takes one out. *secrets*: what belongs
    into files of its own. *gone*: the block is taken out."""

    file: str
    place: tuple[str, ...]
    keys: Mapping[str, Value | None] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a change would not do. *key*: of the block itself; "" where it is elsewhere."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A change, and what it would come to. *lines*: the difference, each with its sign; *block*:
    the block as it would be, without secrets. *after*: the file's text; *before*: what it was made
    of. *kept*: the files of secrets, and what they will hold."""

    change: Change
    lines: Sequence[tuple[str, str]]
    block: str
    complaints: Sequence[Complaint] = ()
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def text(self) -> str:
        """What somebody writes into the file by hand: the lines that come, or the whole block where
        no difference can be shown; nothing where lines only go."""
        came = [line for sign, line in self.lines if sign == "+"]
        return "\n".join(came) if self.lines else self.block

    @property
    def removes(self) -> bool:
        """Whether lines go, too."""
        return any(sign == "-" for sign, _ in self.lines)


class Editing(Protocol):
    """What changes the configuration's files."""

    def draft(self, change: Change) -> Draft:
        """Return what *change* would come to; nothing is written."""
        ...

    def write(self, draft: Draft) -> None:
        """Write *draft*, in force at once. Raises `ChangedMeanwhileError` where the file says
        something else by now, and `UsageError` where nothing may, or can, be written."""
        ...
