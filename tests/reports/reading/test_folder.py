"""A folder of drafts: every one is read and judged; what cannot be read is one line of its own."""

from pathlib import Path

import pytest

from monitor.errors import ReportFileError
from monitor.reports.check import Finding, check
from monitor.reports.check.document import Document
from monitor.reports.check.findings import COLUMNS
from monitor.reports.reading.folder import alike, as_rows, checked, drafts
from tests.reports.check.papers import CIVIL_AFFAIRS


def judge(document: Document) -> list[Finding]:
    return check(document, 2025)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a good draft, a wrong one in a folder of its own, and two that no
    draft can be read from."""
    (tmp_path / "各局").mkdir()
    (tmp_path / "a.txt").write_bytes(CIVIL_AFFAIRS.text())
    wrong = CIVIL_AFFAIRS.saying("上年结转4件", "上年结转5件")
    (tmp_path / "各局" / "b.docx").write_bytes(wrong.word())
    (tmp_path / "c.pdf").write_bytes(b"no pdf")
    (tmp_path / "d.xlsx").write_bytes(b"a workbook")
    (tmp_path / "~$b.docx").write_bytes(b"left by an office program")
    return tmp_path


def test_the_drafts_of_a_folder_are_those_that_can_be_read_by_name(folder: Path) -> None:
    named = [str(path.relative_to(folder)) for path in drafts(folder)]
    assert named == ["a.txt", "c.pdf", "各局/b.docx"]


def test_a_draft_that_cannot_be_read_stops_no_other(folder: Path) -> None:
    good, unread, wrong = checked(drafts(folder), judge)
    assert (good.findings, good.problem) == ((), "")
    assert unread.problem == "not a PDF that can be read (PDFSyntaxError)"
    assert [finding.rule for finding in wrong.findings] == ["text-table3"]


def test_each_draft_is_told_as_soon_as_it_is_judged(folder: Path) -> None:
    told = checked(drafts(folder), judge)
    assert next(told).path.name == "a.txt"


def test_the_rows_of_a_workbook_name_every_draft(folder: Path) -> None:
    rows = as_rows(tuple(checked(drafts(folder), judge)), folder)
    assert [len(row) for row in rows] == [len(COLUMNS)] * 3
    assert [(row[0], row[1], row[4] or row[5]) for row in rows] == [
        ("a.txt", "", "Nothing to object to."),
        ("c.pdf", "the file could not be read", "not a PDF that can be read (PDFSyntaxError)"),
        ("各局/b.docx", "error", "4"),
    ]


def test_drafts_of_one_name_in_one_folder_are_known() -> None:
    named = ["a.docx", "A.pdf", "b.docx", "各局/b.pdf", "c.txt", "c.html"]
    found = alike([Path(name) for name in named])
    assert [[str(path) for path in some] for some in found] == [
        ["a.docx", "A.pdf"],
        ["c.txt", "c.html"],
    ]


def test_a_folder_without_drafts_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ReportFileError, match="no drafts; expected files that end in"):
        drafts(tmp_path)
