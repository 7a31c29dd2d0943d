"""The commands of figures: what they print, write and refuse, and their exit codes."""

import csv
import json
import re
import shutil
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.report_values import year_2024
from tests.shell import Run

CONFIG = Path(__file__).parents[2] / "monitor" / "demo" / "config"
IDS = {"weibo-mz": "weibo-anshanmz", "wechat-mz": "wechat-anshanmz"}
COUNTERS = (
    "account,date,followers,posts\n"
    "wechat-anshanmz,2023-12-31,4877,\nwechat-anshanmz,2024-12-31,7959,\n"
)


def the_year_as_csv() -> str:
    """The year 2024 of 鞍山民政 in the contract's form."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow(("account", "published_at", "title", "url", "kind", "push"))
    for row in year_2024():
        post = row.post
        assert post.stated_at is not None
        table.writerow(
            (
                IDS[row.account],
                post.stated_at.isoformat(),
                post.title,
                post.url,
                post.kind.value,
                post.push or "",
            )
        )
    return text.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the demo's configuration and the seed year's files."""
    shutil.copytree(CONFIG, tmp_path / "config")
    (tmp_path / "posts.csv").write_text(the_year_as_csv(), encoding="utf-8")
    (tmp_path / "counters.csv").write_text(COUNTERS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def imported(run: Run) -> Run:
    run("import", "posts.csv", "--since", "2023-12-01", "--until", "2025-01-31")
    run("import", "counters.csv")
    return run


def test_the_year_2024_from_files_to_the_report(imported: Run) -> None:
    code, out, err = imported("report", "year", "2024", "--format", "json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert [(a["id"], a["posts"], a["complete"]) for a in found["accounts"]] == [
        ("weibo-anshanmz", 284, True),
        ("wechat-anshanmz", 248, True),
    ]
    assert (found["version"], found["frozen"], found["total_posts"]) == (0, False, 532)
    assert "较年初增长63.2%" in imported("report", "year", "2024")[1]


def test_an_import_is_looked_at_first_and_can_be_taken_back(run: Run) -> None:
    code, out, _ = run("import", "posts.csv", "--check")
    assert (code, out.splitlines()[0]) == (0, "将导入: 新增538条，已有0条，变更0条")
    out = run("import", "posts.csv")[1]
    assert out.splitlines()[0] == "已导入: 新增538条，已有0条，变更0条"
    assert "补上weibo-anshanmz的数据缺口" in out
    assert "freshness import --undo 1" in out
    assert run("import", "--undo", "1")[1] == "导入1已撤销：移除538条，恢复0条，保留0条\n"
    assert json.loads(run("report", "year", "2024", "--format", "json")[1])["total_posts"] == 0


def test_a_look_at_a_bad_file_tells_good_from_bad_and_its_import_is_refused(
    run: Run, folder: Path
) -> None:
    (folder / "bad.csv").write_text(
        "发布时间,标题\n2024-02-09,春节快乐\n昨天,x\n", encoding="utf-8"
    )
    problem = 'bad.csv：第3行：“发布时间”列："昨天"不是日期和时间'
    code, out, err = run("import", "bad.csv", "--account", "wechat-anshanmz", "--check")
    assert (code, err.startswith(problem), err.count("\n")) == (2, True, 1)
    assert out.splitlines() == ["将导入: 新增1条，已有0条，变更0条", "  有1行不合要求"]
    code, out, err = run("import", "bad.csv", "--account", "wechat-anshanmz")
    assert (code, out, err.startswith(problem)) == (2, "", True)


def test_columns_are_named_by_hand(run: Run, folder: Path) -> None:
    (folder / "own.csv").write_text("推文时刻,推文\n2024-02-09 09:30,春节快乐\n", encoding="utf-8")
    named = ("--map", "published_at=推文时刻", "--map", "title = 推文")
    code, out, _ = run("import", "own.csv", "--account", "wechat-anshanmz", *named, "--partial")
    assert (code, out.splitlines()[0]) == (0, "已导入: 新增1条，已有0条，变更0条")


def test_F43_a_frozen_year_is_printed_byte_for_byte(imported: Run, folder: Path) -> None:
    first = imported("report", "year", "2024", "--freeze", "--format", "json")[1]
    assert (json.loads(first)["version"], json.loads(first)["frozen"]) == (1, True)
    assert imported("report", "year", "2024", "--format", "json")[1] == first
    code, out, err = imported("report", "year", "2024", "--out", "2024.json")
    assert (code, out, err) == (0, "", "已写入2024.json\n")
    assert (folder / "2024.json").read_bytes() == first.encode()
    again = imported("report", "year", "2024", "--freeze", "--format", "json")[1]
    assert again == first


def test_F43_later_knowledge_is_listed_and_makes_version_2(imported: Run, folder: Path) -> None:
    imported("report", "year", "2024", "--freeze")
    late = "account,published_at,title,url,kind\nweibo-anshanmz,2024-05-05 05:05,补,,original\n"
    (folder / "late.csv").write_text(late, encoding="utf-8")
    imported("import", "late.csv")
    code, out, err = imported("report", "year", "2024")
    assert (code, "284条" in out) == (0, True)
    assert err == "定稿之后又有新的数据；加 --freeze 可生成下一版。\n"
    out = imported("report", "year", "2024", "--freeze")[1]
    assert "第2版" in out
    assert "“鞍山民政”微博 发布量：284→285" in out
    assert "第1版" in imported("report", "year", "2024", "--version", "1")[1]
    assert "已定稿的年度数字不变：2024年。" in imported("import", "--undo", "3")[1]


def test_the_evidence_leads_to_every_post(imported: Run) -> None:
    found = json.loads(imported("report", "evidence", "2024", "weibo-anshanmz", "--json")[1])
    listed = [post for month in found["months"] for post in month["list"]]
    assert (len(listed), found["posts"]) == (284, 284)
    assert all(post["url"].startswith("https://") for post in listed)
    assert "数据缺口：无" in imported("report", "evidence", "2024", "weibo-anshanmz")[1]


def test_published_figures_are_compared(imported: Run) -> None:
    said = imported(
        "report", "declare", "2024", "weibo-anshanmz", "posts", "284", "--source", "年报"
    )
    assert said[:2] == (0, "已登记：weibo-anshanmz，2024年，发布量284（年报）\n")
    weibo, _ = json.loads(imported("report", "reconcile", "2024", "--json")[1])
    assert [(line["against"], line["explained"]) for line in weibo["lines"]] == [
        ("export", True),
        ("declared", True),
    ]
    assert "对外公布（年报）284，一致" in imported("report", "reconcile", "2024")[1]


def test_the_report_is_written_as_a_word_file(imported: Run, folder: Path) -> None:
    assert imported("report", "year", "2024", "--out", "2024.docx")[0] == 0
    with ZipFile(BytesIO((folder / "2024.docx").read_bytes())) as parts:
        assert "284条" in parts.read("word/document.xml").decode()


def test_the_workbook_of_a_frozen_year_has_the_posts_that_were_frozen(
    imported: Run, folder: Path
) -> None:
    imported("report", "year", "2024", "--freeze")
    imported("import", "--undo", "1")
    assert imported("report", "year", "2024", "--out", "2024.xlsx")[0] == 0
    with ZipFile(BytesIO((folder / "2024.xlsx").read_bytes())) as parts:
        said = "".join(parts.read(name).decode() for name in parts.namelist() if "_rels" in name)
    links = set(re.findall(r"https://example\.org/[\w/-]+", said))
    assert len(links) == 532


@pytest.mark.parametrize("form", ["figures.toml", "figures.xlsx"])
def test_the_form_of_the_figures_is_written_once_and_never_over_another(
    run: Run, folder: Path, form: str
) -> None:
    words = ("report", "year", "2024", "--figures-template", form)
    assert run(*words) == (0, "", f"已写入{form}\n")
    said = f"--figures-template {form}：已存在；请换一个文件名\n"
    assert run(*words) == (2, "", said)
    lacking = f"{form}：organisation：没有填写；应为文字（TOML中加引号）\n"
    written = run("report", "year", "2024", "--figures", form, "--out", "2024.docx")
    assert written == (2, "", lacking)
    assert not (folder / "2024.docx").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["import"], "import：应写一个文件，或--undo加导入编号", id="nothing"),
        pytest.param(
            ["import", "posts.csv", "--undo", "1"],
            "import：应写一个文件，或--undo加导入编号",
            id="both",
        ),
        pytest.param(
            ["import", "--undo", "1"],
            "--undo 1：没有这次有效的导入；现有：无",
            id="an import that is none",
        ),
        pytest.param(
            ["import", "posts.csv", "--map", "时间"],
            '--map："时间"不是列的对应；应如published_at=时间',
            id="a mapping that is none",
        ),
        pytest.param(
            ["import", "posts.csv", "--since", "2024"],
            '--since："2024"不是日期；应如2024-02-01',
            id="a date that is none",
        ),
        pytest.param(
            ["report", "year", "2024", "--format", "docx"],
            "--format docx：应写入文件；请加--out 文件名.docx",
            id="a Word file on the screen",
        ),
        pytest.param(
            ["report", "year", "2024", "--figures-template", "figures.doc"],
            "--figures-template figures.doc：文件名应以.toml或.xlsx结尾",
            id="a form of figures as a letter",
        ),
        pytest.param(
            ["report", "year", "2024", "--out", "nowhere/2024.txt"],
            "--out nowhere/2024.txt：无法写入：没有这个文件夹",
            id="a folder that is none",
        ),
        pytest.param(
            ["report", "year", "2024", "--figures", "f.toml"],
            "--figures：只有--format docx的报告用得到",
            id="figures that go nowhere",
        ),
        pytest.param(
            ["report", "year", "2024", "--figures", "f.toml", "--out", "x.docx"],
            "--figures f.toml：无法读取：没有这个文件",
            id="figures that are not there",
        ),
        pytest.param(
            [
                "report",
                "year",
                "2024",
                "--figures",
                "f.toml",
                "--figures",
                "f.xlsx",
                "--out",
                "x.docx",
            ],
            "f.toml, f.xlsx：一份报告只能用一个数据文件，请只指定一个",
            id="two files of figures",
        ),
        pytest.param(
            ["report", "year", "2024", "--freeze", "--current"],
            "--freeze按现有数据定稿；请去掉另外的选项",
            id="contradictions",
        ),
        pytest.param(
            ["report", "year", "2024", "--version", "1"],
            "--version 1：2024年已定稿的版本：无；参见--freeze",
            id="a version that is none",
        ),
    ],
)
def test_wrong_use_is_one_line(run: Run, words: list[str], expected: str) -> None:
    assert run(*words) == (2, "", f"{expected}\n")
