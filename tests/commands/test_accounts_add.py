"""`accounts add`: looks, shows, asks, and writes only what is agreed to and not in doubt."""

import json
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.adding import MONITOR, NAME, PEOPLE, UID, World
from tests.serving import Served
from tests.shell import Run

EMPTY = "1900000009"
ACCOUNTS = "# 我局账号\n"


@pytest.fixture(scope="module")
def world() -> Iterator[str]:
    with Served(World) as served:
        yield served.url


@pytest.fixture(scope="module")
def office(world: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration, and the database that its first command makes, for all tests here."""
    folder = tmp_path_factory.mktemp("office")
    made = folder / "config"
    made.mkdir()
    (made / "monitor.toml").write_text(MONITOR.format(url=world, language="zh_CN"), "utf-8")
    (made / "people.toml").write_text(PEOPLE, "utf-8")
    return folder


@pytest.fixture
def folder(office: Path) -> Path:
    """That folder, with no account in it."""
    (office / "config" / "accounts.toml").write_text(ACCOUNTS, "utf-8")
    return office


def listed(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "config" / "accounts.toml").read_text("utf-8")
    assert text.startswith(ACCOUNTS)
    found = tomllib.loads(text).get("accounts", [])
    assert isinstance(found, list)
    return found


def rows(run: Run, *words: str) -> tuple[int, list[dict[str, Any]]]:
    code, out, err = run("accounts", "add", *words, "--json")
    assert err == ""
    found = json.loads(out)
    assert isinstance(found, list)
    return code, found


def test_yes_writes_what_is_not_in_doubt(run: Run, folder: Path) -> None:
    code, out, err = run("accounts", "add", f"weibo.com/u/{UID}", "--yes")
    assert (code, err) == (0, "")
    assert all(said in out for said in (NAME, "动态0", "动态1", "动态2", "张三"))
    (block,) = listed(folder)
    assert block["sources"] == [{"gateway": "rsshub", "locator": f"weibo/user/{UID}"}]
    assert f"weibo-{UID}" in run("accounts", "list")[1]


def test_a_post_that_names_only_its_day_is_shown_without_an_hour(
    run: Run, folder: Path, world: str
) -> None:
    out = run("accounts", "add", f"{world}/tzgg/")[1]
    assert "  11月28日（周六）  通知公告第0号文件\n" in out


def test_without_a_terminal_and_yes_nothing_is_written(run: Run, folder: Path) -> None:
    code, out, _ = run("accounts", "add", f"weibo.com/u/{UID}")
    assert (code, listed(folder)) == (0, [])
    assert NAME in out
    assert "未写入：这里无法询问。确认无误后，请加上 --yes 再执行一次。" in out


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        pytest.param("y", 1, id="yes"),
        pytest.param("是", 1, id="yes in Chinese"),
        pytest.param("n", 0, id="no"),
        pytest.param("", 0, id="a mere return"),
    ],
)
def test_a_person_at_a_terminal_is_asked(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, written: int
) -> None:
    ours, theirs = os.openpty()
    os.write(ours, f"{answer}\n".encode())
    with os.fdopen(theirs, encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        code, out, _ = run("accounts", "add", f"weibo.com/u/{UID}")
    os.close(ours)
    assert "是这个账号吗？" in out
    assert (code, len(listed(folder))) == (0, written)


def test_a_doubt_is_trouble_and_not_written(run: Run, folder: Path) -> None:
    code, (row,) = rows(run, f"weibo.com/u/{EMPTY}", "--yes")
    assert (code, row["state"], listed(folder)) == (1, "doubtful", [])
    assert row["doubts"]


def test_what_is_refused_keeps_nothing_else_from_being_added(run: Run, folder: Path) -> None:
    twice = (f"weibo.com/u/{UID}", f"https://m.weibo.cn/u/{UID}", "鞍山民政")
    code, found = rows(run, *twice, "--yes", "--custodian", "li")
    assert (code, [row["state"] for row in found]) == (1, ["added", "refused", "refused"])
    assert [block["custodian"] for block in listed(folder)] == ["li"]
    assert found[0]["posts"][0]["title"] == "动态0"


LIST = [
    ["账号名称", "平台", "链接", "管理员"],
    ["鞍山民政发布", "微博", f"weibo.com/{UID}", "李四"],
]


def workbook(folder: Path, rows: list[list[str]]) -> str:
    path = folder / "名单.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "我局政务新媒体名单")
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
    return str(path)


def test_an_account_that_the_list_calls_closed_is_passed_over(run: Run, folder: Path) -> None:
    closed = ["旧号", "微博", "", "已离职的人", "已注销"]
    given = [[*LIST[0], "状态"], closed, [*LIST[1], "运行"]]
    code, (row,) = rows(run, workbook(folder, given), "--yes")
    assert (code, row["name"]) == (0, "鞍山民政发布")


def test_a_list_in_excel_gives_names_and_custodians(run: Run, folder: Path) -> None:
    assert run("accounts", "add", workbook(folder, LIST), "--yes")[0] == 0
    (block,) = listed(folder)
    assert (block["name"], block["custodian"]) == ("鞍山民政发布", "li")


def test_another_name_than_the_list_has_is_a_doubt(run: Run, folder: Path) -> None:
    other = [LIST[0], ["大连民政", *LIST[1][1:]]]
    code, (row,) = rows(run, workbook(folder, other), "--yes")
    assert (code, row["state"]) == (1, "doubtful")
    assert NAME in row["doubts"][0]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param(["名", "微博", "", ""], "第3行：链接", id="no address"),
        pytest.param(["名", "微博", "weibo.com/1", "孙七"], "孙七", id="a custodian who is nobody"),
    ],
)
def test_a_bad_line_of_a_list_is_named(run: Run, folder: Path, bad: list[str], said: str) -> None:
    code, out, err = run("accounts", "add", workbook(folder, [LIST[0], bad]), "--yes")
    assert (code, out, err.count("\n"), listed(folder)) == (2, "", 1, [])
    assert "名单.xlsx" in err
    assert said in err


def test_addresses_may_come_a_line_each(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pasted").write_text(f"\nweibo.com/u/{UID}\n\n", "utf-8")
    with (tmp_path / "pasted").open(encoding="utf-8") as pasted:
        monkeypatch.setattr(sys, "stdin", pasted)
        assert run("accounts", "add", "--yes")[0] == 0
    assert len(listed(folder)) == 1


def test_one_paste_may_hold_several_addresses_each_counts_once(run: Run, folder: Path) -> None:
    code, out, _ = run(
        "accounts",
        "add",
        f"https://weibo.com/u/{UID}，https://weibo.com/u/{UID}",
        f"weibo.com/u/{UID}。",
        "--yes",
    )
    assert (code, len(listed(folder))) == (1, 1)
    assert "已在名单中" in out
