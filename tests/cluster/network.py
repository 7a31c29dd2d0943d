"""A network for machines on one computer: each in a namespace of its own, with one cable to the
database and one to all else, which can be pulled out.

Where the system allows no namespaces, all of them stand side by side on loopback, and no cable can
be pulled.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"


class Network:
    """Two bridges, and a namespace for each machine; a context manager."""

    def __init__(self) -> None:
        number = os.getpid() % 10_000
        self._mark = f"af{number}"
        self._nets = [f"10.{net}.{number % 250}" for net in (77, 78)]
        self._made: list[Cable] = []
        self.apart = os.geteuid() == 0 and self._build()

    @property
    def database(self) -> str:
        """The address at which the database can be reached."""
        return f"{self._nets[0]}.1" if self.apart else LOOPBACK

    @property
    def world(self) -> str:
        """The address at which gateways and channels can be reached."""
        return f"{self._nets[1]}.1" if self.apart else LOOPBACK

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._made:
            _run("netns", "del", one.space)
        for side in "dw":
            _run("link", "del", f"{self._mark}{side}")

    def cable(self) -> Cable:
        """Return the place of one more machine."""
        number = len(self._made) + 2
        made = Cable(f"{self._mark}-{number}", f"{self._mark}{{}}{number}", self.apart)
        self._made.append(made)
        if self.apart:
            _must("netns", "add", made.space)
            _must("-n", made.space, "link", "set", "lo", "up")
            for side, net in zip("dw", self._nets, strict=True):
                here, inside = made.end.format(side), f"{side}0"
                _must("link", "add", here, "type", "veth", "peer", inside, "netns", made.space)
                _must("link", "set", here, "master", f"{self._mark}{side}", "up")
                address = f"{net}.{number}/24"
                _must("-n", made.space, "addr", "add", address, "dev", inside)
                _must("-n", made.space, "link", "set", inside, "up")
            made.address = f"{self._nets[1]}.{number}"
        return made

    def _build(self) -> bool:
        for side, net in zip("dw", self._nets, strict=True):
            bridge = f"{self._mark}{side}"
            made = _run("link", "add", bridge, "type", "bridge") and _run(
                "addr", "add", f"{net}.1/24", "dev", bridge
            )
            if not (made and _run("link", "set", bridge, "up")):
                return False
        tried = f"{self._mark}t"
        allowed = _run("netns", "add", self._mark) and _run(
            "link", "add", tried, "type", "veth", "peer", "t0", "netns", self._mark
        )
        _run("netns", "del", self._mark)
        return allowed


@dataclass
class Cable:
    """One machine's namespace, and its two cables. *address*: from which gateways are asked."""

    space: str
    end: str
    apart: bool
    address: str = LOOPBACK

    def inside(self, words: Sequence[str]) -> list[str]:
        """Return the command of *words*, to be run there."""
        return ["ip", "netns", "exec", self.space, *words] if self.apart else list(words)

    def pull(self, sides: str) -> None:
        """Pull out the cable to the database (d), to all else (w), or both."""
        self._set(sides, "down")

    def put_back(self, sides: str = "dw") -> None:
        """Put the cables back."""
        self._set(sides, "up")

    def _set(self, sides: str, state: str) -> None:
        for side in sides if self.apart else "":
            _must("link", "set", self.end.format(side), state)


def _run(*words: str) -> bool:
    """Run `ip` and return whether it could do that."""
    try:
        return subprocess.run(["ip", *words], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _must(*words: str) -> None:
    subprocess.run(["ip", *words], capture_output=True, check=True)
