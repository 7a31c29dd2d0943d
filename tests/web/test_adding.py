"""Accounts are added on the page: pasted, looked at, agreed to, and written into accounts.toml."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from monitor.desk.adding import Adding
from monitor.model import Gateway
from monitor.settings import writing
from monitor.sources import registry
from monitor.sources.base import Source
from monitor.web.adding import MOST
from tests.adding import NAME, UID, World
from tests.serving import Served
from tests.web.browsing import Browser, inside, seen
from tests.web.site import RULES, WORDS, Office

EMPTY = "1900000009"
COMMENT = "# 我局账号\n"
ADD = "/accounts/add"


@dataclass(frozen=True)
class Desk:
    """An admin at the page, and the folder of the configuration."""

    admin: Browser
    folder: Path

    def listed(self) -> list[dict[str, Any]]:
        """The accounts that stand in the file, below what stood there before."""
        text = (self.folder / "accounts.toml").read_text("utf-8")
        assert text.startswith(COMMENT)
        found: list[dict[str, Any]] = tomllib.loads(text).get("accounts", [])
        return found

    def paste(self, *lines: str) -> str:
        page = self.admin.submit(ADD, ADD, addresses="\r\n".join(lines))
        assert page.status_code == 200
        return page.text


@pytest.fixture(scope="module")
def gateway() -> Iterator[tuple[Gateway, Source]]:
    """An RSSHub on loopback, ready to be read."""
    with Served(World) as world:
        one = Gateway("rsshub", "rsshub", world.url)
        with closing(registry.build(one)) as source:
            yield one, source


@pytest.fixture
def desk(office: Office, gateway: tuple[Gateway, Source], tmp_path: Path) -> Iterator[Desk]:
    one, source = gateway
    rules = replace(RULES, gateways={"rsshub": one})
    adding = Adding(rules, {"rsshub": source}, lambda *_: None, WORDS)
    (tmp_path / "accounts.toml").write_text(COMMENT, "utf-8")
    assert office.joining is not None
    office.joining = replace(
        office.joining,
        adding=adding,
        add=lambda agreed: writing.add(tmp_path, [one.block() for one in agreed]).path,
        text_of=lambda agreed: writing.text_of([one.block() for one in agreed]),
    )
    with office.served() as url, inside(office, url, "root") as admin:
        yield Desk(admin, tmp_path)


def shown(page: str) -> dict[str, str]:
    """The hidden fields of the form that asks whether these are the accounts."""
    form = page.split('action="/accounts/add/write"')[1]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.split("</form>")[0]))


def test_what_is_pasted_is_shown_and_nothing_is_written_yet(desk: Desk) -> None:
    page = desk.paste(f"weibo.com/u/{UID}", "", "鞍山民政")
    for part in (NAME, "动态0", "动态1", "动态2", "是这个账号吗？"):
        assert part in page
    assert "动态3" not in page
    assert "这不是网址" in page
    assert desk.listed() == []


def test_those_that_are_ticked_are_written_once(office: Office, desk: Desk) -> None:
    form = shown(desk.paste(f"weibo.com/u/{UID}", f"weibo.com/u/{EMPTY}"))
    sent = desk.admin.post(f"{desk.admin.url}{ADD}/write", {**form, "a0": "1"})
    assert (sent.status_code, NAME in seen(sent)) == (200, True)
    assert [one["id"] for one in desk.listed()] == [f"weibo-{UID}"]
    assert office.said[-1] == ("accounts_added", {"ids": [f"weibo-{UID}"], "by": "root"})
    again = desk.admin.post(f"{desk.admin.url}{ADD}/write", {**form, "a0": "1"})
    assert (again.status_code, len(desk.listed())) == (409, 1)


def test_what_was_written_is_there_before_the_service_takes_it_up(desk: Desk) -> None:
    form = shown(desk.paste(f"weibo.com/u/{UID}"))
    desk.admin.post(f"{desk.admin.url}{ADD}/write", {**form, "a0": "1"})
    assert "已在名单中" in desk.paste(f"m.weibo.cn/u/{UID}")


def test_without_a_tick_nothing_is_written(desk: Desk) -> None:
    form = shown(desk.paste(f"weibo.com/u/{UID}"))
    assert desk.admin.post(f"{desk.admin.url}{ADD}/write", form).status_code == 409
    assert desk.listed() == []


def test_a_doubt_stands_beside_the_account(desk: Desk) -> None:
    assert "一条内容都没有显示" in desk.paste(f"weibo.com/u/{EMPTY}")


def test_what_no_gateway_knows_is_not_offered(desk: Desk) -> None:
    page = desk.paste("weibo.com/u/1900000001")
    assert "以下网址未能添加" in page
    assert 'action="/accounts/add/write"' not in page


def test_while_the_gateway_is_away_an_account_is_saved_first_and_confirmed_later(
    office: Office, desk: Desk
) -> None:
    away = Gateway("rsshub", "rsshub", "http://127.0.0.1:9")
    assert office.joining is not None
    with closing(registry.build(away)) as source:
        adding = Adding(
            replace(RULES, gateways={"rsshub": away}), {"rsshub": source}, lambda *_: None, WORDS
        )
        office.joining = replace(office.joining, adding=adding)
        with office.served() as url, inside(office, url, "root") as admin:
            page = admin.submit(ADD, ADD, addresses=f"weibo.com/u/{UID}").text
            assert "先保存，待读到后再确认" in page
            assert "是这个账号吗？" not in page
            sent = admin.post(f"{url}{ADD}/write", {**shown(page), "a0": "1"})
    assert sent.status_code == 200
    assert [one["id"] for one in desk.listed()] == [f"weibo-{UID}"]


def test_of_a_file_that_cannot_be_written_the_lines_are_shown(desk: Desk) -> None:
    (desk.folder / "accounts.toml").unlink()
    form = shown(desk.paste(f"weibo.com/u/{UID}"))
    page = desk.admin.post(f"{desk.admin.url}{ADD}/write", {**form, "a0": "1"})
    assert page.status_code == 409
    assert f'id = "weibo-{UID}"' in seen(page)
    assert str(desk.folder) not in page.text


@pytest.mark.parametrize("lines", [0, MOST + 1], ids=["nothing", "too many"])
def test_a_few_addresses_at_a_time(desk: Desk, lines: int) -> None:
    pasted = "\n".join(["weibo.com/u/1"] * lines)
    page = desk.admin.submit(ADD, ADD, addresses=pasted)
    assert (page.status_code, f"{MOST}" in seen(page)) == (409, True)


@pytest.mark.parametrize("name", ["zhang", "guest"])
def test_who_is_no_admin_adds_nothing(office: Office, desk: Desk, name: str) -> None:
    form = shown(desk.paste(f"weibo.com/u/{UID}"))
    with inside(office, desk.admin.url, name) as other:
        assert other.see(ADD).status_code == 403
        assert other.submit(ADD, "/", addresses=f"weibo.com/u/{UID}").status_code == 403
        taken = {"shown": form["shown"], "a0": "1"}
        assert other.submit(f"{ADD}/write", "/", **taken).status_code == 403
    assert desk.listed() == []


def test_a_form_of_another_page_adds_nothing(desk: Desk) -> None:
    form = {**shown(desk.paste(f"weibo.com/u/{UID}")), "csrf": "guessed", "a0": "1"}
    assert desk.admin.post(f"{desk.admin.url}{ADD}/write", form).status_code == 403
    assert desk.listed() == []


def test_a_year_that_was_played_takes_no_accounts(office: Office) -> None:
    office.joining = None
    with office.served() as url, inside(office, url, "root") as admin:
        assert admin.see(ADD).status_code == 403


def test_before_there_is_an_account_an_admin_finds_where_to_paste(office: Office) -> None:
    bare = Office(office.store, rules=replace(RULES, accounts={}), kept=True)
    with bare.served() as url, inside(bare, url, "root") as admin, inside(bare, url, "guest") as g:
        assert f'action="{ADD}"' in admin.see("/").text
        assert f'href="{ADD}"' in admin.see("/system").text
        assert f'action="{ADD}"' not in g.see("/").text


def workbook(*rows: tuple[str, ...]) -> bytes:
    """An Excel list as an office keeps it."""
    file = BytesIO()
    book = Workbook(file)
    sheet = book.add_worksheet()
    for n, row in enumerate((("我局新媒体一览",), ("名称", "平台", "链接", "管理员"), *rows)):
        sheet.write_row(n, 0, row)
    book.close()
    return file.getvalue()


def test_an_excel_list_is_read_shown_and_written(desk: Desk) -> None:
    rows = [("鞍山民政", "微博", f"weibo.com/u/{UID}", "张三"), ("名城", "微博", "鞍山", "")]
    page = desk.admin.hand_in(f"{ADD}/list", ADD, list=("名单.xlsx", workbook(*rows)))
    assert (page.status_code, NAME in page.text, "这不是网址" in page.text) == (200, True, True)
    sent = desk.admin.post(f"{desk.admin.url}{ADD}/write", {**shown(page.text), "a0": "1"})
    assert sent.status_code == 200
    [one] = desk.listed()
    assert (one["id"], one["custodian"]) == (f"weibo-{UID}", "zhang")


def test_a_list_longer_than_is_shown_at_once_goes_on(desk: Desk) -> None:
    lines = "\n".join(["链接", *(f"weibo.com/u/{n}" for n in range(1, MOST + 3))])
    page = desk.admin.hand_in(f"{ADD}/list", ADD, list=("名单.csv", lines.encode()))
    assert "继续查看名单中的后2个" in page.text
    assert f"weibo.com/u/{MOST + 2}" not in page.text
    [key] = re.findall(r'name="rest" value="([^"]+)"', page.text)
    rest = desk.admin.submit(f"{ADD}/rest", ADD, rest=key)
    assert (rest.status_code, f"weibo.com/u/{MOST + 2}" in rest.text) == (200, True)
    assert desk.admin.submit(f"{ADD}/rest", ADD, rest=key).status_code == 409


HURT = "<b onmouseover=alert(1)>"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "应有一行表头"),
        (b"\x00\xff\xfe", ""),
        (f"链接,管理员\nweibo.com/u/1,{HURT}".encode(), "第2行：管理员：查无"),
        (workbook(("鞍山民政", "微博", "", "")), "链接：没有填写"),
        (workbook(), "没有列出任何账号"),
    ],
    ids=["nothing", "no list", "nobody", "no address", "no account"],
)
def test_a_list_that_cannot_be_taken_is_refused_in_words(
    desk: Desk, content: bytes, said: str
) -> None:
    page = desk.admin.hand_in(f"{ADD}/list", ADD, list=(f"{HURT}.xlsx", content))
    assert (page.status_code, said in seen(page)) == (409, True)
    assert HURT not in page.text
    assert desk.listed() == []
