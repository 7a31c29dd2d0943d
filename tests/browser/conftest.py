"""Offices, and one browser for the tests of this folder."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from monitor.web.door import SESSION
from tests.waiting import PATIENCE
from tests.web.fixtures import busy, busy_file, office, shown, told_file, url
from tests.web.site import PASSWORD, Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["busy", "busy_file", "office", "shown", "told_file", "url"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A status that a test looks at itself, and contact that it has cut.
EXPECTED = ("Failed to load resource", "htmx: htmx:error")
TELEPHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and skip it where there is no Chromium."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")
            item.add_marker(
                pytest.mark.skipif(CHROMIUM is None, reason="browser: no Chromium here")
            )
            # The browser's own pipes.
            item.add_marker(
                pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
            )


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One browser, with a telephone's and a desk's windows as tests ask for them."""
    playwright = pytest.importorskip("playwright.sync_api", reason="browser: no Playwright here")
    with playwright.sync_playwright() as runner:
        opened = runner.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield opened
        opened.close()


def quiet_page(context: "BrowserContext") -> Iterator["Page"]:
    """Yield a page of *context*; whatever it complains of fails the test."""
    context.set_default_timeout(PATIENCE * 1000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    yield opened
    opened.close()
    # Whatever the policy on contents forbids would be among them.
    assert [text for text in complaints if not text.startswith(EXPECTED)] == []


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page on a telephone that knows nothing yet."""
    context = browser.new_context(**TELEPHONE)
    yield from quiet_page(context)
    context.close()


def logged_in(context: "BrowserContext", office: Office, url: str, name: str = "zhang") -> None:
    """Give *context* a session of *name*, as the log-in would."""
    secret = office.users.log_in(name, PASSWORD, office.clock.now)
    assert secret is not None
    context.add_cookies([{"name": SESSION, "value": secret, "url": url}])


@pytest.fixture(scope="session")
def telephone(browser: "Browser", shown: Office) -> Iterator["BrowserContext"]:
    """A telephone on which a session of an officer has begun, for tests that only look."""
    context = browser.new_context(**TELEPHONE)
    with shown.served() as url:
        logged_in(context, shown, url)
    yield context
    context.close()


@pytest.fixture
def look(telephone: "BrowserContext", shown: Office) -> Iterator["Page"]:
    """A page of that telephone, at the overview."""
    with shown.served() as url:
        for page in quiet_page(telephone):
            page.goto(url)
            yield page
