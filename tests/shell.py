"""Commands run in this process, in a folder with a configuration of its own."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.commands.main import main

ROOT = Path(__file__).resolve().parents[1]
FIRST_PASS = "2026-11-20T09:00"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped configuration and a database that one `tick --at` has driven."""
    folder = tmp_path_factory.mktemp("driven")
    shutil.copytree(ROOT / "config", folder / "config")
    with pytest.MonkeyPatch.context() as at:
        at.setattr(
            sys,
            "argv",
            ["freshness", "--config", str(folder / "config"), "tick", "--at", FIRST_PASS],
        )
        with pytest.raises(SystemExit):
            main()
    return folder


@pytest.fixture
def shell(
    driven: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command on a copy of that folder; return exit code, stdout and stderr."""
    folder = tmp_path / "office"
    shutil.copytree(driven, folder)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("FRESHNESS_CONFIG", raising=False)
    capsys.readouterr()

    def run(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["freshness", *args])
        with pytest.raises(SystemExit) as caught:
            main()
        assert isinstance(caught.value.code, int)
        return caught.value.code, *capsys.readouterr()

    return run


def document(shell: Run, *args: str) -> Any:
    """Return the JSON document that a command prints."""
    code, out, err = shell(*args, "--json")
    assert err == ""
    assert code in (0, 1)
    return json.loads(out)
