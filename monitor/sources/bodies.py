"""What the platforms' JSON answers have in common: bytes in, a document out. Pure.

Platforms put raw control characters into strings and broken bytes into texts; neither may cost
a reading. What a document means is the business of each kind.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.ledger import days
from monitor.model import Outcome
from monitor.sources.answers import Answer, Failed
from monitor.sources.fetching import UNASKED
from monitor.sources.json_text import loaded
from monitor.sources.pages import looks_like

Document = Mapping[str, object]
BEIJING = days.BEIJING  # Weibo and WeChat count days by it everywhere
LONGEST_NUMBER = 18  # digits; beyond it is no count and no id


def document(answer: Answer) -> Document | Failed:
    """Return the JSON object in *answer*, or why there is none."""
    if answer.status == 304:
        return UNASKED
    found = parsed(answer.body)
    if found is None:
        looks = looks_like(answer.body.decode("utf-8", "ignore"))
        return Failed(Outcome.NOT_A_FEED, looks, answer.status)
    return found


def parsed(body: bytes) -> Document | None:
    """Return the JSON object in *body*; None for anything else, however deep or broken."""
    text = body.decode("utf-8", "ignore").lstrip("\ufeff")
    try:
        found = loaded(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def branch(tree: object, *path: str) -> Document:
    """Return the object at *path* below *tree*; an empty one where there is none."""
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def rows(value: object) -> list[Document]:
    """Return the objects of a list; an empty list for anything else."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a string or a whole number as text, "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """Return a whole number, written as a number or as digits; None for anything else."""
    digits = text(value)
    known = digits.removeprefix("-")
    usable = known.isascii() and known.isdecimal() and len(known) <= LONGEST_NUMBER
    return int(digits) if usable else None
