"""Reads once through gateways, without storing anything, and says in words what they showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from alerts.messages.causes import advice, reason
from alerts.words import Words
from monitor.desk.adding import OwnerOf, Seen, called, looked_up, newest
from monitor.desk.probing import behind
from monitor.model import Gateway, Outcome, SourceSpec
from monitor.register import BY_HAND, Register
from monitor.sources import addresses
from monitor.sources.addresses import Address
from monitor.sources.base import Fetched, Source, first_look

ANOTHER = "new"  # what a gateway is called that is not configured yet
Build = Callable[[Gateway], Source]


@dataclass(frozen=True, slots=True)
class GatewayTrial:
    """What came of reading through one gateway. *good*: whether it showed posts; None: nothing
    was read. *said*: in one sentence, with what helps. *posts*: the newest it showed."""

    gateway: str
    kind: str
    good: bool | None
    said: str
    posts: tuple[Seen, ...] = ()


class GatewayTrials:
    """Tries gateways: those of *sources*, and others that *build* makes ready."""

    def __init__(
        self,
        register: Register,
        sources: Mapping[str, Source],
        owner_of: OwnerOf,
        words: Words,
        build: Build,
    ) -> None:
        """*owner_of* looks up whose article a short address of WeChat is."""
        self._register = register
        self._sources = sources
        self._owner_of = owner_of
        self._words = words
        self._build = build

    def configured(self, pasted: str, now: datetime) -> list[GatewayTrial]:
        """Return what every gateway shows of the account at the address *pasted*; where that is
        empty, of an account that is read through it."""
        address = self._recognised(pasted, now)
        gateways = self._register.gateways.values()
        return [self._tried(one, self._sources[one.id], pasted, address, now) for one in gateways]

    def another(self, gateway: Gateway, pasted: str, now: datetime) -> GatewayTrial:
        """Return what a gateway that is not configured shows of the account at *pasted*."""
        with closing(self._build(gateway)) as source:
            return self._tried(gateway, source, pasted, self._recognised(pasted, now), now)

    def _recognised(self, pasted: str, now: datetime) -> Address | None:
        address = addresses.recognised(pasted) if pasted else None
        return looked_up(address, self._sources, self._owner_of, now) if address else None

    def _tried(
        self,
        gateway: Gateway,
        source: Source,
        pasted: str,
        address: Address | None,
        now: datetime,
    ) -> GatewayTrial:
        words = self._words
        if gateway.kind == BY_HAND:
            return GatewayTrial(
                gateway.id, gateway.kind, True, words.text("a person is asked to look")
            )
        wanted = self._wanted(gateway, address) if pasted else self._known(gateway)
        if wanted is None:
            return GatewayTrial(gateway.id, gateway.kind, None, self._unread(pasted, address))
        locator, platform = wanted
        spec = SourceSpec(f"try/{gateway.id}", "try", gateway.id, locator)
        return self._shown(gateway, source.read(first_look(spec, platform, now)))

    def _wanted(self, gateway: Gateway, address: Address | None) -> tuple[str, str] | None:
        locator = addresses.locator(gateway, address) if address else None
        return (locator, address.platform) if address and locator is not None else None

    def _known(self, gateway: Gateway) -> tuple[str, str] | None:
        """What is read through *gateway*, or proves that it sees."""
        read = [(spec.locator, a.platform) for a, spec in behind(self._register, gateway.id)]
        canaries = [(locator, "") for locator in gateway.canary]
        return next(iter([*read, *canaries]), None)

    def _unread(self, pasted: str, address: Address | None) -> str:
        words = self._words
        if not pasted:
            return words.text(
                "No account is read through it yet; paste an account's address to try it with."
            )
        if address is None:
            return words.text("This is no address of an account.")
        return words.text("It does not read accounts of this kind.")

    def _shown(self, gateway: Gateway, fetched: Fetched) -> GatewayTrial:
        words, said = self._words, (fetched.outcome.value, fetched.detail)
        if not fetched.outcome.answered:
            online = fetched.outcome not in (Outcome.TRANSPORT, Outcome.QUOTA)
            line = words.text("It answers, but shows no posts: {reason}; {advice}")
            other = words.text("It cannot be read: {reason}; {advice}")
            told = (line if online else other).format(
                reason=reason(*said, words), advice=advice(*said, words)
            )
            return GatewayTrial(gateway.id, gateway.kind, False, told)
        name, n = called(fetched) or words.text("without a name"), len(fetched.posts or ())
        line = words.plural("It works: {name}, {n} post.", "It works: {name}, {n} posts.", n)
        told = line.format(name=name, n=n)
        return GatewayTrial(gateway.id, gateway.kind, True, told, newest(fetched))
