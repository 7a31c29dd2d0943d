"""A person taps through an answer on a telephone, in a real browser."""

from typing import TYPE_CHECKING

from alerts.model import Acknowledgement, Promise
from tests.browser.conftest import TELEPHONE
from tests.browser.looking import says
from tests.rule_values import at
from tests.web.site import MANY, MONDAY, Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def test_noted_with_one_tap(office: Office, page: "Page") -> None:
    with office.served() as url:
        page.goto(url + office.path("zhang"))
        page.get_by_role("button", name="已知悉").tap()
        says(page.get_by_role("status"), "已记录：张三已知悉。")
    assert office.alert().acknowledged == Acknowledgement("zhang", MONDAY)


def test_the_first_screen_has_the_buttons(office: Office, page: "Page") -> None:
    with office.served() as url:
        page.goto(url + office.path("zhang"))
        for name in ("已知悉", "今日发布"):
            box = page.get_by_role("button", name=name).bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert box["y"] + box["height"] < 844
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_scheduled_post_with_a_common_time(office: Office, page: "Page") -> None:
    with office.served() as url:
        page.goto(url + office.path("zhang"))
        assert not page.get_by_role("button", name="3月19日（周二）09:00").is_visible()
        page.get_by_text("已设定时发布").tap()
        page.get_by_role("button", name="3月19日（周二）09:00").tap()
        says(page.get_by_role("status"), "3月19日（周二）09:00定时发布")
    assert office.alert().promise == Promise("zhang", MONDAY, at("03-19 09:00"), True)


def test_a_scheduled_post_with_a_time_of_ones_own(office: Office, page: "Page") -> None:
    with office.served() as url:
        page.goto(url + office.path("zhang"))
        page.get_by_text("已设定时发布").tap()
        page.get_by_label("其他时间").fill("2024-03-19T11:45")
        page.get_by_role("button", name="确定").tap()
        says(page.get_by_role("status"), "11:45定时发布")
    assert office.alert().promise == Promise("zhang", MONDAY, at("03-19 11:45"), True)


def test_in_a_group_nobody_answers_without_saying_who(office: Office, page: "Page") -> None:
    with office.served() as url:
        page.goto(url + office.path("zhang", "li"))
        page.get_by_role("button", name="今日发布").tap()
        assert page.get_by_role("status").count() == 0  # the browser asks for the name first
        page.locator("form.answers").get_by_role("radio", name="李四").tap()
        page.get_by_role("button", name="今日发布").tap()
        says(page.get_by_role("status"), "李四将于今日17:30前发布")
    assert office.alert().promise == Promise("li", MONDAY, at("03-18 17:30"), False)


def test_thirty_accounts_are_looked_through_and_noted(busy: Office, page: "Page") -> None:
    with busy.served() as url:
        page.goto(url + busy.path("zhang", alerts=tuple(range(1, MANY + 1))))
        assert page.locator("ol.many li").count() == MANY
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator("ol.many li").nth(4).tap()
        page.get_by_role("button", name="今日发布").tap()
        says(page.get_by_role("status"), "张三将于今日17:30前发布")
        page.get_by_role("link", name="返回全部告警").tap()
        page.get_by_role("button", name="全部已知悉").tap()
        says(page.get_by_role("status"), "张三已知悉30项告警")
    assert sum(a.promise is not None for a in busy.store.alerts.open()) == 1


def test_it_is_readable_at_night(office: Office, browser: "Browser") -> None:
    context = browser.new_context(**TELEPHONE, color_scheme="dark")
    with office.served() as url:
        dark = context.new_page()
        dark.goto(url + office.path("zhang"))
        colours = dark.evaluate(
            "(() => { const s = getComputedStyle(document.querySelector('.card'));"
            " return [s.backgroundColor, s.color] })()"
        )
    context.close()
    assert colours == ["rgb(29, 35, 43)", "rgb(231, 235, 240)"]
