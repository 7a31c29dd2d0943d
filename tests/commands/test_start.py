"""What a command loads: what it needs, and none of the libraries that only others need.

Loading is most of what a short command costs, and one import in the wrong place is not seen.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_architecture import HOMES

ROOT = Path(__file__).resolve().parents[2]
NOON = "2024-03-04T12:00+08:00"
HELP = frozenset({"typer", "rich", "babel", "chinese_calendar"})
ANSWERS = HELP | {"pydantic", "sqlalchemy"}
# The sample gateway is a server.
READS = ANSWERS | {
    "urllib3",
    "certifi",
    "http.server",
}
# Not of HOMES, but costly: of the standard library, or loaded by one of those.
BESIDES = frozenset({"http.server", "httpx", "lxml", "psycopg_binary"})
PROBE = """
import json, sys
from monitor.commands.main import main
try:
    main()
except SystemExit:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
# One channel of every kind but Apprise, which is no part of every installation.
CHANNELS = """
[[channels]]
id = "bot"
kind = "telegram"
token = "1:abc"
[[channels]]
id = "mails"
kind = "mail"
host = "localhost"
port = 25
security = "none"
sender = "watch@example.org"
[[channels]]
id = "group"
kind = "wecom"
url = "https://robot.example/send?key=abcdef"
[[channels]]
id = "ding"
kind = "dingtalk"
url = "https://robot.example/send?access_token=abcdef"
[[channels]]
id = "lark"
kind = "feishu"
url = "https://robot.example/hook/abcdef"
[[channels]]
id = "hook"
kind = "webhook"
url = "https://office.example/hook"
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped configuration with channels of every kind, after one pass at noon."""
    folder = tmp_path_factory.mktemp("start") / "config"
    folder.mkdir()
    for file in (ROOT / "config").iterdir():
        text = file.read_text(encoding="utf-8")
        more = CHANNELS if file.name == "people.toml" else ""
        (folder / file.name).write_text(text.replace("\n[roster]", f"{more}\n[roster]"), "utf-8")
    loaded(folder, "tick", "--at", NOON)
    return folder


THRESHOLD = """
import gc, sys
from monitor.commands.main import main
before = gc.get_threshold()
try:
    main()
except SystemExit:
    print(gc.get_threshold() == before, file=sys.stderr)
"""


def loaded(config: Path, *arguments: str) -> set[str]:
    """Return the modules that are loaded when a command has done its work."""
    ended = probed(PROBE, config, *arguments)
    assert ended.stdout
    return set(json.loads(ended.stderr.splitlines()[-1]))


def probed(probe: str, config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run *probe* with the arguments of a command."""
    return subprocess.run(
        [sys.executable, "-c", probe, "--config", str(config), *arguments],
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        pytest.param(["--help"], HELP, id="the help"),
        pytest.param(["status", "--json"], ANSWERS, id="the status"),
        pytest.param(["explain", "weibo-anshanmz"], ANSWERS, id="why"),
        pytest.param(["alerts", "list"], ANSWERS, id="the alerts"),
        pytest.param(["alerts", "ack", "1", "--by", "zhang"], ANSWERS, id="an acknowledgement"),
        pytest.param(["read"], READS, id="a reading"),
    ],
)
def test_a_command_loads_what_it_needs(
    config: Path, arguments: list[str], needed: frozenset[str]
) -> None:
    modules = loaded(config, *arguments)
    strangers = (HOMES.keys() | BESIDES) - needed
    assert sorted(strangers & modules) == []
    # Were one of those that are needed called otherwise, its absence would prove nothing.
    assert needed - modules == set()


@pytest.mark.parametrize(
    ("command", "usual"),
    [
        pytest.param("status", False, id="a short command looks for garbage rarely"),
        pytest.param("run", True, id="the service looks for it as usual"),
    ],
)
def test_what_lives_for_months_gives_memory_back(config: Path, command: str, usual: bool) -> None:
    # The service refuses this database, whose clock was set by hand, and ends at once.
    assert probed(THRESHOLD, config, command).stderr.splitlines()[-1] == str(usual)


READING = """
import json, os, sys
from pathlib import Path
from monitor import app
from monitor.log import open_log
from monitor.settings import loading
settings = loading.load(Path(sys.argv[2]), os.environ)
with app.opened(settings, open_log((), settings.zone), reading=True) as opened:
    readings = opened.rounds.read_accounts(list(opened.register.accounts), opened.clock())
print(json.dumps([len(readings), *sorted(sys.modules)]), file=sys.stderr)
"""
# What judges, answers, draws, reports and speaks, and the libraries of these.
NOT_READING = (
    *("monitor.desk", "monitor.judging", "monitor.web", "monitor.reports", "monitor.imports"),
    *("monitor.commands", "monitor.running", "alerts.words", "alerts.delivery.sending"),
    *("telegram", "structlog", "rich", "pygments"),
    *("alembic", "holidays", "feedparser", "lxml", "selectolax", "psycopg", "jinja2"),
    *("babel", "httpx", "apscheduler", "typer"),
)


def test_reading_itself_loads_nothing_that_only_others_need(config: Path) -> None:
    readings, *modules = json.loads(probed(READING, config).stderr.splitlines()[-1])
    loaded = {name for name in modules for room in NOT_READING if f"{name}.".startswith(f"{room}.")}
    assert readings
    assert sorted(loaded) == []
