"""What systemd is told of the service: that it is ready, lives, ends. Nothing without systemd.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

from __future__ import annotations

import socket
from contextlib import suppress

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


def tell(state: str, address: str | None) -> None:
    """Send *state* to the socket at *address*, what `$NOTIFY_SOCKET` says; None: nobody listens."""
    if not address:
        return
    where = f"\0{address[1:]}" if address.startswith("@") else address
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), where)
