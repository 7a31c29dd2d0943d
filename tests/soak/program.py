"""The real program in this process: one pass at an instant, and commands, as a user gives them."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from monitor import app
from monitor.commands.main import main
from monitor.settings import loading
from tests.soak.model import RULES, Rule
from tests.soak.plan import GATEWAYS, KINDS, ROTATION_STARTS, Plan
from tests.story.processes import environment

DYING = Path(__file__).with_name("dying_pass.py")


@dataclass
class Edited:
    """What of the configuration people change in the course of a soak, by account."""

    policy: dict[str, str]
    closed: set[str]
    missing: set[str]


def write_configuration(
    folder: Path, plan: Plan, edited: Edited, addresses: dict[str, str], database: str
) -> None:
    """Write the three files of *plan* as they stand."""
    folder.mkdir(exist_ok=True)
    parts = [
        '[service]\ntimezone = "Asia/Shanghai"\ndatabase = "' + database + '"\n',
        *(_policy(name, rule) for name, rule in RULES.items()),
        *(_gateway(name, addresses["gateways"]) for name in GATEWAYS),
    ]
    (folder / "monitor.toml").write_text("\n".join(parts), encoding="utf-8")
    accounts = "\n".join(
        f'[[accounts]]\nid = "{a.id}"\nname = "{a.name}"\nplatform = "{a.platform}"\n'
        f'organisation = "{a.name}局"\npolicy = "{edited.policy[a.id]}"\n'
        f'state = "{"closed" if a.id in edited.closed else "running"}"\n'
        f'custodian = "{a.custodian}"\n'
        f'sources = [{{gateway = "{a.gateway}", locator = "{a.locator}"}}]\n'
        for a in plan.accounts
        if a.id not in edited.missing
    )
    (folder / "accounts.toml").write_text(accounts, encoding="utf-8")
    (folder / "people.toml").write_text(_people(plan, addresses), encoding="utf-8")


def _policy(name: str, rule: Rule) -> str:
    steps = ", ".join(
        f'{{after = "{days}d", tell = {json.dumps(list(tell))}}}' for days, tell in rule.ladder
    )
    return f'[policies.{name}]\nlimit = "{rule.limit}d"\nladder = [{steps}]\n'


def _gateway(name: str, address: str) -> str:
    kind = GATEWAYS[name]
    trusted = "trusted = true\n" if kind == "feed" else ""
    return (
        f'[gateways.{name}]\nkind = "{kind}"\nurl = "{address}/{name}"\nspacing = "0s"\n{trusted}'
    )


def _people(plan: Plan, addresses: dict[str, str]) -> str:
    people = [
        f'[[people]]\nid = "{p.id}"\nname = "{p.name}"\nphone = "0412-5550101"\n'
        f'roles = ["{p.role}"]\nreach = [{", ".join(_way(c, p.id) for c in p.reach)}]\n'
        for p in plan.people
    ]
    channels = [_channel(name, kind, addresses) for name, kind in KINDS.items()]
    duty = json.dumps([p.id for p in plan.people if p.role == "duty"])
    roster = f'[roster]\nrotation = {duty}\nstarts = {ROTATION_STARTS}\nevery = "7d"\n'
    return "\n".join([*people, *channels, roster])


def _way(channel: str, person: str) -> str:
    address = f"{person}@mail.test" if channel == "mail" else person
    return f'{{channel = "{channel}", address = "{address}"}}'


def _channel(name: str, kind: str, addresses: dict[str, str]) -> str:
    if kind == "mail":
        return (
            f'[[channels]]\nid = "{name}"\nkind = "mail"\nhost = "127.0.0.1"\n'
            f'port = {addresses["mail"]}\nsecurity = "none"\nsender = "watch@mail.test"\n'
        )
    key = {"wecom": "?key=k1234567", "dingtalk": "?access_token=t1234567"}.get(kind, "")
    url = f"{addresses['channels']}/{name}{key}"
    return f'[[channels]]\nid = "{name}"\nkind = "{kind}"\nurl = "{url}"\n'


class Program:
    """The composition root, kept open over many passes; the soak moves its clock."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config"
        self.now: datetime | None = None
        self._one: app.App | None = None
        self._stack = ExitStack()

    def tick(self, at: datetime) -> None:
        """Make one whole pass, as `tick --at` makes it; what is open for it stays so."""
        first, self.now = self.now is None, at
        if first:  # by the command, which marks the database as driven by `--at`
            self.command("tick", "--at", at.isoformat())
            return
        if self._one is None:
            settings = loading.load(self.config, {})
            opened = app.opened(settings, _silent, reading=True, at=at, leading=True)
            self._one = replace(self._stack.enter_context(opened), clock=self._clock)
        self._one.service.tick()
        awake_since = self._one.store.notes.heartbeat().awake_since
        wrong = self._one.engine.disagreeing(at, awake_since)
        assert not wrong, f"{at}: what is kept of {wrong} does not agree with their facts"

    def _clock(self) -> datetime:
        assert self.now is not None
        return self.now

    def close(self) -> None:
        """Close what is open."""
        self._one = None
        self._stack.close()

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run one command in this process and return its exit code and what it printed."""
        out, err, code = StringIO(), StringIO(), 0
        try:
            with redirect_stdout(out), redirect_stderr(err):
                main(["--config", str(self.config), *arguments])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        return code, out.getvalue() if code in (0, 1) else err.getvalue()

    def answered(self, *arguments: str) -> Any:
        """Return the JSON document of one command."""
        code, printed = self.command(*arguments)
        assert code in (0, 1), f"freshness {' '.join(arguments)}: {printed}"
        return json.loads(printed)

    def dying_pass(self, at: datetime, how: str, step: int) -> None:
        """Make a pass in a process that is killed at its *step*, or finds its disk full then."""
        subprocess.run(
            [sys.executable, str(DYING), str(self.config), at.isoformat(), how, str(step)],
            env=environment(),
            cwd=self.config.parent,
            capture_output=True,
            check=False,
        )


def _silent(*_: object, **__: object) -> None:
    """Log nothing."""
