"""The plainest of HTTP/1.1 in bytes: a question without a body, and the head of an answer that
says how long it is. Pure.

Whatever else a server may say is not plain, and left to a library that knows all of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

END = b"\r\n\r\n"  # of a head
LONGEST_HEAD = 16 * 1024
STATUS = re.compile(r"HTTP/1\.1 ([2-5]\d\d)(?: [^\r\n]*)?", re.A)
NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.A)
LENGTH = re.compile(r"\d{1,15}", re.A)
BROKEN_LINE = re.compile(r"[\r\n\0]")
BODILESS = frozenset({204, 304})
# What changes how a body is read, or what becomes of the connection.
UNUSUAL = frozenset({"transfer-encoding", "content-encoding", "set-cookie", "upgrade", "trailer"})


@dataclass(frozen=True, slots=True)
class Head:
    """What a plain answer begins with. *length*: of its body, of which *begun* is known."""

    status: int
    fields: tuple[tuple[str, str], ...]
    length: int
    begun: bytes


def question(target: str, host: str, headers: Mapping[str, str]) -> bytes | None:
    """Return the GET of *target* on *host*; None for what a library is to refuse or to escape."""
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", *map(": ".join, headers.items())]
    text = "\r\n".join(lines)
    if len(BROKEN_LINE.findall(text)) != 2 * len(lines) - 2 or not text.isascii():
        return None
    return text.encode("ascii") + END


def plain_head(received: bytes) -> Head | None:
    """Return the head that *received* begins with; None for one that is not whole, or not plain."""
    head, end, begun = received.partition(END)
    first, *lines = head.decode("latin-1").split("\r\n")
    status, fields = STATUS.fullmatch(first), tuple(map(_field, lines))
    known = {name.lower(): value for name, value in fields}
    if not end or status is None or len(known) < len(fields) or not _is_plain(known):
        return None
    length = _length(int(status[1]), known)
    if length is None or len(begun) > length:
        return None
    return Head(int(status[1]), fields, length, begun)


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    return (name, value.strip(" \t")) if colon else ("", line)


def _is_plain(known: Mapping[str, str]) -> bool:
    """Whether the names are names, and none of them says anything unusual."""
    keeps = known.get("connection", "keep-alive").lower() == "keep-alive"
    return keeps and UNUSUAL.isdisjoint(known) and all(map(NAME.fullmatch, known))


def _length(status: int, known: Mapping[str, str]) -> int | None:
    """How long the body is; None where nothing says so."""
    if status in BODILESS:
        return 0
    stated = LENGTH.fullmatch(known.get("content-length", ""))
    return int(stated[0]) if stated else None
