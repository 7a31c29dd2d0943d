"""In which line of a TOML text something stands: parsers do not say it. Pure.

Reads headers and keys alone; what stands inside a value is in the line in which its key stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Place = tuple[str | int, ...]

STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')
NAME = re.compile(r'"((?:\\.|[^"\\])*)"|\'([^\']*)\'|([A-Za-z0-9_-]+)')
NAMES = rf"(?:{NAME.pattern})(?:\s*\.\s*(?:{NAME.pattern}))*"
HEADER = re.compile(rf"(\[\[?)\s*({NAMES})\s*\]\]?\s*(?:#.*)?$")
KEY = re.compile(rf"({NAMES})\s*=")
LONG = re.compile(r'"""|\'\'\'')


def line_of(text: str, where: Place) -> int | None:
    """Return the number of the line in *text* where *where* stands, or else what is around it;
    None where nothing of it is found."""
    found, deepest = None, 0
    for number, place in places(text):
        if len(place) > deepest and where[: len(place)] == place:
            found, deepest = number, len(place)
    return found


def places(text: str) -> Iterator[tuple[int, Place]]:
    """Yield the number of each line with a header or a key, and the place that begins there."""
    table: Place = ()
    blocks: dict[Place, int] = {}  # how many blocks of each list there are so far
    open_brackets, long = 0, False
    for number, line in enumerate(text.splitlines(), 1):
        inside = open_brackets > 0 or long
        plain = STRING.sub('""', line).partition("#")[0]
        long ^= len(LONG.findall(line)) % 2 == 1
        if inside:
            open_brackets += _opened(plain)
        elif header := HEADER.match(line.strip()):
            table = _table(_names(header[2]), header[1] == "[[", blocks)
            yield number, table
        elif key := KEY.match(line.strip()):
            open_brackets = _opened(plain)
            yield number, (*table, *_names(key[1]))


def _table(names: tuple[str, ...], block: bool, blocks: dict[Place, int]) -> Place:
    """The place of a header's table: in the newest block of each list that it goes through."""
    place: Place = ()
    for depth, name in enumerate(names, 1):
        place = (*place, name)
        if block and depth == len(names):
            blocks[place] = blocks.get(place, -1) + 1
        if place in blocks:
            place = (*place, blocks[place])
    return place


def _names(text: str) -> tuple[str, ...]:
    return tuple(next(filter(None, found.groups()), "") for found in NAME.finditer(text))


def _opened(text: str) -> int:
    return sum(text.count(c) for c in "[{") - sum(text.count(c) for c in "]}")
