"""The house keeps its rooms: imports point down only, and each library has one home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Modules that decide and touch nothing: no I/O, no clock, no edge.
PURE = (
    "alerts/model.py",
    "alerts/calendar.py",
    "alerts/custody.py",
    "alerts/desk.py",
    "alerts/errors.py",
    "alerts/handing.py",
    "alerts/ladder.py",
    "alerts/lifecycle.py",
    "alerts/roster.py",
    "alerts/routing.py",
    "alerts/shift.py",
    "alerts/waiting.py",
    "alerts/words.py",
    "alerts/render.py",
    "alerts/answers.py",
    "alerts/outcomes.py",
    "alerts/audit.py",
    "monitor/model.py",
    "monitor/errors.py",
    "monitor/register.py",
    "monitor/custody_facts.py",
    "monitor/notices.py",
    "monitor/replay.py",
    "monitor/freshness/",
    "monitor/ledger/",
    "monitor/reports/annual_form.py",
    "monitor/reports/check/",
    "monitor/reports/evidence.py",
    "monitor/reports/figures.py",
    "monitor/reports/known.py",
    "monitor/reports/figures_file.py",
    "monitor/reports/mailing.py",
    "monitor/reports/month.py",
    "monitor/reports/month_view.py",
    "monitor/reports/reconciled.py",
    "monitor/reports/sentences.py",
    "monitor/reports/year.py",
    "monitor/reports/year_text.py",
    "monitor/reports/yearly_form.py",
    "monitor/polling/schedule.py",
    "monitor/polling/quota.py",
    "monitor/polling/health.py",
    "monitor/polling/judging.py",
    "monitor/polling/canary.py",
    "monitor/polling/counters.py",
    "monitor/polling/afterwards.py",
)
EDGES = (
    "monitor.sources.http",
    "monitor.sources.feed",
    "monitor.sources.registry",
    "monitor.store.sql",
    "monitor.store.engine",
    "monitor.app",
    "monitor.cli",
    "monitor.logs",
    "monitor.clock",
    "alerts.delivery",
    "alerts.channels.http",
    "alerts.channels.registry",
)
IMPURE_STDLIB = {"socket", "subprocess", "sqlite3", "threading", "os", "time", "random", "http"}

# A third-party library lives here and nowhere else.
HOMES = {
    "apscheduler": ("monitor/app.py",),
    "requests": ("monitor/sources/http.py", "alerts/channels/http.py"),
    "feedparser": ("monitor/sources/feed.py",),
    "sqlalchemy": ("monitor/store/",),
    "alembic": ("monitor/store/",),
    "psycopg": ("monitor/store/",),
    "pydantic": ("monitor/settings/",),
    "telegram": ("alerts/channels/telegram.py", "alerts/channels/telegram_hearing.py"),
    "chinese_calendar": ("alerts/calendar.py",),
    "holidays": ("alerts/calendar.py",),
    "babel": ("alerts/words.py",),
    "itsdangerous": ("alerts/signing.py",),
    "fastapi": ("monitor/web/",),
    "starlette": ("monitor/web/",),
    "jinja2": ("monitor/reports/html.py", "monitor/web/pages.py"),
    "uvicorn": ("monitor/web/",),
    "structlog": ("monitor/logs.py",),
    "docx": ("monitor/reports/word.py", "monitor/reports/reading/word.py"),
    "xlsxwriter": ("monitor/reports/xlsx.py",),
    "css_inline": ("monitor/reports/html.py",),
    "pypdf": ("monitor/reports/reading/pdf.py",),
    "selectolax": ("monitor/sources/web_page.py", "monitor/reports/reading/html.py"),
    "typer": ("monitor/cli.py",),
    "python_calamine": ("monitor/reports/sheets.py",),
    "rich": ("monitor/display.py", "monitor/demo/year.py"),
}

# Only the composition root and the commands know the configuration's shape.
SETTINGS_READERS = (
    "monitor/app.py",
    "monitor/cli.py",
    "monitor/settings/",
    "monitor/doctor.py",
    "monitor/demo/year.py",
)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in ("monitor", "alerts"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = list(modules())
IDS = [name for name, _ in MODULES]


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(
        name == place or (place.endswith("/") and name.startswith(place)) for place in places
    )


@pytest.mark.parametrize(("name", "tree"), MODULES, ids=IDS)
def test_alerts_never_imports_monitor(name: str, tree: ast.Module) -> None:
    if name.startswith("alerts/"):
        assert [i for i in imports(tree) if i.split(".")[0] == "monitor"] == []


@pytest.mark.parametrize(("name", "tree"), MODULES, ids=IDS)
def test_every_library_has_one_home(name: str, tree: ast.Module) -> None:
    used = {i.split(".")[0] for i in imports(tree)}
    strangers = [lib for lib, homes in HOMES.items() if lib in used and not within(name, homes)]
    assert strangers == []


@pytest.mark.parametrize(("name", "tree"), MODULES, ids=IDS)
def test_pure_modules_touch_nothing(name: str, tree: ast.Module) -> None:
    if within(name, PURE):
        found = set(imports(tree))
        assert found & set(EDGES) == set()
        assert {i.split(".")[0] for i in found} & IMPURE_STDLIB == set()


@pytest.mark.parametrize(("name", "tree"), MODULES, ids=IDS)
def test_only_the_root_reads_settings(name: str, tree: ast.Module) -> None:
    if not within(name, SETTINGS_READERS):
        assert [i for i in imports(tree) if i.startswith("monitor.settings")] == []


@pytest.mark.parametrize(("name", "tree"), MODULES, ids=IDS)
def test_only_one_file_reads_the_clock(name: str, tree: ast.Module) -> None:
    if name == "monitor/clock.py":
        return
    reads = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("utcnow", "now", "today")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date")
    ]
    # The scheduler wants its first run in its own zone; that is not a judgement.
    assert reads == (["now"] if name == "monitor/app.py" else [])


@pytest.mark.parametrize("name", PURE)
def test_the_list_of_pure_modules_is_true(name: str) -> None:
    assert (ROOT / name).exists()
