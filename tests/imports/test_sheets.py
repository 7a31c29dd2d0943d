"""Workbooks are read as if they had been saved as CSV."""

from datetime import date, datetime
from io import BytesIO
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import pytest
from xlsxwriter import Workbook

from monitor.errors import ImportFileError, worded
from monitor.imports.sheets import is_workbook, sheets
from tests.report_values import CHINESE

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how .xls files begin, and those with a password
DAMAGED = "文件已损坏，或不是工作簿，请重新保存"
SHORT = "a cell in it lies so far from the others that memory is short"
LOCKED = "文件设有密码，请去掉密码后另存"


def workbook(**pages: list[list[Any]]) -> bytes:
    """Return an .xlsx file with these sheets."""
    data = BytesIO()
    with Workbook(data, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, rows in pages.items():
            page = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, date):
                        form = moment if isinstance(cell, datetime) else day
                        page.write_datetime(r, c, cell, form)
                    else:
                        page.write(r, c, cell)
    return data.getvalue()


def test_cells_are_text_as_a_person_would_write_it() -> None:
    row = [datetime(2024, 2, 9, 9, 30), date(2024, 2, 9), 4877, 0.5, "春节快乐", True]
    (found,) = sheets(workbook(数据=[row]), "x.xlsx")
    assert found == [(1, ["2024-02-09T09:30:00", "2024-02-09", "4877", "0.5", "春节快乐", "1"])]


def test_rows_keep_their_numbers_and_empty_sheets_are_left_out() -> None:
    found = list(sheets(workbook(空=[], 数据=[[], [], ["", "标题"]]), "x.xlsx"))
    assert [[number for number, cells in page if any(cells)] for page in found] == [[3]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"PK\x03\x04 no archive", DAMAGED, id="the beginning of one"),
        pytest.param(workbook(数据=[["x"]])[:900], DAMAGED, id="half of one"),
        pytest.param(OLD + b" and so on", DAMAGED, id="an old one, damaged"),
        pytest.param(OLD + "EncryptedPackage".encode("utf-16-le"), LOCKED, id="a password"),
    ],
)
def test_what_is_no_workbook_is_refused_in_one_line_of_our_words(data: bytes, reason: str) -> None:
    assert is_workbook(data)
    with pytest.raises(ImportFileError) as refused:
        list(sheets(data, "x.xlsx"))
    (told,) = refused.value.problems
    assert worded(told, str, CHINESE.text) == (
        f"x.xlsx：应为没有密码的Excel工作簿，无法读取：{reason}"
    )


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        pytest.param(1_048_575, 16_383, SHORT, id="the last cell that a sheet has"),
        pytest.param(299_999, 701, SHORT, id="one so far that memory would not suffice"),
        pytest.param(
            1_048_575,
            20,
            "its last cell is in row 1048576 and column 21, far from the others; delete it",
            id="one that fits into memory, and is far all the same",
        ),
    ],
)
def test_a_far_cell_is_refused_in_one_line_within_bounds_of_memory(
    row: int, column: int, said: str
) -> None:
    with pytest.raises(ImportFileError) as refused:
        list(sheets(stray(row, column), "x.xlsx"))
    (told,) = refused.value.problems
    assert said in told
    assert getrusage(RUSAGE_CHILDREN).ru_maxrss < 1 << 20  # in KiB


def test_a_cell_far_to_the_right_costs_nothing() -> None:
    (found,) = sheets(stray(2, 16_383), "x.xlsx")
    assert [(number, [cell for cell in cells if cell]) for number, cells in found] == [
        (1, ["标题"]),
        (2, []),
        (3, ["1"]),
    ]


def stray(row: int, column: int) -> bytes:
    """Return a workbook with one cell at its beginning and one far from it, counted from 0."""
    data = BytesIO()
    with Workbook(data, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write(0, 0, "标题")
        page.write(row, column, 1)
    return data.getvalue()


def test_a_csv_file_is_no_workbook() -> None:
    assert not is_workbook("发布时间,标题".encode())
