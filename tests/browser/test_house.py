"""An officer logs in on a telephone, sees what needs somebody, and notes it, in a real browser."""

from typing import TYPE_CHECKING

import pytest

from alerts.model import Acknowledgement
from tests.web.site import MONDAY, PASSWORD, Office

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_an_alert_is_noted_on_a_telephone(office: Office, url: str, page: "Page") -> None:
    page.goto(url)
    page.get_by_label("名称").fill("zhang")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").tap()
    page.wait_for_url(f"{url}/")
    assert "1个账号须尽快发布" in page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="鞍山民政").first.tap()
    page.get_by_role("button", name="已知悉").tap()
    assert page.get_by_role("status").inner_text().startswith("已记录：张三已知悉。")
    assert office.alert().acknowledged == Acknowledgement("zhang", MONDAY)


@pytest.mark.parametrize("path", ["/", "/accounts/weibo", "/alerts", "/duty"])
def test_nothing_is_wider_than_the_screen(look: "Page", path: str) -> None:
    asked: list[str] = []
    look.on("request", lambda request: asked.append(request.url))
    here = look.url.rstrip("/")
    look.goto(here + path)
    for width in (320, 390, 1280):
        look.set_viewport_size({"width": width, "height": 800})
        assert look.evaluate(WIDE) is False, width
    assert [url for url in asked if not url.startswith(here)] == []
