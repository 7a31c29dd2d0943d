"""`python -m docs.gallery.pictures`: a reminder as it stands in a chat and in a mailbox.

Draws docs/chat.svg and docs/mail.svg out of the gallery's own message; a test compares them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from rich.cells import chop_cells

from alerts.message import Message
from alerts.words import CHINA, Words, translator
from docs.gallery.gallery import message_of
from docs.gallery.messages import EXAMPLES

DOCS = Path(__file__).resolve().parents[1]
SHOWN = 1  # of the gallery's examples: twelve days of silence, and who was told
CELLS, CELL, LINE, EDGE = 76, 8, 24, 24  # of a line of text, in pixels
FONT = "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
LINK, INK = "#1a6fc4", "#1f2328"


def chat(message: Message, words: Words) -> str:
    """Return the picture of *message* as a bubble with its buttons below."""
    lines = list(_wrapped(message.text.splitlines()))
    high = EDGE * 2 + LINE * len(lines)
    labels = [button.label for row in message.buttons for button in row]
    wide = CELLS * CELL + EDGE * 2
    each = (wide - 8 * (len(labels) - 1)) / max(len(labels), 1)
    parts = [_box(0, 0, wide, high, "#ffffff"), *_texts(lines, EDGE, EDGE)]
    for number, label in enumerate(labels):
        left = number * (each + 8)
        parts.append(_box(left, high + 8, each, 40, "#ffffff"))
        parts.append(_text(label, left + each / 2, high + 33, LINK, "middle"))
    return _picture(parts, wide, high + 48, "#d9e4ec", words.text("Answer here"))


def mail(message: Message) -> str:
    """Return the picture of *message* as an opened mail, with the link to answer by."""
    body = [line for line in message.text.splitlines() if line != message.subject]
    lines = list(_wrapped(body))
    wide, top = CELLS * CELL + EDGE * 2, EDGE * 2 + LINE
    link = message.link
    high = top + LINE * (len(lines) + 3)
    parts = [
        _box(0, 0, wide, high, "#ffffff"),
        *_texts(list(_wrapped([message.subject])), EDGE, EDGE, "bold"),
        f'<line x1="{EDGE}" x2="{wide - EDGE}" y1="{top}" y2="{top}" stroke="#d0d7de"/>',
        *_texts(lines, EDGE, top + LINE / 2),
    ]
    if link is not None:
        parts.append(_box(EDGE, high - LINE * 2 - 8, 160, 40, LINK))
        parts.append(_text(link.label, EDGE + 80, high - LINE - 8, "#ffffff", "middle"))
    return _picture(parts, wide, high, "#eef1f4", message.subject)


def pictures() -> dict[str, str]:
    """Return each picture by the name of its file."""
    words = translator("zh_CN", CHINA)
    message = message_of(EXAMPLES[SHOWN], words)
    return {"chat.svg": chat(message, words), "mail.svg": mail(message)}


def _wrapped(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield from chop_cells(line, CELLS) or [""]


def _texts(lines: Sequence[str], left: float, top: float, weight: str = "normal") -> Iterator[str]:
    for number, line in enumerate(lines):
        yield _text(line, left, top + LINE * number + 17, weight=weight)


def _text(
    text: str,
    left: float,
    base: float,
    colour: str = INK,
    anchor: str = "start",
    weight: str = "normal",
) -> str:
    place = f'x="{left:g}" y="{base:g}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text {place} font-weight="{weight}">{escape(text)}</text>'


def _box(left: float, top: float, wide: float, high: float, colour: str) -> str:
    size = f'x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}"'
    return f'<rect {size} rx="8" fill="{colour}"/>'


def _picture(parts: Sequence[str], wide: float, high: float, ground: str, title: str) -> str:
    view = f"{-EDGE} {-EDGE} {wide + EDGE * 2:g} {high + EDGE * 2:g}"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" font-size="15"',
            f'     font-family="{FONT}">',
            f"<title>{escape(title)}</title>",
            f'<rect x="{-EDGE}" y="{-EDGE}" width="100%" height="100%" fill="{ground}"/>',
            *parts,
            "</svg>\n",
        )
    )


if __name__ == "__main__":
    for name, picture in pictures().items():
        (DOCS / name).write_text(picture, encoding="utf-8")
