"""The commands as a shell sees them: exit codes, one line a problem on stderr, clean stdout."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

from monitor.clock import utc_now
from monitor.commands.main import main
from monitor.machines import Machine, Work
from monitor.store.sql import open_store

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
NOON = "2026-03-10T12:00+08:00"


class Shell:
    """A folder with a copy of the shipped configuration, and the command to run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "config", folder / "config")

    def run(
        self, *args: str, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*args),
            cwd=self.folder,
            env=self.environ(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    @staticmethod
    def command(*args: str) -> list[str]:
        return [sys.executable, "-c", "from monitor.commands.main import main; main()", *args]

    @staticmethod
    def environ(more: Mapping[str, str] | None = None) -> dict[str, str]:
        path = os.environ["PATH"]
        return {"PATH": path, "PYTHONPATH": str(ROOT), "TZ": "UTC", **(more or {})}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A database that one `tick --at` has driven: the sample's Weibo account is late."""
    shell = Shell(tmp_path_factory.mktemp("driven"))
    (shell.folder / "list.csv").write_text("标题,发布时间\n一,2026-03-09 10:00\n", "utf-8")
    ticked = shell.run("tick", "--at", NOON)
    assert ticked.returncode == 1, ticked.stderr
    return shell


VERSION = version("account-freshness-monitor")


def refused(shell: Shell, args: list[str], at: pytest.MonkeyPatch) -> int | str | None:
    """Run a command in this process, which is quicker than a shell, and return its exit code."""
    at.chdir(shell.folder)
    at.delenv("FRESHNESS_CONFIG", raising=False)
    at.setattr(sys, "argv", ["freshness", *args])
    with pytest.raises(SystemExit) as caught:
        main()
    return caught.value.code


# Wrong use

WRONG = [
    pytest.param(
        ["worker"],
        "worker：service.database是文件，只能由一个服务使用；要用worker，须换成PostgreSQL（postgresql://…）",
        id="a worker on a database in a file",
    ),
    pytest.param(
        ["explain", "nobody"],
        'accounts.toml：没有账号"nobody"；可选：wechat-anshanmz, weibo-anshanmz',
        id="an account that is not there",
    ),
    pytest.param(
        ["status", "--at", "yesterday"],
        '--at："yesterday"不是时间；应如2024-02-09T09:00+08:00',
        id="an instant that is none",
    ),
    pytest.param(
        ["status", "--at", "2026-03-10", "--page", "1"],
        "one of --at and --page was expected",
        id="a page of the past",
    ),
    pytest.param(
        ["alerts", "ack", "1", "--by", "nobody"],
        'people.toml：没有人员"nobody"；可选：li, wang, zhang, zhao',
        id="a person who is not there",
    ),
    pytest.param(
        ["alerts", "ack", "99", "--by", "zhang"],
        "没有告警99；可用freshness alerts list查看",
        id="an alert that is not there",
    ),
    pytest.param(
        ["alerts", "ack", "99999999999999999999", "--by", "zhang"],
        "freshness alerts ack: Invalid value for 'ID': Input should be less than or equal to "
        "2147483647; see freshness alerts ack --help",
        id="a number that no database keeps",
    ),
    pytest.param(
        ["alerts", "promise", "1", "--by", "zhang", "--until", "2026-03-12"],
        '--until："2026-03-12"只有日期；还应写时刻，如2026-03-12T17:30',
        id="a promise by a day",
    ),
    pytest.param(
        ["status", "--at", "0001-01-01T00:00"],
        '--at："0001-01-01T00:00"不在2000至2199年之间',
        id="an instant before every calendar",
    ),
    pytest.param(
        [
            "alerts",
            "except",
            "weibo-anshanmz",
            "--by",
            "wang",
            "--until",
            "9999-12-31T23:59-08:00",
            "--reason",
            "x",
        ],
        '--until："9999-12-31T23:59-08:00"不在2000至2199年之间',
        id="an instant after every calendar",
    ),
    pytest.param(
        ["duty", "show", "--on", "9999-12-31"],
        '--on："9999-12-31"不在2000至2199年之间',
        id="a day after every calendar",
    ),
    pytest.param(
        ["replay", "--from", "1.2.2024", "--to", "2024-03-01"],
        '--from："1.2.2024"不是日期；应如2024-02-01',
        id="a date that is none",
    ),
    pytest.param(
        ["import", "none.csv"],
        "none.csv：无法读取：没有这个文件",
        id="a file that is not there",
    ),
    pytest.param(
        ["init", "config"],
        "config/monitor.toml is there already; init overwrites nothing",
        id="a configuration that would be overwritten",
    ),
    pytest.param(
        ["--config", "none", "status"],
        "none：没有这个文件夹；可用freshness init none生成",
        id="a configuration that is not there",
    ),
]

# The core names what is wrong in plain words; here it goes by its flag.
EXCEPT = ["alerts", "except", "weibo-anshanmz", "--by", "wang"]
NAMED = [
    pytest.param(
        [*EXCEPT, "--until", "2026-03-09", "--reason", "x"],
        "--until 2026-03-10T00:00:00+08:00已过",
        id="a silence that is over",
    ),
    pytest.param(
        [*EXCEPT, "--until", "2026-03-20", "--reason", " "],
        "--reason不能为空；报备须写明事由",
        id="a silence without a reason",
    ),
    pytest.param(
        ["confirm", "weibo-anshanmz", "--by", "li", "--posted-at", "2026-03-10T13:00"],
        "--posted-at 2026-03-10T13:00:00+08:00在将来",
        id="a post that nobody can have seen",
    ),
    pytest.param(
        ["replay", "--from", "2024-03-01", "--to", "2024-02-01"],
        "--from 2024-03-01晚于--to 2024-02-01",
        id="a history the wrong way round",
    ),
    pytest.param(
        ["import", "list.csv", "--since", "2026-02-01", "--until", "2026-01-01"],
        "--since 2026-02-01晚于--until 2026-01-01",
        id="an export the wrong way round",
    ),
    pytest.param(
        ["import", "list.csv", "--account", "weibo"],
        '--account: "weibo"不是已登记的账号；可选：wechat-anshanmz, weibo-anshanmz',
        id="an export of an account that is none",
    ),
    pytest.param(
        ["import", "list.csv", "--map", "zeit=发布时间"],
        '--map: "zeit"不是列名；可选：account, date, followers, kind, posts, '
        "published_at, push, title, url",
        id="a column that is none",
    ),
    pytest.param(
        ["import", "list.csv"],
        "list.csv：第1行：没有账号列；如整个文件只属一个账号，请加 --account 账号ID",
        id="an export that names no account",
    ),
    pytest.param(
        ["import", "list.csv", "--account", "weibo-anshanmz", "--map", "kind=标题"],
        "list.csv：第1行：没有一列是title或url；请用 --map title=列名 指明",
        id="an export without titles",
    ),
    pytest.param(
        ["handover", "accept", "7", "--by", "zhang"],
        "没有第7号交接；可用freshness handover list查看",
        id="a handover that is not there",
    ),
    pytest.param(
        ["report", "year", "2026", "--freeze"],
        "--freeze：2026年尚未结束，数据还会变化",
        id="a year that is not over",
    ),
    pytest.param(
        ["report", "declare", "2025", "weibo-anshanmz", "posts", "1", "--source", ""],
        "--source不能为空；应写明数据在哪里公布",
        id="a figure that was published nowhere",
    ),
    pytest.param(
        ["report", "month", "2026-03", "--send"],
        "--send：2026-03尚未结束；月报只发送一次",
        id="a month that is not over",
    ),
    pytest.param(
        ["report", "month", "2026-02", "--out", "month.pdf"],
        "--out：文件名应以.html, .txt, .docx, .xlsx结尾",
        id="a form that a month does not come in",
    ),
]


@pytest.mark.parametrize(("args", "expected"), [*WRONG, *NAMED])
def test_what_cannot_be_done_is_one_line_and_exit_2(
    driven: Shell,
    args: list[str],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert refused(driven, args, monkeypatch) == 2
    assert capsys.readouterr() == ("", f"{expected}\n")


def on_server(shell: Shell, url: str) -> Shell:
    """Have the office keep everything on the server at *url*."""
    monitor = shell.folder / "config" / "monitor.toml"
    text = monitor.read_text(encoding="utf-8")
    database = f'database = "{url}" #'
    monitor.write_text(text.replace("database =", database, 1), encoding="utf-8")
    return shell


def older_one_works(url: str) -> None:
    store, now = open_store(url, utc_now()), utc_now()
    store.machines.beat(
        Machine("old-1", "甲机", Work.SERVICE, ("default",), "0.0.1", "digest", now, now)
    )
    store.close()


ELSEWHERE = "postgresql://u:s3cret@127.0.0.1:1/freshness"  # where no server is


@pytest.mark.parametrize(
    ("args", "told"),
    [
        pytest.param(
            ["worker", "--zone", "default", "--zone", "mars"],
            'worker：--zone "mars"：没有网关属于该区；可选：default',
            id="a worker for a zone that no gateway is in",
        ),
        pytest.param(
            ["worker"],
            f"甲机正以0.0.1版使用这个数据库，而本机是{VERSION}版；请先停止它，或让两边版本一致",
            id="a worker beside another version",
        ),
        pytest.param(
            ["run"],
            f"甲机正以0.0.1版使用这个数据库，而本机是{VERSION}版；请先停止它，或让两边版本一致",
            id="a service beside another version",
        ),
    ],
)
@pytest.mark.postgresql
def test_what_cannot_work_on_a_server_is_one_line_and_exit_2(
    args: list[str],
    told: str,
    tmp_path: Path,
    postgresql_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    older_one_works(postgresql_url)
    shell = on_server(Shell(tmp_path), postgresql_url)
    assert refused(shell, args, monkeypatch) == 2
    assert capsys.readouterr() == ("", f"{told}\n")


@pytest.mark.parametrize("args", [["run"], ["worker"], ["status"]])
def test_a_server_that_is_not_there_is_one_line_and_exit_2(
    args: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert refused(on_server(Shell(tmp_path), ELSEWHERE), args, monkeypatch) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), "s3cret" in err) == ("", 1, False)
    assert err.startswith("数据库postgresql://u@127.0.0.1:1/freshness无法连接：")


def test_a_worker_without_the_extra_is_one_line_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "monitor.running.visit_jobs", raising=False)
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    assert refused(on_server(Shell(tmp_path), ELSEWHERE), ["worker"], monkeypatch) == 2
    command = 'pip install "account-freshness-monitor[cluster]"'
    assert capsys.readouterr() == ("", f"没有安装多机分工所需的组件；请执行{command}\n")


def test_the_service_refuses_a_database_whose_clock_is_not_the_real_one(driven: Shell) -> None:
    done = driven.run("run")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "run：这个数据库曾由`freshness tick --at`使用，时间不是真实的；"
        "请换一个数据库（service.database）\n"
    )


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["status", "--att"], id="an option that is not there"),
        pytest.param(["stauts"], id="a command that is not there"),
        pytest.param(["alerts", "ack", "1"], id="an option is missing"),
        pytest.param(["alerts", "ack", "first", "--by", "zhang"], id="an id that is no number"),
    ],
)
def test_a_command_that_does_not_exist_like_that_is_one_line_and_exit_2(
    driven: Shell,
    args: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert refused(driven, args, monkeypatch) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("freshness")
    assert err.endswith("--help\n")


def test_every_mistake_of_the_configuration_is_a_line_of_its_own(shell: Shell) -> None:
    for name, old, new in (
        ("accounts.toml", '"zhang"', '"zang"'),
        ("monitor.toml", '"rsshub"', '"rsshubb"'),
        ("people.toml", '"console"', '"env:CHANNEL"'),
    ):
        path = shell.folder / "config" / name
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    done = shell.run("status", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(": ")[:2] for line in done.stderr.splitlines()] == [
        ["accounts.toml", "accounts[1].custodian"],
        ["monitor.toml", "gateways.rsshub.kind"],
        ["people.toml", "people[1].reach[1].channel"],
    ]
    assert not (shell.folder / "data").exists()


def test_every_bad_line_of_an_import_is_reported_and_nothing_is_taken(driven: Shell) -> None:
    (driven.folder / "bad.csv").write_text(
        "account,published_at,title,url,kind\n"
        "weibo-anshanmz,2026-03-10 11:00,好,,original\n"
        "weibo-anshanmz,2026-13-10 11:00,坏,,original\n"
        "weibo-anshanmz,2026-03-10 11:00,坏,,repst\n",
        encoding="utf-8",
    )
    done = driven.run("import", "bad.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split("：")[:3] for line in done.stderr.splitlines()] == [
        ["bad.csv", "第3行", "“published_at”列"],
        ["bad.csv", "第4行", "“kind”列"],
    ]
    accounts = json.loads(driven.run("status", "--json").stdout)["accounts"]
    assert [a["quiet_days"] for a in accounts] == [12, 1]


# Exit codes and documents


def test_trouble_is_exit_1_and_the_document_stands_alone(driven: Shell) -> None:
    status = driven.run("status", "--json")
    assert (status.returncode, status.stderr) == (1, "")
    document = json.loads(status.stdout)
    assert document["at"] == "2026-03-10T12:00:00+08:00"
    verdicts = {a["id"]: (a["verdict"], a["rung"]) for a in document["accounts"]}
    assert verdicts == {"weibo-anshanmz": ("late", 12), "wechat-anshanmz": ("fresh", None)}
    page = driven.run("status", "--page", "1", "--json")
    assert (page.returncode, page.stderr) == (1, "")
    assert json.loads(page.stdout) == {**document, "page": 1, "total": 2}
    alerts = driven.run("alerts", "list", "--json")
    assert (alerts.returncode, alerts.stderr) == (1, "")
    (alert,) = json.loads(alerts.stdout)
    assert (alert["kind"], alert["subject"], alert["rung"]) == ("silence", "weibo-anshanmz", 12)
    assert {notice["state"] for notice in alert["notices"]} == {"sent"}


def test_explain_tells_trouble_by_its_exit_code(driven: Shell) -> None:
    late, fresh = (
        driven.run("explain", a, "--json") for a in ("weibo-anshanmz", "wechat-anshanmz")
    )
    assert (late.returncode, fresh.returncode) == (1, 0)
    assert json.loads(late.stdout)["verdict"] == "late"
    assert json.loads(fresh.stdout)["verdict"] == "fresh"


def test_the_path_of_the_database_does_not_depend_on_where_the_command_runs(
    driven: Shell, tmp_path: Path
) -> None:
    done = subprocess.run(
        driven.command("alerts", "list", "--json"),
        cwd=tmp_path,
        env=driven.environ({"FRESHNESS_CONFIG": str(driven.folder / "config")}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert [alert["subject"] for alert in json.loads(done.stdout)] == ["weibo-anshanmz"]
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_not_used_yet_is_no_trouble_but_no_life(shell: Shell) -> None:
    status, alive = shell.run("status"), shell.run("alive")
    assert (status.returncode, status.stderr) == (0, "")
    assert (alive.returncode, alive.stdout) == (
        1,
        "注意    服务：服务还没有在这个数据库上运行过\n",
    )


def test_a_good_import_is_exit_0_and_ends_the_silence(shell: Shell) -> None:
    shell.run("tick", "--at", NOON)
    (shell.folder / "good.csv").write_bytes(
        "account,published_at,title,url,kind\n"
        "weibo-anshanmz,2026/3/10 11:30,补录,,original\n".encode("gb18030")
    )
    assert shell.run("import", "--check", "good.csv").returncode == 0
    assert shell.run("alerts", "list").returncode == 1
    assert shell.run("import", "good.csv").returncode == 0
    shell.run("tick", "--at", "2026-03-11T09:00+08:00")
    assert shell.run("alerts", "list").returncode == 0


def test_the_service_runs_until_it_is_told_to_stop(shell: Shell) -> None:
    with subprocess.Popen(
        shell.command("run"),
        cwd=shell.folder,
        env=shell.environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as service:
        assert service.stdout is not None
        told = next(line for line in service.stdout if "weibo-anshanmz" in line)
        assert told
        service.send_signal(signal.SIGTERM)
        service.stdout.read()
    assert service.returncode == 0
    assert shell.run("alive").returncode == 0
    again = shell.run("tick", "--at", NOON)
    assert (again.returncode, again.stderr.splitlines()[-1]) == (
        2,
        "tick --at：这个数据库曾由freshness run使用；要模拟时间，"
        "请换一个数据库（service.database）",
    )


def test_a_quota_is_kept_to_by_every_command_and_shown(shell: Shell) -> None:
    file = shell.folder / "config" / "monitor.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"rsshub"\n', '"rsshub"\nquota = 1\n'), encoding="utf-8")
    first, again = shell.run("read"), shell.run("read")
    assert (first.returncode, "未读取" in first.stdout) == (0, False), first.stderr
    assert again.returncode == 1
    assert "rsshub：未读取1个来源，该网关今日配额已用完" in again.stdout
    assert "今日已请求1次（配额1次）" in shell.run("status").stdout
    assert "采集网关rsshub：没有请求：" in shell.run("doctor").stdout
