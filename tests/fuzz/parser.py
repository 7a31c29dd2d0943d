"""One way in from outside: what reads it, what it may raise, and what it is tried with."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

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


def tried_shortly(parser: Parser, *inputs: bytes) -> None:
    """As `tried` for each of *inputs*, by the short way where there is one."""
    parse = parser.many or parser.parse
    if not parser.apart:
        for data in inputs:
            _told(parser, parse, data)
        return
    while inputs:
        done, failure = _forked([partial(_told, parser, parse, data) for data in inputs])
        assert not failure, f"{failure} at {inputs[done]!r:.3000}"
        inputs = inputs[done + 1 :]  # the one under way was ended


def _told(parser: Parser, parse: Parse, data: bytes) -> None:
    said = "read"
    try:
        parse(data)
    except parser.raises as error:
        said = str(error).strip()
    except Exception as error:
        raise AssertionError(f"{error!r} at {data[:3000]!r}") from error
    assert said, f"refused without a word: {data[:3000]!r}"


def _forked(acts: Sequence[Callable[[], None]]) -> tuple[int, str]:
    """Do *acts* in a child that is ended by one which takes too long or too much memory, as the
    product ends it; return how many were done, and how the next one failed otherwise, if so."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _done(acts, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    done, _, failure = said.partition(b"!")
    return len(done), failure.decode()


def _done(acts: Sequence[Callable[[], None]], writing: int) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a library in Rust says at length why it ends
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    bound()
    for act in acts:
        signal.setitimer(signal.ITIMER_VIRTUAL, SHORTLY)
        try:
            act()
        except AssertionError as error:
            if not isinstance(error.__cause__, MemoryError | RecursionError):
                os.write(writing, b"!" + repr(error.__cause__ or error)[:1000].encode())
                return
        except BaseException:  # what a library in Rust raises ends the process
            return
        os.write(writing, b".")


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
