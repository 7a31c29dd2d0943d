"""SIGHUP never ends the process: it comes from scripts, which do not know what is going on."""

import subprocess
import sys

import pytest

HANGUP = "os.kill(os.getpid(), signal.SIGHUP);"
BEGIN = (
    "import os, signal; from monitor.running.signals import Signals; s = Signals(); s.install();"
)


@pytest.mark.parametrize(
    ("course", "said"),
    [
        pytest.param(f"{HANGUP} print(s.reload)", "True", id="while it starts, it is kept"),
        pytest.param(
            f"{HANGUP} s.answered(); {HANGUP} print(s.reload)", "True", id="while it reads"
        ),
        pytest.param(f"s.ended(); {HANGUP} print(s.reload)", "False", id="while it ends"),
        pytest.param(
            "s.ended(); end = lambda kill=os.kill, me=os.getpid(), up=signal.SIGHUP: kill(me, up);"
            "import weakref; o = type('Last', (), {'__del__': lambda _, end=end: end()})();"
            "sys = __import__('sys'); sys.last = o; print('ended')",
            "ended",
            id="while the interpreter ends",
        ),
    ],
)
def test_a_hangup(course: str, said: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", BEGIN + course], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, said, "")


LOADING = (
    "import os, signal, sys; me = os.getpid();"
    "up = lambda name: os.kill(me, signal.SIGHUP) if name == 'monitor.commands.main' else None;"
    "finder = type('Hangup', (), {'find_spec': staticmethod(lambda name, *_: up(name))});"
    "sys.meta_path.insert(0, finder); sys.argv[0] = 'freshness';"
    "from monitor.__main__ import start; start()"
)


def test_a_hangup_while_the_program_loads() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADING, "run", "--help"], capture_output=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
