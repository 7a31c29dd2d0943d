"""Who may log in to the page, as what, and what lets a visitor or a script in.

Every request that cannot be met raises `UsageError` with one line. Secrets are kept as digests,
passwords as Argon2 hashes. The only user of argon2.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from alerts.common.local_time import instant_of
from monitor.errors import Field, StoreError, Told, UsageError
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.access import LOGGED_IN, Pass, User
from monitor.wording import quoted

HASHER = PasswordHasher()
SETUP = "setup_key"  # note: digest and end of the key for the first password
SETUP_FOR = timedelta(minutes=30)
IDLE = timedelta(hours=12)  # after which a session ends
NOTED = timedelta(minutes=5)  # how exactly the last use of a pass is known
LEAST, MOST = 10, 200  # characters of a password
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class Role(StrEnum):
    """What a user may do."""

    VIEWER = "viewer"  # look
    OFFICER = "officer"  # answer; the name is a person's id
    ADMIN = "admin"  # people and settings, too


class Scope(StrEnum):
    """What a pass is good for."""

    SESSION = LOGGED_IN  # the page
    READ = "read"
    ACT = "act"
    METRICS = "metrics"
    BOARD = "board"  # and what follows: keys in addresses, each for one page
    BADGE = "badge"
    CALENDAR = "calendar"
    FEED = "feed"


KEYS = (Scope.BOARD, Scope.BADGE, Scope.CALENDAR, Scope.FEED)


class Users:
    """The users of one store; an officer is a person of the register. *hasher*: how much work a
    password is to guess."""

    def __init__(self, store: Store, register: Register, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._access = store.access
        self._notes = store.notes
        self._register = register

    def listed(self) -> Sequence[User]:
        """Return all users, by name."""
        return self._access.users()

    def any(self) -> bool:
        """Return whether somebody has a password, which ends the first set-up for good."""
        return any(user.password for user in self._access.users())

    def add(self, name: str, role: str, password: str, now: datetime) -> None:
        """Let *name* log in as *role* from now on."""
        if self._access.user(name) is not None:
            raise UsageError(Told("there is a user {name} already", name=quoted(name)))
        self._check(name, role)
        self._access.save(User(name, role, hashed(password, self._hasher), now))

    def reset(self, name: str, password: str) -> None:
        """Give a user another password; everywhere it is logged in it has to log in again."""
        self._access.save(replace(self._known(name), password=hashed(password, self._hasher)))

    def remove(self, name: str) -> None:
        """Let *name* log in no more; its sessions and tokens end."""
        if not self._access.remove(name):
            raise UsageError(Told("there is no user {name}", name=quoted(name)))

    def token(self, name: str, scope: str, now: datetime) -> str:
        """Return a new token of *name* for a script; it is shown this once and never again."""
        choices = [Scope.READ, Scope.ACT, Scope.METRICS]
        if scope not in choices:
            raise UsageError(Field("scope"), _none_of(scope, choices))
        if scope == Scope.ACT and not self.answers(self._known(name)):
            raise UsageError(
                Told(
                    "{name} cannot answer; a token to act needs an officer, who is a person",
                    name=name,
                )
            )
        return self._pass(self._known(name).name, scope, now)

    def key(self, name: str, scope: str, now: datetime) -> str:
        """Return a new key of *name* for the addresses of one kind of page; it ends with him."""
        if scope not in KEYS:
            raise UsageError(Field("scope"), _none_of(scope, KEYS))
        return self._pass(self._known(name).name, scope, now)

    def keys(self) -> Sequence[Pass]:
        """Return the keys that are valid, the one used last first."""
        return [one for one in self._access.passes() if one.scope in KEYS]

    def revoke(self, digest: str) -> bool:
        """End the key of that digest; return whether there was one."""
        there = any(secrets.compare_digest(one.digest, digest) for one in self.keys())
        if there:
            self._access.end(digest)
        return there

    def setup_key(self, now: datetime) -> str | None:
        """Return a new one-time key for the first password; None once there is one."""
        if self.any():
            return None
        key = secrets.token_urlsafe(24)
        self._notes.set(SETUP, f"{_digest(key)} {(now + SETUP_FOR).isoformat()}")
        return key

    def opens(self, key: str, now: datetime) -> bool:
        """Return whether *key* may set the first password at *now*."""
        kept = self._notes.read(SETUP, _setup_of)
        if kept is None:
            return False
        digest, until = kept
        fits = secrets.compare_digest(digest.encode(), _digest(key).encode())
        return fits and now < until and not self.any()

    def set_up(self, key: str, name: str, password: str, now: datetime) -> None:
        """Make the first user, an admin; *key* opens nothing from then on."""
        self._check(name, Role.ADMIN)
        first = User(name, Role.ADMIN, hashed(password, self._hasher), now)
        known = self._notes.get(SETUP)
        if not self.opens(key, now) or not self._notes.replace(SETUP, known, ""):
            raise UsageError(Told("this key is not valid any more"))
        self._access.save(first)

    def log_in(self, name: str, password: str, now: datetime) -> str | None:
        """Return the secret of a new session; None if the name or the password is wrong."""
        user = self._access.user(name)
        kept = user.password if user and user.password else _nobody(self._hasher)
        if not _fits(kept, password, self._hasher) or user is None or not self._may(user):
            return None
        return self._pass(name, Scope.SESSION, now)

    def log_out(self, secret: str) -> None:
        """End a session."""
        self._access.end(_digest(secret))

    def named(self, name: str) -> User | None:
        """Return the user *name*, whom somebody trusted vouches for; None if there is none."""
        user = self._access.user(name)
        return user if user and self._may(user) else None

    def of_session(self, secret: str, now: datetime) -> User | None:
        """Return whose session *secret* is at *now*; None where it has ended."""
        found = self._used(secret, now)
        return found[0] if found and found[1] == Scope.SESSION else None

    def of_token(self, secret: str, now: datetime) -> tuple[User, str] | None:
        """Return whose token *secret* is, and its scope; None where there is none."""
        found = self._used(secret, now)
        return found if found and found[1] != Scope.SESSION else None

    def answers(self, user: User) -> bool:
        """Return whether *user* may answer: as a person, and not to look alone."""
        return user.role != Role.VIEWER and user.name in self._register.people

    def _used(self, secret: str, now: datetime) -> tuple[User, str] | None:
        found = self._access.admitted(_digest(secret)) if secret else None
        user = self.named(found.name) if found else None
        if found is None or user is None:
            return None
        if found.scope == Scope.SESSION and now - found.used_at > IDLE:
            self._access.end(found.digest)
            return None
        if now - found.used_at > NOTED:
            # While the database cannot be written people may still look.
            with suppress(StoreError):
                self._access.admit(replace(found, used_at=now))
        return user, found.scope

    def _may(self, user: User) -> bool:
        """A person who has left cannot log in."""
        return user.role != Role.OFFICER or user.name in self._register.people

    def _pass(self, name: str, scope: str, now: datetime) -> str:
        secret = secrets.token_urlsafe(32)
        self._access.admit(Pass(_digest(secret), name, scope, now))
        return secret

    def _known(self, name: str) -> User:
        user = self._access.user(name)
        if user is None:
            raise UsageError(Told("there is no user {name}", name=quoted(name)))
        return user

    def _check(self, name: str, role: str) -> None:
        if role not in set(Role):
            raise UsageError(Field("role"), _none_of(role, Role))
        if NAME.fullmatch(name) is None:
            raise UsageError(
                Told("{name} is no name; expected letters, digits and . _ @ -", name=quoted(name))
            )
        if role == Role.OFFICER:
            self._register.person(name)


def hashed(password: str, hasher: PasswordHasher) -> str:
    """Return *password* as it is kept. Raises `UsageError` for one that is too short or too
    long."""
    if not LEAST <= len(password) <= MOST:
        raise UsageError(
            Field("password"),
            Told(": {least} to {most} characters were expected", least=LEAST, most=MOST),
        )
    return hasher.hash(password)


def _none_of(found: str, choices: Iterable[str]) -> Told:
    return Told(": {found}; one of: {choices}", found=quoted(found), choices=", ".join(choices))


def _fits(kept: str, password: str, hasher: PasswordHasher) -> bool:
    try:
        return len(password) <= MOST and hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody(hasher: PasswordHasher) -> str:
    """What a password is held against where there is no such user, so that both take as long."""
    return hasher.hash(secrets.token_urlsafe())


def _setup_of(text: str) -> tuple[str, datetime] | None:
    """The digest and the end of the noted key; None once it has been used."""
    digest, _, until = text.partition(" ")
    return (digest, instant_of(until)) if text else None


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
