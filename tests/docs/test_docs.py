"""The documentation names every key and every command, and none that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from alerts.channels.registry import KINDS as CHANNEL_KINDS
from monitor.commands.main import cli
from monitor.settings.accounts_file import AccountSection, AccountsFile, SourceSection
from monitor.settings.monitor_file import (
    GatewaySection,
    HoursSection,
    MonitorFile,
    PolicySection,
    ReportsSection,
    RungSection,
    ServiceSection,
    WebSection,
)
from monitor.settings.people_file import (
    ChannelSection,
    DutySection,
    PeopleFile,
    PersonSection,
    ReachSection,
    RosterSection,
)
from monitor.settings.section import Section
from monitor.sources.registry import KINDS as GATEWAY_KINDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TEXT = (DOCS / "configuration.md").read_text(encoding="utf-8")

TABLES = {
    "[service]": ServiceSection,
    "[service.hours]": HoursSection,
    "[policies.NAME]": PolicySection,
    "ladder": RungSection,
    "[gateways.NAME]": GatewaySection,
    "[web]": WebSection,
    "[reports]": ReportsSection,
    "[[accounts]]": AccountSection,
    "sources": SourceSection,
    "[[people]]": PersonSection,
    "reach": ReachSection,
    "[[channels]]": ChannelSection,
    "[roster]": RosterSection,
    "[[roster.dates]]": DutySection,
}


def section(heading: str, text: str = TEXT) -> str:
    """Return what stands below *heading*, which is in backticks, up to the next one."""
    found = re.search(
        rf"^### `?{re.escape(heading)}`?(?: [^\n]*)?\n(.*?)(?=^#|\Z)", text, re.M | re.S
    )
    assert found, heading
    return found[1]


def rows(text: str, first: str) -> list[str]:
    """Return the first cells of the table whose first column is called *first*."""
    found = re.search(rf"^\| {first} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.M)
    assert found, first
    return [line.split("|")[1].strip() for line in found[1].splitlines()]


@pytest.mark.parametrize(("heading", "table"), TABLES.items(), ids=TABLES.keys())
def test_every_key_is_documented_with_whether_it_may_be_left_out(
    heading: str, table: type[Section]
) -> None:
    said = set(rows(section(heading), "key"))
    keys = table.model_fields.items()
    assert said == {f"`{key}`{'' if field.is_required() else '°'}" for key, field in keys}


def test_every_table_of_the_schema_is_documented() -> None:
    files = {MonitorFile, AccountsFile, PeopleFile}
    assert set(Section.__subclasses__()) - files == set(TABLES.values())


def test_every_kind_of_gateway_is_documented() -> None:
    assert rows(section("[gateways.NAME]"), "kind") == [f"`{kind}`" for kind in GATEWAY_KINDS]


def test_every_kind_of_channel_is_documented_with_its_keys() -> None:
    text = (DOCS / "channels.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r"\| `\w+`", line)]
    said = {}
    for line in lines:
        _, kind, keys, *_ = line.split("|")
        found = re.findall(r"`(\w+)`(°?)", keys)
        said[kind.split("`")[1]] = (
            {key for key, mark in found if not mark},
            {key for key, mark in found if mark},
        )
    assert said == {
        name: (set(kind.required), set(kind.optional)) for name, kind in CHANNEL_KINDS.items()
    }


def commands(group: Any = None, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every command with its whole name."""
    command = group or get_command(cli)
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for part, one in inner.items():
        yield from commands(one, f"{name} {part}".strip())


COMMANDS = dict(commands())


def usage(name: str) -> str:
    """Return the line of the table of commands that is about *name*."""
    told = TEXT.partition("\n## Commands\n")[2].splitlines()
    lines = [line.split("|")[1] for line in told if line.startswith("| `")]
    (found,) = [line for line in lines if re.match(rf" `{re.escape(name)}[` ]", line)]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_line_with_its_options(name: str) -> None:
    assert COMMANDS[name].help
    options = {o for p in COMMANDS[name].params for o in p.opts if o.startswith("--")}
    assert set(re.findall(r"--[\w-]+", usage(name))) == options - {"--help"}


def test_no_command_is_documented_that_is_not_there() -> None:
    table = TEXT[TEXT.index("## Commands") : TEXT.index("### Exit codes")]
    said = [re.match(r"`([a-z]+(?:[ -][a-z]+)*)", cell) for cell in rows(table, "command")]
    assert {found[1] for found in said if found} == set(COMMANDS)


PAPERS = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_within_the_project_leads_somewhere(paper: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", paper.read_text(encoding="utf-8"))
    assert [link for link in links if not (paper.parent / link).exists()] == []


def test_every_command_says_what_it_did_for_programs_too() -> None:
    without = {
        name
        for name, command in COMMANDS.items()
        if "--json" not in {option for p in command.params for option in p.opts}
    }
    assert without == set()
