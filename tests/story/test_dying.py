"""The program dies at every step between a decision and its record; no message is lost for it."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.story.processes import environment, shipped

pytestmark = pytest.mark.long

SCRIPT = Path(__file__).with_name("dying_ticks.py")


def hooked(config: Path) -> Path:
    """Let everybody be reached by a webhook."""
    people = config / "people.toml"
    text = people.read_text(encoding="utf-8").replace('channel = "console"', 'channel = "hook"')
    hook = '[[channels]]\nid = "hook"\nkind = "webhook"\nurl = "env:HOOK"\n\n[roster]'
    people.write_text(text.replace("[roster]", hook, 1), encoding="utf-8")
    return config


def test_F01_F02_F03_a_pass_killed_at_any_step_loses_no_message(
    tmp_path: Path, sqlite_template: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile("/hook/.*"), method="POST").respond_with_data("ok")
    template = tmp_path / "template.db"
    template.write_bytes(sqlite_template.read_bytes())
    done = subprocess.run(
        [
            sys.executable,
            str(SCRIPT),
            str(hooked(shipped(tmp_path))),
            str(template),
            httpserver.url_for("/hook"),
        ],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    steps = int(done.stdout)
    got: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for request, _ in httpserver.log:
        body = json.loads(request.get_data())
        got[int(request.path.rpartition("/")[2])].append((body["id"], body["resent"]))
    # The pass that came to its end says what is to be said.
    whole = got.pop(steps + 1)
    expected = [notice for notice, _ in whole]
    assert expected
    assert whole == [(notice, False) for notice in expected]
    for step in range(1, steps + 1):
        first = dict(reversed(got[step]))
        again = got[step][len(first) :]
        assert sorted(first) == sorted(expected), f"killed at step {step}"
        assert all(resent for _, resent in again), f"killed at step {step}"
        assert len(got[step]) <= len(expected) + 1, f"killed at step {step}"
    assert any(len(found) > len(expected) for found in got.values())  # killed before a record
