"""A page changes one block of a file; all else in it stays, and nothing bad is ever written."""

import stat
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.edits import MONITOR, PEOPLE, Change, ChangedMeanwhileError, Draft
from monitor.errors import UsageError
from monitor.settings import sample
from monitor.settings.editing import Editor, changed
from monitor.settings.loading import load
from monitor.settings.sample import TEMPLATES

KEY = "s3cret-of-the-hub"
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=of-the-robot"
MONITOR_TEXT, PEOPLE_TEXT = (
    (TEMPLATES / "zh_CN" / name).read_text("utf-8") for name in (MONITOR, PEOPLE)
)
WAYS = [{"channel": "console", "address": ""}, {"channel": "wecom", "address": "zhang"}]
LADDER = [{"after": "5d", "tell": ["custodian"]}, {"after": "7d", "tell": ["custodian", "duty"]}]

CHANGES = {
    "a new gateway": Change(MONITOR, ("gateways", "wewe"), {"kind": "wewe_rss", "url": "http://w"}),
    "a gateway that is there": Change(
        MONITOR, ("gateways", "rsshub"), {"url": "http://hub:1200", "key": "env:HUB"}
    ),
    "a rule": Change(MONITOR, ("policies", "default"), {"limit": "7d", "ladder": LADDER}),
    "a new channel": Change(PEOPLE, ("channels", "wecom"), {"kind": "wecom", "url": "env:URL"}),
    "a new person": Change(PEOPLE, ("people", "qian"), {"name": '钱"七', "reach": WAYS}),
    "a person who is there": Change(PEOPLE, ("people", "li"), {"phone": None, "reach": WAYS}),
    "who is on duty": Change(
        PEOPLE, ("roster",), {"rotation": ["li", "wang"], "starts": date(2026, 12, 7)}
    ),
    "a person who leaves": Change(PEOPLE, ("people", "zhao"), gone=True),
    "a gateway that goes": Change(MONITOR, ("gateways", "rsshub"), gone=True),
    "a table that was not there": Change(MONITOR, ("web",), {"listen": "127.0.0.1:8081"}),
}
FORMS = {
    "as init writes it": lambda text: text,
    "lines that end as on Windows": lambda text: text.replace("\n", "\r\n"),
    "no line at its end": lambda text: text.rstrip("\n"),
}


def wanted(text: str, change: Change) -> Any:
    """What the block says afterwards, as the parser reads it."""
    raw: Any = tomllib.loads(text)
    for step in change.place:
        raw = next((o for o in raw if o["id"] == step), None) if isinstance(raw, list) else raw
        raw = raw.get(step) if isinstance(raw, dict) and step in raw else raw
    return raw


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_one_block_changes_and_the_rest_stays(change: Change, form: Any) -> None:
    before = form(MONITOR_TEXT if change.file == MONITOR else PEOPLE_TEXT)
    after = changed(before, change)
    assert after is not None
    said = {key: value for key, value in change.keys.items() if value is not None}
    assert change.gone or said.items() <= wanted(after, change).items()
    assert "\r\n" not in before or after.count("\r\n") == after.count("\n")
    comments = {line.strip() for line in before.splitlines() if line.strip().startswith("#")}
    assert comments <= {line.strip() for line in after.splitlines()}
    assert changed(after, change) == (None if change.gone else after)


def test_what_stands_behind_a_value_stays_and_what_was_to_be_done_goes() -> None:
    change = Change(MONITOR, ("gateways", "rsshub"), {"url": "http://hub:1200"})
    after = changed(MONITOR_TEXT, change) or ""
    assert 'url = "http://hub:1200"\n' in after
    assert "① 您的" not in after
    limit = Change(MONITOR, ("policies", "default"), {"limit": "10d"})
    assert "# 超期：监测时间点" in (changed(MONITOR_TEXT, limit) or "")


@pytest.mark.parametrize(
    "text",
    ["people = [{id = 'li'}]", "people.x = 1", "people = 1", "[[people]\n", "people = {li = {}}"],
)
def test_a_form_in_which_it_cannot_be_said_is_left_alone(text: str) -> None:
    assert changed(text, Change(PEOPLE, ("people", "li"), {"name": "李"})) is None


class Told:
    """How often the service was told."""

    times = 0

    def __call__(self) -> None:
        """Count."""
        self.times += 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `init` writes."""
    sample.write(tmp_path / "config")
    return tmp_path / "config"


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def editor(folder: Path, told: Told) -> Editor:
    return Editor(folder, {}, frozenset({KEY}), lambda: False, told)


def robot(editor: Editor, url: str = ROBOT, name: str = "wecom") -> Draft:
    return editor.draft(Change(PEOPLE, ("channels", name), {"kind": "wecom"}, {"url": url}))


def test_a_secret_is_written_into_a_file_that_only_the_service_reads(
    folder: Path, editor: Editor, told: Told
) -> None:
    draft = robot(editor)
    assert (draft.complaints, told.times) == ([], 0)
    assert not (folder.parent / "data").exists()
    assert ROBOT not in str((draft.lines, draft.block))
    editor.write(draft)
    [file] = (folder.parent / "data" / "secrets").iterdir()
    assert (stat.S_IMODE(file.stat().st_mode), told.times) == (0o600, 1)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert load(folder, {}).channels["wecom"].options["url"] == ROBOT
    assert ROBOT not in (folder / PEOPLE).read_text("utf-8")


def test_another_secret_takes_the_place_of_the_first(folder: Path, editor: Editor) -> None:
    editor.write(robot(editor))
    editor.write(robot(editor, f"{ROBOT}-2"))
    [file] = (folder.parent / "data" / "secrets").iterdir()
    assert file.read_text("utf-8") == f"{ROBOT}-2\n"
    assert load(folder, {}).channels["wecom"].options["url"] == f"{ROBOT}-2"


def test_what_went_and_came_is_shown_without_what_is_secret(folder: Path, editor: Editor) -> None:
    path = folder / MONITOR
    path.write_text(
        MONITOR_TEXT.replace('kind = "rsshub"', f'kind = "rsshub"\nkey = "{KEY}"'), "utf-8"
    )
    draft = editor.draft(Change(MONITOR, ("gateways", "rsshub"), {"key": "env:HUB_KEY"}))
    [went, came] = draft.lines
    assert went[0] == "-"
    assert KEY not in str(draft.lines)
    assert came == ("+", 'key = "env:HUB_KEY"')


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        (Change(MONITOR, ("gateways", "x"), {"kind": "rsshub", "url": "ftp://x"}), "url", "http"),
        (Change(PEOPLE, ("channels", "w"), {"kind": "wecom"}), "url", "is missing"),
        (Change(PEOPLE, ("people", "zhang"), gone=True), "", "rotation"),
        (Change(PEOPLE, ("people", "a b"), {"name": "钱"}), "id", "is no id"),
        (Change(PEOPLE, ("roster",), {"rotation": ["nobody"]}), "rotation", "is no person"),
        (Change(MONITOR, ("policies", "default"), {"limit": "7d"}), "ladder", "above the limit"),
    ],
    ids=["an address", "a key", "who is needed", "an id", "nobody", "a ladder"],
)
def test_what_would_not_load_is_said_at_its_key_and_never_written(
    editor: Editor, folder: Path, change: Change, key: str, said: str
) -> None:
    if change.gone:
        change = Change(PEOPLE, ("people", "li"), gone=True)
    before = (folder / change.file).read_bytes()
    draft = editor.draft(change)
    assert next((c.key, said in c.text) for c in draft.complaints) == (key, True)
    with pytest.raises(UsageError):
        editor.write(draft)
    assert (folder / change.file).read_bytes() == before


def test_a_file_that_changed_meanwhile_is_not_written(folder: Path, editor: Editor) -> None:
    draft = robot(editor)
    (folder / PEOPLE).write_text(PEOPLE_TEXT + "# 别人改过\n", "utf-8")
    with pytest.raises(ChangedMeanwhileError):
        editor.write(draft)
    assert (folder / PEOPLE).read_text("utf-8").endswith("# 别人改过\n")
    assert not (folder.parent / "data").exists()


def test_another_file_that_went_bad_meanwhile_stops_it(folder: Path, editor: Editor) -> None:
    draft = robot(editor)
    (folder / MONITOR).write_text("[", "utf-8")
    with pytest.raises(ChangedMeanwhileError):
        editor.write(draft)


def test_where_several_machines_read_nothing_is_written(folder: Path) -> None:
    editor = Editor(folder, {}, frozenset(), lambda: True, Told())
    with pytest.raises(UsageError):
        editor.write(robot(editor))
    assert (folder / PEOPLE).read_text("utf-8") == PEOPLE_TEXT


def test_where_the_secret_cannot_be_kept_the_file_stays_as_it_was(
    folder: Path, editor: Editor, told: Told
) -> None:
    (folder.parent / "data").write_text("in the way", "utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        editor.write(robot(editor))
    assert ((folder / PEOPLE).read_text("utf-8"), told.times) == (PEOPLE_TEXT, 0)
