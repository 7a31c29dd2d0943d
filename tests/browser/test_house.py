"""An officer logs in on a telephone, sees what needs somebody, and notes it, in a real browser."""

from typing import TYPE_CHECKING

import pytest

from alerts.answers.answer import Answer
from alerts.model import Acknowledgement
from tests.browser.conftest import logged_in
from tests.browser.looking import says
from tests.rule_values import at
from tests.web.site import MONDAY, PASSWORD, Office

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_an_alert_is_noted_on_a_telephone(office: Office, url: str, page: "Page") -> None:
    page.goto(url)
    page.get_by_label("名称").fill("zhang")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").tap()
    page.wait_for_url(f"{url}/")
    says(page.get_by_role("heading", level=1), "1个账号须尽快发布")
    page.get_by_role("link", name="鞍山民政").first.tap()
    page.get_by_role("button", name="已知悉").tap()
    says(page.get_by_role("status"), "已记录：张三已知悉。")
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


def test_a_draft_is_uploaded_and_checked(look: "Page") -> None:
    look.goto(look.url.rstrip("/") + "/reports")
    draft: FilePayload = {
        "name": "草稿.txt",
        "mimeType": "text/plain",
        "buffer": "一、总体情况".encode(),
    }
    look.locator("#draft").set_input_files(files=draft)
    look.get_by_label("报告年度").fill("2024")
    look.get_by_role("button", name="开始核查").tap()
    look.get_by_role("heading", name="核查结果 · 草稿.txt").wait_for()
    assert look.evaluate(WIDE) is False


def test_a_report_is_downloaded(look: "Page") -> None:
    look.goto(look.url.rstrip("/") + "/reports")
    with look.expect_download() as loading:
        look.get_by_role("link", name="Word").first.tap()
    assert loading.value.suggested_filename == "2024-03.docx"


def test_the_overview_refreshes_itself_and_tells_before_rows_move(
    office: Office, url: str, page: "Page"
) -> None:
    page.clock.install()
    logged_in(page.context, office, url)
    page.goto(url)
    office.clock.now = at("03-18 10:00")
    office.world.look(office.clock.now, at("03-18 09:50"))
    page.clock.fast_forward(31_000)
    bar = page.get_by_role("link", name="有变化，点此刷新")
    bar.tap()
    page.get_by_role("heading", level=1).filter(has_text="正常").wait_for()


def test_what_ages_is_replaced_in_its_place(office: Office, url: str, page: "Page") -> None:
    page.clock.install()
    logged_in(page.context, office, url)
    page.goto(url)
    page.get_by_role("searchbox").fill("民政")
    row = page.locator("#row-weibo")
    office.answers.answer(1, "li", Answer.ACKNOWLEDGE, None, MONDAY)
    page.clock.fast_forward(31_000)
    says(row, "李四已知悉")
    assert page.get_by_role("searchbox").input_value() == "民政"


def test_the_board_turns_grey_when_it_has_lost_contact(
    office: Office, url: str, page: "Page"
) -> None:
    office.store.notes.beat(MONDAY, MONDAY)
    page.clock.install()
    page.goto(f"{url}/board?key={office.users.key('root', 'board', MONDAY)}")
    board = page.locator("#board")
    page.clock.fast_forward(61_000)
    page.wait_for_load_state("networkidle")
    assert "lost" not in (board.get_attribute("class") or "")
    page.route("**/board*", lambda route: route.abort())
    for _ in range(12):
        page.clock.fast_forward(60_000)
    page.locator("#board.lost").wait_for()
    says(board, "数据已停更")
    says(board, "鞍山民政")
