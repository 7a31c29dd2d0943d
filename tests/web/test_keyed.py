"""What a key in the address opens: the board, badges, a calendar, a feed; and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree as Xml
from zipfile import ZipFile

import pytest
import requests
from icalendar import Calendar

from monitor.store.sql import open_store
from tests.rule_values import at
from tests.waiting import PATIENCE
from tests.web.browsing import Browser, inside, seen
from tests.web.site import ACCOUNT, MONDAY, PASSWORD, RULES, Office, told_thrice

PATHS = {
    "board": "/board",
    "badge": "/badge/weibo.svg",
    "calendar": "/calendar.ics",
    "feed": "/alerts.atom",
}


def keyed(office: Office, url: str, kind: str) -> requests.Response:
    key = office.users.key("root", kind, MONDAY)
    return requests.get(f"{url}{PATHS[kind]}?key={key}", timeout=PATIENCE)


def test_the_board_says_in_large_what_needs_somebody(office: Office, url: str) -> None:
    page = keyed(office, url, "board")
    said = seen(page)
    for part in ("1个账号须尽快发布", "鞍山民政", "▲ 已12天", "张三", "未答复"):
        assert part in said
    assert "0412" not in page.text
    assert "<form" not in page.text
    assert "<button" not in page.text


def test_the_board_is_grey_when_the_service_has_stopped(office: Office, url: str) -> None:
    office.store.notes.beat(MONDAY, MONDAY)
    assert 'class="lost"' not in keyed(office, url, "board").text
    office.clock.now = MONDAY + timedelta(minutes=11)
    page = keyed(office, url, "board")
    assert 'class="lost"' in page.text
    assert "数据已停更11分钟" in seen(page)


def test_before_the_first_pass_the_board_says_not_checked(office: Office, url: str) -> None:
    said = seen(keyed(office, url, "board"))
    assert ("未检查：服务尚未开始值守" in said, "已停更" in said) == (True, False)


def test_a_badge_is_a_verdict_in_word_and_shape(office: Office, url: str) -> None:
    page = keyed(office, url, "badge")
    assert page.headers["Content-Type"].startswith("image/svg+xml")
    assert ["▲ 临近" in page.text, "鞍山民政" in page.text] == [True, True]
    Xml.fromstring(page.content)


def test_the_calendar_holds_deadlines_and_duties(office: Office, url: str) -> None:
    office.desk.duty.swap(at("03-19 09:00").date(), "wang", MONDAY)
    events = Calendar.from_ical(keyed(office, url, "calendar").text).walk("VEVENT")
    told = {(str(e["SUMMARY"]), e.decoded("DTSTART")) for e in events}
    assert ("最晚发布日：“鞍山民政”微博", at("03-19 09:00").date()) in told
    assert ("值班：王敏", at("03-19 09:00").date()) in told


def test_the_feed_holds_the_alerts(office: Office, url: str) -> None:
    feed = Xml.fromstring(keyed(office, url, "feed").content)
    space = {"a": "http://www.w3.org/2005/Atom"}
    titles = [one.text for one in feed.findall("a:entry/a:title", space)]
    assert titles == ["“鞍山民政”微博 · 停更"] or "鞍山民政" in str(titles)
    assert len(titles) == 1


@pytest.mark.parametrize("path", PATHS.values())
@pytest.mark.parametrize("kind", ["", "guessed", "read", "metrics"])
def test_another_key_opens_nothing(office: Office, url: str, path: str, kind: str) -> None:
    made = office.users.token("root", kind, MONDAY) if kind in ("read", "metrics") else kind
    page = requests.get(f"{url}{path}?key={made}", timeout=PATIENCE)
    assert (page.status_code, "鞍山民政" in page.text) == (403, False)


@pytest.mark.parametrize("kind", PATHS)
def test_each_key_opens_its_own_page_alone(office: Office, url: str, kind: str) -> None:
    key = office.users.key("root", kind, MONDAY)
    opened = [
        other
        for other, path in PATHS.items()
        if requests.get(f"{url}{path}?key={key}", timeout=PATIENCE).ok
    ]
    headers = {"Authorization": f"Bearer {key}"}
    assert opened == [kind]
    assert not requests.get(f"{url}/api/v1/accounts", headers=headers, timeout=PATIENCE).ok
    assert not requests.get(f"{url}/metrics", headers=headers, timeout=PATIENCE).ok


def test_keys_are_made_listed_and_ended(office: Office, url: str, root: Browser) -> None:
    page = root.submit("/system/keys", "/system", scope="board")
    address = page.text.partition("/board?key=")[2].partition("<")[0]
    assert requests.get(f"{url}/board?key={address}", timeout=PATIENCE).ok
    [key] = office.users.keys()
    assert address not in root.see("/system").text
    root.submit("/system/keys/end", "/system", digest=key.digest)
    assert requests.get(f"{url}/board?key={address}", timeout=PATIENCE).status_code == 403


def test_a_badge_of_an_unknown_account_is_none(office: Office, url: str) -> None:
    key = office.users.key("root", "badge", MONDAY)
    page = requests.get(f"{url}/badge/nobody.svg?key={key}", timeout=PATIENCE)
    assert page.status_code == 404


TURNED = "鞍\u202e山\u2066民\x1b政\u200f"


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Whoever looks at an account with a name that turns the direction of what is read."""
    folder = tmp_path_factory.mktemp("turned")
    store = open_store(f"sqlite:///{folder / 'turned.db'}", MONDAY)
    office = told_thrice(store, replace(RULES, accounts={"weibo": replace(ACCOUNT, name=TURNED)}))
    office.users.add("root", "admin", PASSWORD, MONDAY)
    with office.served() as url:
        yield inside(office, url, "root")
    store.close()


TEXTS = ("/reports/evidence/2024/weibo", "/reports/months/2024-03.txt", "/reports/years/2024.txt")
WORD = ("/reports/months/2024-03.docx", "/reports/years/2024.docx")


@pytest.mark.parametrize("path", [*PATHS.values(), *TEXTS, "/", "/accounts/weibo", "/alerts"])
def test_no_name_turns_the_direction_of_what_is_read(turned: Browser, path: str) -> None:
    said = turned.see(path).text
    assert not {"\u202e", "\u2066", "\x1b", "\u200f"} & {*said}
    assert "鞍山民政" in re.sub(r"\s|<[^>]+>", "", said)


@pytest.mark.parametrize("path", WORD)
def test_nor_in_a_word_file(turned: Browser, path: str) -> None:
    with ZipFile(BytesIO(turned.see(path).content)) as parts:
        said = parts.read("word/document.xml").decode()
    assert not {"\u202e", "\u2066", "\x1b", "\u200f"} & {*said}
    assert "鞍山民政" in re.sub(r"\s|<[^>]+>", "", said)
