"""What the overview says of all accounts: its sentence, its counters. Pure.

Computes no verdict; it words those that the desk tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from alerts.words import Words
from monitor.desk.kept import Sums
from monitor.desk.shapes import GatewayStatus
from monitor.desk.status import URGENT
from monitor.standing import LOOKS, UNCHECKED, Shown

SHAPES = {"fresh": "●", "late": "▲", "breached": "■", "blind": "◇", "waiting": "○", UNCHECKED: "·"}
Gateways = Sequence[GatewayStatus]


def counts(sums: Sums) -> dict[str, int]:
    """Return how many accounts have each look; all looks but `unchecked` always."""
    found = sums.by_look()
    return {look: found.get(look, 0) for look in LOOKS if look in URGENT or found.get(look)}


def known_as_of(read_at: datetime | None, now: datetime, words: Words) -> str:
    """Return up to when the accounts are known at *now*, of which one was *read_at* last."""
    if read_at is None:
        return "–"
    here, today = read_at.astimezone(words.zone), now.astimezone(words.zone).date()
    if here.date() == today:
        return f"{here:%H:%M}"
    return words.moment(read_at, here.year != today.year)


def failing(gateways: Gateways) -> list[str]:
    """Return those of *gateways* that cannot be read."""
    return [gateway["id"] for gateway in gateways if not gateway["healthy"]]


def look_of_all(sums: Sums, gateways: Gateways) -> str:
    """Return the worst look; never a good one while a gateway is blind."""
    worst = next((look for look in LOOKS if look in sums.first), UNCHECKED)
    return "blind" if failing(gateways) and worst not in ("breached", "late") else worst


def sentence(sums: Sums, gateways: Gateways, now: datetime, words: Words) -> str:
    """Return how all accounts stand at *now*, in a line."""
    found = counts(sums)
    parts = [*_needs(sums, found, words), *_unseen(found, words)]
    parts += (_failing(one, sums.behind, now, words) for one in gateways if not one["healthy"])
    if not sums.counts:
        return words.text("No account is watched yet.")
    if not parts:
        return _all_well(sums.first["fresh"], found["fresh"], words)
    if (n := found["fresh"] - sums.doubtful) > 0:
        rest = words.plural("the other {n} is fresh", "the other {n} are fresh", n)
        parts.append(rest.format(n=n))
    return words.text("{parts}.").format(parts=words.text("; ").join(parts))


def _all_well(first: Shown, n: int, words: Words) -> str:
    said = words.plural(
        "The one account is fresh; it has to publish by {day} ({name}).",
        "All {n} accounts are fresh; the first has to publish by {day} ({name}).",
        n,
    )
    day, name = words.day(first.publish_by), words.account(first.name, first.platform)
    return said.format(n=n, day=day, name=name)


def _needs(sums: Sums, found: Mapping[str, int], words: Words) -> Iterator[str]:
    if n := found["breached"]:
        yield words.plural(
            "{n} account is over the limit", "{n} accounts are over the limit", n
        ).format(n=n)
    if n := found["late"]:
        day = sums.first["late"].publish_by
        said = words.plural(
            "{n} account has to publish, by {day}",
            "{n} accounts have to publish, the first by {day}",
            n,
        )
        yield said.format(n=n, day=words.day(day))


def _unseen(found: Mapping[str, int], words: Words) -> Iterator[str]:
    if n := found["blind"]:
        yield words.plural("{n} account cannot be seen", "{n} accounts cannot be seen", n).format(
            n=n
        )
    if n := found["waiting"]:
        yield words.plural(
            "of {n} account nothing was seen yet", "of {n} accounts nothing was seen yet", n
        ).format(n=n)
    if n := found.get(UNCHECKED, 0):
        total = sum(found.values())
        yield words.text("first reading under way, {done} of {all}").format(
            done=total - n, all=total
        )


def _failing(gateway: GatewayStatus, behind: Mapping[str, int], now: datetime, words: Words) -> str:
    since, n = gateway["last_pulse_at"], behind[gateway["id"]]
    if since is None:
        said = words.text("cannot be verified: gateway {name} cannot be read, it has {n} accounts")
        return said.format(name=gateway["id"], n=n)
    said = words.text(
        "cannot be verified: gateway {name} cannot be read since {at}, it has {n} accounts"
    )
    return said.format(name=gateway["id"], at=known_as_of(since, now, words), n=n)


def deadline(account: Shown, now: datetime, off: Callable[[date], str], words: Words) -> str:
    """Return how many working days are left until the account's last day to publish, or how long
    it is over. *off*: the name of the days off that a day is one of, or nothing."""
    if account.breach_at <= now:
        days = (now - account.breach_at).days
        return words.text("over the limit by {days}").format(days=words.days(days))
    today, last = now.astimezone(words.zone).date(), account.publish_by
    ahead = [today + timedelta(days=n + 1) for n in range((last - today).days)]
    working = sum(not off(one) for one in ahead)
    day = words.day(last)
    if last < today:
        return words.text("publish at once")
    if last == today:
        return words.text("publish by {day}, the last day is today").format(day=day)
    if not working:
        return words.text("publish by {day}, no working day is left").format(day=day)
    said = words.plural(
        "publish by {day}, {n} working day left", "publish by {day}, {n} working days left", working
    )
    return said.format(day=day, n=working)
