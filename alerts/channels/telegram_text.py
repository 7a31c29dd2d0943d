"""How long a text may be in Telegram, and what becomes of a longer one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST = 4096  # UTF-16 code units, which is what the service counts
SEPARATOR = "\n———\n"


def parts(text: str, most: int = MOST) -> Iterator[str]:
    """Yield *text* in parts the service takes, cut at line borders wherever lines allow it."""
    part = ""
    for line in _lines(text, most):
        if part and units(part) + units(line) > most:
            yield part
            part = ""
        part += line
    if part.strip():
        yield part


def units(text: str) -> int:
    """Return the length of *text* as the service counts it: an emoji is two."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def edited(text: str, lines: Sequence[str]) -> str:
    """Return a message's text with *lines* below it, within the service's limit."""
    if not lines:
        return text
    below = SEPARATOR + "\n".join(lines)
    room = MOST - units(below)
    return (text if units(text) <= room else _start(text, room - 1) + "…") + below


def _start(text: str, most: int) -> str:
    """As many characters of *text* as fit, never half of one."""
    kept = text[: max(most, 0)]
    while units(kept) > most > 0:
        kept = kept[:-1]
    return kept


def _lines(text: str, most: int) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        while units(line) > most:
            # Never within a character: half of *most* characters always fit.
            head = line[: most // 2]
            yield head
            line = line[len(head) :]  # noqa: PLW2901
        yield line
