"""The house keeps its rooms: imports point down only, and each library has one home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Modules that decide and touch nothing: no I/O, no clock, no edge.
PURE = (
    "alerts/model.py",
    "alerts/rules/calendar.py",
    "alerts/people/handover.py",
    "alerts/desk.py",
    "alerts/errors.py",
    "alerts/messages/custody.py",
    "alerts/rules/ladder.py",
    "alerts/rules/lifecycle.py",
    "alerts/people/roster.py",
    "alerts/people/routing.py",
    "alerts/people/shift.py",
    "alerts/common/retry_after.py",
    "alerts/words.py",
    "alerts/messages/render.py",
    "alerts/answers/buttons.py",
    "alerts/outcomes.py",
    "alerts/rules/audit.py",
    "monitor/model.py",
    "monitor/errors.py",
    "monitor/register.py",
    "monitor/judging/custody_facts.py",
    "monitor/judging/notices.py",
    "monitor/judging/replay.py",
    "monitor/freshness/",
    "monitor/ledger/",
    "monitor/reports/year/report_form.py",
    "monitor/reports/check/",
    "monitor/reports/year/evidence.py",
    "monitor/reports/year/figures.py",
    "monitor/reports/check/known.py",
    "monitor/reports/year/figures_file.py",
    "monitor/reports/mailing/state.py",
    "monitor/reports/month/figures.py",
    "monitor/reports/month/view.py",
    "monitor/reports/year/reconciled.py",
    "monitor/reports/year/sentences.py",
    "monitor/reports/year/document.py",
    "monitor/reports/year/text.py",
    "monitor/reports/year/website_form.py",
    "monitor/polling/schedule.py",
    "monitor/polling/quota.py",
    "monitor/polling/health.py",
    "monitor/polling/answer.py",
    "monitor/polling/canary.py",
    "monitor/polling/counters.py",
    "monitor/polling/statistics_plan.py",
)
EDGES = (
    "alerts.common.http",
    "monitor.sources.http",
    "monitor.sources.feed",
    "monitor.sources.registry",
    "monitor.store.sql",
    "monitor.store.engine",
    "monitor.app",
    "monitor.commands.main",
    "monitor.log",
    "monitor.clock",
    "alerts.delivery.sending",
    "alerts.channels.http",
    "alerts.channels.registry",
)
IMPURE_STDLIB = {"socket", "subprocess", "sqlite3", "threading", "os", "time", "random", "http"}

# A third-party library lives here and nowhere else.
HOMES = {
    "apscheduler": ("monitor/app.py",),
    "requests": ("alerts/common/http.py",),
    "urllib3": ("alerts/common/http.py",),
    "feedparser": ("monitor/sources/feed.py",),
    "sqlalchemy": ("monitor/store/",),
    "alembic": ("monitor/store/",),
    "psycopg": ("monitor/store/",),
    "pydantic": ("monitor/settings/",),
    "telegram": ("alerts/channels/telegram.py", "alerts/channels/telegram_updates.py"),
    "chinese_calendar": ("alerts/rules/calendar.py",),
    "holidays": ("alerts/rules/calendar.py",),
    "babel": ("alerts/words.py",),
    "itsdangerous": ("alerts/answers/links.py",),
    "fastapi": ("monitor/web/",),
    "starlette": ("monitor/web/",),
    "jinja2": ("monitor/reports/month/page.py", "monitor/web/pages.py"),
    "uvicorn": ("monitor/web/",),
    "structlog": ("monitor/log.py",),
    "docx": ("monitor/reports/office/word_layout.py", "monitor/reports/reading/word.py"),
    "xlsxwriter": ("monitor/reports/office/workbooks.py",),
    "css_inline": ("monitor/reports/month/page.py",),
    "pypdf": ("monitor/reports/reading/pdf.py",),
    "selectolax": ("monitor/sources/page_list.py", "monitor/reports/reading/html.py"),
    "typer": ("monitor/commands/main.py",),
    "python_calamine": ("monitor/imports/sheets.py",),
    "rich": ("monitor/commands/display.py", "monitor/demo/year.py"),
}

# Only the composition root and the commands know the configuration's shape.
SETTINGS_READERS = (
    "monitor/app.py",
    "monitor/commands/main.py",
    "monitor/settings/",
    "monitor/desk/doctor.py",
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
