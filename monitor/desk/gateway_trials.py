"""Reads once through gateways, without storing anything, and says in words what they showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from alerts.messages.causes import advice, reason
from alerts.told import Detail
from alerts.words import Words
from monitor.causes import Cause
from monitor.desk.adding import OwnerOf, Seen, called, looked_up, newest
from monitor.desk.probing import behind
from monitor.desk.self_reports import facts
from monitor.model import Gateway, Outcome, SourceSpec
from monitor.register import BY_HAND, Register
from monitor.sources import addresses
from monitor.sources.addresses import SEEING_WEIBO, Address
from monitor.sources.base import Fetched, Reporting, SelfReport, Source, first_look

ANOTHER = "new"  # what a gateway is called that is not configured yet
UNREACHED = (Outcome.TRANSPORT, Outcome.QUOTA)
NO_LOGIN = (Outcome.NO_PULSE, Detail("no login that reads", Cause.WECHAT_LOGIN))
Build = Callable[[Gateway], Source]


@dataclass(frozen=True, slots=True)
class GatewayTrial:
    """What came of trying one gateway. *good*: whether it showed what it should; None: nothing was
    read. *said*: in one sentence, with what helps. *posts*: the newest it showed. *online*: it
    answered as its kind does, so that its address is right even where it is not *good* yet."""

    gateway: str
    kind: str
    good: bool | None
    said: str
    posts: tuple[Seen, ...] = ()
    online: bool = False


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

    def configured(self, pasted: str, now: datetime, only: str = "") -> list[GatewayTrial]:
        """Return what every gateway shows of the account at the address *pasted*; where that is
        empty, of an account that is read through it, or by its address alone; or what *only* one
        of them does."""
        address = self._recognised(pasted, now)
        known = self._register.gateways
        gateways = [known[only]] if only in known else known.values()
        return [self._tried(one, self._sources[one.id], pasted, address, now) for one in gateways]

    def another(self, gateway: Gateway, pasted: str, now: datetime) -> GatewayTrial:
        """Return what a gateway that is not configured shows of the account at *pasted*; where that
        is empty, what is told by its address alone: that it runs, by what logins or cookie it
        reads, and what it shows of an account that it must see."""
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
        if not pasted:
            return self._by_itself(gateway, source, now)
        wanted = self._wanted(gateway, address)
        if wanted is None:
            return GatewayTrial(gateway.id, gateway.kind, None, self._unread(address))
        return self._shown(gateway, _read(gateway, source, wanted, now))

    def _by_itself(self, gateway: Gateway, source: Source, now: datetime) -> GatewayTrial:
        """What is told by the gateway's address alone, or with an account that it is to read."""
        report = source.report(now) if isinstance(source, Reporting) else SelfReport()
        wanted = self._known(gateway) or report.shows or addresses.busy(gateway)
        if not report.outcome.answered and (wanted is None or report.outcome in UNREACHED):
            return self._failed(gateway, (report.outcome, report.detail))
        said = facts(report, self._words)
        if report.logins and not report.logins.working:
            return self._failed(gateway, NO_LOGIN, said)
        window = report.window or (_read(gateway, source, wanted, now) if wanted else None)
        return self._shown(gateway, window, said) if window else self._running(gateway, said)

    def _wanted(self, gateway: Gateway, address: Address | None) -> tuple[str, str] | None:
        locator = addresses.locator(gateway, address) if address else None
        return (locator, address.platform) if address and locator is not None else None

    def _known(self, gateway: Gateway) -> tuple[str, str] | None:
        """What is read through *gateway* as it is configured, or proves that it sees."""
        if self._register.gateways.get(gateway.id) != gateway:
            return None  # what it read at another address says nothing of this one
        read = [(spec.locator, a.platform) for a, spec in behind(self._register, gateway.id)]
        canaries = [(locator, "") for locator in gateway.canary]
        return next(iter([*read, *canaries]), None)

    def _unread(self, address: Address | None) -> str:
        words = self._words
        if address is None:
            return words.text("This is no address of an account.")
        return words.text("It does not read accounts of this kind.")

    def _running(self, gateway: Gateway, facts: Sequence[str]) -> GatewayTrial:
        """What is told of one that shows no account yet."""
        words = self._words
        if not facts:
            said = words.text(
                "No account is read through it yet; paste an account's address to try it with."
            )
            return GatewayTrial(gateway.id, gateway.kind, None, said)
        said = words.text("{what}.").format(what=self._joined(facts))
        return GatewayTrial(gateway.id, gateway.kind, True, said, online=True)

    def _shown(self, gateway: Gateway, fetched: Fetched, facts: Sequence[str] = ()) -> GatewayTrial:
        words = self._words
        if not fetched.outcome.answered:
            return self._failed(gateway, (fetched.outcome, fetched.detail), facts)
        name, n = called(fetched) or words.text("without a name"), len(fetched.posts or ())
        line = words.plural("It works: {name}, {n} post.", "It works: {name}, {n} posts.", n)
        if facts:
            line = words.plural("{what}: {name}, {n} post.", "{what}: {name}, {n} posts.", n)
            seen = [words.text("its cookie works")] if gateway.kind in SEEING_WEIBO else []
            facts = [*facts, *seen]
        told = line.format(what=self._joined(facts), name=name, n=n)
        return GatewayTrial(gateway.id, gateway.kind, True, told, newest(fetched), online=True)

    def _joined(self, facts: Sequence[str]) -> str:
        return self._words.text(" and ").join(facts)

    def _failed(
        self, gateway: Gateway, why: tuple[Outcome, str], facts: Sequence[str] = ()
    ) -> GatewayTrial:
        words, said = self._words, (why[0].value, why[1])
        line = words.text("It answers, but shows no posts: {reason}; {advice}")
        if why[0] in UNREACHED:
            line = words.text("It cannot be read: {reason}; {advice}")
        if facts:
            line = words.text("{what}, but it shows no posts: {reason}; {advice}")
        told = line.format(
            what=self._joined(facts),
            reason=reason(*said, words),
            advice=advice(*said, words),
        )
        return GatewayTrial(gateway.id, gateway.kind, False, told, online=bool(facts))


def _read(gateway: Gateway, source: Source, wanted: tuple[str, str], now: datetime) -> Fetched:
    locator, platform = wanted
    spec = SourceSpec(f"try/{gateway.id}", "try", gateway.id, locator)
    return source.read(first_look(spec, platform, now))
