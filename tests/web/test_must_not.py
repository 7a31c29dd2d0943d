"""What must not be there: on no page, in no file of the page, by no visit."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from starlette.routing import Route

from tests.waiting import PATIENCE
from tests.web.browsing import Browser, inside
from tests.web.site import MONDAY, Office

WEB = Path(__file__).resolve().parent.parent.parent / "monitor" / "web"
OURS = [
    path
    for path in sorted([*(WEB / "templates").iterdir(), *(WEB / "static").iterdir()])
    if path.suffix in (".html", ".css", ".js") and path.name != "htmx.js"
]
UNWANTED = {
    "something that moves by itself": r"animation|transition:|@keyframes|<marquee",
    "sound, pictures, films": r"<audio|<video|<img|new Audio",
    "an outside address": r"""(?:src|href|url\(|@import|fetch\()[="' ]*(?:https?:)?//""",
    "a font": r"@font-face",
    "a new window": r'(?<!hx-)target="|window\.open',
    "the clipboard": r"clipboard|execCommand",
    "a script or a style in the page": r"<script(?! src)|<style|style=|\bon(?:click|load|change)=",
    "pictures instead of words": "[\U0001f000-\U0001faff\u2600-\u26ff]",
    "an endless list": r'trigger="(?:revealed|intersect)',
    "a way that browsers of chat programs may lack": r"findLast|\.at\(|structuredClone|:has\(",
}
LOOKED_AT = (
    "/",
    "/?v=late&q=x&page=2",
    "/accounts/weibo",
    "/accounts/weibo?year=2023&only=posts&limit=7&ladder=tight&checked=1",
    "/accounts/add",
    "/alerts",
    "/alerts/notices",
    "/duty",
    "/reports",
    "/reports/figures/2024",
    "/reports/months/2024-02.txt",
    "/reports/evidence/2024/weibo",
    "/system",
    "/start",
    "/board",
    "/badge/weibo.svg",
    "/calendar.ics",
    "/alerts.atom",
    "/login",
    "/setup",
)


@pytest.mark.parametrize("what", UNWANTED)
def test_no_file_of_the_page_has(what: str) -> None:
    shape = re.compile(UNWANTED[what])
    found = {path.name: shape.findall(path.read_text(encoding="utf-8")) for path in OURS}
    assert {name: some for name, some in found.items() if some} == {}


def rows(file: Path) -> list[str]:
    """All that a database holds, but for when passes were used last."""
    with closing(sqlite3.connect(file)) as database:
        return [line for line in database.iterdump() if '"passes"' not in line]


@pytest.fixture
def visitors(office: Office, url: str) -> Iterator[dict[str, Browser]]:
    """One of each role."""
    found = {name: inside(office, url, name) for name in ("zhang", "guest", "root")}
    yield found
    for one in found.values():
        one.close()


@pytest.mark.long
def test_looking_changes_nothing_and_every_form_is_one_of_ours(
    office: Office, visitors: dict[str, Browser], tmp_path: Path
) -> None:
    before = rows(tmp_path / "office.db")
    for name, browser in visitors.items():
        for path in (*LOOKED_AT, office.path("zhang")) if name != "guest" else ("/", "/duty"):
            page = browser.see(path)
            assert page.status_code in (200, 403, 404), path
            forms = re.findall(r'<form method="post" a.*?</form>', page.text, re.DOTALL)
            assert [form for form in forms if 'name="csrf"' not in form] == [], path
    assert rows(tmp_path / "office.db") == before


def test_no_board_names_a_telephone_or_asks_for_a_person(
    office: Office, visitors: dict[str, Browser]
) -> None:
    key = office.users.key("root", "board", MONDAY)
    page = requests.get(f"{visitors['root'].url}/board?key={key}", timeout=PATIENCE).text
    assert re.findall(r"<form|<button|tel:|0412-", page) == []


def test_every_address_that_acts_refuses_a_form_that_is_not_ours(
    office: Office, visitors: dict[str, Browser], tmp_path: Path
) -> None:
    acting = [
        route.path
        for route in office.site().routes
        if isinstance(route, Route) and "POST" in (route.methods or ()) and "/a/" not in route.path
    ]
    assert len(acting) > 15
    before = rows(tmp_path / "office.db")
    for path in acting:
        url = visitors["root"].url + path.replace("{account}", "weibo")
        form = {"answer": "ack", "alert": "1", "csrf": "0" * 64}
        files = {"draft": ("a.txt", b"x")} if "check" in path else None
        found = visitors["root"].post(url, form, files=files, timeout=PATIENCE)
        assert found.status_code == 403, path
    assert rows(tmp_path / "office.db") == before
