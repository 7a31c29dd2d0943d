"""Asks the gateways, without storing anything, whether what is configured can be read.

Every source behind every gateway, each as far apart as the gateway wants; only one of a gateway
whose requests of the day are counted, for the service needs the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from threading import Event
from zoneinfo import ZoneInfo

from alerts.messages.causes import cause, remedy, said_by
from alerts.platforms import NAMES
from monitor.desk.shapes import Finding, Level
from monitor.errors import Code, Line, Told, listing
from monitor.model import Account, Gateway, Outcome, Pulse, SeenPost, SourceSpec
from monitor.polling.health import BLAMED
from monitor.polling.rate_limits import CircuitBreaker, RateLimiter, run
from monitor.register import BY_HAND, Register
from monitor.sources.base import Fetched, Source, first_look

NAMED = 5  # accounts in one line
SAID = 80  # letters shown of what a gateway said
PULSES = {
    Pulse.FULL: Told("full"),
    Pulse.WEAK: Told("weak"),
    Pulse.NONE: Code("none", Told("no proof")),
}
PAGES, NEWEST, TITLE = 10, 3, 30  # pages of a website, entries of each, letters of a title shown

Behind = tuple[Account, SourceSpec]
Advance = Callable[[], None]


def labelled(account: Account) -> Code:
    """Return the id of *account*, which people read as its name and platform."""
    platform = Told.of(NAMES[account.platform]) if account.platform in NAMES else account.platform
    return Code(account.id, Told("“{name}” {platform}", name=account.name, platform=platform))


def of_gateway(gateway: str) -> Told:
    """Return the name of the check of *gateway*."""
    return Told("gateway {gateway}", gateway=gateway)


def nobody_watches() -> None:
    """Do nothing after a source was read."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What one source answered."""

    account: Account
    fetched: Fetched


def behind(watched: Register, gateway: str) -> Iterator[Behind]:
    """Yield the sources that are read through *gateway*, each with its account."""
    for account in watched.accounts.values():
        for spec in account.sources:
            if spec.gateway == gateway:
                yield account, spec


def to_ask(register: Register, gateway: Gateway, quick: bool) -> list[Behind]:
    """Return the sources of *gateway* that are asked: all, or with *quick* or a quota one."""
    found = list(behind(register.watched(), gateway.id))
    return found[:1] if quick or gateway.quota is not None else found


def probed(
    register: Register,
    sources: Mapping[str, Source],
    now: datetime,
    quick: bool = False,
    advance: Advance = nobody_watches,
) -> list[Finding]:
    """Return what every gateway of *sources* answers, all of them asked side by side. *advance*
    is called after each source."""

    def ask(name: str) -> list[Finding]:
        gateway = register.gateways[name]
        wanted = to_ask(register, gateway, quick)
        known = len(list(behind(register.watched(), name)))
        if known and gateway.kind == BY_HAND:
            return [Finding(of_gateway(name), Level.OK, Told("a person is asked to look"))]
        return list(
            _judged(name, known, list(_asked(gateway, sources[name], wanted, now, advance)), zone)
        )

    if not sources:
        return []
    zone = register.hours.zone
    with ThreadPoolExecutor(len(sources), "probe") as pool:
        return [one for found in pool.map(ask, sources) for one in found]


def _asked(
    gateway: Gateway, source: Source, wanted: Sequence[Behind], now: datetime, advance: Advance
) -> Iterator[Probe]:
    """Ask until five in a row have failed, or the gateway asks to be left alone."""
    breaker = CircuitBreaker()

    def ask(one: Behind) -> Probe:
        account, spec = one
        fetched = source.read(first_look(spec, account.platform, now))
        quota = fetched.outcome is Outcome.QUOTA
        breaker.note(fetched.outcome in BLAMED, rest=bool(fetched.retry_after) or quota)
        advance()
        return Probe(account, fetched)

    limiter = RateLimiter(gateway.spacing, Event())
    yield from run(wanted, ask, limiter, gateway.concurrency, breaker)


def _judged(gateway: str, known: int, probes: Sequence[Probe], zone: ZoneInfo) -> Iterator[Finding]:
    """What *probes* of the *known* sources of a gateway come to."""
    check = of_gateway(gateway)
    if not known:
        yield Finding(check, Level.WARNING, Told("no account is read through it"))
        return
    good = [one.fetched for one in probes if one.fetched.outcome.answered]
    if good:
        yield Finding(check, Level.OK, _answers(good, known))
    yield from _failing(check, [p for p in probes if not p.fetched.outcome.answered], known == 1)
    left = known - len(probes)
    if left:
        untried = Told("{n} of {all} sources not tried", n=left, all=known)
        yield Finding(check, Level.UNTRIED, untried)
    for warning in dict.fromkeys(w for one in good for w in one.warnings):
        yield Finding(check, Level.WARNING, warning)
    pages = (p for p in probes if p.fetched.outcome.answered and p.fetched.column)
    yield from (_page(one, zone) for one in islice(pages, PAGES))


def _page(one: Probe, zone: ZoneInfo) -> Finding:
    """What is read of a page, for a person to hold against what he sees there."""
    posts = one.fetched.posts or ()
    shown = [Line(_stated(post, zone), f" {post.title[:TITLE]}") for post in posts[:NEWEST]]
    undated = sum(post.stated_at is None for post in posts)
    detail = Told(
        "{n} links in {column}, {undated} without a date: {posts}",
        n=len(posts),
        column=one.fetched.column or "–",
        undated=undated,
        posts=listing(shown, Told("; ")),
    )
    return Finding(Told("page {account}", account=labelled(one.account)), Level.OK, detail)


def _stated(post: SeenPost, zone: ZoneInfo) -> str:
    if post.stated_at is None:
        return Told("(no date)")
    at = post.stated_at.astimezone(zone)
    return f"{at:%Y-%m-%d}" if post.stated_until else f"{at:%Y-%m-%d %H:%M}"


def _answers(good: Sequence[Fetched], known: int) -> str:
    items = sum(len(one.posts or ()) for one in good)
    pulses = listing([PULSES[one] for one in dict.fromkeys(one.pulse for one in good)])
    if known == 1:
        return Told("answers, {items} items, pulse {pulse}", items=items, pulse=pulses)
    return Told(
        "answers for {n} of {all} sources, {items} items, pulse {pulse}",
        n=len(good),
        all=known,
        items=items,
        pulse=pulses,
    )


def _failing(check: str, probes: Sequence[Probe], alone: bool) -> Iterator[Finding]:
    """One line for each way in which sources fail, with the accounts that do."""
    ways: dict[tuple[Outcome, str], list[str]] = {}
    for one in probes:
        way = ways.setdefault((one.fetched.outcome, one.fetched.detail), [])
        plain = f"{one.account.name} ({one.account.id})"
        way.append(Code(plain, labelled(one.account)))
    for (outcome, detail), names in ways.items():
        if outcome is Outcome.QUOTA:
            level: Level = Level.WARNING
            said: str = Code(
                f"not asked: {detail}",
                Told("not asked: {detail}", detail=cause(outcome.value, detail)),
            )
        else:
            level, said = Level.PROBLEM, _unread(outcome, detail)
        if not alone:
            said = Told("{accounts}: {said}", accounts=_named(names), said=said)
        yield Finding(check, level, said)


def _unread(outcome: Outcome, detail: str) -> Code:
    """Why a source cannot be read, and what is done about it."""
    said = outcome.value, detail
    why, what, quoted = cause(*said), remedy(*said), said_by(*said, SAID)
    told = (
        Told("{reason}; {advice} “{detail}”", reason=why, advice=what, detail=quoted)
        if quoted
        else Told("{reason}; {advice}", reason=why, advice=what)
    )
    return Code(f"{outcome.value}: {detail}", told)


def _named(names: Sequence[str]) -> str:
    if len(names) <= NAMED:
        return listing(names)
    shown, more = listing(names[:NAMED]), len(names) - NAMED
    return Told("{accounts} and {n} more", accounts=shown, n=more)
