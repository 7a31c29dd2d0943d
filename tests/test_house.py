"""Files, classes and functions stay short, and every room says what it is for."""

import ast
import re
from collections.abc import Iterator
from statistics import median

import pytest

from tests.house import ROOMS, Function, product

LONGEST_FILE = 500
LONGEST_CLASS = 250
LONGEST_FUNCTION = 45
MOST_PARAMETERS = 7
USUAL_FUNCTION = 4  # the median
SHORT_FUNCTION = 14  # nine in ten
MOST_UNFORMATTED = 9

# Lists that are read and not followed: the schema and its history.
TABLES = ("monitor/store/schema.py", "monitor/store/migrations/")


def oversized(path: str, source: str) -> Iterator[str]:
    """Yield what is too long in the module *source* at *path*, a line each."""
    if path.startswith(TABLES):
        return
    if len(source.splitlines()) > LONGEST_FILE:
        yield f"{path}: the file is too long"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield from (f"{path}: {node.name} {trouble}" for trouble in _oversized_class(node))
        elif isinstance(node, Function) and length(node) > LONGEST_FUNCTION:
            yield f"{path}: {node.name} is too long"


def _oversized_class(node: ast.ClassDef) -> Iterator[str]:
    if _lines(node, node) > LONGEST_CLASS:
        yield "is too long"
    if parameters(node) > MOST_PARAMETERS:
        yield "takes too many parameters"


def parameters(node: ast.ClassDef) -> int:
    """Return how many parameters the constructor of *node* takes.

    A frozen dataclass is a value and has as many fields as the thing it names, so it counts none;
    the fields of another dataclass count.
    """
    for made in node.body:
        if isinstance(made, ast.FunctionDef) and made.name == "__init__":
            return len([*made.args.posonlyargs, *made.args.args, *made.args.kwonlyargs]) - 1
    if any(_is_thing(decorator) for decorator in node.decorator_list):
        return len([field for field in node.body if isinstance(field, ast.AnnAssign)])
    return 0


def _is_thing(decorator: ast.expr) -> bool:
    text = ast.unparse(decorator)
    return "dataclass" in text and "frozen=True" not in text


def length(node: Function) -> int:
    """Return how many lines the body of *node* has, its docstring aside."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return _lines(body[0], body[-1]) if body else 0


def _lines(first: ast.stmt, last: ast.stmt) -> int:
    return (last.end_lineno or last.lineno) - first.lineno + 1


def functions() -> Iterator[Function]:
    """Yield every function and method of the product."""
    for path, source in product().items():
        if not path.startswith(TABLES):
            yield from (n for n in ast.walk(ast.parse(source)) if isinstance(n, Function))


def sentences(text: str) -> int:
    """Return how many sentences *text* has."""
    return len(re.findall(r"[.!?。](?=\s|$)", text))


def test_no_file_class_function_or_constructor_is_too_long() -> None:
    found = [line for path, source in product().items() for line in oversized(path, source)]
    assert found == []


def test_functions_are_short() -> None:
    lengths = sorted(length(function) for function in functions())
    assert median(lengths) <= USUAL_FUNCTION
    assert lengths[len(lengths) * 9 // 10] <= SHORT_FUNCTION


def test_the_formatter_lays_out_nearly_everything() -> None:
    assert sum(source.count("# fmt: skip") for source in product().values()) <= MOST_UNFORMATTED


def test_every_room_says_what_it_decides_what_it_touches_and_what_it_never_does() -> None:
    sources = product()
    rooms = [f"{place}__init__.py" for place in ROOMS if place.endswith("/")]
    silent = [
        path
        for path in rooms
        if sentences(ast.get_docstring(ast.parse(sources.get(path, ""))) or "") < 2
    ]
    assert silent == []


def lines(count: int, indent: str = "") -> str:
    """Return *count* lines of code."""
    return f"{indent}pass\n" * count


def constructor(count: int) -> str:
    """Return a class whose constructor takes *count* parameters."""
    names = ", ".join(f"p{n}" for n in range(count))
    return f"class C:\n    def __init__(self, {names}):\n        pass"


def dataclass(count: int, how: str) -> str:
    """Return a dataclass with *count* fields."""
    return f"@dataclass{how}\nclass C:\n" + "\n".join(f"    f{n}: int" for n in range(count))


SIZED: dict[str, tuple[str, list[str]]] = {
    "a file of 500 lines may stand": (lines(500), []),
    "a file of 501 lines may not": (lines(501), ["the file is too long"]),
    "a class of 250 lines may stand": ("class C:\n" + lines(249, "    "), []),
    "a class of 251 lines may not": ("class C:\n" + lines(250, "    "), ["C is too long"]),
    "a function of 45 lines may stand": ("def f():\n" + lines(45, "    "), []),
    "a function of 46 lines may not": ("def f():\n" + lines(46, "    "), ["f is too long"]),
    "a docstring does not count": ('def f():\n    """A.\n\n    B."""\n' + lines(45, "    "), []),
    "what waits is a function too": ("async def f():\n" + lines(46, "    "), ["f is too long"]),
    "a method counts by itself": (
        "class C:\n    def f(self):\n" + lines(46, "        "),
        ["f is too long"],
    ),
    "a constructor of seven parameters may stand": (constructor(7), []),
    "a constructor of eight may not": (constructor(8), ["C takes too many parameters"]),
    "a dataclass that changes is no value": (
        dataclass(8, "(slots=True)"),
        ["C takes too many parameters"],
    ),
    "a frozen dataclass is a value": (dataclass(8, "(frozen=True)"), []),
}


@pytest.mark.parametrize(("source", "told"), SIZED.values(), ids=SIZED)
def test_sizes(source: str, told: list[str]) -> None:
    assert list(oversized("monitor/app.py", source)) == [f"monitor/app.py: {line}" for line in told]


def test_a_table_may_be_as_long_as_what_it_lists() -> None:
    assert list(oversized("monitor/store/schema.py", lines(501))) == []
