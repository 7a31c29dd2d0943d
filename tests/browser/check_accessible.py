"""Every page of the house, in both themes: nothing for axe to object to, nothing from elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.desk.wizard import STEPS
from monitor.settings import sample
from monitor.settings.editing import Editor
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
    "/reports/changes/2023",
    "/system",
    "/board",
    *(f"/start/{step}" for step in STEPS),
    "/start/people?which=zhang",
    "/start/channels?which=wecom",
    "/start/channels?kind=mail",
)
# What the steps of the set-up show of a form that was sent.
SENT = {
    "a difference": ("rule", {"limit": "7"}),
    "what is wrong": ("channel", {"kind": "wecom", "url": "https://x", "id": "a b"}),
    "a gateway that is away": (
        "gateway",
        {"kind": "rsshub", "url": "http://127.0.0.1:9", "address": "weibo.com/u/1"},
    ),
}


# Sends a form as a page of ours would.
SEND = """({path, form}) => {
  const sent = document.querySelector('main form');
  sent.action = path;
  sent.querySelectorAll('input:not([name=csrf])').forEach(one => one.remove());
  for (const [name, value] of Object.entries(form)) {
    const box = document.createElement('input');
    box.name = name; box.value = value; box.type = 'hidden';
    sent.append(box);
  }
  sent.submit();
}"""


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


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `init` writes."""
    folder = tmp_path_factory.mktemp("written") / "config"
    sample.write(folder)
    return folder


@pytest.mark.parametrize(("path", "form"), SENT.values(), ids=SENT)
def test_what_a_step_answers_shuts_nobody_out(
    shown: Office, admin: "Page", written: Path, path: str, form: dict[str, str]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    assert shown.joining is not None
    editor = Editor(written, {}, frozenset(), lambda: False, lambda: None)
    shown.joining, before = replace(shown.joining, editing=editor), shown.joining
    found = {}
    with shown.served() as url:
        for theme in ("light", "dark"):
            admin.emulate_media(color_scheme=theme)
            admin.goto(f"{url}/start/office")
            admin.evaluate(SEND, {"path": f"/start/{path}", "form": form})
            admin.wait_for_url(f"**/start/{path}")
            result = axe.run(admin)
            if result.violations_count:
                found[theme] = result.generate_report()
    shown.joining = before
    assert found == {}


def test_the_log_in_is_accessible(browser: "Browser", shown: Office) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(**TELEPHONE)
    with shown.served() as url:
        page = context.new_page()
        page.goto(url)
        result = axe.run(page)
        assert result.violations_count == 0, result.generate_report()
    context.close()
