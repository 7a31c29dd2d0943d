"""How long a test waits for what must come: until it has come.

Only a hang lasts to the limit, so no test depends on how fast the machine is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 300.0  # seconds
# Seconds to which a test may cut a deadline that the program is to keep. Where a machine is so busy
# that nothing at all comes within the first, the test is made again with the next.
HASTE = (0.4, 5.0, 60.0)


def until(happened: Callable[[], Any]) -> None:
    """Look again and again until *happened*. Raises `AssertionError` if it never does."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"it has not happened within {PATIENCE:g} s"
        time.sleep(0.02)
