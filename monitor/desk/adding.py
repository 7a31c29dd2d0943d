"""An account from a pasted address: what it is, how it would be read, and whether it is read well.

Looks before anything is written, and says what it saw, for a person to agree to. Whoever asks, at
a terminal or on a page, gets the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from alerts.messages.causes import advice, cause_of, reason
from alerts.words import Words, one_line
from monitor.model import Account, Gateway, Outcome, SourceSpec
from monitor.polling.belief import names_differ
from monitor.register import Register
from monitor.sources import addresses
from monitor.sources.addresses import WEBSITE, WECHAT, WEIBO, Address
from monitor.sources.base import Fetched, Finder, Source, first_look

TITLES = 3  # of the newest posts, by which a person knows the account
NAME, SHOWN = 40, 60
CUSTODIAN = "custodian"
PASSING = (Outcome.TRANSPORT, Outcome.NO_PULSE, Outcome.QUOTA)
SUFFIX = re.compile(r"的?(?:新浪)?微博$")
# Whose article it is that an address of WeChat leads to.
OwnerOf = Callable[[Address, datetime], str | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account that is to be added: an address, and what is known besides. *name*: what it is
    called, where a list says so. *unread*: it is proposed, too, while no gateway answers."""

    address: str
    gateway: str | None = None
    custodian: str | None = None
    name: str | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One of the newest posts. *until*: when the time ends that its date leaves open."""

    title: str
    at: datetime | None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be added, and what was seen of it.

    *seen*: what the gateway calls it. *doubts*: why it may not be what was meant, a line each.
    *unread*: nothing was seen of it, because its gateway does not answer just now.
    """

    address: str
    id: str
    name: str
    platform: str
    gateway: str
    locator: str
    page: str | None
    custodian: str | None
    seen: str | None
    posts: tuple[Seen, ...]
    doubts: tuple[str, ...] = ()
    unread: bool = False

    def block(self) -> Mapping[str, object]:
        """Return the account's block of accounts.toml."""
        keys = {
            "id": self.id,
            "name": self.name,
            "platform": self.platform,
            "custodian": self.custodian,
            "page": self.page,
            "sources": [{"gateway": self.gateway, "locator": self.locator}],
        }
        return {key: value for key, value in keys.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing can be proposed for an address, and what to do, in one line."""

    address: str
    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why no gateway shows it. *passing*: the first is away, which says nothing of the account."""

    why: str
    passing: bool


class State(StrEnum):
    """What became of one address."""

    ADDED = "added"
    PROPOSED = "proposed"  # nobody was asked, and nothing is written
    DECLINED = "declined"  # somebody said that it is not the account
    DOUBTFUL = "doubtful"  # it may not be what was meant, and nobody was asked
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Added:
    """What was found for one address, and what became of it."""

    found: Proposal | Refused
    state: State


def looked_up(
    address: Address, sources: Mapping[str, Source], owner_of: OwnerOf, now: datetime
) -> Address:
    """Return *address* with its account's number, as far as *sources* or *owner_of* find it."""
    if address.number or not (address.name or address.post):
        return address
    if address.platform == WECHAT:
        return replace(address, number=owner_of(address, now))
    finders = (source for source in sources.values() if isinstance(source, Finder))
    numbers = (finder.find(address, now) for finder in finders)
    return replace(address, number=next(filter(None, numbers), None))


def called(fetched: Fetched) -> str | None:
    """Return what the gateway calls the account; None where it does not say."""
    return one_line(SUFFIX.sub("", fetched.title or ""), NAME) or None


def newest(fetched: Fetched) -> tuple[Seen, ...]:
    """Return the newest posts that the gateway shows, by which a person knows the account."""
    posts = (fetched.posts or ())[:TITLES]
    return tuple(Seen(one_line(p.title, SHOWN), p.stated_at, p.stated_until) for p in posts)


class Adding:
    """Makes proposals out of addresses, with the gateways that there are."""

    def __init__(
        self,
        register: Register,
        sources: Mapping[str, Source],
        owner_of: OwnerOf,
        words: Words,
    ) -> None:
        """*owner_of* looks up whose article a short address of WeChat is."""
        self._register = register
        self._sources = sources
        self._owner_of = owner_of
        self._words = words

    def proposal(
        self, wanted: Wanted, now: datetime, before: Sequence[Proposal] = ()
    ) -> Proposal | Refused:
        """Return what would be added for *wanted*, as read at *now*, or why nothing can be.

        *before*: what is to be added along with it. Raises `UsageError` for a custodian who is
        nobody.
        """
        custodian = self._register.person(wanted.custodian).id if wanted.custodian else None
        address = addresses.recognised(wanted.address)
        if address is None:
            return self._refused(
                wanted,
                self._words.text(
                    "this is no address; paste that of an account's page, a post, an article or a "
                    "column of a website"
                ),
            )
        address = looked_up(address, self._sources, self._owner_of, now)
        why = self._unnamed(address) or self._there(address, before)
        if why:
            return self._refused(wanted, why)
        fitting = self._fitting(address, wanted.gateway)
        if not fitting:
            return self._refused(wanted, self._unread(address.platform, wanted.gateway))
        found = self._read(address, fitting, now)
        custodian = custodian or self._only_custodian()
        if isinstance(found, Unreadable):
            if not (wanted.unread and found.passing):
                return self._refused(wanted, found.why)
            nothing = Fetched(Outcome.TRANSPORT, now)
            made = self._proposed(wanted, address, fitting[0], nothing, custodian, before)
            return replace(made, doubts=(found.why,), unread=True)
        return self._proposed(wanted, address, *found, custodian, before)

    def _refused(self, wanted: Wanted, why: str) -> Refused:
        return Refused(one_line(wanted.address, SHOWN), why)

    def _unnamed(self, address: Address) -> str | None:
        """Where the number stands that the address does not show and nobody knows."""
        if addresses.shortened(address):
            return self._words.text(
                "a short link does not say where it leads; open it in a browser and paste the "
                "address that stands there"
            )
        if address.platform == WEBSITE or address.number:
            return None
        if address.platform == WEIBO:
            return self._words.text(
                "the account's number is not known; open its page in a browser and paste the "
                "address with the number, weibo.com/u/…"
            )
        if address.platform == WECHAT:
            return self._words.text(
                "WeChat did not show whose article this is; open it in a browser and paste the "
                "long address with __biz=, or the feed id MP_WXS_… that the collector lists"
            )
        return self._words.text("this names no account; paste the address of its own page")

    def _there(self, address: Address, before: Sequence[Proposal]) -> str | None:
        """Whether the account is there already: under which name and id."""
        known = [(a.id, a.name, a.platform, s.gateway, s.locator) for a, s in self._configured()]
        known += [(p.id, p.name, p.platform, p.gateway, p.locator) for p in before]
        for account, name, platform, gateway, locator in known:
            through = self._register.gateways.get(gateway)
            if platform == address.platform and _same(address, through, locator):
                line = self._words.text("is there already: {name} ({id})")
                return line.format(name=name, id=account)
        return None

    def _configured(self) -> Iterator[tuple[Account, SourceSpec]]:
        for account in self._register.accounts.values():
            yield from ((account, spec) for spec in account.sources)

    def _fitting(self, address: Address, named: str | None) -> list[Gateway]:
        """The gateways that can read it: those first whose own address it is below, then those
        through which most accounts of its platform are read."""
        used = [s.gateway for a, s in self._configured() if a.platform == address.platform]
        fitting = [
            gateway
            for gateway in self._register.gateways.values()
            if named in (None, gateway.id) and addresses.locator(gateway, address) is not None
        ]
        return sorted(
            fitting,
            key=lambda g: (addresses.locator(g, address) == address.link, -used.count(g.id)),
        )

    def _unread(self, platform: str, named: str | None) -> str:
        words = self._words
        gateway = self._register.gateways.get(named or "")
        if named and gateway is None:
            known = words.listing(list(self._register.gateways))
            line = words.text("there is no gateway {gateway}; there are: {known}")
            return line.format(gateway=named, known=known)
        if gateway:
            line = words.text("gateway {gateway} of kind {kind} does not read {platform}")
            shown = words.platform(platform)
            return line.format(gateway=gateway.id, kind=gateway.kind, platform=shown)
        kinds = words.listing(addresses.kinds_for(platform))
        line = words.text(
            "no gateway reads {platform}; put one of kind {kinds} into monitor.toml first"
        )
        return line.format(platform=words.platform(platform), kinds=kinds)

    def _read(
        self, address: Address, fitting: Sequence[Gateway], now: datetime
    ) -> tuple[Gateway, Fetched] | Unreadable:
        """What the first gateway shows that can read it; else why none can."""
        why, outcomes = [], []
        for gateway in fitting:
            locator = addresses.locator(gateway, address) or ""
            spec = SourceSpec(f"new/{gateway.id}", "new", gateway.id, locator)
            fetched = self._sources[gateway.id].read(first_look(spec, address.platform, now))
            if fetched.outcome.answered:
                return gateway, fetched
            why.append(self._failed(gateway.id, fetched, address.platform))
            outcomes.append(fetched.outcome)
        said = self._words.text("cannot be read: {why}").format(why=self._words.listing(why))
        return Unreadable(said, outcomes[0] in PASSING)

    def _failed(self, gateway: str, fetched: Fetched, platform: str) -> str:
        words, said = self._words, (fetched.outcome.value, fetched.detail)
        if platform == WECHAT and cause_of(*said) == "no_route":
            return words.text("{gateway} does not collect it; add it there first").format(
                gateway=gateway
            )
        line = words.text("{gateway}: {reason}; {advice}")
        help_ = advice(*said, words)
        return line.format(gateway=gateway, reason=reason(*said, words), advice=help_)

    def _only_custodian(self) -> str | None:
        people = [p.id for p in self._register.people.values() if CUSTODIAN in p.roles]
        return people[0] if len(people) == 1 else None

    def _proposed(
        self,
        wanted: Wanted,
        address: Address,
        gateway: Gateway,
        fetched: Fetched,
        custodian: str | None,
        before: Sequence[Proposal],
    ) -> Proposal:
        seen, posts = called(fetched), newest(fetched)
        return Proposal(
            address=one_line(wanted.address, SHOWN),
            id=self._id(address, before),
            name=wanted.name or seen or address.number or address.link,
            platform=address.platform,
            gateway=gateway.id,
            locator=addresses.locator(gateway, address) or "",
            page=addresses.page_of(address),
            custodian=custodian,
            seen=seen,
            posts=posts,
            doubts=tuple(self._doubts(wanted, address, seen, bool(posts))),
        )

    def _doubts(
        self, wanted: Wanted, address: Address, seen: str | None, posts: bool
    ) -> Iterator[str]:
        words = self._words
        if address.platform != WEBSITE and wanted.name and seen and names_differ(wanted.name, seen):
            line = words.text("is called {seen} there, not {name}")
            yield line.format(seen=seen, name=wanted.name)
        if not (seen or wanted.name):
            yield words.text("the gateway does not say what it is called")
        if not posts:
            yield words.text("not one post is shown")

    def _id(self, address: Address, before: Sequence[Proposal]) -> str:
        """An id of its own, by the platform and what the account is known by there."""
        shown = address.number or re.sub(r"^https?://(?:www\.)?", "", address.link)
        plain = re.sub(r"[^A-Za-z0-9]+", "-", shown).strip("-")[:40] or "new"
        wish = f"{address.platform}-{plain}"
        taken = {*self._register.accounts, *(one.id for one in before)}
        more = (f"{wish}-{n}" for n in range(2, len(taken) + 3))
        return next(one for one in (wish, *more) if one not in taken)


def _same(address: Address, gateway: Gateway | None, locator: str) -> bool:
    """Whether *locator*, as *gateway* calls an account of the same platform, is what *address*
    names; a route may have parameters behind the number."""
    if address.number:
        steps = re.split(r"[/?#,&=]", locator)
        return address.number in (step.removeprefix("MP_WXS_") for step in steps)
    wanted = addresses.locator(gateway, address) if gateway else None
    return wanted is not None and wanted.strip("/") == locator.strip("/")
