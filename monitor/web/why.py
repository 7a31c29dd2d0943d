"""Why an account stands as it does: five sentences, each with where it can be seen, and the rest.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.desk.sentences import Topic

FIVE = (Topic.POST, Topic.READING, Topic.RULE, Topic.NEXT, Topic.TOLD)
MORE = (Topic.STATISTICS, Topic.REST)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its details *below*. *href*: where it can be seen, called *label*."""

    text: str
    below: Sequence[str] = ()
    href: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """*stands*: the verdict and what is in doubt of it; *five* sentences; *more* besides."""

    stands: Sequence[Sentence]
    five: Sequence[Sentence]
    more: Sequence[Sentence] = field(default=())


def why(told: Mapping[Topic, Sequence[str]], links: Mapping[Topic, tuple[str, str]]) -> Why:
    """Return what is *told* of an account, with the address and its label of each of *links*."""
    stands = [*told[Topic.STANDS], *told[Topic.DOUBTS]]
    return Why(
        [*_sentences(stands)],
        [_whole(_newest(topic, told[topic]), *links.get(topic, ("", ""))) for topic in FIVE],
        [one for topic in MORE for one in _sentences(told[topic])],
    )


def _newest(topic: Topic, lines: Sequence[str]) -> Sequence[str]:
    """The lines of *topic*; of who was told the newest first, in the sentence itself."""
    if topic is not Topic.TOLD or len(lines) < 2:
        return lines
    head, *notices, newest = lines
    between = "" if head.endswith("：") else " "
    return [f"{head}{between}{newest.strip()}", *reversed(notices)]


def _whole(lines: Sequence[str], href: str, label: str) -> Sentence:
    first, *below = (line.strip() for line in lines)
    return Sentence(first, below, href, label)


def _sentences(lines: Sequence[str]) -> Iterator[Sentence]:
    """Yield the lines that stand at the edge, each with those that are indented below it."""
    mine: list[str] = []
    for line in lines:
        if mine and not line[:1].isspace():
            yield _whole(mine, "", "")
            mine = []
        mine.append(line)
    if mine:
        yield _whole(mine, "", "")
