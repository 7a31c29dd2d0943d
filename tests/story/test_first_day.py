"""The first minutes with a configuration of one's own: what was not looked at is not well."""

import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.commands.main import main
from tests.adding import UID, weibo
from tests.serving import Asked, Served
from tests.shell import Run, document
from tests.story.processes import ROOT, Running
from tests.waiting import until

SILENT = timedelta(days=15)
OTHER = "1935396211"


@pytest.fixture
def fresh(shell: Run) -> Run:
    """The commands on a folder that `init` has just written."""
    assert shell("init", "bureau")[0] == 0
    return lambda *args: shell("--config", "bureau", *args)


def test_what_was_never_looked_at_is_called_so(fresh: Run) -> None:
    _, out, _ = fresh("status")
    assert "未检查" in out
    assert "正常" not in out
    assert "未检查" in fresh("explain", "weibo-main")[1]
    assert document(fresh, "explain", "weibo-main")["checked"] is False
    answer = document(fresh, "status")
    assert {account["checked"] for account in answer["accounts"]} == {False}
    assert {gateway["checked"] for gateway in answer["gateways"]} == {False}


def test_what_was_looked_at_is_called_by_its_verdict(shell: Run) -> None:
    answer = document(shell, "status")
    assert {account["checked"] for account in answer["accounts"]} == {True}
    assert {gateway["checked"] for gateway in answer["gateways"]} == {True}
    assert "未检查" not in shell("status")[1]


@pytest.mark.parametrize(
    ("arguments", "command", "page"),
    [
        pytest.param(
            ["init", "科室 一"], "--config '科室 一' run", "在网页上一步步完成", id="Chinese"
        ),
        pytest.param(
            ["init", "two", "--lang", "en"], "--config two run", "on the page", id="English"
        ),
    ],
)
def test_init_ends_with_both_ways_to_go_on(
    shell: Run, arguments: list[str], command: str, page: str
) -> None:
    code, out, _ = shell(*arguments)
    *_, last_step, other_way = out.splitlines()
    assert code == 0
    assert last_step.endswith(command)
    assert page in other_way


def test_every_folder_that_init_writes_has_an_id_and_a_database_of_its_own(
    fresh: Run, shell: Run
) -> None:
    assert shell("init", "other")[0] == 0
    texts = [Path(folder, "monitor.toml").read_text("utf-8") for folder in ("bureau", "other")]
    lines = [{x.split("#")[0].strip() for x in text.splitlines() if "=" in x} for text in texts]
    differing = {line.split(" ")[0] for line in lines[0] ^ lines[1]}
    assert {"id", "database"} <= differing
    fresh("status")
    assert Path("data/bureau.db").exists()


def test_F71_a_second_configuration_on_the_database_is_refused_until_it_is_adopted(
    shell: Run,
) -> None:
    config = Path("config/monitor.toml")
    before = document(shell, "alerts", "list")
    config.write_text(config.read_text("utf-8").replace('id = "sample"', 'id = "else"'), "utf-8")
    for command in (["status"], ["tick"], ["read"], ["run"], ["doctor"]):
        code, out, err = shell(*command)
        assert (code, out, err.count("\n")) == (2, "", 1), command
        assert "`freshness run --adopt`" in err
    config.write_text(config.read_text("utf-8").replace('id = "else"', 'id = "sample"'), "utf-8")
    assert document(shell, "alerts", "list") == before


class Office(Asked):
    """An RSSHub of one's own, whose accounts are silent for fifteen days, and an office's system
    that takes messages."""

    received: list[dict[str, Any]] = []  # noqa: RUF012 - a class of its own for each test

    def do_GET(self) -> None:
        """Give the feed of an account."""
        uid = self.path.split("?", maxsplit=1)[0].rpartition("/")[2]
        body = weibo(uid, silent=SILENT).encode()
        self.give(200, body, {"Content-Type": "application/rss+xml; charset=utf-8"})

    def do_POST(self) -> None:
        """Take a message."""
        self.received.append(json.loads(self.body()))
        self.give(200, b"{}", {"Content-Type": "application/json"})


@pytest.fixture
def office() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Where it is, and what it was sent."""
    received: list[dict[str, Any]] = []
    with Served(type("Today", (Office,), {"received": received})) as served:
        yield served.url, received


def steps(readme: str) -> list[list[str]]:
    """Return the commands of the section about the first ten minutes, as words."""
    text = (ROOT / readme).read_text("utf-8")
    (block,) = [
        block
        for block in re.findall(r"```sh\n(.*?)```", text, re.S)
        if block.startswith("freshness init")
    ]
    return [shlex.split(line) for line in block.splitlines()]


def edited(folder: Path, url: str) -> None:
    """Do what the steps leave to an editor: the gateway at its mark, and people who are reached."""
    monitor, people = folder / "monitor.toml", folder / "people.toml"
    text = monitor.read_text("utf-8")
    assert text.count("①") == 2  # the mark, and the line that explains it
    monitor.write_text(text.replace("http://rsshub:1200", url), "utf-8")
    text = people.read_text("utf-8").replace('kind = "console"', f'kind = "webhook"\nurl = "{url}"')
    ids = iter(re.findall(r'^id = "(\w+)"', text, re.M))
    text = re.sub(r'address = ""', lambda _: f'address = "{next(ids)}"', text)
    people.write_text(text, "utf-8")


def typed(words: list[str], answer: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command with a terminal at which *answer* is typed; return exit code and output."""
    ours, theirs = os.openpty()
    os.write(ours, answer.encode())
    with os.fdopen(theirs, encoding="utf-8") as terminal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", terminal)
        with pytest.raises(SystemExit) as ended:
            main(words)
    os.close(ours)
    return int(ended.value.code or 0), "".join(capsys.readouterr())


def test_the_steps_of_the_readme_end_with_the_right_people_told_in_the_first_pass(
    office: tuple[str, list[dict[str, Any]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, received = office
    monkeypatch.chdir(tmp_path)
    assert steps("README.md") == steps("README.zh-CN.md")
    *before, (_, *service) = steps("README.md")
    for _, *words in before:
        code, said = typed(words, "y\n", capsys)
        assert code == 0, said
        if words[0] == "init":
            edited(tmp_path / words[1], url)
    assert [sent["to"] for sent in received] == ["zhao"]  # the test message, to the operator
    received.clear()
    folder = tmp_path / service[1]
    assert service == ["--config", folder.name, "run"]
    with ExitStack() as stack:
        running = stack.enter_context(Running(folder))
        until(lambda: len(received) >= 3 or running.process.poll() is not None)
        assert {(m["to"], m["subject"], m["rung"]) for m in received} == {
            (person, f"weibo-{UID}", 14) for person in ("zhang", "li", "wang")
        }
        # What is added while it runs is in force at once.
        received.clear()
        code, said = typed(
            ["--config", str(folder), "accounts", "add", f"weibo.com/u/{OTHER}", "--yes"],
            "",
            capsys,
        )
        assert code == 0, said
        until(lambda: len(received) >= 3 or running.process.poll() is not None)
        assert {(m["to"], m["subject"]) for m in received} == {
            (person, f"weibo-{OTHER}") for person in ("zhang", "li", "wang")
        }
        assert running.stop() == 0
