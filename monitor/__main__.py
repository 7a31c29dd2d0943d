"""`python -m monitor`, and the command `freshness`: what may still be cut short, begun quietly."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

LASTING = frozenset({"run", "worker"})  # commands that SIGHUP never ends


def start() -> NoReturn:
    """Run the command line. Whoever presses Ctrl-C while it still loads ends it without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if LASTING.intersection(sys.argv[1:]):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    from monitor.commands.main import main  # noqa: PLC0415 - loading it takes the most time

    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


if __name__ == "__main__":
    start()
