"""Every command and every piece of configuration in README and docs does what is said of it: each
block is run, on loopback, in an office whose clock stands in February 2026."""

import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from xlsxwriter import Workbook

from alerts.channels import registry as channels
from monitor.commands.main import main
from monitor.settings.documents import ACCOUNTS, MONITOR, PEOPLE
from monitor.settings.loading import load
from monitor.sources import registry as sources
from tests.docs.test_blocks import INLINE, KEYS, PAPERS, blocks, known
from tests.house import ROOT
from tests.imports.test_calendar_file import in_json
from tests.shell import Run, shell

__all__ = ["shell"]

NOW = "2026-02-02T09:00"
# Lines of a shell that are parsed and not run here, and why.
ELSEWHERE: Mapping[str, str] = {
    r"make .*": "sets up and starts what tests/story does with the same commands",
    r"docker .*": "needs Docker; the image's service is what tests/story starts",
    r"kubectl .*": "needs Kubernetes; tests/test_containers.py checks the manifest",
    r"systemctl .*": "needs systemd; tests/test_packaging.py verifies the unit",
    r"create(user|db) .*": "PostgreSQL's own",
    r"pip .*": "installs; tests/test_packaging.py builds the package",
    r"\. \.venv/bin/activate": "a shell's own",
    r"freshness (--config \S+ )?run": "goes on until it is stopped: tests/story",
    r"freshness worker.*": "goes on until it is stopped: tests/cluster",
    r"freshness demo.*": "plays a year: tests/story/test_demo.py",
    r"freshness (init|--config) myconfig.*(add|doctor|test|run)?": (
        "the first ten minutes, typed step by step: tests/story/test_first_day.py"
    ),
    r"freshness --config (COPY|DIR\S*) .*": "stands for a folder of one's own",
    r"freshness (alerts except|confirm)": "names the command without what it takes",
}
# What stands in the documents for a name of one's own.
OUR_OWN = {
    "ACCOUNT": "weibo-anshanmz",
    "PERSON": "zhang",
    "CHANNEL": "wecom",
    "ID": "weibo-anshanmz",
    "TIME": "2026-02-01T10:00",
    "YYYY": "2026",
    "DIR": "own",
    "7": "1",
}
FILES = {"backup": "new.db", "restore": "before.db", "calendar": "2027.json", "report": "draft.txt"}
# What ends otherwise than well in an office in which all is well, and what it says then.
NOT_NOW = {
    "freshness confirm ACCOUNT --seen --by PERSON": "没有待核实的内容",
    "freshness accounts drop ID --by PERSON": "还在accounts.toml中",
    "freshness handover confirm 1 --by li": "双方确认之后",
    "freshness restore FILE": "--force",
}
POSTS = (
    "account,published_at,title,url,kind\n"
    "weibo-anshanmz,2024-03-01 09:30,甲,https://weibo.com/1/Kaaaaaaa1,original\n"
    "weibo-anshanmz,2024-03-08 09:30,乙,https://weibo.com/1/Kaaaaaaa2,original\n"
)


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with the files that the documents name, as one pass has left it."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(ROOT / "config", folder / "config")
    people = folder / "config" / "people.toml"
    text = people.read_text("utf-8").replace('channel = "console"', 'channel = "wecom"', 1)
    people.write_text(f'{text}\n[[channels]]\nid = "wecom"\nkind = "console"\n', "utf-8")
    for name in ("history.csv", "posts-2024.csv", "posts-2024-03.csv"):
        (folder / name).write_text(POSTS, "utf-8")
    (folder / "2027.json").write_bytes(in_json())
    (folder / "draft.txt").write_text("某局2026年政府信息公开工作年度报告", "utf-8")
    with Workbook(folder / "春节值班表.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("日期", "值班员", "带班领导"))
        sheet.write_row(1, 0, ("2026-02-18", "张三", "王五"))
    with pytest.MonkeyPatch.context() as at:
        at.chdir(folder)
        for words in (
            ["tick", "--at", NOW],
            ["backup", "before.db"],
            ["backup", "data/backups/freshness-2026-11-29.db"],
        ):
            at.setattr(sys, "argv", ["freshness", *words])
            (folder / "data" / "backups").mkdir(parents=True, exist_ok=True)
            with pytest.raises(SystemExit) as ended:
                main()
            assert ended.value.code in (0, 1)
    return folder


def elsewhere(line: str) -> bool:
    return any(re.fullmatch(pattern, line) for pattern in ELSEWHERE)


def lines(text: str) -> list[str]:
    """The lines of a block, without remarks."""
    plain = text.replace("\\\n", " ").splitlines()
    found = [shlex.join(shlex.split(line, comments=True)) for line in plain]
    return [line for line in found if line]


def ends(shell: Run, line: str) -> None:
    """Run *line*, which is to end as it does in an office in which all is well."""
    _, *words = shlex.split(line)
    command = next((word for word in words if word in FILES), "")
    filled = [FILES.get(command, w) if w == "FILE" else OUR_OWN.get(w, w) for w in words]
    code, out, err = shell(*filled)
    assert code in ({2} if line in NOT_NOW else {0, 1}), (line, out + err)
    assert (out + err).strip()
    assert NOT_NOW.get(line, "") in out + err


def run_here(text: str) -> list[str]:
    return [line for line in lines(text) if not elsewhere(line)]


def with_something_to_run() -> Iterator[Any]:
    for block in blocks("sh"):
        if run_here(block.values[0]):
            yield block


def sentences() -> Iterator[Any]:
    said = {line for paper in PAPERS for line in INLINE.findall(paper.read_text("utf-8"))}
    for line in sorted(said):
        if not elsewhere(line):
            yield pytest.param(line, id=line)


@pytest.mark.long
@pytest.mark.parametrize("text", [*with_something_to_run()])
def test_every_block_of_commands_runs_to_its_end(shell: Run, text: str) -> None:
    for line in run_here(text):
        ends(shell, line)


@pytest.mark.long
@pytest.mark.parametrize("line", [*sentences()])
def test_every_command_in_a_sentence_does_what_it_says(shell: Run, line: str) -> None:
    ends(shell, line)


def test_what_is_not_run_is_parsed_all_the_same() -> None:
    left = [line for block in blocks("sh") for line in lines(block.values[0]) if elsewhere(line)]
    for line in left:
        known(line)
    unused = [p for p in ELSEWHERE if not any(re.fullmatch(p, line) for line in left)]
    assert len(left) > len(unused)


VALUES = {
    "URL": "https://robot.example.gov.cn/send?key=5f0c",
    "ROBOT": "https://robot.example.gov.cn/send?key=5f0c",
    "TELEGRAM_TOKEN": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw5",
    "DATABASE": "postgresql://freshness:5ecre75ecre7@db.example.org/freshness",
    "COOKIE": "SUB=_2A25; SUBP=0033",
}
MAIL = {"id": "mail", "kind": "mail", "host": "smtp.test", "port": 25, "security": "none"}
KEY = "wx0123456789abcdef:5ecre75ecre7"


def value_of(name: str) -> str:
    return next((v for end, v in VALUES.items() if name.endswith(end)), KEY)


def files_of(text: str) -> dict[str, dict[str, Any]]:
    """The three files of a configuration in which a block of the documents stands."""
    found: dict[str, dict[str, Any]] = {
        name: tomllib.loads((ROOT / "config" / name).read_text("utf-8"))
        for name in (MONITOR, ACCOUNTS, PEOPLE)
    }
    found[PEOPLE]["channels"].append(MAIL | {"sender": "watch@example.gov.cn"})
    for part in re.split(r"^# (?:monitor|accounts|people)\.toml$", text, flags=re.M):
        for key, value in tomllib.loads(part).items():
            if key == "sources":
                first = value[0]["gateway"]
                kind = found[MONITOR]["gateways"][first]["kind"]
                account = {"id": "a", "name": "鞍山民政", "platform": platform_of(kind)}
                found[ACCOUNTS] = {"accounts": [account | {"sources": value}]}
            else:
                merge(found[KEYS[key]], key, value)
    return found


def platform_of(kind: str) -> str:
    if kind.startswith("weibo") or kind in ("rsshub", "manual"):
        return "weibo"
    return "website" if kind in ("feed", "web_page") else "wechat"


def merge(file: dict[str, Any], key: str, value: Any) -> None:
    if isinstance(value, list):
        ids = {one["id"] for one in value}
        kept = [one for one in file.get(key, []) if one["id"] not in ids]
        file[key] = [*kept, *value]
    else:
        file[key] = file.get(key, {}) | value


@pytest.mark.parametrize("text", [*blocks("toml")])
def test_every_piece_of_configuration_makes_the_parts_it_is_of(text: str, tmp_path: Path) -> None:
    for name, content in files_of(text).items():
        (tmp_path / name).write_text(tomlkit.dumps(content), "utf-8")
    variables = {name: value_of(name) for name in re.findall(r'"env:(\w+)"', text)}
    settings = load(tmp_path, variables)
    for gateway in settings.gateways.values():
        if gateway.kind != "manual":
            sources.build(gateway).close()
    for channel in settings.channels.values():
        channels.build(channel, StringIO()).close()
