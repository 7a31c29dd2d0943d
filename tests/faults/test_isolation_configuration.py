"""Whatever is written of one account in the configuration, the others are read, judged and
notified as before: a reload that is refused changes nothing, and one that is taken over adds that
account alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.app import opened
from monitor.running.run import reloaded
from monitor.settings.loading import load
from monitor.settings.model import Settings
from tests.faults.test_isolation import ILL, OTHERS, POSTINGS
from tests.polling.loopback import Answer, RssHub, feed
from tests.rule_values import at

MONITOR = """[service]
timezone = "Asia/Shanghai"
database = "sqlite:///freshness.db"
[policies.default]
limit = "14d"
ladder = [{after = "7d", tell = ["custodian"]}, {after = "14d", tell = ["custodian"]}]
[gateways.rsshub]
kind = "rsshub"
url = "http://127.0.0.1:9"
spacing = "0s"
"""
PEOPLE = """[[people]]
id = "zhang"
name = "张三"
reach = [{channel = "console", address = ""}]
[[channels]]
id = "console"
kind = "console"
"""


def written(uid: str, locator: str | None = None, **other: str) -> str:
    """Return the block of an account; *other*: keys with other values than usual."""
    keys = {"id": uid, "name": uid, "platform": "weibo", "custodian": "zhang"} | other
    source = f'{{gateway = "rsshub", locator = "{locator or f"weibo/user/{uid}"}"}}'
    lines = [f'{key} = "{value}"' for key, value in keys.items()]
    return "\n".join(["[[accounts]]", *lines, f"sources = [{source}]", ""])


ACCOUNTS = "".join(map(written, OTHERS))

# What becomes of accounts.toml, and what is said of it.
REFUSED: dict[str, tuple[str | bytes | None, str]] = {
    "a block that is not closed": (ACCOUNTS + "[[accounts\n", "line 13"),
    "text between the blocks": (ACCOUNTS + "待补充\n", "line 13"),
    "an id that is there twice": (ACCOUNTS + written(OTHERS[0], "weibo/user/7"), "is there twice"),
    "a locator that another account has": (
        ACCOUNTS + written(ILL, f"weibo/user/{OTHERS[0]}"),
        "is already read for the account",
    ),
    "a locator with blanks": (ACCOUNTS + written(ILL, "weibo/user/ 5 6"), "locator"),
    "a locator that is half an address": (ACCOUNTS + written(ILL, "http://["), "locator"),
    "a custodian who is nobody": (ACCOUNTS + written(ILL, custodian="nobody"), "custodian"),
    "a state that is none": (ACCOUNTS + written(ILL, state="asleep"), "state"),
    "a key that is none": (ACCOUNTS + written(ILL, custodain="zhang"), "custodain"),
    "bytes of no encoding": (b"\xff\xfe\x00", "not UTF-8"),
    "nothing but a folder of its name": (None, "cannot be read"),
    "no accounts at all, of two": ("accounts = 7\n", "accounts"),
}
# What is taken over, and concerns the new account alone.
TAKEN_OVER: dict[str, str] = {
    "a platform that nobody knows": written(ILL, platform="weibbo"),
    "a locator that climbs out of its route": written(ILL, "weibo/user/../../7"),
    "a locator with a character that no address has": written(ILL, r"weibo/user/\u0000"),
    "a route that its gateway does not have": written(ILL, "nothing/of/the/kind"),
}
BEFORE, DUE = at("03-12 21:00"), at("03-13 09:00")


def silent(_: str, /, **__: Any) -> None:
    pass


def folder_of(root: Path, accounts: str | bytes | None = ACCOUNTS, url: str = "") -> Path:
    """Write a configuration; *accounts*: None for a folder in place of that file."""
    folder = root / "config"
    folder.mkdir(exist_ok=True)
    (folder / "monitor.toml").write_text(MONITOR.replace("http://127.0.0.1:9", url or "http://h"))
    (folder / "people.toml").write_text(PEOPLE, "utf-8")
    file = folder / "accounts.toml"
    if isinstance(accounts, str):
        file.write_text(accounts, "utf-8")
    elif isinstance(accounts, bytes):
        file.write_bytes(accounts)
    else:
        file.mkdir()
    return folder


@pytest.mark.parametrize(("accounts", "said"), REFUSED.values(), ids=REFUSED)
def test_a_reload_that_is_refused_leaves_what_is_in_force(
    tmp_path: Path, accounts: str | bytes | None, said: str
) -> None:
    (tmp_path / "before").mkdir()
    before, heard = load(folder_of(tmp_path / "before"), {}), list[str]()

    def log(event: str, /, **facts: Any) -> None:
        heard.append(f"{event} {facts['problem']}")

    spoilt = folder_of(tmp_path, accounts)
    assert reloaded(lambda: load(spoilt, {}), before, log) is before
    assert any(said in line for line in heard)
    assert all(line.startswith("configuration_refused accounts.toml: ") for line in heard)
    assert "\n" not in "".join(heard)


class World:
    """The service over the two others, in a night in which all is well."""

    def __init__(self, folder: Path) -> None:
        self.now, self.folder = BEFORE, folder
        self.hub = RssHub(self.answer)

    def answer(self, uid: str) -> Answer:
        ages = [self.now - posted for posted in POSTINGS]
        return (200, feed(uid, self.now, *ages), {}) if uid in OTHERS else (404, b"none", {})

    def settings(self, root: Path, more: str = "") -> Settings:
        root.mkdir(exist_ok=True)
        return load(folder_of(root, ACCOUNTS + more, self.hub.url), {})

    def passed(self, settings: Settings, now: datetime) -> object:
        """Make a pass, and return what the others come to: verdicts and messages."""
        self.now = now
        with opened(settings, silent, reading=True, clock=lambda: now, leading=True) as app:
            app.service.tick()
            found = app.desk.accounts.status(now)["accounts"]
            alerts = app.store.alerts.listed(True)
            notices = app.store.alerts.notices_of([a.id for a in alerts if a.subject in OTHERS])
        return {row["id"]: row["verdict"] for row in found if row["id"] in OTHERS}, sorted(
            (n.subject, str(n.occasion), n.person, n.created_at)
            for some in notices.values()
            for n in some
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    with made.hub:
        made.passed(made.settings(made.folder), BEFORE)
        yield made


@pytest.fixture(scope="module")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> object:
    """What the others come to when the rung is due, where nothing was written."""
    root = tmp_path_factory.mktemp("undisturbed")
    shutil.copy(world.folder / "freshness.db", root)
    return world.passed(world.settings(root), DUE)


@pytest.mark.parametrize("more", TAKEN_OVER.values(), ids=TAKEN_OVER)
def test_what_is_taken_over_of_one_account_changes_nothing_of_the_others(
    world: World, undisturbed: object, tmp_path: Path, more: str
) -> None:
    shutil.copy(world.folder / "freshness.db", tmp_path)
    before = world.settings(tmp_path)
    after = reloaded(lambda: world.settings(tmp_path, more), before, silent)
    assert list(after.accounts) == [*OTHERS, ILL]
    assert world.passed(after, DUE) == undisturbed


def test_a_rung_is_called_of_the_others_in_that_pass(
    undisturbed: tuple[dict[str, str], list[tuple[str, str, str, datetime]]],
) -> None:
    verdicts, messages = undisturbed
    assert verdicts == dict.fromkeys(OTHERS, "late")
    assert messages == [(uid, "rung:7", "zhang", DUE) for uid in OTHERS]
