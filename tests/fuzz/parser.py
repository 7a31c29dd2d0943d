"""One way in from outside: what reads it, what it may raise, and what it is tried with."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.apart import bound

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
SHORTLY = 0.5  # seconds of processor time after which what is read apart is ended by `forked`
Parse = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Parser:
    """*seeds* are read well, or once were not. *many*: the same without the way there – a
    connection, a process of its own – for a hundred thousand inputs. *apart*: the product reads it
    by a process of its own, which is ended where it goes on too long."""

    parse: Parse
    seeds: tuple[bytes, ...]
    raises: tuple[type[Exception], ...] = ()
    many: Parse | None = None
    apart: bool = False


def tried(parser: Parser, data: bytes) -> None:
    """Parse *data*; what is raised but not named beside the parser is a fault, and so is a
    refusal without a word. Raises `AssertionError` with the input."""
    _told(parser, parser.parse, data)


def tried_shortly(parser: Parser, data: bytes) -> None:
    """As `tried`, by the short way where there is one."""
    parse = parser.many or parser.parse
    if parser.apart:
        _forked(lambda: _told(parser, parse, data), data)
    else:
        _told(parser, parse, data)


def _told(parser: Parser, parse: Parse, data: bytes) -> None:
    said = "read"
    try:
        parse(data)
    except parser.raises as error:
        said = str(error).strip()
    except Exception as error:
        raise AssertionError(f"{error!r} at {data[:3000]!r}") from error
    assert said, f"refused without a word: {data[:3000]!r}"


def _forked(act: Callable[[], None], data: bytes) -> None:
    """Do *act* in a child that is ended where it takes too long or too much memory, as the product
    ends it; raise where it fails otherwise."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, _failure(act))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        failure = said.read()
    os.waitpid(child, 0)
    assert not failure, f"{failure.decode()} at {data[:3000]!r}"


def _failure(act: Callable[[], None]) -> bytes:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a library in Rust says at length why it ends
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, SHORTLY)
    bound()
    try:
        act()
    except AssertionError as error:
        if not isinstance(error.__cause__, MemoryError | RecursionError):
            return repr(error.__cause__ or error)[:1000].encode()
    except BaseException:  # what a library in Rust raises ends the process
        return b""
    return b""


def shortest(fails: Callable[[bytes], bool], data: bytes) -> bytes:
    """Return *data* without what can be left out of it while it still *fails*."""
    size = len(data) // 2
    while size:
        start = 0
        while start < len(data):
            less = data[:start] + data[start + size :]
            data, start = (less, start) if fails(less) else (data, start + size)
        size //= 2
    return data


def as_json(document: object) -> bytes:
    """Return *document* as it is sent."""
    return json.dumps(document, ensure_ascii=False).encode()


def each(*parsers: Callable[[str], object]) -> Parse:
    """All *parsers* on the bytes as text."""
    return lambda data: [parse(data.decode("utf-8", "replace")) for parse in parsers]
