"""A refusal names what was asked in plain words; each door words it in its own way."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import Field, Line, UsageError, worded

ROOT = Path(__file__).resolve().parent.parent
FLAG = re.compile(r"(?<![\w-])--[a-z]")


def shouted(name: str) -> str:
    return name.upper()


@pytest.mark.parametrize(
    ("line", "plain", "expected"),
    [
        pytest.param("there is none", "there is none", "there is none", id="a plain sentence"),
        pytest.param(Line("day ", "one"), "day one", "day one", id="a line without a field"),
        pytest.param(
            Line(Field("from"), " 3 is later than ", Field("to"), " 2"),
            "from 3 is later than to 2",
            "FROM 3 is later than TO 2",
            id="two fields",
        ),
        pytest.param(
            Line("a.csv: ", Line("give ", Field("account"))),
            "a.csv: give account",
            "a.csv: give ACCOUNT",
            id="a line within a line",
        ),
        pytest.param(
            Line(Field("until"), " until"), "until until", "UNTIL until", id="a value like a name"
        ),
    ],
)
def test_a_field_goes_by_the_word_of_who_shows_it(line: str, plain: str, expected: str) -> None:
    assert (line, worded(line, shouted)) == (plain, expected)


def test_an_error_is_a_plain_line_unless_it_is_worded() -> None:
    error = UsageError(Field("reason"), " is empty")
    assert (str(error), worded(error.line, shouted)) == ("reason is empty", "REASON is empty")


def spoken(tree: ast.Module) -> Iterator[str]:
    """Every string of a module but its docstrings and the lines it gives to be typed."""
    prose = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    typed = {piece for node in ast.walk(tree) if _is_typed(node) for piece in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in prose | typed:
            yield from [node.value] if isinstance(node.value, str) else []


def _is_typed(node: ast.AST) -> bool:
    """Whether *node* is a whole line for the operator to type, flags and all."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    text = first.value if isinstance(first, ast.Constant) else None
    return isinstance(text, str) and text.startswith("freshness ")


def core() -> Iterator[Path]:
    """Every file of the product but the command line's."""
    for package in ("monitor", "alerts"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "commands" not in path.relative_to(ROOT).parts:
                yield path


def test_only_the_command_line_speaks_of_flags() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in core()}
    found = {path: [t for t in spoken(tree) if FLAG.search(t)] for path, tree in trees.items()}
    assert {path.relative_to(ROOT): flags for path, flags in found.items() if flags} == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param('"""Takes --at."""', [], id="a docstring may"),
        pytest.param('raise E(f"--until {x} is over")', ["--until "], id="an error may not"),
        pytest.param('x = f"freshness ack {n} --by P"', [], id="a line to be typed may"),
        pytest.param('x = "2024--2025"', [], id="a dash between numbers is none"),
    ],
)
def test_a_flag_is_seen_where_people_read_it(source: str, expected: list[str]) -> None:
    assert [text for text in spoken(ast.parse(source)) if FLAG.search(text)] == expected
