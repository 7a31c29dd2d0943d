"""Tables 三 and 四: filled in at random they add up; one cell off, and they do not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.reports.check import as_json, check
from monitor.reports.check.tables import RESULT_ROWS
from tests.reports.check.papers import KEYS, ZEROS, Paper, quiet, seven

TITLE = "某局2025年政府信息公开工作年度报告"
NUMBERS = st.lists(st.integers(0, 9999), min_size=6, max_size=6)


@st.composite
def filled(draw: st.DrawFn) -> Paper:
    """Return a report whose table 三 and 四 are filled in consistently."""
    rows = {key: draw(NUMBERS) for key in (*RESULT_ROWS, "carried_out")}
    total = [sum(rows[key][c] for key in RESULT_ROWS) for c in range(6)]
    came = [total[c] + rows["carried_out"][c] for c in range(6)]
    carried_in = [draw(st.integers(0, n)) for n in came]
    rows |= {
        "total": total,
        "carried_in": carried_in,
        "new": [n - m for n, m in zip(came, carried_in, strict=True)],
    }
    outcomes = [draw(st.lists(st.integers(0, 99), min_size=4, max_size=4)) for _ in range(3)]
    return quiet(
        TITLE,
        2025,
        "（一）主动公开。",
        requests={key: seven(*six) for key, six in rows.items()},
        proceedings=tuple(str(n) for four in outcomes for n in (*four, sum(four))),
    )


@given(filled())
@settings(max_examples=25, deadline=None)
def test_consistent_tables_are_always_left_in_peace(paper: Paper) -> None:
    assert check(paper.document(), 2025) == []


@given(filled(), st.sampled_from(KEYS), st.integers(0, 6), st.integers(1, 500))
@settings(max_examples=40, deadline=None)
def test_one_cell_of_table_three_off_is_always_an_error(
    paper: Paper, key: str, column: int, by: int
) -> None:
    cell = int(paper.requests.get(key, ZEROS)[column])
    found = as_json(check(paper.with_cell(key, column, str(cell + by)).document(), 2025))
    assert found[0]["severity"] == "error"
    # A cell stands in a row and a column; both sums miss it, each in its own words.
    assert {f["rule"] for f in found if f["severity"] == "error"} <= {
        "table3-balance",
        "table3-results",
        "table3-applicants",
    }
    assert "table3-applicants" in [f["rule"] for f in found]


@given(filled(), st.integers(0, 14), st.integers(1, 50))
@settings(max_examples=25, deadline=None)
def test_one_cell_of_table_four_off_is_exactly_one_error(paper: Paper, cell: int, by: int) -> None:
    cells = list(paper.proceedings)
    cells[cell] = str(int(cells[cell]) + by)
    found = as_json(check(paper.but(proceedings=tuple(cells)).document(), 2025))
    assert [f["rule"] for f in found] == ["table4-sum"]
