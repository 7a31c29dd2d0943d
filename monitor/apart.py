"""Reading by a process of its own, within bounds of memory and time: some libraries go on for ever
over a few bytes of a damaged file, or take all the memory there is."""

from __future__ import annotations

import resource
import subprocess
import sys

MOST_MEMORY = 1 << 30  # bytes
MOST_SECONDS = 120


def asked(*program: str, data: bytes, seconds: float = MOST_SECONDS) -> bytes | None:
    """Return what this Python prints when it runs *program* with *data* as its input; None where it
    fails. Raises `TimeoutError`."""
    command = [sys.executable, "-P", *program]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return None if done.returncode else done.stdout


def bound(memory: int = MOST_MEMORY) -> None:
    """Let this process take no more than *memory* bytes, nor leave a core where it would."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    own = memory if most == resource.RLIM_INFINITY else min(memory, most)
    resource.setrlimit(resource.RLIMIT_AS, (own, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
