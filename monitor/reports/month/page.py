"""The month's mail as a page and as plain text of the same. The only user of Jinja2.

Decides the layout alone: every word comes from the view. Styles stand in the elements
themselves, because mail programs drop everything else; there is no picture and no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from alerts.words import Words
from monitor.reports.month.view import ROWS, View

NBSP = "\u00a0"
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)
_PAGES = Environment(
    loader=PackageLoader("monitor.reports"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_TEXTS = _PAGES.overlay(autoescape=False)

Sections = Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Said:
    """The words of the layout itself."""

    weekdays: tuple[str, ...]
    heads: tuple[str, ...]
    key: tuple[tuple[str, str], ...]
    foot: str


def page(view: View, words: Words) -> str:
    """Return the mail as an HTML page."""
    return _INLINER.inline(_PAGES.get_template("month.html").render(_given(view, words)))


def text(view: View, words: Words) -> str:
    """Return the same as plain text."""
    return _TEXTS.get_template("month.txt").render(_given(view, words)).strip() + "\n"


def _given(view: View, words: Words) -> Mapping[str, Any]:
    return {
        "view": view,
        "said": _said(words),
        "above": _told((words.text("Publish next"), view.ahead)),
        "below": _told(
            (words.text("Reminders and answers"), view.answered),
            (words.text("How well it could be read"), view.gateways),
        ),
        "shown": view.rows[:ROWS],
        "lang": words.tag,
        "nbsp": NBSP,
    }


def _told(*sections: tuple[str, Sequence[str]]) -> Sections:
    return [(heading, lines) for heading, lines in sections if lines]


def _said(words: Words) -> Said:
    return Said(
        weekdays=tuple(words.text("Mo Tu We Th Fr Sa Su").split()),
        heads=(
            words.text("account"),
            words.text("posts"),
            words.text("month before"),
            words.text("longest silence (days)"),
            words.text("last post"),
            words.text("state"),
        ),
        key=(
            ("few", words.text("1 post")),
            ("some", words.text("2 or 3")),
            ("many", words.text("4 or more")),
            ("none", words.text("none")),
            ("late", words.text("over the limit")),
            ("unseen", words.text("not seen, or not wholly")),
        ),
        foot=words.text(
            "Sent by the account freshness monitor; every post is in the workbook attached. "
            "Please do not answer this mail."
        ),
    )
