"""Sentences with what fills their places, to be worded in the reader's language. Stdlib only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a request, named in plain words. Each door has its own word for it: the command
    line a flag, a page the label of a box."""

    name: str


class _Text(str):
    """Text that never changes: a copy is itself."""

    __slots__ = ()

    def __deepcopy__(self, _: object) -> Self:
        return self


class Line(_Text):
    """A line for the person who asked; `worded` names its fields as a door does."""

    __slots__ = ("parts",)
    parts: tuple[Part, ...]

    def __new__(cls, *parts: str | Field) -> Line:
        """Join *parts*, in which fields go by their plain names."""
        line = super().__new__(cls, "".join(map(_plain, parts)))
        line.parts = parts
        return line


class Told(_Text):
    """A sentence of the catalogue with what fills its places; by itself it is English. `worded`
    says it in another language, what fills it too."""

    __slots__ = ("args", "sentence")
    sentence: str
    args: dict[str, Part]

    def __new__(cls, sentence: str, **args: Part | int) -> Told:
        """Fill the places of *sentence* with *args*."""
        filling = {name: str(a) if isinstance(a, int) else a for name, a in args.items()}
        plain = {name: _plain(part) for name, part in filling.items()}
        told = super().__new__(cls, sentence.format(**plain))
        told.sentence, told.args = sentence, filling
        return told

    @classmethod
    def of(cls, sentence: str, **args: Part | int) -> Told:
        """Fill the places of *sentence*, one of a `Table`, with *args*."""
        return cls(sentence, **args)


class Code(_Text):
    """What programs read of something, and what people read of it instead: a sentence, a name."""

    __slots__ = ("told",)
    told: str

    def __new__(cls, code: str, told: str) -> Code:
        """Take *code* for programs and *told* for people."""
        made = super().__new__(cls, code)
        made.told = told
        return made


class Cut(StrEnum):
    """Why no whole answer came."""

    HOST = "host"
    NOT_RUNNING = "not_running"
    SLOW = "slow"
    CERTIFICATE = "certificate"
    CUT_OFF = "cut_off"


class Detail(_Text):
    """Why something failed, a line for the log, with the *code* by which people are told of it."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, line: str, code: str) -> Detail:
        """Take *line* for the log and *code*, a member of an enumeration, for people."""
        made = super().__new__(cls, line)
        made.code = str(code)
        return made


def code_in(detail: str) -> str | None:
    """Return the code that *detail* carries, if it does."""
    return detail.code if isinstance(detail, Detail) else None


def coded(line: str, *details: str) -> str:
    """Return *line* with the first code that any of *details* carries; as it is without any."""
    code = next(filter(None, map(code_in, details)), None)
    return line if code is None else Detail(line, code)


Part = str | Field


def _plain(part: Part) -> str:
    return part.name if isinstance(part, Field) else str(part)


def _plainly(name: str) -> str:
    return name


def worded(
    part: Part, word: Callable[[str], str] = _plainly, text: Callable[[str], str] = str
) -> str:
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
        case Code():
            return worded(part.told, word, text)
    return part


def listing(parts: Sequence[Part], separator: str = Told(", ")) -> Line:
    """Return *parts* one after the other, as a language lists things."""
    between = [one for part in parts for one in (separator, part)]
    return Line(*between[1:])


def struck(text: str, change: Callable[[str], str]) -> str:
    """Return *text* with everything that fills a sentence of it, or stands alone, as *change* has
    it."""

    def part(one: Part) -> Part:
        return one if isinstance(one, Field) else struck(one, change)

    match text:
        case Line():
            return Line(*map(part, text.parts))
        case Told():
            return Told.of(text.sentence, **{name: part(one) for name, one in text.args.items()})
    return change(text)
