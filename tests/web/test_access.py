"""Who may come in: passwords, sessions, proxies, and what a stranger learns."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
import requests

from monitor.desk.users import IDLE, Users
from monitor.store.base import Store
from monitor.web.door import WITHIN, Outside
from tests.rule_values import MINUTE
from tests.waiting import PATIENCE
from tests.web.browsing import Browser
from tests.web.site import MONDAY, PASSWORD, QUICK, RULES, Office

PROXY = Outside("https://watch.example.gov.cn", (ip_network("127.0.0.1"),), "X-Remote-User")


@pytest.fixture
def browser(url: str) -> Iterator[Browser]:
    with Browser(url) as one:
        yield one


def test_a_stranger_is_led_to_the_log_in(browser: Browser) -> None:
    page = browser.see("/")
    assert page.url.endswith("/login")
    assert "鞍山民政" not in page.text


def test_who_knows_the_password_sees_the_overview(browser: Browser) -> None:
    page = browser.log_in("zhang")
    assert (page.status_code, page.url) == (200, f"{browser.url}/")
    assert "鞍山民政" in page.text


@pytest.mark.parametrize(
    ("name", "password"),
    [("zhang", "another long password"), ("nobody", PASSWORD), ("", ""), ("zhang", "x" * 3000)],
    ids=["a wrong password", "an unknown name", "nothing", "a very long password"],
)
def test_all_wrong_log_ins_are_answered_alike(browser: Browser, name: str, password: str) -> None:
    page = browser.log_in(name, password)
    assert page.status_code == 403
    assert "名称或密码不正确。" in page.text


def test_a_form_of_another_site_is_refused(browser: Browser) -> None:
    sent = browser.post(
        f"{browser.url}/login", {"name": "zhang", "password": PASSWORD}, timeout=PATIENCE
    )
    assert sent.status_code == 403
    assert browser.see("/").url.endswith("/login")


def test_a_session_ends_after_twelve_hours_without_a_visit(
    office: Office, browser: Browser
) -> None:
    browser.log_in("zhang")
    office.clock.now = MONDAY + IDLE
    assert browser.see("/").url == f"{browser.url}/"
    office.clock.now += IDLE
    assert browser.see("/").url == f"{browser.url}/"
    office.clock.now += IDLE + MINUTE
    assert browser.see("/").url.endswith("/login")


def test_who_logs_out_is_out(browser: Browser) -> None:
    browser.log_in("zhang")
    before = browser.cookies.get("freshness")
    assert browser.submit("/logout", "/").url.endswith("/login")
    browser.cookies.set("freshness", before or "")
    assert browser.see("/").url.endswith("/login")


def test_a_log_in_gives_a_new_secret_and_ends_the_old_session(browser: Browser) -> None:
    browser.log_in("zhang")
    first = browser.cookies.get("freshness")
    browser.submit("/login", "/login", name="zhang", password=PASSWORD)
    assert browser.cookies.get("freshness") != first


def test_a_reset_ends_every_session(office: Office, browser: Browser) -> None:
    browser.log_in("zhang")
    office.users.reset("zhang", "quite another password")
    assert browser.see("/").url.endswith("/login")


def test_a_person_who_has_left_cannot_log_in(office: Office) -> None:
    others = {k: v for k, v in RULES.people.items() if k != "zhang"}
    left = Users(office.store, replace(office.rules, people=others), QUICK)
    assert left.log_in("zhang", PASSWORD, MONDAY) is None


def test_after_five_wrong_passwords_of_a_name_everybody_waits(
    office: Office, browser: Browser
) -> None:
    codes = [browser.log_in("zhang", "wrong password").status_code for _ in range(6)]
    assert codes == [403] * 5 + [429]
    assert browser.log_in("zhang").status_code == 429
    office.clock.now = MONDAY + WITHIN + timedelta(seconds=1)
    assert browser.log_in("zhang").status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:8080", 200), ("[::1]", 200), ("evil.example", 421)],
)
def test_the_host_has_to_be_ours(url: str, host: str, status: int) -> None:
    page = requests.get(f"{url}/login", headers={"Host": host}, timeout=PATIENCE)
    assert page.status_code == status


@pytest.fixture
def proxied(sqlite_store: Store) -> Iterator[tuple[Office, str]]:
    made = Office(sqlite_store, outside=PROXY)
    made.users.add("zhang", "officer", PASSWORD, MONDAY)
    with made.served() as address:
        yield made, address


def test_a_trusted_proxy_says_who_has_logged_in(proxied: tuple[Office, str]) -> None:
    _, url = proxied
    with Browser(url, **{"X-Remote-User": "zhang"}) as browser:
        assert browser.see("/").url == f"{url}/"
    with Browser(url, **{"X-Remote-User": "somebody"}) as browser:
        assert browser.see("/").url.endswith("/login")


def test_the_header_of_who_is_no_trusted_proxy_is_not_believed(url: str) -> None:
    with Browser(url, **{"X-Remote-User": "zhang"}) as browser:
        assert browser.see("/").url.endswith("/login")


def test_limits_count_the_forwarded_address(proxied: tuple[Office, str]) -> None:
    _, url = proxied
    with Browser(url, **{"X-Forwarded-For": "8.8.8.8, 203.0.113.7"}) as browser:
        codes = [browser.log_in(f"n{n}", "wrong password").status_code for n in range(21)]
    assert codes == [403] * 20 + [429]
    with Browser(url, **{"X-Forwarded-For": "203.0.113.8"}) as browser:
        assert browser.log_in("zhang").status_code == 200


def test_a_cookie_over_https_never_travels_without(proxied: tuple[Office, str]) -> None:
    _, url = proxied
    page = requests.get(f"{url}/login", headers={"X-Forwarded-Proto": "https"}, timeout=PATIENCE)
    cookie = page.headers["Set-Cookie"]
    assert {"HttpOnly", "Secure", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}


def test_before_there_is_a_password_a_page_says_where_the_key_is(sqlite_store: Store) -> None:
    office = Office(sqlite_store)
    with office.served() as url, Browser(url) as browser:
        page = browser.see("/")
        assert (page.status_code, page.url) == (403, f"{url}/setup")
        assert "freshness user setup-link" in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((path, 403) for path in ("/", "/accounts/weibo", "/alerts", "/system", "/start")),
        *((path, 403) for path in ("/login", "/board", "/badge/weibo.svg", "/setup?k=guessed")),
        *((path, 401) for path in ("/api/v1/accounts", "/api/v1/openapi.json", "/metrics")),
        *((path, 200) for path in ("/healthz", "/readyz", "/static/style.css")),
        *((path, 404) for path in ("/a/no-token", "/x/y")),
    ],
)
def test_before_there_is_a_password_nothing_is_shown(
    sqlite_store: Store, path: str, status: int
) -> None:
    office = Office(sqlite_store)
    with office.served() as url, Browser(url) as browser:
        page = browser.see(path)
    assert page.status_code == status
    assert "鞍山民政" not in page.text


def test_the_first_password_is_set_once(sqlite_store: Store) -> None:
    office = Office(sqlite_store)
    key = office.users.setup_key(MONDAY)
    path = f"/setup?k={key}"
    with office.served() as url, Browser(url) as browser, Browser(url) as another:
        assert browser.submit("/setup", path, name="root", password="short").status_code == 422
        page = browser.submit("/setup", path, name="root", password=PASSWORD)
        assert (page.status_code, page.url) == (200, f"{url}/start/office")
        assert another.see(path).url.endswith("/login")
    assert [(u.name, u.role) for u in office.users.listed()] == [("root", "admin")]
    assert office.users.setup_key(MONDAY) is None


def test_a_key_is_valid_for_half_an_hour(sqlite_store: Store) -> None:
    office = Office(sqlite_store)
    key = office.users.setup_key(MONDAY)
    office.clock.now = MONDAY + timedelta(minutes=30)
    with office.served() as url, Browser(url) as browser:
        assert browser.see(f"/setup?k={key}").status_code == 403


SAMPLE = Outside(sample=True)


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        ({}, "/"),
        ({"X-Forwarded-For": "203.0.113.7"}, "/setup"),
        ({"X-Forwarded-Host": "office.example"}, "/setup"),
        ({"Via": "1.1 proxy"}, "/setup"),
    ],
    ids=["directly", "through a proxy", "through one that tells the host alone", "through a relay"],
)
def test_the_sample_is_open_on_loopback(
    sqlite_store: Store, headers: dict[str, str], seen: str
) -> None:
    office = Office(sqlite_store, outside=SAMPLE)
    with office.served() as url, Browser(url, **headers) as browser:
        page = browser.see("/")
        assert page.url == url + seen
        assert ("示例数据" in page.text) == (seen == "/")
