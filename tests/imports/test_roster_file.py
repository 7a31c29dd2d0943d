"""Rosters as offices draw them up: CSV and Excel, names or ids, every slip named."""

from datetime import date, datetime
from io import BytesIO

import pytest
import xlsxwriter

from alerts.model import DutyDay, Person
from monitor.errors import ImportFileError
from monitor.imports.roster_file import RosterFile, parse

PEOPLE = {
    p.id: p
    for p in (
        Person("zhang", "张三"),
        Person("li", "李四"),
        Person("wang", "王五"),
        Person("li2", "李六"),
        Person("li3", "李六"),
    )
}
TWO = (DutyDay(date(2026, 2, 17), "zhang", "wang"), DutyDay(date(2026, 2, 18), "li"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("date,duty,leader\n2026-02-17,zhang,wang\n2026-02-18,li,\n", id="ids"),
        pytest.param("日期,值班员,带班领导\n2026-02-17,张三,王五\n2026-02-18,李四,\n", id="names"),
        pytest.param(
            "春节值班表,,\n,,\n值班日期,带班领导,值班人员\n2026年2月17日,王五,张三\n2026/2/18,,李四\n",
            id="a title above, other headings, dates as people write them",
        ),
        pytest.param(
            "日期,值班员,带班领导\n2026.2.18,李四\n2026.02.17,zhang,王五\n", id="any order"
        ),
    ],
)
def test_a_csv_file(text: str) -> None:
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("gb18030")):
        assert parse(data, "r.csv", PEOPLE) == RosterFile(TWO)


def workbook(*rows: tuple[object, ...]) -> bytes:
    """Return a workbook with these rows; dates are written as Excel's own."""
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        shown = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("值班表")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, place, cell, shown)
                else:
                    sheet.write(number, place, cell)
    return file.getvalue()


def test_a_workbook() -> None:
    data = workbook(
        ("2026年2月值班表",),
        ("日期", "星期", "值班员", "带班领导", "备注"),
        (datetime(2026, 2, 17), "二", "张三", "王五"),
        (),
        ("2026-02-18", "三", "li", "", "初二"),
    )
    assert parse(data, "r.xlsx", PEOPLE) == RosterFile(TWO, ("星期", "备注"))


HEAD = "date,duty,leader\n"


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        pytest.param(
            HEAD + "2026-02-30,zhang,\nsoon,li,\n,li,\n",
            [
                'r.csv: line 2: date: "2026-02-30" is no date; expected e.g. 2026-02-17',
                'r.csv: line 3: date: "soon" is no date; expected e.g. 2026-02-17',
                'r.csv: line 4: date: "" is no date; expected e.g. 2026-02-17',
            ],
            id="what is no date",
        ),
        pytest.param(
            HEAD + "2026-02-17,zhangs,\n2026-02-18,,wang\n2026-02-19,li,李六\n",
            [
                'r.csv: line 2: duty: "zhangs" is nobody; did you mean "zhang"? (one of: '
                "li, li2, li3, wang, zhang, 张三, 李六, 李四, 王五)",
                "r.csv: line 3: duty: nobody is named",
                'r.csv: line 4: leader: several people are called "李六"; give the id',
            ],
            id="who is nobody",
        ),
        pytest.param(
            HEAD + "2026-02-17,li,\n2026-02-18,li,\n2026/2/17,zhang,\n",
            ["r.csv: line 4: date: 2026-02-17 is listed in line 2 already"],
            id="a date twice",
        ),
        pytest.param(
            "day,who\n2026-02-17,li\n",
            [
                "r.csv: a line date,duty,leader or 日期,值班员,带班领导 was expected "
                "(the last may be missing)"
            ],
            id="no headings",
        ),
        pytest.param(HEAD, ["r.csv: it lists no day"], id="headings alone"),
        pytest.param(
            "",
            [
                "r.csv: a line date,duty,leader or 日期,值班员,带班领导 was expected "
                "(the last may be missing)"
            ],
            id="nothing at all",
        ),
        pytest.param(
            HEAD + '2026-02-17,"li\n', ["r.csv: line 2: a quote is not closed well"], id="a quote"
        ),
        pytest.param(
            b"\xff\xfe\x00",
            ["r.csv: this is neither a workbook nor UTF-8 or GB18030 text"],
            id="what is no text",
        ),
        pytest.param(
            HEAD + "x,li,\n" * 53,
            [
                *[
                    f'r.csv: line {n}: date: "x" is no date; expected e.g. 2026-02-17'
                    for n in range(2, 52)
                ],
                "r.csv: and 3 more",
            ],
            id="fifty problems at most",
        ),
    ],
)
def test_every_slip_is_named(data: str | bytes, problems: list[str]) -> None:
    with pytest.raises(ImportFileError) as caught:
        parse(data.encode() if isinstance(data, str) else data, "r.csv", PEOPLE)
    assert list(caught.value.problems) == problems


def test_a_damaged_workbook_is_one_line() -> None:
    with pytest.raises(ImportFileError) as caught:
        parse(workbook(("日期", "值班员"))[:200], "r.xlsx", PEOPLE)
    (problem,) = caught.value.problems
    assert problem.startswith("r.xlsx: a workbook was expected, without a password; ")
