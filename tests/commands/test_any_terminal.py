"""Whatever a command is asked, and whatever it prints to, nobody sees a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.shell import ROOT, driven

pytestmark = pytest.mark.long

__all__ = ["driven"]
PROGRAM = "from monitor.commands.main import main; main()"
# A terminal at which somebody presses Ctrl-C instead of an answer.
INTERRUPTING = """
import sys
class Terminal:
    def isatty(self):
        return True
    def __iter__(self):
        raise KeyboardInterrupt
sys.stdin = Terminal()
from monitor.commands.main import main
main()
"""
# Pressed while what the program needs is still loading.
LOADING = "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(60)\n"


def said(
    folder: Path, *arguments: str, to: Path | None = None, **environ: str
) -> tuple[int, str, str]:
    """Run a command that prints to *to*; return exit code, stdout and stderr."""
    with (to or Path(os.devnull)).open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ},
            stdout=full if to else subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
        )
    return ended.returncode, (ended.stdout or b"").decode(), ended.stderr.decode()


def test_the_version_is_that_of_the_installed_package(driven: Path) -> None:
    version = metadata.version("account-freshness-monitor")
    assert said(driven, "--version") == (0, f"freshness {version}\n", "")


def test_alone_it_shows_the_help(driven: Path) -> None:
    code, out, err = said(driven)
    assert (code, err) == (0, "")
    assert "Usage" in out
    assert out == said(driven, "--help")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["status"], id="a table"),
        pytest.param(["status", "--json"], id="a document"),
        pytest.param(["--help"], id="the help"),
    ],
)
def test_a_full_disk_is_one_line(driven: Path, arguments: list[str]) -> None:
    told = "freshness：输出无法写入：磁盘已满\n"
    assert said(driven, *arguments, to=Path("/dev/full")) == (2, "", told)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["status"], id="a table"),
        pytest.param(["explain", "weibo-anshanmz"], id="an explanation"),
        pytest.param(["--help"], id="the help"),
    ],
)
def test_a_terminal_without_chinese_shows_question_marks(
    driven: Path, arguments: list[str]
) -> None:
    code, out, err = said(driven, *arguments, PYTHONIOENCODING="ascii")
    assert code in (0, 1)
    assert err == ""
    assert out.isascii()
    assert out.strip()


def test_a_reader_who_goes_away_ends_it_silently(driven: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, "status"],
        cwd=driven,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_ctrl_c_at_a_question_is_no_traceback(driven: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTING, "accounts", "add"],
        cwd=driven,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (130, b"")


def test_ctrl_c_while_it_still_loads_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text(LOADING, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "monitor", "status"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, b"")
