"""The month's mail in programs that drop most of CSS: Outlook, QQ Mail, and small eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import lxml.html
import pytest

from alerts.words import translator
from monitor.reports.month.page import page
from monitor.reports.month.view import view
from tests.report_values import MZ_WEIBO
from tests.reports.month_values import an_account, february, many, unread, weibo

WORDS = translator("zh_CN")
PAGES = {
    "two accounts": february(),
    "thirty accounts": february(*many(30, [weibo(), unread()])),
    "an account that was not read": february(an_account(MZ_WEIBO, unread())),
    "no account": february(accounts=()),
}
SMALLEST, CONTRAST = 12, 4.5  # pixels; of WCAG 2.1, level AA


@dataclass(frozen=True, slots=True)
class Look:
    """How a piece of text is shown."""

    text: str
    size: float
    colour: str
    ground: str

    @property
    def contrast(self) -> float:
        dark, light = sorted((luminance(self.colour), luminance(self.ground)))
        return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, as WCAG 2.1 reckons it."""
    shares = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    bent = [s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * bent[0] + 0.7152 * bent[1] + 0.0722 * bent[2]


def rules(element: Any) -> dict[str, str]:
    pairs = (one.partition(":") for one in element.get("style", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def looks(element: Any, size: float, colour: str, ground: str) -> Iterator[Look]:
    """Yield every text below *element* with what it has got by itself or from above."""
    if not isinstance(element.tag, str):
        return
    own = rules(element)
    size = float(own.get("font-size", f"{size}px").removesuffix("px"))
    colour, ground = own.get("color", colour), own.get("background", ground)
    inside = [element.text, *(child.tail for child in element)]
    yield from (Look(t.strip(), size, colour, ground) for t in inside if t and t.strip())
    for child in element:
        yield from looks(child, size, colour, ground)


@pytest.fixture(scope="module", params=list(PAGES.values()), ids=list(PAGES))
def sent(request: pytest.FixtureRequest) -> str:
    return page(view(request.param, WORDS), WORDS)


def body(sent: str) -> Any:
    return lxml.html.fromstring(sent).find("body")


def test_no_text_is_small_or_pale(sent: str) -> None:
    found = list(looks(body(sent), 16, "#000000", "#ffffff"))
    assert len(found) > 3
    assert [look for look in found if look.size < SMALLEST] == []
    assert [(look, look.contrast) for look in found if look.contrast < CONTRAST] == []


def test_contrast_is_reckoned_as_the_standard_does() -> None:
    assert Look("", 12, "#000000", "#ffffff").contrast == pytest.approx(21)
    assert Look("", 12, "#767676", "#ffffff").contrast == pytest.approx(4.54, abs=0.01)


def test_every_table_has_its_width_and_every_calendar_its_size(sent: str) -> None:
    tables = list(body(sent).iter("table"))
    assert [t.get("class") for t in tables if not t.get("width")] == []
    for calendar in body(sent).find_class("calendar"):
        head, *weeks = calendar.iter("tr")
        assert [day.get("width") for day in head] == ["36"] * 7
        assert {week.get("height") for week in weeks} == {"36"}


def test_outlook_gets_a_table_of_its_own_around_the_page_and_the_cards(sent: str) -> None:
    said = re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", sent)
    whole = lxml.html.fromstring(f"<div>{''.join(said)}</div>")
    outer, *inner = whole.iter("table")
    cards = len(body(sent).find_class("card"))
    assert outer.get("width") == "680"
    assert [len(row) for table in inner for row in table.iter("tr")] == [
        *[2] * (cards // 2),
        *[1] * (cards % 2),
    ]
    tags = re.findall(r"<(/?)(table|tr|td)", "".join(said))
    assert sum(not closing for closing, _ in tags) * 2 == len(tags)


def test_no_style_is_left_to_a_sheet_that_mail_programs_drop(sent: str) -> None:
    assert "<style" not in sent
    assert "<img" not in sent
