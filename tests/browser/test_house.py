"""An officer logs in on a telephone, sees what needs somebody, and notes it, in a real browser."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from alerts.model import Acknowledgement
from monitor.store.base import Store
from tests.browser.test_answer_page import browser, page, pytestmark
from tests.web.site import MONDAY, Office, told_thrice
from tests.web.test_access import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["browser", "page", "pytestmark"]
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def office(sqlite_store: Store) -> Office:
    made = told_thrice(sqlite_store)
    made.users.add("zhang", "officer", PASSWORD, MONDAY)
    return made


@pytest.fixture
def inside(office: Office, page: "Page") -> Iterator["Page"]:
    with office.served() as url:
        page.goto(url)
        page.get_by_label("名称").fill("zhang")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").tap()
        page.wait_for_url(f"{url}/")
        yield page


def test_an_alert_is_noted_on_a_telephone(office: Office, inside: "Page") -> None:
    assert "1个账号须尽快发布" in inside.get_by_role("heading", level=1).inner_text()
    inside.get_by_role("link", name="鞍山民政").first.tap()
    inside.get_by_role("button", name="已知悉").tap()
    assert inside.get_by_role("status").inner_text().startswith("已记录：张三已知悉。")
    assert office.alert().acknowledged == Acknowledgement("zhang", MONDAY)


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("path", ["/", "/accounts/weibo", "/alerts", "/duty"])
def test_nothing_is_wider_than_the_screen(inside: "Page", path: str, width: int) -> None:
    inside.set_viewport_size({"width": width, "height": 800})
    asked: list[str] = []
    inside.on("request", lambda request: asked.append(request.url))
    here = inside.url.rstrip("/")
    inside.goto(here + path)
    assert inside.evaluate(WIDE) is False
    assert [url for url in asked if not url.startswith(here)] == []
