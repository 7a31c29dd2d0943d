"""A row of the overview, and the frame around every page, over a real database."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from alerts.answers.answer import Answer
from monitor.desk.alerts import posted_key, posted_of
from tests.rule_values import DAY, HOUR, MINUTE, at
from tests.web.browsing import Browser, inside, seen
from tests.web.site import MONDAY, Office


def answered(answer: Answer, by: str = "zhang") -> Callable[[Office], object]:
    return lambda office: office.answers.answer(1, by, answer, None, MONDAY + MINUTE)


def scheduled(office: Office) -> None:
    office.answers.answer(1, "zhang", Answer.SCHEDULED, at("03-19 09:00"), MONDAY)


def twice(office: Office) -> None:
    answered(Answer.POSTED)(office)
    office.answers.answer(1, "zhang", Answer.TODAY, None, MONDAY + 2 * MINUTE)


@pytest.mark.parametrize(
    ("act", "later", "said"),
    [
        (lambda _: None, HOUR, "未答复"),
        (answered(Answer.ACKNOWLEDGE, "li"), HOUR, "李四已知悉"),
        (answered(Answer.TODAY), HOUR, "承诺今日17:30"),
        (answered(Answer.TODAY), 9 * HOUR, "承诺未兑现"),
        (scheduled, HOUR, "已定时3月19日（周二）09:00"),
        (answered(Answer.POSTED), MINUTE, "张三称已发布（3月18日（周一）09:31）；正在读取核实"),
        (twice, HOUR, "承诺今日17:30"),
    ],
    ids=[
        "nobody answered",
        "somebody has it in hand",
        "a promise of today",
        "a promise that was not kept",
        "a post that is scheduled",
        "a post that is being looked for",
        "the newest answer counts",
    ],
)
def test_a_row_says_in_a_few_words_what_was_answered(
    office: Office, act: Callable[[Office], object], later: timedelta, said: str
) -> None:
    act(office)
    found = office.answers.lookup.briefly([office.alert()], MONDAY + later)
    assert found == {1: said}


def test_a_row_says_until_when_a_silence_is_agreed(office: Office, zhang: Browser) -> None:
    office.desk.alerts.except_("weibo", "zhang", MONDAY + 14 * DAY, "迁移", None, MONDAY)
    assert "已报备至4月1日" in seen(zhang.see("/"))


def test_the_strip_shows_a_lapse_that_has_ended(office: Office, url: str) -> None:
    def edges() -> int:
        strip = zhang.see("/accounts/weibo").text.partition('class="over" d="')[2]
        return strip.partition('"')[0].count("M")

    office.clock.now = at("03-22 10:00")
    office.days("03-21 09:00", "03-22 09:00")
    with inside(office, url, "zhang") as zhang:
        assert edges() == 3
        office.world.look(at("03-22 09:30"), at("03-22 09:20"))
        assert edges() == 2


def test_notes_are_read_several_at_once(office: Office) -> None:
    notes = office.store.notes
    notes.set(posted_key(1), f"zhang {MONDAY.isoformat()}")
    notes.set(posted_key(2), "damaged")
    found = notes.several([posted_key(n) for n in (1, 2, 3)], posted_of)
    assert found == {posted_key(1): ("zhang", MONDAY)}
    assert notes.several([], posted_of) == {}


@pytest.mark.parametrize("path", ["/", "/accounts/weibo", "/alerts", "/duty", "/reports"])
def test_every_page_says_what_needs_somebody_and_up_to_when_it_is_known(
    look: Browser, path: str
) -> None:
    page = look.see(path)
    title = page.text.partition("<title>")[2].partition("</title>")[0].strip()
    assert title.startswith("(1) ")
    assert title.endswith("更新值守")
    assert "政务新媒体更新值守 · 鞍山市民政局" in seen(page)
    assert "数据截至 09:30 · 张三" in seen(page)
