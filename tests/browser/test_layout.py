"""However it is looked at: by keyboard, with large letters, on paper, on a telephone."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

import pdfplumber
import pytest

from alerts.model import Acknowledgement
from monitor.settings import sample
from monitor.settings.editing import Editor
from tests.browser.conftest import logged_in
from tests.browser.looking import says
from tests.web.site import MONDAY, Office

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.long

WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
CUT = """
[...document.querySelectorAll('button, h1, h2, summary, label')]
  .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.textContent.trim())
"""
SPILLED = """
[...document.querySelectorAll('.counters li')]
  .filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent.trim())
"""
DATE_LINES = """
(() => {
  const dates = [...document.querySelectorAll('.whole')].filter(date => date.offsetParent);
  if (!document.querySelector('h1.verdict .whole')) return [];
  const range = document.createRange();
  return dates.map(date => {
    range.selectNodeContents(date);
    return new Set([...range.getClientRects()].map(box => box.top)).size;
  });
})()
"""
CARD = """
[...document.querySelectorAll('.row .chip, .row .name, .who-is .soft, .quiet b, ' +
  '.quiet span, .held .soft, .held a, .state, .row-buttons button, .row-buttons a')]
  .filter(e => e.offsetParent).map(e => e.getBoundingClientRect())
  .map(box => (box.top + box.bottom) / 2).sort((one, other) => one - other)
  .filter((middle, n, all) => n === 0 || middle - all[n - 1] > 12).length
"""
CHOSEN = "box => [box.selectionStart, box.selectionEnd]"
LARGE = "document.documentElement.style.fontSize = '200%'"
PATHS = ("/", "/accounts/weibo", "/alerts", "/duty", "/reports", "/reports/figures/2024")
OF_ADMINS = ("/system", "/accounts/add", "/start/office", "/start/gateways", "/start/channels")


def test_what_needs_somebody_is_noted_from_its_row(office: Office, url: str, page: "Page") -> None:
    logged_in(page.context, office, url)
    page.goto(url)
    button = page.get_by_role("button", name="已知悉")
    box = button.bounding_box()
    assert box is not None
    assert (box["height"] >= 48, box["y"] + box["height"] < 844) == (True, True)
    button.tap()
    says(page.get_by_role("status"), "已记录：张三已知悉。")
    assert office.alert().acknowledged == Acknowledgement("zhang", MONDAY)


@pytest.mark.parametrize("path", [*PATHS, *OF_ADMINS])
def test_letters_twice_as_large_are_read_without_scrolling_aside(
    office: Office, url: str, page: "Page", path: str
) -> None:
    logged_in(page.context, office, url, "root" if path in OF_ADMINS else "zhang")
    page.goto(url + path)
    page.evaluate(LARGE)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(WIDE) is False, width
        assert page.evaluate(CUT) == [], width


def test_an_alert_is_noted_without_a_mouse(office: Office, url: str, page: "Page") -> None:
    logged_in(page.context, office, url)
    page.goto(f"{url}/accounts/weibo")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        drawn = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert drawn != "none", page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("document.activeElement.value") == "ack":
            break
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert office.alert().acknowledged == Acknowledgement("zhang", MONDAY)


@pytest.mark.parametrize("path", ["/board", "/"])
def test_what_stands_on_the_page_fits_one_sheet(
    office: Office, url: str, page: "Page", path: str
) -> None:
    office.store.notes.beat(MONDAY, MONDAY)
    logged_in(page.context, office, url)
    page.goto(url + path)
    with pdfplumber.open(BytesIO(page.pdf(format="A4"))) as printed:
        assert len(printed.pages) == 1
        said = normalize("NFKC", printed.pages[0].extract_text())
    assert "最晚3月19日(周二)" in said
    assert "已知悉" not in said  # a sheet has no buttons


@pytest.mark.parametrize(
    ("path", "name", "there", "gone"),
    [
        ("/accounts/weibo", "zhang", "结论依据", ["定时发布时间", "发起交接", "接收人", "测算"]),
        ("/duty", "zhang", "未来四周", ["调班", "人员"]),
        ("/system", "root", "近一日有效读取", ["立即测试", "新建密钥", "发送测试消息"]),
    ],
)
def test_a_sheet_has_nothing_to_fill_in(
    office: Office, url: str, page: "Page", path: str, name: str, there: str, gone: list[str]
) -> None:
    logged_in(page.context, office, url, name)
    page.goto(url + path)
    with pdfplumber.open(BytesIO(page.pdf(format="A4"))) as printed:
        said = normalize("NFKC", "".join(one.extract_text() for one in printed.pages))
    assert there in said
    assert [part for part in gone if part in said] == []


@pytest.mark.parametrize("width", [320, 390])
def test_the_board_fits_a_telephone(office: Office, url: str, page: "Page", width: int) -> None:
    office.store.notes.beat(MONDAY, MONDAY)
    logged_in(page.context, office, url)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{url}/board")
    assert page.evaluate(WIDE) is False
    assert page.evaluate(SPILLED) == []


def test_without_scripts_everything_is_answered(office: Office, url: str, page: "Page") -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    logged_in(context, office, url)
    plain = context.new_page()
    plain.goto(url)
    plain.get_by_role("link", name="鞍山民政").first.click()
    plain.get_by_role("button", name="今日发布").click()
    says(plain.get_by_role("status"), "张三将于今日17:30前发布")
    context.close()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_line_ends_within_a_date(office: Office, url: str, page: "Page", width: int) -> None:
    logged_in(page.context, office, url)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(url)
    lines = page.evaluate(DATE_LINES)
    assert lines != []
    assert {*lines} == {1}


def test_the_days_of_a_year_are_read_by_keyboard_and_by_a_tap(
    office: Office, url: str, page: "Page"
) -> None:
    logged_in(page.context, office, url)
    page.goto(f"{url}/accounts/weibo")
    day, year = page.locator(".day"), page.locator(".map")
    year.focus()
    for key, said in (("ArrowUp", "3月17日（周日）"), ("ArrowLeft", "3月10日（周日）")):
        page.keyboard.press(key)
        says(day, said)
    year.locator("path:has(title)").nth(0).tap()
    says(day, "1月1日（周一）")


def test_a_card_on_a_telephone_is_four_lines(office: Office, url: str, page: "Page") -> None:
    logged_in(page.context, office, url)
    page.goto(url)
    assert page.evaluate(CARD) == 4


def test_other_rules_are_reckoned_as_soon_as_they_are_chosen(
    office: Office, url: str, page: "Page"
) -> None:
    logged_in(page.context, office, url)
    page.goto(f"{url}/accounts/weibo")
    said = page.locator("#supposed")
    page.get_by_label("超期天数").select_option("7")
    says(said, "2024年截至目前会提醒")
    page.get_by_label("提醒级别").select_option("tight")
    says(said, "2024年截至目前会提醒")
    assert page.url == f"{url}/accounts/weibo"
    assert page.evaluate(WIDE) is False
    page.get_by_role("button", name="测算").tap()
    page.wait_for_url("**/accounts/weibo?limit=7&ladder=tight#what-if")
    says(said, "2024年截至目前会提醒")


def test_a_text_to_be_copied_is_selected_whole_by_a_button(
    office: Office, url: str, page: "Page", tmp_path: Path
) -> None:
    sample.write(tmp_path / "config")
    assert office.joining is not None
    editor = Editor(tmp_path / "config", {}, frozenset(), lambda: False, lambda: None)
    office.joining = replace(office.joining, editing=editor)
    with office.served() as address:
        logged_in(page.context, office, address, "root")
        page.goto(f"{address}/start/rules")
        page.locator("summary", has_text="改用其他时限").tap()
        page.get_by_role("radio", name="7天").tap()
        page.get_by_role("button", name="查看会有什么改动").tap()
        page.locator("summary", has_text="改为手工修改").tap()
        text = page.get_by_label("写入monitor.toml")
        page.get_by_role("button", name="全选").tap()
        said = text.input_value()
        assert 'limit = "7d"' in said
        assert text.evaluate(CHOSEN) == [0, len(said)]
        assert page.evaluate(WIDE) is False
