"""The plainest of HTTP/1.1 in bytes: a question without a body, and the head of an answer that
says how long it is. Pure.

Whatever else a server may say is not plain, and left to a library that knows all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

END = b"\r\n\r\n"  # of a head
LONGEST_HEAD = 16 * 1024
HEAD = re.compile(
    rb"HTTP/1\.1 ([2-5]\d\d)(?: [^\r\n]*)?((?:\r\n[\w!#$%&'*+.^`|~-]+:[^\r\n]*)*)\r\n\r\n"
)
LINE = re.compile(r"\r\n([^:]+):[ \t]*([^\r\n]*)")
LENGTH = re.compile(r"\d{1,15}", re.A)
BROKEN_LINE = re.compile(r"[\r\n\0]")
BODILESS = frozenset({204, 304})
# What changes how a body is read, or what becomes of the connection.
UNUSUAL = frozenset({"transfer-encoding", "content-encoding", "set-cookie", "upgrade", "trailer"})
# Scheme, origin, host and target of an address that a library would ask for as it is written:
# nothing is to be escaped, no step leads back, the host is in small letters.
PORT = r"[1-5]\d{4}|6[0-4]\d{3}|[1-9]\d{0,3}"
ADDRESS = re.compile(
    rf"(?=(https?):)(https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?:{PORT}))?))"
    r"(/(?:[\w/=&,:@!+~?*();$-]|(?<!/)\.|%[0-9A-F]{2})*)",
    re.A,
)


@dataclass(frozen=True, slots=True)
class Head:
    """What a plain answer begins with. *length*: of its body, of which *begun* is known."""

    status: int
    fields: tuple[tuple[str, str], ...]
    length: int
    begun: bytes


class Fields(Mapping[str, str]):
    """The fields of a head, each there once, by their names in whatever case."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self._names = [name for name, _ in fields]
        self._values = {name.lower(): value for name, value in fields}

    def __getitem__(self, name: str) -> str:
        """Return the value of the field *name*."""
        return self._values[name.lower()]

    def __contains__(self, name: object) -> bool:
        """Return whether there is a field *name*; what is asked for is most often not there."""
        return isinstance(name, str) and name.lower() in self._values

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of the field *name*, or *default*."""
        return self._values.get(name.lower(), default)

    def __iter__(self) -> Iterator[str]:
        """Yield the names as they were sent."""
        return iter(self._names)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._names)


def question(target: str, host: str, headers: Mapping[str, str]) -> bytes | None:
    """Return the GET of *target* on *host*; None for what a library is to refuse or to escape."""
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", *map(": ".join, headers.items())]
    text = "\r\n".join(lines)
    if len(BROKEN_LINE.findall(text)) != 2 * len(lines) - 2 or not text.isascii():
        return None
    return text.encode("ascii") + END


def plain_head(received: bytes) -> Head | None:
    """Return the head that *received* begins with; None for one that is not whole, or not plain."""
    head = HEAD.match(received)
    if head is None:
        return None
    status, begun = int(head[1]), received[head.end() :]
    lines = LINE.findall(head[2].decode("latin-1"))
    fields = tuple([(name, value.rstrip(" \t")) for name, value in lines])
    known = {name.lower(): value for name, value in fields}
    if len(known) < len(fields) or not _is_plain(known):
        return None
    length = _length(status, known)
    if length is None or len(begun) > length:
        return None
    return Head(status, fields, length, begun)


def _is_plain(known: Mapping[str, str]) -> bool:
    """Whether nothing unusual is said."""
    keeps = known.get("connection", "keep-alive").lower() == "keep-alive"
    return keeps and UNUSUAL.isdisjoint(known)


def _length(status: int, known: Mapping[str, str]) -> int | None:
    """How long the body is; None where nothing says so."""
    if status in BODILESS:
        return 0
    stated = LENGTH.fullmatch(known.get("content-length", ""))
    return int(stated[0]) if stated else None
