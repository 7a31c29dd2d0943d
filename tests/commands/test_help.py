"""The help names no type where there is none, and shells can complete what is typed."""

import os
import subprocess
import sys
from io import StringIO

import pytest

from monitor.commands.main import main
from tests.docs.test_docs import COMMANDS
from tests.shell import ROOT, Run


@pytest.mark.parametrize("words", ["", *COMMANDS])
def test_no_help_shows_a_placeholder_for_a_flag(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words.split(), "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "--help" in shown
    assert "<bool>" not in shown


def test_a_shell_completes_commands() -> None:
    asked = {"_FRESHNESS_COMPLETE": "complete_bash", "COMP_WORDS": "freshness stat"}
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.argv[0] = 'freshness'; from monitor.commands.main import main; main()",
        ],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **asked, "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.stdout.split(), found.stderr) == (["status"], "")


class Terminal(StringIO):
    """A terminal of fifty columns, by what the environment says."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


@pytest.mark.parametrize("columns", [50, 72, 100])
def test_neither_verdict_nor_deadline_is_ever_cut(
    shell: Run, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    shell("status")
    shown = terminal.getvalue()
    for said in ("临近", "12天未更新", "11月20日", "鞍山民政"):
        assert said in shown, said
