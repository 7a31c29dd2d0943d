"""The figures beside the ledger's: what the file may say, and what is refused with its key."""

import re
import tomllib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.words import translator
from monitor.errors import ImportFileError
from monitor.imports.sheets import sheets
from monitor.reports.office.figures_book import figures_workbook
from monitor.reports.year.figures_file import TABLES, TEXTS, TOP, parse_figures, sheet_figures
from monitor.reports.year.figures_form import FIELDS, toml_template
from monitor.reports.year.report_form import (
    KEYS,
    PROCEEDINGS,
    RESULT_KEYS,
    Disclosures,
    Proceedings,
    Remaining,
    Texts,
    proceedings_problems,
    requests_problems,
    title_lines,
    whole,
)
from tests.reports.paper_values import TOML, remaining

LEAST = 'year = 2024\norganisation = "鞍山市民政局"\n'


def problems(toml: str) -> list[str]:
    with pytest.raises(ImportFileError) as refused:
        parse_figures(toml.encode(), "f.toml", 2024)
    return list(refused.value.problems)


def test_everything_may_be_left_out_but_year_and_organisation() -> None:
    found = parse_figures(LEAST.encode(), "f.toml", 2024)
    zeros = Proceedings(dict.fromkeys(("review", "direct", "after_review"), (0,) * 5))
    assert found == Remaining("鞍山市民政局", 2024, requests=whole({}), proceedings=zeros)
    assert {key: found.requests.total(key) for key in KEYS} == dict.fromkeys(KEYS, 0)


def filled_in(toml: str) -> str:
    """Return the form with an organisation and with what is commented out."""
    shown = re.sub(r'^# (?=["a-z_]\S* = )', "", toml, flags=re.MULTILINE)
    return shown.replace('organisation = ""', 'organisation = "鞍山市民政局"')


def test_the_form_lacks_only_the_organisation_and_names_every_key_of_the_file() -> None:
    form = toml_template(2024, translator("zh_CN"))
    assert problems(form) == ["f.toml: organisation: is missing; expected text in quotes"]
    found = parse_figures(filled_in(form).encode(), "f.toml", 2024)
    assert (found.disclosed, found.signed_on, found.fee) == (0, date(2025, 1, 15), Decimal(0))
    assert found.by == (("门户网站", 0), ("政府公报", 0))
    raw = tomllib.loads(filled_in(form))
    assert set(raw) == {*TOP, *TABLES}
    assert set(raw["requests"]) == {*KEYS} - {"total"}
    assert set(raw["proceedings"]) == set(PROCEEDINGS)
    assert set(raw["text"]) == set(TEXTS)


def cells(book: bytes) -> list[list[str]]:
    return [list(row) for _, row in next(sheets(book, "f.xlsx"))]


def numbered(rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    return list(enumerate(rows, 1))


def with_values(**values: list[str]) -> list[tuple[int, list[str]]]:
    """Return the rows of the workbook's form with *values*, by key with __ for a dot."""
    given = {key.replace("__", "."): value for key, value in values.items()}
    rows = cells(figures_workbook(2024, translator("zh_CN")))
    assert set(given) <= {row[0] for row in rows}
    return numbered(
        [[*row[:2], *given[row[0]], *[""] * 7] if row[0] in given else row for row in rows]
    )


def test_the_workbook_has_the_keys_of_the_toml_form() -> None:
    rows = cells(figures_workbook(2024, translator("zh_CN")))
    assert [row[0] for row in rows if row[0]] == list(FIELDS)


def test_the_workbook_says_what_the_toml_file_says() -> None:
    toml = tomllib.loads(TOML)
    rows = with_values(
        organisation=["鞍山市民政局"],
        signed_on=["2025-01-07T00:00:00"],
        information_fee=["0"],
        disclosed__total=["313"],
        disclosed__by__门户网站=["300"],
        disclosed__by__政府公报=["13"],
        disclosures__normative=["2", "1", "7"],
        disclosures__permits=["35"],
        disclosures__fees=["12.50"],
        requests__new=["2", "", "", "", "", "", "2"],
        requests__granted=["1"],
        requests__not_held=["1"],
        proceedings__review=["1"],
        **{f"text__{key}": [text] for key, text in toml["text"].items()},
    )
    assert sheet_figures(rows, "f.xlsx", 2024) == remaining()


def test_every_mistake_of_the_workbook_is_told_at_once() -> None:
    rows = with_values(
        year=["2023"],
        signed_on=["一月七日"],
        requests__new=["2", "x"],
        disclosures__permits=["1.5"],
        disclosures__coercion=["1", "2"],
        disclosures__normative=["1", "2", "3", "4"],
        proceedings__review=["1", "0", "0", "0", "2"],
    )
    wrong = [
        ["requests.grantd", "", "1"],
        ["", "合计", "7"],
        ["year", "", "2024"],
        ["year.of", "", "2024"],
        ["disclosures.penalties.more", "", "1"],
    ]
    with pytest.raises(ImportFileError) as refused:
        sheet_figures([*rows, *((n, row) for n, row in enumerate(wrong, 90))], "f.xlsx", 2024)
    assert sorted(refused.value.problems) == sorted(
        f"f.xlsx: {line}"
        for line in (
            "row 91: has figures, but no key in its first cell",
            "row 92: year: stands there twice",
            'year.of: there is no such key; did you mean "year"? (one of: disclosed, disclosures, '
            "information_fee, organisation, proceedings, requests, signed_on, text, year)",
            "year: is 2023, but the report is of 2024",
            'signed_on: is "一月七日"; expected a date, e.g. 2025-01-15',
            "organisation: is missing; expected text in quotes",
            "disclosures.normative: is [1, 2, 3, 4]; expected a table of keys",
            "disclosures.permits: is 1.5; expected a whole number, 0 or more",
            "disclosures.penalties: is {'more': 1}; expected a whole number, 0 or more",
            "disclosures.coercion: is [1, 2]; expected a whole number, 0 or more",
            'requests.grantd: there is no such key; did you mean "granted"?',
            "requests.new: is [2, 'x', 0, 0, 0, 0]; expected 6 whole numbers, or 7 with their sum",
            "proceedings.review: 总计 is 2, but the four outcomes add up to 1",
        )
    )


def test_what_the_file_says_is_kept_and_sums_are_reckoned() -> None:
    found = remaining()
    assert (found.organisation, found.signed_on, found.fee) == (
        "鞍山市民政局",
        date(2025, 1, 7),
        Decimal(0),
    )
    assert (found.disclosed, found.by) == (313, (("门户网站", 300), ("政府公报", 13)))
    assert found.disclosures == Disclosures(normative=(2, 1, 7), permits=35, fees=Decimal("12.50"))
    assert found.requests.row("total") == (2, 0, 0, 0, 0, 0, 2)
    assert found.requests.row("new") == (2, 0, 0, 0, 0, 0, 2)
    assert found.proceedings.row("review") == (1, 0, 0, 0, 1)
    assert found.texts == Texts(
        management="健全政府信息公开审查机制，严格落实“先审后发”要求。\n\n"
        "按照规定清理行政规范性文件，废止1件。",
        platforms="加强门户网站和政务新媒体建设。",
        supervision="全年组织政务公开培训2次，未发生责任追究情况。",
        problems="政策解读形式还不够丰富。",
        improvements="落实账号交接制度，交接期间由专人值守；丰富解读形式。",
    )


WRONG = [
    (
        "",
        [
            "year: is missing; expected year = 2024",
            "organisation: is missing; expected text in quotes",
        ],
    ),
    ('year = 2023\norganisation = "x"', ["year: is 2023, but the report is of 2024"]),
    ("year = true\norganisation = 'x'", ["year: is True, but the report is of 2024"]),
    (
        LEAST + "signed_on = 2024-12-31",
        ["signed_on: is 2024-12-31, but the year ends only on 2024-12-31"],
    ),
    (
        LEAST + 'signed_on = "2025年1月7"',
        ['signed_on: is "2025年1月7"; expected a date, e.g. 2025-01-15'],
    ),
    (LEAST + "information_fee = -1", ["information_fee: is -1; expected an amount, 0 or more"]),
    (LEAST + "information_fee = nan", ["information_fee: is NaN; expected an amount, 0 or more"]),
    (LEAST + "disclosed = 313", ["disclosed: is 313; expected a table of keys"]),
    (
        LEAST + '[disclosed]\nby = {"门户网站" = 3}',
        ["disclosed.total: is missing, though disclosed.by gives its parts"],
    ),
    (
        LEAST + '[disclosed]\ntotal = 4\nby = {"门户网站" = 3}',
        ["disclosed.by: adds up to 3, but disclosed.total is 4"],
    ),
    (
        LEAST + "[disclosures]\npermits = 1.5\nnormative = {issued = 1, in_forse = 2}",
        [
            'disclosures.normative.in_forse: there is no such key; did you mean "in_force"? '
            "(one of: in_force, issued, repealed)",
            "disclosures.permits: is 1.5; expected a whole number, 0 or more",
        ],
    ),
    (
        LEAST + "[disclosures]\npermits = 1_000_000_000_001\nfees = 1e13",
        [
            "disclosures.permits: is 1000000000001; expected 1000000000000 at most",
            "disclosures.fees: is 1E+13; expected 1000000000000 at most",
        ],
    ),
    (
        f"{LEAST}disclosed = {{total = 0x{'f' * 4000}}}",
        ["disclosed.total: is …; expected 1000000000000 at most"],
    ),
    (
        LEAST + "[requests]\nnew = [1, 2]\ngrantd = [0, 0, 0, 0, 0, 0]",
        [
            'requests.grantd: there is no such key; did you mean "granted"?',
            "requests.new: is [1, 2]; expected 6 whole numbers, or 7 with their sum",
        ],
    ),
    (
        LEAST + "[requests]\nnew = [1, 1, 0, 0, 0, 0, 3]\ngranted = [1, 1, 0, 0, 0, 0]",
        ["requests.new: 总计 is 3, but the six applicants add up to 2"],
    ),
    (
        LEAST + "[requests]\nnew = [1,0,0,0,0,0]\ngranted = [1,0,0,0,0,0]\ntotal = [2,0,0,0,0,0]",
        [
            "requests.total: 自然人 is 2, but the results of that column add up to 1",
            "requests.total: 总计 is 2, but the results of that column add up to 1",
        ],
    ),
    (
        LEAST + "[requests]\nnew = [0,3,0,0,0,0]\ncarried_in = [0,1,0,0,0,0]\n"
        "granted = [0,2,0,0,0,0]\ncarried_out = [0,1,0,0,0,0]",
        [
            "requests.carried_out: 商业企业: new 3 + carried in 1 = 4, but results 2 + carried "
            "out 1 = 3; the form demands both to be equal",
            "requests.carried_out: 总计: new 3 + carried in 1 = 4, but results 2 + carried out 1 "
            "= 3; the form demands both to be equal",
        ],
    ),
    (
        LEAST + "[proceedings]\nreview = [1, 0, 0, 0, 2]",
        ["proceedings.review: 总计 is 2, but the four outcomes add up to 1"],
    ),
    (
        LEAST + "[proceedings]\nreview = [true, 0, 0, 0]",
        ["proceedings.review: is [True, 0, 0, 0]; expected 4 whole numbers, or 5 with their sum"],
    ),
    (LEAST + "[text]\nproblems = 1", ["text.problems: is 1; expected text in quotes"]),
]


@pytest.mark.parametrize(("toml", "said"), WRONG, ids=[said[0][:40] for _, said in WRONG])
def test_every_mistake_is_told_with_its_key(toml: str, said: list[str]) -> None:
    assert problems(toml) == [f"f.toml: {line}" for line in said]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"year = ", "f.toml: this is no TOML: "),
        ("year = 2024 # 年".encode("gbk"), "f.toml: expected UTF-8 text"),
    ],
)
def test_what_is_no_toml_is_told_as_such(content: bytes, why: str) -> None:
    with pytest.raises(ImportFileError) as refused:
        parse_figures(content, "f.toml", 2024)
    assert str(refused.value).startswith(why)


COUNTS = st.integers(0, 20_000)
ROW = st.lists(COUNTS, min_size=6, max_size=6)


@given(st.dictionaries(st.sampled_from(RESULT_KEYS), ROW), ROW)
def test_a_table_that_adds_up_is_good_and_one_more_application_is_not(
    results: dict[str, list[int]], carried: list[int]
) -> None:
    done = [sum(column) for column in zip(*results.values(), strict=True)] or [0] * 6
    new = [n + c for n, c in zip(done, carried, strict=True)]
    table = {**results, "new": new, "carried_out": carried}
    assert list(requests_problems(table)) == []
    assert whole(table).total("new") == sum(new)
    assert [key for key, _ in requests_problems({**table, "new": [new[0] + 1, *new[1:]]})] == [
        "carried_out",
        "carried_out",
    ]


@given(st.lists(COUNTS, min_size=4, max_size=4))
def test_a_row_of_proceedings_with_its_sum_is_good(row: list[int]) -> None:
    assert list(proceedings_problems({"review": [*row, sum(row)]})) == []
    assert len(list(proceedings_problems({"review": [*row, sum(row) + 1]}))) == 1


@pytest.mark.parametrize(
    ("organisation", "lines"),
    [
        ("X局", ("X局2024年政府信息公开工作年度报告",)),
        ("鞍山市民政局", ("鞍山市民政局2024年", "政府信息公开工作年度报告")),
    ],
)
def test_a_title_widens_downwards(organisation: str, lines: tuple[str, ...]) -> None:
    assert title_lines(organisation, 2024) == lines
