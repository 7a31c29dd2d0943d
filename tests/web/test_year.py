"""A year's map: lapses in brackets, and why a day was not seen."""

import re
from collections import Counter
from datetime import date

import pytest

from monitor.ledger.coverage import Gap, GapReason
from monitor.ledger.lapses import Lapse
from monitor.web.year import Known, Year, drawn
from tests.rule_values import at
from tests.web.site import WORDS

GAP = Gap(at("03-02 00:00"), at("03-04 00:00"), GapReason.UNREADABLE)
OVER = Lapse(at("01-02 10:00"), at("01-20 09:00"), 18, at("01-16 10:00"))
LASTING = Lapse(at("02-20 10:00"), None, 27, at("03-05 10:00"))
POSTS = Counter({date(2024, 1, 2): 2, date(2024, 1, 20): 1})


def year(*lapses: Lapse) -> Year:
    return drawn(2024, Known(POSTS, [GAP], lapses, [], [], []), at("03-18 09:30"), WORDS)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param("3月1日（周五）", "3月1日（周五）：0条", id="nothing was published"),
        pytest.param("1月2日（周二）", "1月2日（周二）：2条", id="two posts"),
        pytest.param("3月3日（周日）", "3月3日（周日）：未能看到（读取失败）", id="not seen"),
        pytest.param("3月19日（周二）", "3月19日（周二）", id="to come"),
    ],
)
def test_what_a_day_says(day: str, said: str) -> None:
    titles = re.findall("<title>(.*?)</title>", year().picture)
    assert [title for title in titles if title.startswith(day)] == [said]


@pytest.mark.parametrize(
    ("lapse", "worded", "drawn_as"),
    [
        pytest.param(
            OVER, "超期：1月3日（周三）至1月19日（周五）未发布，18天", "M0 -1v-2H17v2", id="ended"
        ),
        pytest.param(
            LASTING,
            "超期：2月21日（周三）至3月18日（周一）未发布，27天",
            "M42 -1v-2H71v2",
            id="lasting",
        ),
    ],
)
def test_a_lapse_is_bracketed_with_its_days(lapse: Lapse, worded: str, drawn_as: str) -> None:
    made = year(lapse)
    assert made.lapses == (worded,)
    assert f'<path class="lapse" d="{drawn_as}"/>' in made.picture
    assert f">{lapse.days}天</text>" in made.picture


def test_a_year_without_a_lapse_has_no_bracket() -> None:
    assert "lapse" not in year().picture
