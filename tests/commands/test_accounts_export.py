"""`accounts export`: the accounts as configured become a list that `accounts add` reads."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.imports.sheets import sheets
from tests.adding import BIZ, MONITOR, NAME, PEOPLE, UID, World
from tests.serving import Served
from tests.shell import Run

WEWE = """
[gateways.wewe]
kind = "wewe_rss"
url = "{url}"
spacing = "0s"
"""
NAMESAKE = """
[[people]]
id = "li2"
name = "李四"
"""
ACCOUNTS = f"""
[[accounts]]
id = "own-weibo"
name = "{NAME}"
platform = "weibo"
custodian = "zhang"
page = "https://weibo.com/anshanmz"
sources = [{{gateway = "rsshub", locator = "weibo/user/{UID}"}}]
[[accounts]]
id = "own-wechat"
name = "{NAME}"
platform = "wechat"
custodian = "li2"
sources = [{{gateway = "wewe", locator = "MP_WXS_{BIZ}"}}]
[[accounts]]
id = "own-column"
name = "=通知公告"
platform = "website"
custodian = "zhang"
sources = [{{gateway = "portal", locator = "tzgg/"}}]
"""
CLOSED = """
[[accounts]]
id = "former"
name = "旧号"
platform = "weibo"
state = "closed"
"""
UNADDRESSED = """
[[accounts]]
id = "video"
name = "视频号"
platform = "channels"
custodian = "zhang"
"""


@pytest.fixture(scope="module")
def world() -> Iterator[str]:
    with Served(World) as served:
        yield served.url


@pytest.fixture
def folder(world: str, tmp_path: Path) -> Path:
    """A configuration with accounts of three kinds."""
    configure(tmp_path, world, ACCOUNTS + CLOSED)
    return tmp_path


def configure(folder: Path, url: str, accounts: str, language: str = "zh_CN") -> None:
    made = folder / "config"
    made.mkdir(exist_ok=True)
    monitor = (MONITOR + WEWE).format(url=url, language=language)
    (made / "monitor.toml").write_text(monitor, "utf-8")
    (made / "people.toml").write_text(PEOPLE + NAMESAKE, "utf-8")
    (made / "accounts.toml").write_text(accounts, "utf-8")


def configured(text: str) -> list[dict[str, Any]]:
    """What makes an account the same one: all but the id that it was given, and its page."""
    kept = ("name", "platform", "custodian", "sources")
    return [{key: one[key] for key in kept} for one in tomllib.loads(text)["accounts"]]


def rows(file: Path) -> list[list[str]]:
    """The lines of the workbook's sheet."""
    (sheet,) = sheets(file.read_bytes(), file.name)
    return [list(cells) for _, cells in sheet]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_is_exported_is_added_elsewhere_as_it_was(
    run: Run, world: str, folder: Path, language: str
) -> None:
    configure(folder, world, ACCOUNTS + CLOSED, language)
    code, out, err = run("accounts", "export", "--out", "名单.xlsx")
    assert (code, err) == (0, "")
    assert "名单.xlsx" in out
    elsewhere = folder / "config" / "accounts.toml"
    elsewhere.write_text("# 别处\n", "utf-8")
    code, out, err = run("accounts", "add", "名单.xlsx", "--yes", "--json")
    assert (code, err) == (0, "")
    assert [one["state"] for one in json.loads(out)] == ["added"] * 3
    assert configured(elsewhere.read_text("utf-8")) == configured(ACCOUNTS)


def test_every_account_has_a_row_in_words(run: Run, folder: Path) -> None:
    assert run("accounts", "export", "--out", "名单.xlsx")[0] == 0
    found = rows(folder / "名单.xlsx")
    assert found[0] == ["名称", "平台", "链接", "账号管理员", "状态"]
    assert found[1] == [NAME, "微博", f"https://weibo.com/u/{UID}", "张三", "运行"]
    assert found[2] == [NAME, "微信公众号", f"MP_WXS_{BIZ}", "li2", "运行"]
    assert [row[-1] for row in found[1:]] == ["运行", "运行", "运行", "已注销"]


def test_the_same_accounts_are_the_same_file(run: Run, folder: Path) -> None:
    code, out, _ = run("accounts", "export", "--out", "1.xlsx", "--json")
    assert (code, json.loads(out)) == (0, {"file": "1.xlsx", "accounts": 4})
    assert run("accounts", "export", "--out", "2.xlsx")[0] == 0
    assert (folder / "1.xlsx").read_bytes() == (folder / "2.xlsx").read_bytes()


def test_what_no_address_names_is_refused_by_its_id(run: Run, world: str, folder: Path) -> None:
    configure(folder, world, ACCOUNTS + UNADDRESSED)
    assert run("accounts", "export", "--out", "名单.xlsx")[0] == 0
    code, out, _ = run("accounts", "add", "名单.xlsx", "--json")
    assert code == 1
    refused = json.loads(out)[3]
    assert (refused["address"], refused["state"]) == ("video", "refused")
    assert refused["why"].startswith("这不是网址")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        pytest.param("nowhere/名单.xlsx", "--out nowhere/名单.xlsx：无法写入：", id="no folder"),
        pytest.param("名单.csv", "--out：文件名应以.xlsx结尾", id="no workbook"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_line(
    run: Run, folder: Path, place: str, said: str
) -> None:
    code, out, err = run("accounts", "export", "--out", place)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(said)
    assert not list(folder.glob("*.csv"))
