"""The table of rooms in their order, and who imports what.

`tests/test_architecture.py` holds every import of the product against this table, and
`docs/picture.py` draws `docs/house.svg` from it, so neither can say what the other does not.

Rooms stand from the top of the house to its ground. A module may import its own room and the rooms
of the rows below, never a room of its own row or of one above. A room is a folder (its name ends in
a slash) or a file; a module belongs to the innermost room that holds it.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("monitor", "alerts", "docs/gallery")
WHOLE = ("",)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Room:
    """A place of the house; *pure* names what in it is PURE, from the start of a file's name on."""

    place: str
    pure: tuple[str, ...] = ()


HOUSE: tuple[tuple[Room, ...], ...] = (
    (Room("monitor/__main__.py"), Room("docs/gallery/")),
    (Room("monitor/commands/"),),
    (Room("monitor/running/"), Room("monitor/demo/")),
    (Room("monitor/app.py"),),
    (Room("monitor/driver.py"),),
    (Room("monitor/web/"),),
    (Room("monitor/desk/"), Room("monitor/service.py")),
    (
        Room(
            "monitor/judging/",
            (
                "cases.py",
                "custody_facts.py",
                "facts.py",
                "notices.py",
                "replay.py",
                "shown.py",
                "situation.py",
                "standing.py",
                "troubles.py",
            ),
        ),
        Room("monitor/reports/mailing/", ("state.py",)),
    ),
    (Room("monitor/reports/office/"),),
    (
        Room("monitor/reports/month/", ("figures.py", "view.py")),
        Room(
            "monitor/reports/year/",
            (
                "document.py",
                "evidence.py",
                "figures.py",
                "figures_file.py",
                "figures_form.py",
                "later.py",
                "reconciled.py",
                "report_form.py",
                "sentences.py",
                "text.py",
                "website_form.py",
            ),
        ),
        Room("monitor/reports/reading/"),
    ),
    (Room("monitor/reports/check/", WHOLE),),
    (Room("monitor/reports/", ("wording.py",)), Room("monitor/imports/")),
    (
        Room(
            "monitor/polling/",
            (
                "answer.py",
                "belief.py",
                "canary.py",
                "counters.py",
                "health.py",
                "overrun.py",
                "pace.py",
                "quota.py",
                "schedule.py",
                "statistics_plan.py",
                "window.py",
            ),
        ),
        Room("monitor/settings/"),
        Room("monitor/freshness/", WHOLE),
    ),
    (
        Room(
            "monitor/sources/",
            ("addresses.py", "base.py", "dates.py", "markup.py", "page_dates.py"),
        ),
        Room("monitor/store/"),
        Room("monitor/sample/"),
    ),
    (Room("monitor/ledger/", WHOLE), Room("monitor/register.py", WHOLE)),
    (
        Room("monitor/policy.py", WHOLE),
        Room("monitor/edits.py", WHOLE),
        Room("monitor/standing.py", WHOLE),
        Room("monitor/machines.py", WHOLE),
        Room("monitor/files.py"),
        Room("monitor/apart.py"),
        Room("monitor/log.py"),
    ),
    (
        Room("monitor/model.py", WHOLE),
        Room("monitor/wording.py", WHOLE),
        Room("monitor/clock.py"),
        Room("monitor/__init__.py", WHOLE),
    ),
    (
        Room("monitor/errors.py", WHOLE),
        Room("monitor/counted.py", WHOLE),
        Room("monitor/causes.py", WHOLE),
    ),
    (Room("alerts/delivery/", ("outbox.py",)),),
    (Room("alerts/messages/", WHOLE), Room("alerts/channels/")),
    (Room("alerts/answers/", ("answer", "buttons.py", "times")),),
    (Room("alerts/people/", WHOLE),),
    (Room("alerts/rules/", WHOLE),),
    (Room("alerts/message.py", WHOLE), Room("alerts/words.py", WHOLE)),
    (Room("alerts/model.py", WHOLE),),
    (Room("alerts/facts.py", WHOLE),),
    (Room("alerts/occasion.py", WHOLE),),
    (
        Room("alerts/errors.py", WHOLE),
        Room("alerts/platforms.py", WHOLE),
        Room("alerts/common/", ("languages.py", "local_time.py", "retry_after.py")),
        Room("alerts/__init__.py", WHOLE),
    ),
    (Room("alerts/told.py", WHOLE),),
)
ROWS = {room.place: row for row, rooms in enumerate(HOUSE) for room in rooms}
ROOMS = {room.place: room for rooms in HOUSE for room in rooms}


def product() -> dict[str, str]:
    """Return the source of every module of the product by its path from the root."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for package in PRODUCT
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def module_of(path: str) -> str:
    """Return the dotted name under which *path* is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def path_of(module: str, paths: Collection[str]) -> str:
    """Return the path of *module*; when *paths* has none, that of a file of its name."""
    folder = f"{module.replace('.', '/')}/__init__.py"
    return folder if folder in paths else f"{module.replace('.', '/')}.py"


@cache
def room_of(path: str) -> str | None:
    """Return the place of the innermost room that holds *path*, None for a module outside."""
    holding = [place for place in ROOMS if path == place or _inside(path, place)]
    return max(holding, key=len, default=None)


def is_pure(path: str) -> bool:
    """Return whether the table calls *path* PURE."""
    place = room_of(path)
    return place is not None and path[len(place) :].startswith(ROOMS[place].pure)


def imported(tree: ast.Module, modules: Collection[str]) -> Iterator[str]:
    """Yield every module that *tree* imports, wherever in it; *modules* are those of the product.

    A module named by a literal to `import_module` or `find_spec` counts. Relative imports do not:
    the house forbids them.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from {_meant(node.module, alias.name, modules) for alias in node.names}
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "find_spec"):
            yield from (text for arg in node.args if isinstance(text := _literal(arg), str))


def called(call: ast.Call) -> str:
    """Return the last part of the name that *call* calls, nothing where it has none."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _inside(path: str, place: str) -> bool:
    return place.endswith("/") and path.startswith(place)


def _meant(module: str, name: str, modules: Collection[str]) -> str:
    return f"{module}.{name}" if f"{module}.{name}" in modules else module


def _literal(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None
