"""No code of the product is dead, and none stands twice."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from vulture import Vulture

from tests.house import PRODUCT, ROOT, Function, product

REPEATED = 4  # lines

# What a framework calls by its decorator.
DECORATED = (
    "@*.command",
    "@*.callback",
    "@*.exception_handler",
    "@model_validator",
    "@field_validator",
)

# Names that nobody in the product reads, because a library does.
READ_BY = {
    "alembic": ("down_revision",),
    "docx": (
        "_blob",
        "alignment",
        "autofit",
        "bold",
        "bottom_margin",
        "comments",
        "created",
        "footer_distance",
        "header_distance",
        "highlight_color",
        "keep_with_next",
        "last_modified_by",
        "left_margin",
        "line_spacing",
        "odd_and_even_pages_header_footer",
        "page_break_before",
        "page_height",
        "page_width",
        "right_margin",
        "space_after",
        "space_before",
        "top_margin",
        "vertical_alignment",
        "widow_control",
    ),
    "procrastinate": ("_periodic_deferrer",),
    "prometheus_client": ("collect",),
    "the standard library": (
        "daemon_threads",
        "disable_nagle_algorithm",
        "do_GET",
        "handle_data",
        "handle_endtag",
        "handle_error",
        "handle_starttag",
        "log_message",
        "prec",
        "protocol_version",
        "trace",
        "wbufsize",
    ),
    "pydantic": ("model_config",),
    "requests and urllib3": ("ConnectionCls", "QueueCls", "pool_classes_by_scheme"),
    "sqlalchemy and psycopg": (
        "cache_ok",
        "impl",
        "isolation_level",
        "process_bind_param",
        "process_result_value",
    ),
    "typer": ("metavar", "obj"),
    "uvicorn": ("main_loop", "should_exit"),
    "tomlkit": ("comment_ws",),
}

# Not read by name in the product, and yet no dead code.
ALIVE = {
    "alerts/common/log.py: function '__call__'": "how a Protocol says what may be called",
    "alerts/delivery/outbox_memory.py: class 'MemoryOutbox'": "for who uses alerts/ by itself",
    "monitor/reports/year/report_form.py: variable 'disclosure'": "read with fields()",
    "monitor/reports/year/report_form.py: variable 'on_request'": "read with fields()",
    "monitor/reports/year/report_form.py: variable 'management'": "read with fields()",
    "monitor/reports/year/report_form.py: variable 'supervision'": "read with fields()",
    "monitor/reports/year/report_form.py: variable 'improvements'": "read with fields()",
}


# Shapes of answers: their keys are read outside too.
SHAPES = tuple(
    f"monitor/desk/{file}: {what} "
    for file in ("shapes.py", "machine_shapes.py")
    for what in ("variable", "attribute")
)


@cache
def unused() -> tuple[tuple[str, str], ...]:
    """Return what nobody in the product uses: where and of what sort, and its name.

    Tests are left out, so what only they use is unused.
    """
    found = Vulture(ignore_decorators=list(DECORATED))
    found.scavenge([str(ROOT / package) for package in PRODUCT])
    return tuple(
        (f"{item.filename.relative_to(ROOT).as_posix()}: {item.typ} '{item.name}'", item.name)
        for item in found.get_unused_code(min_confidence=60)
    )


@cache
def in_templates() -> frozenset[str]:
    """Return every word of the product's templates: Jinja reads values by their names there."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "monitor").rglob("*.html"))
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))


def repeated(sources: Mapping[str, str]) -> list[str]:
    """Return which functions of *sources* say the same, `REPEATED` lines or more in a row.

    Lines are those of the code without its layout, comments and docstrings. A constructor that
    keeps its parts says nothing.
    """
    seen: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for path, source in sources.items():
        for name, function in functions(ast.parse(source)):
            for stretch in _stretches(function):
                seen[stretch][f"{path}: {name}"] = None
    return sorted({" and ".join(places) for places in seen.values() if len(places) > 1})


def _stretches(function: Function) -> Iterator[tuple[str, ...]]:
    said = function.body[ast.get_docstring(function, clean=False) is not None :]
    lines = [line.strip() for node in said for line in ast.unparse(node).splitlines()]
    if function.name != "__init__":
        yield from zip(*(lines[start:] for start in range(REPEATED)), strict=False)


def functions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, Function]]:
    """Yield the functions and methods of *tree* by name, without those inside another function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield f"{within}{node.name}", node
        else:
            yield from functions(
                node, f"{node.name}." if isinstance(node, ast.ClassDef) else within
            )


def test_nothing_is_dead_or_used_by_tests_alone() -> None:
    read_elsewhere = in_templates().union(*READ_BY.values())
    dead = [
        line
        for line, name in unused()
        if name not in read_elsewhere and line not in ALIVE and not line.startswith(SHAPES)
    ]
    assert dead == []


def test_what_is_said_to_be_read_by_others_is_there() -> None:
    names = {name for _, name in unused()}
    assert [n for listed in READ_BY.values() for n in listed if n not in names] == []
    assert sorted(ALIVE.keys() - {line for line, _ in unused()}) == []


def test_no_code_stands_twice() -> None:
    assert repeated(product()) == []


BODY = "    found = []\n    for value in values:\n        found.append(value)\n"
ALIKE = {
    "four lines alike in two files": (
        {
            "a.py": f"def f(values):\n{BODY}    return found",
            "b.py": f"def g(values):\n{BODY}    return found",
        },
        ["a.py: f and b.py: g"],
    ),
    "four lines alike in two methods of one file": (
        {"a.py": "".join(f"class {c}:\n  def f(self):\n{BODY}    found.sort()\n" for c in "CD")},
        ["a.py: C.f and a.py: D.f"],
    ),
    "lines alike but for layout, comments and docstrings": (
        {
            "a.py": f"def f(values):\n{BODY}    return found",
            "b.py": f'def g(values):\n    """G."""\n    # why\n{BODY}    return (\n        found)',
        },
        ["a.py: f and b.py: g"],
    ),
    "three lines, which may stand twice": (
        {"a.py": f"def f(values):\n{BODY}", "b.py": f"def g(values):\n{BODY}"},
        [],
    ),
    "constructors that keep the same parts": (
        {f"{name}.py": f"class C:\n  def __init__(self, values):\n{BODY}    pass" for name in "ab"},
        [],
    ),
}


@pytest.mark.parametrize(("sources", "told"), ALIKE.values(), ids=ALIKE)
def test_the_search_for_repeated_code(sources: dict[str, str], told: list[str]) -> None:
    assert repeated(sources) == told
