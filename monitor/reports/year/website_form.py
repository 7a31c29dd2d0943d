"""The block 移动新媒体 of the form 政府网站工作年度报表, filled from the same figures. Pure.

The form and the annual report must say the same; both come from one document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from alerts.words import Words
from monitor.ledger.totals import Totals
from monitor.reports.year.figures import AccountFigures, Figures


@dataclass(frozen=True, slots=True)
class FormRow:
    """One cell of the block: whose, what it asks for, and the answer.

    *value* is None where nothing is known. *note*: what somebody who fills in the form must
    know of the number; "" if it is exact.
    """

    account: str
    platform: str
    name: str
    field: str
    value: int | None
    unit: str
    note: str

    def json(self) -> dict[str, Any]:
        """Return it as it stands in the document."""
        return {
            "account": self.account,
            "platform": self.platform,
            "name": self.name,
            "field": self.field,
            "value": self.value,
            "unit": self.unit,
            "note": self.note,
        }


def form_rows(figures: Figures, words: Words) -> list[FormRow]:
    """Return the block's rows: Weibo first, then WeChat, then the others, as the form has it."""
    order = {"weibo": 0, "wechat": 1}
    social = [one for one in figures.accounts if one.social]
    ranked = sorted(social, key=lambda one: order.get(one.account.platform, 2))
    return [row for one in ranked for row in _rows(one, words)]


def _rows(one: AccountFigures, words: Words) -> Iterator[FormRow]:
    account, found = one.account, one.totals
    platform = words.platform(account.platform)
    yield FormRow(
        account.id,
        platform,
        account.name,
        words.text("posts published"),
        found.posts if found.known else None,
        words.text("(posts)"),
        _doubt(found, words),
    )
    end = found.followers.end
    yield FormRow(
        account.id,
        platform,
        account.name,
        _followers(account.platform, words),
        end.value if end else None,
        words.text("(people)"),
        _dated(one, words),
    )


def _doubt(found: Totals, words: Words) -> str:
    if not found.known:
        return words.text("not known; import what was published")
    return "" if found.complete else words.text("at least; there are gaps")


def _followers(platform: str, words: Words) -> str:
    return words.text("subscribers") if platform == "wechat" else words.text("followers")


def _dated(one: AccountFigures, words: Words) -> str:
    end = one.totals.followers.end
    if end is None:
        return words.text("not known; import a count of 31 December")
    if end.exact:
        return ""
    return words.text("as counted on {day}").format(day=words.short_day(end.day))
