"""The house keeps its rooms: imports point down its table, and each library has one home."""

import ast
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.house import ROOMS, ROWS, called, imported, is_pure, module_of, path_of, product, room_of

# A third-party library lives here and nowhere else.
HOMES = {
    "alembic": ("monitor/store/",),
    "apprise": ("alerts/channels/apprise.py",),
    "socksio": ("alerts/channels/telegram_settings.py",),
    "argon2": ("monitor/desk/users.py",),
    "apscheduler": ("monitor/running/scheduler.py",),
    "babel": ("alerts/words.py",),
    "certifi": ("alerts/common/http.py",),
    "chinese_calendar": ("alerts/rules/announced.py",),
    "css_inline": ("monitor/reports/month/page.py",),
    "docx": ("monitor/reports/office/", "monitor/reports/reading/word.py"),
    "fastapi": ("monitor/web/",),
    "feedparser": ("monitor/sources/feed.py",),
    "holidays": ("alerts/rules/announced.py",),
    "icalendar": ("monitor/imports/calendar_file.py", "monitor/web/keyed.py"),
    "itsdangerous": ("alerts/answers/links.py",),
    "jinja2": ("monitor/reports/month/page.py", "monitor/web/"),
    "markupsafe": ("monitor/web/",),
    "procrastinate": ("monitor/running/visit_jobs.py",),
    "psycopg": ("monitor/store/",),
    "prometheus_client": ("monitor/web/metrics.py",),
    "pydantic": ("monitor/settings/",),
    "pdfminer": ("monitor/reports/reading/pdf.py",),
    "pdfplumber": ("monitor/reports/reading/pdf.py",),
    "python_calamine": ("monitor/imports/workbook.py",),
    "requests": ("alerts/common/http.py",),
    "rich": ("docs/gallery/", "monitor/commands/show/", "monitor/demo/"),
    "selectolax": ("monitor/sources/page_list.py", "monitor/reports/reading/html.py"),
    "sqlalchemy": ("monitor/store/",),
    "starlette": ("monitor/web/",),
    "structlog": ("monitor/log.py",),
    "telegram": ("alerts/channels/telegram.py", "alerts/channels/telegram_updates.py"),
    "tomlkit": ("monitor/settings/editing.py", "monitor/settings/writing.py"),
    "typer": ("monitor/commands/",),
    "urllib3": ("alerts/common/http.py",),
    "uvicorn": ("monitor/web/",),
    "websockets": ("alerts/channels/wecom_bot_line.py",),
    "xlsxwriter": ("monitor/reports/office/",),
}

# Only the composition root and what stands above it know the configuration's shape.
SETTINGS_READERS = (
    "monitor/app.py",
    "monitor/commands/",
    "monitor/demo/",
    "monitor/desk/doctor.py",
    "monitor/running/",
    "monitor/settings/",
)

# A channel dates and signs what it sends at the moment of sending; tests give it another clock.
CLOCKS = ("monitor/clock.py", "alerts/channels/", "alerts/common/http.py")

# Registries load the file of a kind when it is first asked for; the store loads its dialect.
LATE_IMPORTS = ("alerts/common/lazy.py", "monitor/store/rows.py")

# What computes and does nothing else: any other standard module may touch the world.
PURE_STDLIB = frozenset(
    [
        "__future__",
        "abc",
        "base64",
        "binascii",
        "bisect",
        "calendar",
        "collections",
        "collections.abc",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "email.utils",
        "enum",
        "fractions",
        "functools",
        "graphlib",
        "hashlib",
        "heapq",
        "hmac",
        "html",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
        "statistics",
        "string",
        "textwrap",
        "tomllib",
        "types",
        "typing",
        "unicodedata",
        "urllib.parse",
        "zoneinfo",
    ]
)
PURE_LIBRARIES = ("babel", "chinese_calendar", "holidays")
# Pure but for what it is made of: the translations are read once, and are part of the program.
# The id of a notice is a hash.
ALSO_PURE = {
    "alerts/common/languages.py": ("pathlib",),
    "alerts/words.py": ("gettext", "pathlib"),
    "alerts/model.py": ("uuid",),
}
TOUCHING = ("open", "print", "input", "exec", "eval", "__import__", "breakpoint")


def problems(modules: Mapping[str, str]) -> list[str]:
    """Return one line for each way in which *modules*, sources by path, break the house's order.

    A circle of rooms has an import that does not point down, so it needs no search of its own.
    """
    trees = {path: ast.parse(source) for path, source in modules.items()}
    names = {module_of(path) for path in modules}
    edges = {path: sorted(set(imported(tree, names))) for path, tree in trees.items()}
    found = [*_circles(edges, modules)]
    for path, tree in trees.items():
        found += [] if room_of(path) else [f"{path} stands in no room"]
        found += [f"{path} {trouble}" for m in edges[path] for trouble in _edge(path, m, modules)]
        found += [f"{path} {trouble}" for trouble in _inside(path, tree)]
    return sorted(set(found))


def _edge(path: str, module: str, paths: Collection[str]) -> Iterator[str]:
    package = module.partition(".")[0]
    if package in ("monitor", "alerts", "docs"):
        yield from _own(path, module, path_of(module, paths))
    elif package in sys.stdlib_module_names:
        if is_pure(path) and module not in PURE_STDLIB and module not in ALSO_PURE.get(path, ()):
            yield f"is PURE and imports {module}"
    elif package not in HOMES:
        yield f"imports {package}, which has no home"
    elif not _within(path, HOMES[package]):
        yield f"imports {package} outside its home"
    elif is_pure(path) and package not in PURE_LIBRARIES:
        yield f"is PURE and imports {package}"


def _own(path: str, module: str, target: str) -> Iterator[str]:
    if path.startswith("alerts/") and module.startswith("monitor"):
        yield f"imports {module}: alerts never imports monitor"
    elif not _points_down(path, target):
        yield f"imports {module}, which does not stand below"
    elif is_pure(path) and not is_pure(target):
        yield f"is PURE and imports {module}, which is not"
    if module.startswith("monitor.settings") and not _within(path, SETTINGS_READERS):
        yield f"imports {module}: only the root reads settings"


def _points_down(path: str, target: str) -> bool:
    ours, theirs = room_of(path), room_of(target)
    return None not in (ours, theirs) and (ours == theirs or ROWS[ours or ""] < ROWS[theirs or ""])


def _inside(path: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"imports relatively, in line {node.lineno}"
        if _reads_clock(node) and not _within(path, CLOCKS):
            yield "reads the clock"
        if isinstance(node, ast.Call):
            yield from _call(path, node)


def _call(path: str, call: ast.Call) -> Iterator[str]:
    if is_pure(path) and isinstance(call.func, ast.Name) and call.func.id in TOUCHING:
        yield f"is PURE and calls {call.func.id}"
    literal = call.args and isinstance(call.args[0], ast.Constant)
    if called(call) == "import_module" and not literal and not _within(path, LATE_IMPORTS):
        yield "imports what is known only when it runs"


def _reads_clock(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and node.module == "time":
        return any(alias.name in ("time", "time_ns") for alias in node.names)
    return isinstance(node, ast.Attribute) and (
        (node.attr in ("now", "utcnow", "today") and _last(node.value) in ("datetime", "date"))
        or (node.attr in ("time", "time_ns") and _last(node.value) == "time")
    )


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _circles(edges: Mapping[str, Sequence[str]], paths: Collection[str]) -> Iterator[str]:
    """Yield the circles of files whose imports all point down: the others are told anyway."""
    graph = {
        path: {
            target
            for module in targets
            if (target := path_of(module, paths)) in paths and _points_down(path, target)
        }
        for path, targets in edges.items()
    }
    while circle := _circle(graph):
        graph[circle[1]].discard(circle[0])
        yield f"{min(circle)} stands in a circle: {' <- '.join(circle)}"


def _circle(graph: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        circle: list[str] = found.args[1]
        return circle
    return []


def _within(path: str, places: Sequence[str]) -> bool:
    return any(path == place or (place[-1] == "/" and path.startswith(place)) for place in places)


def test_every_import_of_the_product_keeps_the_order_of_the_house() -> None:
    assert problems(product()) == []


def test_every_room_and_every_pure_file_of_the_table_is_there() -> None:
    paths = product()
    named = [f"{place}{start}" for place, room in ROOMS.items() for start in ("", *room.pure)]
    missing = [name for name in named if not any(path.startswith(name) for path in paths)]
    assert missing == []


def test_every_library_of_the_table_is_used_in_each_of_its_homes() -> None:
    used = {
        (path, module.split(".")[0])
        for path, source in product().items()
        for module in imported(ast.parse(source), ())
    }
    homes = [(library, home) for library, places in HOMES.items() for home in places]
    unused = [
        f"{library} in {home}"
        for library, home in homes
        if not any(name == library and _within(path, (home,)) for path, name in used)
    ]
    assert unused == []


FORBIDDEN = {
    "a rule of freshness imports what judges with it": (
        {"monitor/freshness/verdict.py": "from monitor.judging.engine import AlertEngine"},
        "imports monitor.judging.engine, which does not stand below",
    ),
    "a source imports the service that has it read": (
        {"monitor/sources/base.py": "from monitor.service import OUTAGE"},
        "imports monitor.service, which does not stand below",
    ),
    "an alert imports the monitor": (
        {"alerts/rules/ladder.py": "from monitor.model import Account"},
        "imports monitor.model: alerts never imports monitor",
    ),
    "the product imports what only its documentation needs": (
        {"monitor/web/pages.py": "import docs.gallery.gallery"},
        "imports docs.gallery.gallery, which does not stand below",
    ),
    "the product imports its tests": (
        {"monitor/demo/year.py": "from tests.house import HOUSE"},
        "imports tests, which has no home",
    ),
    "a room imports another of its own row": (
        {"monitor/sources/http.py": "import monitor.store.sql"},
        "imports monitor.store.sql, which does not stand below",
    ),
    "two rooms import each other": (
        {
            "monitor/desk/accounts.py": "from monitor.judging import engine",
            "monitor/judging/engine.py": "from monitor.desk import accounts",
        },
        "monitor/judging/engine.py imports monitor.desk.accounts, which does not stand below",
    ),
    "two files of one room import each other": (
        {
            "monitor/store/rows.py": "from monitor.store.types import Instant",
            "monitor/store/types.py": "from monitor.store import rows",
        },
        "stands in a circle: monitor/store/rows.py <- monitor/store/types.py",
    ),
    "three files of one room import each other in a circle": (
        {
            "alerts/channels/http.py": "import alerts.channels.pool",
            "alerts/channels/pool.py": "import alerts.channels.replies",
            "alerts/channels/replies.py": "import alerts.channels.http",
        },
        "stands in a circle: alerts/channels/",
    ),
    "a file imports itself": (
        {"monitor/store/rows.py": "import monitor.store.rows"},
        "stands in a circle: monitor/store/rows.py <- monitor/store/rows.py",
    ),
    "a pure room imports the package of the database": (
        {"monitor/freshness/evidence.py": "from monitor.store.base import Facts"},
        "is PURE and imports monitor.store.base, which is not",
    ),
    "a pure file of a room that is not pure imports a file beside it": (
        {"monitor/polling/quota.py": "from monitor.polling.rounds import Rounds"},
        "is PURE and imports monitor.polling.rounds, which is not",
    ),
    "a pure module imports what reads the clock": (
        {"monitor/ledger/days.py": "from monitor.clock import now"},
        "is PURE and imports monitor.clock, which is not",
    ),
    "a pure module imports a library that does things": (
        {"alerts/words.py": "import babel\nimport requests"},
        "imports requests outside its home",
    ),
    "a pure module knows the operating system": (
        {"monitor/ledger/days.py": "import os"},
        "is PURE and imports os",
    ),
    "a pure module starts a thread": (
        {"alerts/rules/ladder.py": "from threading import Thread"},
        "is PURE and imports threading",
    ),
    "a pure module knows the file system": (
        {"monitor/reports/check/tables.py": "from pathlib import Path"},
        "is PURE and imports pathlib",
    ),
    "a pure module makes requests with the standard library": (
        {"monitor/register.py": "from urllib.request import urlopen"},
        "is PURE and imports urllib.request",
    ),
    "a pure module throws dice": (
        {"monitor/polling/schedule.py": "from random import random"},
        "is PURE and imports random",
    ),
    "a pure module opens a file": (
        {"monitor/freshness/verdict.py": "text = open('config/service.toml')"},
        "is PURE and calls open",
    ),
    "a library is used outside its home": (
        {"monitor/desk/accounts.py": "import sqlalchemy.orm"},
        "imports sqlalchemy outside its home",
    ),
    "a library is used that nobody has given a home": (
        {"monitor/sources/feed.py": "from httpx import Client"},
        "imports httpx, which has no home",
    ),
    "the clock is read": (
        {"monitor/store/posts.py": "from datetime import datetime\nat = datetime.now()"},
        "reads the clock",
    ),
    "the day is read from the clock": (
        {"monitor/imports/columns.py": "import datetime\nday = datetime.date.today()"},
        "reads the clock",
    ),
    "the seconds of the clock are read": (
        {"monitor/web/pages.py": "import time\nat = time.time()"},
        "reads the clock",
    ),
    "the clock is handed on without being read": (
        {"monitor/web/pages.py": "from time import time as seconds"},
        "reads the clock",
    ),
    "settings are read below the root": (
        {"monitor/web/pages.py": "from monitor.settings.model import Settings"},
        "imports monitor.settings.model: only the root reads settings",
    ),
    "an import is relative": (
        {"monitor/store/posts.py": "from . import rows"},
        "imports relatively, in line 1",
    ),
    "an import upward is relative": (
        {"monitor/ledger/days.py": "from ..store.base import KnownDay"},
        "imports relatively, in line 1",
    ),
    "an import upward hides in a function": (
        {"monitor/model.py": "def f():\n    from monitor.app import App\n    return App"},
        "imports monitor.app, which does not stand below",
    ),
    "an import upward is for types alone": (
        {"monitor/model.py": "if TYPE_CHECKING:\n    import monitor.app"},
        "imports monitor.app, which does not stand below",
    ),
    "an import upward is made by name": (
        {"monitor/sources/http.py": "importlib.import_module('monitor.app')"},
        "imports monitor.app, which does not stand below",
    ),
    "an import cannot be known before it runs": (
        {"monitor/sources/http.py": "importlib.import_module(name)"},
        "imports what is known only when it runs",
    ),
    "a file stands in no room": (
        {"monitor/helpers.py": ""},
        "monitor/helpers.py stands in no room",
    ),
}


@pytest.mark.parametrize(("sources", "told"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_told_when(sources: dict[str, str], told: str) -> None:
    found = problems(sources)
    assert found
    assert [line for line in found if told not in line] == []


ALLOWED = {
    "a room imports one below it": {"monitor/desk/accounts.py": "import monitor.judging.engine"},
    "the monitor imports alerts": {"monitor/judging/engine.py": "import alerts.delivery.sending"},
    "a file imports one beside it": {"monitor/store/sql.py": "import monitor.store.rows"},
    "a pure file imports pure files and values": {
        "monitor/freshness/verdict.py": "import monitor.ledger.days, monitor.model, datetime"
    },
    "a pure room is imported by its name": {
        "monitor/reports/check/known.py": "from monitor.reports import check",
        "monitor/reports/check/__init__.py": "",
    },
    "the clock's own file reads it": {"monitor/clock.py": "at = datetime.now(UTC)"},
    "a time of day is told": {"monitor/ledger/days.py": "at = instant.time()"},
}


@pytest.mark.parametrize("sources", ALLOWED.values(), ids=ALLOWED)
def test_nothing_is_told_when(sources: dict[str, str]) -> None:
    assert problems(sources) == []
