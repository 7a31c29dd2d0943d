"""Commands run in this process, in a folder with a configuration of its own."""

from pathlib import Path

import pytest

from monitor.commands.main import main
from tests.shell import Run, driven, shell

__all__ = ["driven", "shell"]


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in *folder*, a test's own fixture; return exit code, stdout and stderr."""
    monkeypatch.chdir(folder)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--config", str(folder / "config"), *words])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
