"""A played year beside one's own accounts: prepared, opened and left by admins alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from monitor.app import App
from monitor.demo.year import play
from monitor.running.example import ExampleYear
from monitor.running.frontends import Frontends
from monitor.web.door import Outside
from monitor.web.example import COOKIE, Site, Year, stands_beside
from tests.rule_values import at
from tests.web.browsing import Browser, inside, seen
from tests.web.site import Office, stage


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first hours of the year, as `demo --keep` leaves them."""
    folder = tmp_path_factory.mktemp("played") / "year"
    with (folder.parent / "screen").open("w") as screen:
        play(Console(file=screen), end=at("01-01 12:00"), keep=folder)
    return folder


def said(_event: str, /, **_facts: Any) -> None:
    """Nobody listens."""


def beside(app: App) -> Site:
    return Frontends(app, leading=False, beside=Outside(sample=True)).site


@contextmanager
def shown(office: Office, folder: Path) -> Iterator[str]:
    """The office's site, and beside it the year in *folder*."""
    example = ExampleYear(folder, said)
    office.example = example
    site = office.site()
    stands_beside(site, office.parts.door, office.clock, partial(example.site, beside))
    with stage().showing(site) as url:
        yield url
    example.close()


LONG = pytest.mark.long  # the year is played


@pytest.fixture
def url(office: Office, played: Path) -> Iterator[str]:
    with shown(office, played) as address:
        yield address


@LONG
def test_an_admin_opens_the_year_and_comes_back(root: Browser) -> None:
    own = seen(root.see("/"))
    assert "示例数据" not in own
    page = root.submit("/example/open", "/example")
    assert (page.url, "示例数据" in seen(page)) == (f"{root.url}/", True)
    assert "返回本单位账号" in seen(page)
    for path in ("/alerts", "/duty", "/reports", "/system"):
        assert "示例数据" in seen(root.see(path))
    back = root.submit("/example/leave", "/example")
    assert (back.url, seen(back)) == (f"{root.url}/", own)


@LONG
def test_what_is_done_in_the_year_is_not_done_to_ones_own(office: Office, root: Browser) -> None:
    root.submit("/example/open", "/example")
    before = office.store.sources.states()
    assert root.submit("/system/read", "/system", account="weibo-anshanmz").status_code == 200
    assert root.submit("/system/read", "/system", account="weibo").status_code == 409
    assert office.store.sources.states() == before


@LONG
@pytest.mark.parametrize("name", ["zhang", "guest"])
def test_who_is_no_admin_sees_their_own_accounts_whatever_they_carry(
    office: Office, url: str, name: str
) -> None:
    with inside(office, url, name) as other:
        other.cookies.set(COOKIE, "1")
        assert "示例数据" not in seen(other.see("/"))
        assert other.see("/example").status_code == 403
        assert other.submit("/example/open", "/", x="1").status_code == 403


@LONG
def test_who_has_not_logged_in_is_led_to_the_log_in(url: str) -> None:
    with Browser(url) as stranger:
        stranger.cookies.set(COOKIE, "1")
        assert stranger.see("/").url == f"{url}/login"
        assert stranger.see("/accounts/weibo").url == f"{url}/login"


@LONG
def test_a_script_and_a_foreign_host_never_reach_the_year(root: Browser) -> None:
    root.submit("/example/open", "/example")
    assert root.see("/api/v1/accounts").status_code == 401
    assert root.get(f"{root.url}/", headers={"Host": "evil.example"}).status_code == 421


def test_before_it_is_there_it_can_be_prepared_but_not_opened(
    office: Office, tmp_path: Path
) -> None:
    with shown(office, tmp_path / "none") as url, inside(office, url, "root") as admin:
        assert "准备示例" in seen(admin.see("/example"))
        page = admin.submit("/example/open", "/example")
        assert (page.url, COOKIE in admin.cookies) == (f"{url}/example", False)
        admin.cookies.set(COOKIE, "1")
        assert "示例数据" not in seen(admin.see("/"))


def test_where_it_cannot_be_kept_it_says_so(office: Office, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way", "utf-8")
    with shown(office, tmp_path / "data" / "year") as url, inside(office, url, "root") as admin:
        assert "示例未能准备好" in seen(admin.submit("/example", "/example"))


def test_what_plays_ends_with_the_service(tmp_path: Path) -> None:
    example = ExampleYear(tmp_path / "data" / "year", said)
    example.begin()
    assert example.state() is Year.PLAYING
    example.begin()
    example.close()
    assert example.state() is Year.NONE


def test_where_the_page_is_a_sample_itself_there_is_none(office: Office) -> None:
    with office.served() as url, inside(office, url, "root") as admin:
        assert admin.see("/example").status_code == 403
