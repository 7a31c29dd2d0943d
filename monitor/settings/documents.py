"""The three files as they stand: TOML read, `env:` and `file:` values fetched, nothing judged."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alerts.common.languages import languages
from monitor.errors import CHINESE, Line, Told
from monitor.files import reason_of
from monitor.settings.lines import line_of
from monitor.settings.toml_reasons import broken

MONITOR, ACCOUNTS, PEOPLE = "monitor.toml", "accounts.toml", "people.toml"
REFERENCE = re.compile(r"(?P<way>env|file):(?!//)(?P<name>.*)", re.S)
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LANGUAGE = re.compile(r"""^\s*language\s*=\s*["'](\w+)["']""", re.M)
LARGEST_SECRET = 64 * 1024  # bytes; a larger file is not the one that was meant

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at one place of one file; *where* is () for the file as a whole."""

    file: str
    where: Path_
    text: str

    @property
    def line(self) -> Line:
        """The file, the place in it, and what is wrong there."""
        place = f"{spelled(self.where)}: " if self.where else ""
        return Line(f"{self.file}: {place}", self.text)


@dataclass(frozen=True, slots=True)
class Document:
    """One file. *raw* is None where it could not be read; *fetched* maps the places of its
    `env:` and `file:` values to what was found there."""

    name: str
    raw: Mapping[str, Any] | None = field(repr=False)
    text: str = field(default="", repr=False)
    fetched: Mapping[Path_, str] = field(default_factory=dict, repr=False)
    problems: tuple[Problem, ...] = ()


def language_in(folder: Path) -> str:
    """Return the language that people read by the configuration in *folder*; the usual one where
    there is none."""
    return language_of(read(folder / MONITOR, Around({}, folder)))


def language_of(document: Document) -> str:
    """Return the language that monitor.toml names, also where something else in it is wrong."""
    service = (document.raw or {}).get("service")
    named = service.get("language") if isinstance(service, dict) else None
    found = LANGUAGE.search(document.text) if document.raw is None else None
    language = found[1] if found else named
    return language if language in languages() else CHINESE


@dataclass(frozen=True, slots=True)
class Around:
    """Where values are fetched from: the environment, and files below *root*. *kept*: what files
    will hold that are not written yet, by their names."""

    environ: Mapping[str, str] = field(repr=False)
    root: Path
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)


def placed(problem: Problem, document: Document) -> str:
    """Return *problem* as a line, and after it the id of the block that it is in, and the number
    of its line in the file, as far as they are known."""
    inside: Any = document.raw
    for step in problem.where[:2]:
        inside = _inner(inside, step)
    own = inside.get("id") if isinstance(inside, dict) else None
    line = line_of(document.text, problem.where)
    block = own if isinstance(own, str) else None
    if block and line:
        return Told("{problem} ({block}, line {n})", problem=problem.line, block=block, n=line)
    if line:
        return Told("{problem} (line {n})", problem=problem.line, n=line)
    return Told("{problem} ({block})", problem=problem.line, block=block) if block else problem.line


def _inner(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    inside = isinstance(value, list) and isinstance(step, int) and step < len(value)
    return value[step] if inside else None


def spelled(where: Path_) -> str:
    """Return a place as an operator writes it; blocks of a list are counted from 1."""
    text = ""
    for step in where:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            text += ("." if text else "") + (step if re.fullmatch(r"[\w-]+", step) else f'"{step}"')
    return text


def read(path: Path, around: Around, instead: str | None = None) -> Document:
    """Return the file at *path*, or what it would be if it said *instead*, with its `env:` and
    `file:` values fetched from *around*."""
    text, reason = "", ""
    try:
        text = path.read_bytes().decode("utf-8-sig") if instead is None else instead
        raw = tomllib.loads(text)
    except FileNotFoundError:
        reason = Told(
            "is missing in {folder}; `freshness init DIR` writes one to start from",
            folder=str(path.parent),
        )
    except OSError as error:
        reason = Told("cannot be read: {why}", why=reason_of(error))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        reason = Told("line {n}: this is not UTF-8 text; save the file as UTF-8", n=line)
    except RecursionError:
        reason = Told("tables are nested too deeply")
    except ValueError as error:  # also a number of thousands of digits
        reason = broken(str(error), text)
    else:
        return _fetched(path.name, raw, text, around)
    return Document(path.name, None, text, problems=(Problem(path.name, (), reason),))


def _fetched(name: str, raw: Mapping[str, Any], text: str, around: Around) -> Document:
    found: dict[Path_, str] = {}
    problems: list[Problem] = []
    for where, reference in _references(raw, ()):
        try:
            found[where] = _value(reference, around)
        except _UnfetchedError as error:
            problems.append(Problem(name, where, error.args[0]))
    return Document(name, _replaced(raw, (), found), text, found, tuple(problems))


def _references(value: object, where: Path_) -> Iterator[tuple[Path_, re.Match[str]]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _references(inner, (*where, key))
        case list():
            for place, inner in enumerate(value):
                yield from _references(inner, (*where, place))
        case str():
            found = REFERENCE.fullmatch(value)
            if found:
                yield where, found


def _replaced(value: Any, where: Path_, found: Mapping[Path_, str]) -> Any:
    match value:
        case dict():
            return {key: _replaced(inner, (*where, key), found) for key, inner in value.items()}
        case list():
            return [_replaced(inner, (*where, i), found) for i, inner in enumerate(value)]
    return found.get(where, value)


class _UnfetchedError(Exception):
    """A value is not to be had; the text never holds what was found instead."""


def _value(reference: re.Match[str], around: Around) -> str:
    name = reference["name"]
    if reference["way"] == "env":
        return _of_environment(name, around.environ)
    if not name.strip():
        raise _UnfetchedError(Told("file: must be followed by the path of a file"))
    kept = around.kept.get(name)
    return _from_file("file", around.root / name) if kept is None else kept


def _of_environment(name: str, environ: Mapping[str, str]) -> str:
    """Return the value of *name*, or of the file that *name*_FILE names."""
    if not VARIABLE.fullmatch(name):
        raise _UnfetchedError(Told("env: must be followed by the name of an environment variable"))
    plain, file = environ.get(name), environ.get(f"{name}_FILE")
    if plain and file:
        raise _UnfetchedError(
            Told("{name} and {name}_FILE are both set; set one of them", name=name)
        )
    if file:
        return _from_file(f"{name}_FILE", Path(file))
    if not plain:
        raise _UnfetchedError(
            Told(
                "the environment variable {name} is not set, nor {name}_FILE for a file", name=name
            )
        )
    return plain


def _from_file(named: str, path: Path) -> str:
    """Return what the file at *path* holds, which *named* names."""
    at = {"named": named, "path": str(path)}
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_SECRET + 1).decode("utf-8-sig")
    except OSError as error:
        raise _UnfetchedError(
            Told("{named}: {path} cannot be read: {why}", **at, why=reason_of(error))
        ) from None
    except UnicodeDecodeError:
        raise _UnfetchedError(Told("{named}: {path} is not UTF-8 text", **at)) from None
    except ValueError:  # a path with a zero in it
        raise _UnfetchedError(Told("file: must be followed by the path of a file")) from None
    value = text.rstrip("\r\n")
    if not value:
        raise _UnfetchedError(Told("{named}: {path} is empty", **at))
    if len(text) > LARGEST_SECRET:
        raise _UnfetchedError(Told("{named}: {path} is too large for a secret", **at))
    return value
