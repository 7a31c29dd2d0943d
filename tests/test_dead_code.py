"""No code of the product is dead, and none stands twice."""

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache

import pytest
from pylint.checkers.symilar import Symilar
from vulture import Vulture

from tests.house import PRODUCT, ROOT, product
from tests.house_exceptions import DEAD, REPEATED, expect

FEW_LINES = 5

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
    "the standard library": (
        "daemon",
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
    "requests and urllib3": ("ConnectionCls", "pool_classes_by_scheme", "trust_env", "verify"),
    "sqlalchemy and psycopg": (
        "cache_ok",
        "impl",
        "isolation_level",
        "load_dialect_impl",
        "process_bind_param",
        "process_result_value",
    ),
    "typer": ("obj",),
    "uvicorn": ("should_exit",),
}

# Not read by name in the product, and yet no dead code.
ALIVE = {
    "alerts/common/log.py: function '__call__'": "how a Protocol says what may be called",
    "alerts/delivery/sending.py: function '__call__'": "how a Protocol says what may be called",
    "alerts/delivery/outbox_memory.py: class 'MemoryOutbox'": "for who uses alerts/ by itself",
    "monitor/reports/year/report_form.py: variable 'disclosure'": "read with fields()",
    "monitor/reports/year/report_form.py: variable 'on_request'": "read with fields()",
    "monitor/reports/year/report_form.py: variable 'management'": "read with fields()",
    "monitor/reports/year/report_form.py: variable 'supervision'": "read with fields()",
    "monitor/reports/year/report_form.py: variable 'improvements'": "read with fields()",
}


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


def repeated(sources: dict[str, str]) -> Iterator[str]:
    """Yield which files of *sources* have the same lines of code, more than `FEW_LINES`."""
    search = Symilar(
        min_lines=FEW_LINES,
        ignore_comments=True,
        ignore_docstrings=True,
        ignore_imports=True,
        ignore_signatures=True,
    )
    for path, source in sources.items():
        search.append_stream(path, io.StringIO(source))
    with redirect_stdout(io.StringIO()) as told:
        search.run()
    for stretch in re.split(r"\d+ similar lines in \d+ files", told.getvalue())[1:]:
        yield " and ".join(re.findall(r"^==(.*):\[", stretch, re.MULTILINE))


def test_nothing_is_dead_or_used_by_tests_alone() -> None:
    read_elsewhere = in_templates().union(*READ_BY.values())
    dead = [line for line, name in unused() if name not in read_elsewhere and line not in ALIVE]
    expect(dead, DEAD)


def test_what_is_said_to_be_read_by_others_is_there() -> None:
    names = {name for _, name in unused()}
    assert [n for listed in READ_BY.values() for n in listed if n not in names] == []
    assert sorted(ALIVE.keys() - {line for line, _ in unused()}) == []


def test_no_code_stands_twice() -> None:
    expect(list(repeated(product())), REPEATED)


STRETCH = "def {name}(values):\n    found = []\n    for value in values:\n        if value:\n"
TWICE = {
    "six lines that stand in two files are found": (
        f"{STRETCH}            found.append(value)\n    found.sort()\n    return found\n",
        ["a.py and b.py"],
    ),
    "five may stand in both": (
        f"{STRETCH}            found.append(value)\n    return found\n",
        [],
    ),
}


@pytest.mark.parametrize(("source", "told"), TWICE.values(), ids=TWICE)
def test_the_search_for_repeated_code(source: str, told: list[str]) -> None:
    sources = {"a.py": source.format(name="a") + "A = 1\n", "b.py": source.format(name="b")}
    assert list(repeated(sources)) == told
