"""Who may log in to the page, and what lets them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

LOGGED_IN = "session"  # the scope of a pass by which somebody is logged in to the page


@dataclass(frozen=True, slots=True)
class User:
    """One who may log in. *password*: its hash; None: there is none to log in with."""

    name: str
    role: str
    password: str | None = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Pass:
    """What lets *name* in, known by the *digest* of its secret. *scope*: what it is good for."""

    digest: str = field(repr=False)
    name: str
    scope: str
    used_at: datetime


class Access(Protocol):
    """Users and their passes."""

    def users(self) -> Sequence[User]:
        """Return all users, by name."""
        ...

    def user(self, name: str) -> User | None:
        """Return the user of that name; None if there is none."""
        ...

    def save(self, user: User) -> None:
        """Store *user* in the place of an earlier one of its name, whose passes all end."""
        ...

    def remove(self, name: str) -> bool:
        """Remove a user and all its passes; return whether there was one."""
        ...

    def admit(self, one: Pass) -> None:
        """Store a pass, or when it was used last."""
        ...

    def admitted(self, digest: str) -> Pass | None:
        """Return the pass of that digest; None if there is none."""
        ...

    def end(self, digest: str) -> None:
        """Remove a pass."""
        ...

    def passes(self) -> Sequence[Pass]:
        """Return every pass, the one used last first."""
        ...
