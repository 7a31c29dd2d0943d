"""Every page of the house, in both themes: nothing for axe to object to, nothing from elsewhere."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from monitor.desk.wizard import STEPS
from tests.browser.conftest import TELEPHONE, logged_in, quiet_page
from tests.web.site import Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATHS = (
    "/",
    "/?v=late",
    "/accounts/weibo",
    "/accounts/nobody",
    "/accounts/add",
    "/alerts",
    "/alerts/notices",
    "/duty",
    "/reports",
    "/reports/figures/2024",
    "/system",
    "/board",
    *(f"/start/{step}" for step in STEPS),
)


@pytest.fixture(scope="module")
def admin(browser: "Browser", shown: Office) -> Iterator["Page"]:
    """A page of an admin on a telephone."""
    context = browser.new_context(**TELEPHONE)
    with shown.served() as url:
        logged_in(context, shown, url, "root")
        for page in quiet_page(context):
            page.goto(url)
            yield page
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_shut_out_and_nothing_comes_from_elsewhere(
    shown: Office, admin: "Page", path: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    asked: list[str] = []
    admin.on("request", lambda request: asked.append(request.url))
    with shown.served() as url:
        found = {}
        for theme in ("light", "dark"):
            admin.emulate_media(color_scheme=theme)
            admin.goto(url + path)
            result = axe.run(admin)
            if result.violations_count:
                found[theme] = result.generate_report()
    assert found == {}
    assert [one for one in asked if not one.startswith(url)] == []


def test_the_log_in_is_accessible(browser: "Browser", shown: Office) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(**TELEPHONE)
    with shown.served() as url:
        page = context.new_page()
        page.goto(url)
        result = axe.run(page)
        assert result.violations_count == 0, result.generate_report()
    context.close()
