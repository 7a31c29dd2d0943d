"""What nobody should send: a calm page or a problem document with the reason, and nothing lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest
import requests

from alerts.model import Acknowledgement
from monitor.desk.users import NOTED
from monitor.store.sql import open_store
from monitor.web.api import LARGEST
from tests.rule_values import MINUTE
from tests.waiting import PATIENCE
from tests.web.browsing import Browser, inside, seen
from tests.web.fixtures import BIRTH
from tests.web.site import MONDAY, Office

INSIDE = ("Traceback", "sqlite", "/tmp", "freshness.db", "locked", "Error")
ACK = {"alert": "1", "answer": "ack"}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nowhere", 404, "此页不存在"),
        ("/accounts/nobody", 404, "没有此账号"),
        ("/accounts/weibo/answer", 405, "此处不是页面"),
        ("/?v=nonsense", 200, "没有这样的筛选条件"),
        ("/?v=late,%00<script>", 200, "没有这样的筛选条件"),
        ("/?page=99", 200, "1个账号"),
        ("/?page=-1", 200, "1个账号"),
        ("/?page=%F0%9F%98%80&sort=x&g=nobody", 200, "没有符合条件的账号"),
        ("/reports/months/2024-13.docx", 404, "没有此项报表"),
        ("/?q=" + "长" * 2000, 200, "没有符合条件的账号"),
    ],
    ids=[
        "an unknown address",
        "an unknown account",
        "a form's address, opened",
        "a filter that there is not",
        "a filter beside one that there is",
        "a page beyond the last",
        "a page before the first",
        "a page that is no number, of a gateway that is none",
        "a month that is none",
        "a very long search",
    ],
)
def test_what_is_asked_for_wrongly(look: Browser, path: str, status: int, said: str) -> None:
    page = look.see(path)
    assert (page.status_code, said in seen(page)) == (status, True), seen(page)
    assert "<script>" not in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/accounts/nobody", 404),
        ("/alerts/1/acknowledge", 405),
        ("/accounts?verdict=nonsense", 422),
        ("/accounts?page=first", 422),
        ("/reports/years/x", 422),
        (f"/reports/years/{10**20}", 422),
        ("/reports/years/0", 422),
        (f"/accounts?page={10**20}", 422),
        (f"/accounts?per_page={10**20}", 200),
        ("/accounts/%00", 404),
        ("/accounts?q=%00%FF", 200),
    ],
    ids=[
        "an unknown address",
        "an unknown account",
        "the wrong method",
        "a filter that there is not",
        "a page that is no number",
        "a year that is none",
        "a year beyond the calendar",
        "a year before it",
        "a page beyond all numbers",
        "more to a page than there may be",
        "a name that no database takes",
        "a search that is no text",
    ],
)
def test_what_a_script_asks_for_wrongly(reader: Browser, path: str, status: int) -> None:
    answer = reader.see(path)
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"]


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "%EF%BC%91", str(10**15), str(10**30)])
def test_an_alert_that_is_none_is_refused(office: Office, url: str, number: str) -> None:
    token = office.users.token("zhang", "act", MONDAY)
    answer = requests.post(
        f"{url}/api/v1/alerts/{number}/acknowledge",
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    )
    assert (answer.status_code, answer.json()["detail"]) == (422, "not as expected: path.alert")


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/", "GET, HEAD"), ("/login", "GET, HEAD, POST"), ("/api/v1/accounts", "GET, HEAD")],
    ids=["a page", "a form", "of a script"],
)
def test_another_method_is_told_which_there_are(look: Browser, path: str, methods: str) -> None:
    answer = look.put(look.url + path, timeout=PATIENCE)
    assert answer.status_code == 405
    assert {*methods.split(", ")} <= {*answer.headers["Allow"].split(", ")}


def test_a_script_may_ask_for_the_head_alone(reader: Browser) -> None:
    answer = reader.head(f"{reader.url}/accounts", timeout=PATIENCE)
    assert (answer.status_code, answer.content) == (200, b"")


def test_what_breaks_in_an_answer_to_a_script_shows_nothing_of_the_inside(office: Office) -> None:
    token = office.users.token("guest", "read", MONDAY)
    office.clock.now = cast("datetime", "a clock that has gone wrong")
    with office.served() as url:
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.get(f"{url}/api/v1/gateways", headers=headers, timeout=PATIENCE)
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "clock" not in answer.text
    assert [event for event, _ in office.said] == ["page_broke"]


def test_beyond_the_last_page_a_script_gets_none_of_all(reader: Browser) -> None:
    answer = reader.see("/accounts?page=99").json()
    assert (answer["total"], answer["page"], answer["accounts"]) == (1, 99, [])


@pytest.fixture
def reader(shown: Office) -> Iterator[Browser]:
    """A script that reads."""
    token = shown.users.token("zhang", "read", MONDAY)
    with (
        shown.served() as url,
        Browser(f"{url}/api/v1", Authorization=f"Bearer {token}") as script,
    ):
        yield script


FIFTY = 50_000_000


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("/reports/check", "multipart/form-data; boundary=x", "请上传不超过20MB的文件"),
        ("/api/v1/accounts/weibo/confirm", "application/json", f"at most {LARGEST} bytes"),
        ("/accounts/weibo/confirm", "application/x-www-form-urlencoded", "请上传不超过20MB的文件"),
    ],
    ids=["a draft", "of a script", "a form"],
)
def test_fifty_megabytes_are_refused_unread(look: Browser, path: str, kind: str, said: str) -> None:
    headers = {"Content-Type": kind, "Content-Length": str(FIFTY)}
    answer = look.post(look.url + path, b"", headers=headers, timeout=PATIENCE)
    assert (answer.status_code, said in answer.text) == (413, True), answer.text


def test_a_script_says_how_long_it_is(reader: Browser) -> None:
    parts = (part for part in [b"{}"])
    answer = reader.post(f"{reader.url}/accounts/weibo/confirm", parts, timeout=PATIENCE)
    assert answer.status_code == 411


@pytest.mark.parametrize("secret", ["", "guessed", "x" * 4000, "ü%00"], ids=str.__len__)
def test_a_broken_session_leads_to_the_log_in(shown: Office, secret: str) -> None:
    with shown.served() as url, Browser(url) as browser:
        cookie = {"Cookie": f"freshness={secret}".encode()}
        page = browser.get(url, headers=cookie, timeout=PATIENCE)
        assert page.url.endswith("/login")
        sent = browser.post(f"{url}/accounts/weibo/answer", ACK, headers=cookie, timeout=PATIENCE)
    assert sent.url.endswith("/login")
    assert shown.alert().acknowledged is None


@pytest.mark.parametrize(
    ("path", "form", "kept"),
    [
        ("answer", ACK, lambda o: [a.acknowledged for a in o.store.alerts.open()]),
        (
            "confirm",
            {"posted_at": "2024-03-18T09:00"},
            lambda o: [p.published_at for p in o.store.posts.of_account("weibo")],
        ),
        (
            "exception",
            {"until": "2024-04-01T09:00", "reason": "迁移"},
            lambda o: [e.until for e in o.store.exceptions.in_force(MONDAY).values()],
        ),
        (
            "handover",
            {"to": "li", "due": "2024-03-28", "reason": "轮岗"},
            lambda o: [h.id for h in o.store.custody.handovers()],
        ),
    ],
    ids=["an answer", "a post seen by eye", "an agreed silence", "a handover"],
)
def test_a_form_that_is_sent_twice_is_recorded_once(
    office: Office, zhang: Browser, path: str, form: dict[str, str], kept: object
) -> None:
    assert callable(kept)
    fields = {**zhang.hidden("/accounts/weibo"), **form}
    url = f"{zhang.url}/accounts/weibo/{path}"
    assert zhang.post(url, fields, timeout=PATIENCE).status_code == 200
    once = kept(office)
    again = zhang.post(url, fields, timeout=PATIENCE)
    assert again.status_code in (200, 409)
    assert kept(office) == once


@pytest.fixture
def hurried(told_file: Path, tmp_path: Path) -> Iterator[tuple[Office, sqlite3.Connection]]:
    """An office that does not wait long for a lock, and another program on its database."""
    file = tmp_path / "hurried.db"
    file.write_bytes(told_file.read_bytes())
    store = open_store(f"sqlite:///{file}?timeout=0.05", BIRTH)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        yield Office(store, kept=True), other
    store.close()


def test_while_the_database_is_locked_people_look_and_nothing_is_lost(
    hurried: tuple[Office, sqlite3.Connection],
) -> None:
    office, other = hurried
    token = office.users.token("zhang", "act", MONDAY)
    bearer = {"Authorization": f"Bearer {token}"}
    with office.served() as url, inside(office, url, "zhang") as zhang:
        fields = {**zhang.hidden("/accounts/weibo"), **ACK}
        office.clock.now = MONDAY + NOTED + MINUTE  # when the session's last use would be noted
        other.execute("BEGIN IMMEDIATE")
        for path in ("/", "/accounts/weibo", "/alerts"):
            assert zhang.see(path).status_code == 200, path
        page = zhang.post(f"{url}/accounts/weibo/answer", fields, timeout=PATIENCE)
        acked = f"{url}/api/v1/alerts/1/acknowledge"
        answer = requests.post(acked, headers=bearer, timeout=PATIENCE)
        assert (page.status_code, "暂时无法办理" in seen(page)) == (503, True)
        assert (answer.status_code, answer.headers["Content-Type"]) == (
            503,
            "application/problem+json",
        )
        assert [word for word in INSIDE if word in page.text + answer.text] == []
        assert ("store_unreachable", {"error": "StoreError"}) in office.said
        assert "page_broke" not in [event for event, _ in office.said]
        other.execute("ROLLBACK")
        assert office.alert().acknowledged is None
        again = zhang.post(f"{url}/accounts/weibo/answer", fields, timeout=PATIENCE)
        assert again.status_code == 200
    assert office.alert().acknowledged == Acknowledgement("zhang", office.clock.now)


def test_when_the_database_is_gone_every_address_says_so_calmly(
    hurried: tuple[Office, sqlite3.Connection],
) -> None:
    office, other = hurried
    bearer = {"Authorization": f"Bearer {office.users.token('zhang', 'read', MONDAY)}"}
    link, key = office.path("zhang"), office.users.key("root", "board", MONDAY)
    with office.served() as url, inside(office, url, "zhang") as zhang:
        fields = {**zhang.hidden("/accounts/weibo"), **ACK}
        other.execute("PRAGMA foreign_keys = OFF")
        tables = other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if not table.startswith("sqlite_"):
                other.execute(f'DROP TABLE "{table}"')
        pages = [
            zhang.see(path)
            for path in ("/", "/accounts/weibo", "/alerts", "/alerts/notices", "/duty", "/reports")
        ]
        pages += [zhang.see(link), requests.get(f"{url}/board?key={key}", timeout=PATIENCE)]
        pages.append(zhang.post(f"{url}/accounts/weibo/answer", fields, timeout=PATIENCE))
        for page in pages:
            assert (page.status_code, "暂时无法办理" in seen(page)) == (503, True), page.url
        answers = [
            requests.get(f"{url}/api/v1/{path}", headers=bearer, timeout=PATIENCE)
            for path in ("accounts", "accounts/weibo", "alerts", "gateways", "reports/years/2024")
        ]
        for answer in answers:
            assert answer.status_code == 503, answer.url
            assert answer.headers["Content-Type"] == "application/problem+json"
        ready = requests.get(f"{url}/readyz", timeout=PATIENCE)
    said = "".join(one.text for one in (*pages, *answers, ready))
    assert [word for word in INSIDE if word in said] == []
    assert "page_broke" not in [event for event, _ in office.said]
