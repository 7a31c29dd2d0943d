"""Who stands at the door: where a request comes from, who sends it, and whether it may come in.

Nobody is let in because of a loopback address, which behind a proxy is everybody's: only the
shipped sample is open there, and only to who comes without a proxy.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address
from threading import Lock
from urllib.parse import urlsplit

from fastapi import Request, Response

from monitor.desk.users import Role, Scope, Users
from monitor.store.protocols.access import User

SESSION, FORM = "freshness", "freshness_form"  # cookies
FORWARDED = ("x-forwarded-", "forwarded", "x-real-ip", "via")  # how what a proxy adds begins
TRIES, TRIES_OF_ADDRESS = 5, 20  # wrong passwords of a name, and from an address …
WITHIN = timedelta(minutes=15)  # … in this time
REMEMBERED = 10_000  # names and addresses


@dataclass(frozen=True, slots=True)
class Outside:
    """Where the page stands. *sample*: everything it shows is the shipped sample's."""

    public_url: str | None = None
    proxies: Sequence[IPv4Network | IPv6Network] = ()
    user_header: str | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request. *person*: as whom answers are recorded; None: cannot answer."""

    address: str
    secure: bool
    name: str = ""
    role: str = ""
    person: str | None = None
    form_key: str = field(default="", repr=False)
    new_key: bool = False
    sample: bool = False
    salt: str = field(default_factory=partial(secrets.token_hex, 8), repr=False)

    @property
    def known(self) -> bool:
        """Whether the visitor may look."""
        return bool(self.role)

    @property
    def admin(self) -> bool:
        """Whether the visitor may see the system."""
        return self.role == Role.ADMIN

    @property
    def csrf(self) -> str:
        """What the visitor's forms carry. It is another one on each page: what a compressed page
        repeats of an address could else be used to find it out."""
        return self._csrf(self.salt)

    def sent(self, form: Mapping[str, str]) -> bool:
        """Return whether *form* is one of ours, sent by this visitor."""
        given = form.get("csrf", "")
        ours = self._csrf(given.partition(".")[0])
        return not self.new_key and secrets.compare_digest(given.encode(), ours.encode())

    def _csrf(self, salt: str) -> str:
        return f"{salt}.{sha256(f'form {salt} {self.form_key}'.encode()).hexdigest()}"


class Door:
    """Tells who a visitor is. Safe to use from several threads."""

    def __init__(self, users: Users, outside: Outside, people: Sequence[str]) -> None:
        self.users = users
        self._outside = outside
        self._people = people

    def right_host(self, request: Request) -> bool:
        """Return whether the Host header is the public address's, `localhost` or an address."""
        host = _hostname(f"//{request.headers.get('host', '')}")
        ours = _hostname(self._outside.public_url or "")
        return bool(host) and (host in ("localhost", ours) or _is_address(host))

    def visitor(self, request: Request, now: datetime) -> Visitor:
        """Return who sends *request* at *now*."""
        peer = request.client.host if request.client else ""
        trusted = self._trusted(peer)
        address = self._forwarded(request, peer) if trusted else peer
        scheme = request.headers.get("x-forwarded-proto") if trusted else None
        secret = request.cookies.get(SESSION, "")
        user = self._vouched(request) if trusted else None
        by_session = user is None
        user = user or self.users.of_session(secret, now)
        key = secret if user and by_session else request.cookies.get(FORM, "")
        visitor = Visitor(
            address,
            (scheme or request.url.scheme) == "https",
            form_key=key or secrets.token_urlsafe(24),
            new_key=not key,
        )
        if user is not None:
            return self.as_user(visitor, user)
        return self._as_sample(visitor) if self._open(request, peer) else visitor

    def as_user(self, visitor: Visitor, user: User) -> Visitor:
        """Return *visitor* as *user*."""
        person = user.name if self.users.answers(user) else None
        return Visitor(
            visitor.address,
            visitor.secure,
            user.name,
            user.role,
            person,
            visitor.form_key,
            visitor.new_key,
        )

    def script(self, request: Request, now: datetime) -> tuple[User, Scope] | None:
        """Return whose token *request* bears, and what it is good for."""
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        found = self.users.of_token(secret.strip(), now) if kind.lower() == "bearer" else None
        return (found[0], Scope(found[1])) if found else None

    def keyed(self, request: Request, scope: Scope, now: datetime) -> bool:
        """Return whether *request* bears a key for *scope* in its address."""
        found = self.users.of_token(request.query_params.get("key", ""), now)
        return found is not None and found[1] == scope

    def public(self, path: str) -> str:
        """Return *path* as people outside reach it."""
        return f"{(self._outside.public_url or '').rstrip('/')}{path}"

    def _as_sample(self, visitor: Visitor) -> Visitor:
        person = next(iter(self._people), None)
        return Visitor(
            visitor.address,
            visitor.secure,
            person or "",
            Role.ADMIN,
            person,
            visitor.form_key,
            visitor.new_key,
            sample=True,
        )

    def _open(self, request: Request, peer: str) -> bool:
        direct = not any(name.startswith(FORWARDED) for name in request.headers)
        loopback = _is_address(peer) and ip_address(peer).is_loopback
        return self._outside.sample and direct and loopback and not self.users.any()

    def _trusted(self, peer: str) -> bool:
        return _is_address(peer) and any(ip_address(peer) in n for n in self._outside.proxies)

    def _forwarded(self, request: Request, peer: str) -> str:
        """The last address that no trusted proxy has: those before it are the visitor's word."""
        said = request.headers.get("x-forwarded-for", "").split(",")
        steps = [step.strip() for step in said if _is_address(step.strip())]
        return next((step for step in reversed(steps) if not self._trusted(step)), peer)

    def _vouched(self, request: Request) -> User | None:
        header = self._outside.user_header
        name = request.headers.get(header, "") if header else ""
        return self.users.named(name) if name else None


class Throttle:
    """Counts wrong passwords by name and by address. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failed: dict[tuple[str, str], list[datetime]] = {}

    def admits(self, name: str, address: str, now: datetime) -> bool:
        """Count a try and return whether it may be made; who tries too often waits."""
        with self._lock:
            mine = [("name", name), ("address", address)]
            for key in mine:
                self._failed[key] = [at for at in self._failed.get(key, ()) if now - at < WITHIN]
            most = (TRIES, TRIES_OF_ADDRESS)
            if any(len(self._failed[k]) >= n for k, n in zip(mine, most, strict=True)):
                return False
            for key in mine:
                self._failed[key].append(now)
            while len(self._failed) > REMEMBERED:
                del self._failed[next(iter(self._failed))]
            return True

    def succeeded(self, name: str, address: str) -> None:
        """Forget what was counted of *name*, and the last try from *address*."""
        with self._lock:
            self._failed.pop(("name", name), None)
            if tries := self._failed.get(("address", address)):
                tries.pop()


def keep(response: Response, visitor: Visitor, cookie: str, value: str) -> Response:
    """Return *response*, which gives the visitor's browser a cookie to keep."""
    response.set_cookie(
        cookie, value, path="/", httponly=True, samesite="lax", secure=visitor.secure
    )
    return response


def _hostname(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
