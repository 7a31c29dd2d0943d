"""The one way a command prints: nothing is changed on the way, and only tables are broken."""

import pytest
from rich.table import Table
from rich.text import Text

from monitor.commands.show.console import PIPED, out

LONG = "长" * PIPED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[bold]x[/bold] [1] :smile:", id="what looks like markup"),
        pytest.param("a\tb\x07", id="a tab and a bell"),
        pytest.param(LONG, id="a line wider than a page"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_string_goes_out_as_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    out(text)
    out(text, end="", aside=True)
    assert capsys.readouterr() == (f"{text}\n", text)


def test_a_line_with_colours_is_never_broken(capsys: pytest.CaptureFixture[str]) -> None:
    out(Text.assemble((LONG, "bold red"), " [x]"))
    assert capsys.readouterr().out == f"{LONG} [x]\n"


def test_a_table_is_as_wide_as_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("x")
    table.add_row(LONG)
    out(table)
    assert max(map(len, capsys.readouterr().out.splitlines())) == PIPED
