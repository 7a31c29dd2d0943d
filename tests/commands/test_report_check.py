"""`report check` as a command: a published report with its two slips, a correct one, bad files."""

import json
from pathlib import Path

import pytest

from tests.reports.check.papers import CIVIL_AFFAIRS, PUBLISHED
from tests.story.processes import freshness, shipped

pytestmark = pytest.mark.long


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return shipped(tmp_path)


def test_the_published_report_of_2024_gives_its_slips_and_nothing_on_its_sums(
    config: Path,
) -> None:
    draft = config.parent / "draft.docx"
    draft.write_bytes(PUBLISHED.word())
    done = freshness(config, "report", "check", str(draft), "--year", "2024", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [f["rule"] for f in found if f["severity"] == "error"] == ["growth", "respectively"]
    assert "40%" in found[0]["said"]
    assert not [f for f in found if f["rule"].startswith(("table3-b", "table3-r", "table4"))]
    assert {frozenset(f) for f in found} == {
        frozenset({"rule", "severity", "where", "said", "expected", "why"})
    }


def test_an_empty_ledger_and_a_correct_report_give_nothing(config: Path) -> None:
    draft = config.parent / "draft.html"
    draft.write_bytes(CIVIL_AFFAIRS.html())
    done = freshness(config, "report", "check", str(draft), "--year", "2025")
    assert (done.returncode, done.stdout, done.stderr) == (0, "未发现问题。\n", "")


def test_the_ledger_speaks_where_it_is_sure(config: Path) -> None:
    """Posts of the whole year, exported from the console, against what the report says."""
    export = config.parent / "year.csv"
    days = [f"2024-{m:02}-{d:02}T09:00" for m in range(1, 13) for d in range(1, 29)]
    rows = [f"weibo-anshanmz,{day},第{n}条,,original" for n, day in enumerate(days)]
    export.write_text("account,published_at,title,url,kind\n" + "\n".join(rows), "utf-8")
    whole_year = ("--since", "2024-01-01", "--until", "2024-12-31")
    done = freshness(config, "import", str(export), *whole_year)
    assert done.returncode == 0, done.stderr
    draft = config.parent / "draft.txt"
    sentence = "2024年，“鞍山民政”微博发布信息284条。"
    draft.write_bytes(CIVIL_AFFAIRS.but(overview=(sentence,)).text())
    done = freshness(config, "report", "check", str(draft), "--year", "2024", "--json")
    against = [f for f in json.loads(done.stdout) if f["rule"].startswith("ledger")]
    assert [(f["severity"], f["expected"]) for f in against] == [("error", "336")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("draft.doc", b"\xd0\xcf\x11\xe0", "draft.doc", id="an old Word file"),
        pytest.param("draft.docx", b"PK no", "draft.docx", id="a broken Word file"),
        pytest.param("draft.pdf", b"%PDF-1.4 no", "draft.pdf", id="a broken PDF"),
        pytest.param("none.txt", None, "none.txt", id="no file"),
    ],
)
def test_a_bad_file_is_one_line_that_names_it(
    config: Path, name: str, content: bytes | None, said: str
) -> None:
    draft = config.parent / name
    if content is not None:
        draft.write_bytes(content)
    done = freshness(config, "report", "check", str(draft), "--year", "2024")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_the_drafts_of_a_folder_come_into_one_workbook_with_progress(config: Path) -> None:
    folder, book = config.parent / "drafts", config.parent / "checked.xlsx"
    folder.mkdir()
    (folder / "a.docx").write_bytes(CIVIL_AFFAIRS.word())
    (folder / "a.pdf").write_bytes(b"no pdf")
    command = ("report", "check", str(folder), "--year", "2025")
    done = freshness(config, *command, "--out", str(book))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "a.docx、a.pdf：草稿同名，将分别检查，请确认以哪一份为准",
        "1/2 a.docx",
        "2/2 a.pdf",
        f"已写入{book}",
    ]
    assert book.read_bytes()[:2] == b"PK"
    told = json.loads(freshness(config, *command, "--json").stdout)
    assert [(one["file"], one["severity"]) for one in told] == [
        ("a.docx", ""),
        ("a.pdf", "未能读取"),
    ]
