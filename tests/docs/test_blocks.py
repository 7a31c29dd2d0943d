"""Every command and every piece of configuration in README and docs is one that works."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from typer.main import get_command

from monitor.commands.main import cli
from monitor.settings.documents import ACCOUNTS, MONITOR, PEOPLE
from monitor.settings.loading import SHAPES
from tests.house import ROOT

PAPERS = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAPERS = [paper for paper in PAPERS if paper.name != "messages.md"]
BLOCK = re.compile(r"^ *```(\w*)\n([\s\S]*?)^ *```", re.M)
INLINE = re.compile(r"`(freshness [^`…|\[\]]+)`")
MAKE = re.compile(r"^([\w-]+):", re.M)
SERVICES = set(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])
TARGETS = set(MAKE.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
KEYS = {key: name for name, shape in SHAPES.items() for key in shape.model_fields}
# Words of the documents that stand for a value of a kind that is checked while it is parsed.
STANDS_FOR = {"TIME": "2024-03-01", "DATE": "2024-03-01", "YYYY": "2024", "YYYY-MM": "2024-03"}


def blocks(*languages: str) -> Iterator[Any]:
    for paper in PAPERS:
        for number, found in enumerate(BLOCK.finditer(paper.read_text(encoding="utf-8")), 1):
            if found[1] in languages:
                name = f"{paper.relative_to(ROOT)} block {number}"
                yield pytest.param(found[2], id=name)


def commands() -> Iterator[Any]:
    for paper in (ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "docs" / "operations.md"):
        text = paper.read_text(encoding="utf-8")
        for line in dict.fromkeys(INLINE.findall(text)):
            yield pytest.param(line, id=f"{paper.name}: {line}")


def parsed(words: list[str]) -> None:
    """Parse a command line of `freshness` as it would be, without running it."""
    command: Any = get_command(cli)
    context = command.make_context("freshness", words)
    while hasattr(command, "resolve_command"):
        rest = [*getattr(context, "_protected_args", ()), *context.args]
        if not rest:
            return
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)


def known(line: str) -> None:
    """Raise for a line of a shell that this project does not answer."""
    words = shlex.split(line, comments=True)
    match words:
        case ["freshness", *rest]:
            parsed([STANDS_FOR.get(word, word) for word in rest])
        case ["make", target, *_]:
            assert target.split("=")[0] in TARGETS | {"INPUTS", "PARSER"}
        case ["docker", "compose", *rest]:
            assert not {w for w in rest if w == "monitor"} - SERVICES


@pytest.mark.parametrize("text", [*blocks("sh")])
def test_every_line_of_a_shell_is_one_that_works(text: str) -> None:
    for line in text.replace("\\\n", " ").splitlines():
        known(line)


@pytest.mark.parametrize("line", [*commands()])
def test_every_command_in_a_sentence_is_one_that_works(line: str) -> None:
    known(line)


@pytest.mark.parametrize("text", [*blocks("toml")])
def test_every_piece_of_configuration_has_known_tables(text: str) -> None:
    tables = tomllib.loads(text)
    assert {KEYS.get(key) for key in tables} <= {MONITOR, ACCOUNTS, PEOPLE}


@pytest.mark.parametrize("text", [*blocks("json")])
def test_every_document_in_json_is_one(text: str) -> None:
    yaml.safe_load(text)


def test_blocks_and_commands_are_found() -> None:
    assert len(list(blocks("sh"))) >= 3
    assert len(list(commands())) >= 10


@pytest.mark.parametrize(
    "line",
    ["freshness nothing", "freshness status --nothing", "freshness explain", "make nothing"],
)
def test_what_does_not_work_is_found(line: str) -> None:
    with pytest.raises(Exception, match=r"nothing|account|assert"):
        known(line)
