"""Values by name that are made only when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from threading import RLock
from typing import Any, TypeVar

Made = TypeVar("Made")


def kind_of(package: str, file: str) -> Any:
    """Return the `KIND` that the module *file* of *package* declares."""
    return import_module(f"{package}.{file}").KIND


class LazyMapping(Mapping[str, Made]):
    """Values by name, each made when it is first asked for. Safe to use from several threads.

    For what takes long to load and what most commands do not need: kinds of gateway and
    channel, and the channels themselves.
    """

    def __init__(self, names: Iterable[str], make: Callable[[str], Made]) -> None:
        self._names = tuple(names)
        self._make = make
        self._made: dict[str, Made] = {}
        self._lock = RLock()

    def __getitem__(self, name: str) -> Made:
        with self._lock:
            if name not in self._made:
                if name not in self._names:
                    raise KeyError(name)
                self._made[name] = self._make(name)
            return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
