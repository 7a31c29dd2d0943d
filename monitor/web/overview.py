"""What the overview says of all accounts: its sentence, its counters, its order. Pure.

Computes no verdict; it words and sorts those that the desk tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.words import Words
from monitor.desk.shapes import AccountStatus, GatewayStatus, ListedAccount, Status
from monitor.desk.status import URGENT

UNCHECKED = "unchecked"
LOOKS = (*URGENT[:3], UNCHECKED, *URGENT[3:])  # the most urgent first
COUNTED = ("breached", "late", "blind", "waiting", "fresh")
SHAPES = {"fresh": "●", "late": "▲", "breached": "■", "blind": "◇", "waiting": "○", UNCHECKED: "·"}


def look_of(account: AccountStatus) -> str:
    """Return the account's verdict; `unchecked` where nothing has tried to read it yet."""
    tried = any(source["last_outcome"] is not None for source in account["gateways"])
    never = account["last_good_reading_at"] is None and account["last_post_at"] is None
    return UNCHECKED if never and not tried else account["verdict"].value


def urgent_first(accounts: Sequence[AccountStatus]) -> list[AccountStatus]:
    """Return *accounts*, those first that are over the limit longest, or will be soonest."""
    return sorted(accounts, key=lambda a: (LOOKS.index(look_of(a)), a["breach_at"], a["id"]))


def fitting(
    accounts: Sequence[AccountStatus],
    listed: Mapping[str, ListedAccount],
    names: Mapping[str, str],
    looks: Sequence[str],
    search: str,
) -> list[AccountStatus]:
    """Return those of *accounts* with one of *looks* (none: any) in which every word of *search*
    occurs: in the name, the organisation, the id, or the custodian's name, from *names*."""
    wanted = search.casefold().split()
    return [
        account
        for account in accounts
        if (not looks or look_of(account) in looks)
        and all(word in _searched(account, listed, names) for word in wanted)
    ]


def _searched(
    account: AccountStatus, listed: Mapping[str, ListedAccount], names: Mapping[str, str]
) -> str:
    row = listed.get(account["id"])
    custodian = (row["custodian"] or "") if row else ""
    organisation = (row["organisation"] or "") if row else ""
    parts = (account["id"], account["name"], organisation, names.get(custodian, custodian))
    return " ".join(parts).casefold()


def counts(accounts: Sequence[AccountStatus]) -> dict[str, int]:
    """Return how many accounts have each look; all looks but `unchecked` always."""
    found = Counter(look_of(account) for account in accounts)
    return {look: found[look] for look in LOOKS if look in COUNTED or found[look]}


def look_of_all(status: Status) -> str:
    """Return the worst look; never a good one while a gateway is blind."""
    looks = {look_of(account) for account in status["accounts"]}
    worst = next((look for look in LOOKS if look in looks), UNCHECKED)
    blind = any(not gateway["healthy"] for gateway in status["gateways"])
    return "blind" if blind and worst not in ("breached", "late") else worst


def sentence(status: Status, words: Words) -> str:
    """Return how all accounts stand, in a line."""
    found = counts(status["accounts"])
    parts = [*_needs(status, found, words), *_unseen(status, found, words)]
    fresh = found["fresh"]
    if not status["accounts"]:
        return words.text("No account is watched yet.")
    if not parts:
        return _all_well(status["accounts"], words)
    if fresh:
        rest = words.plural("the other {n} is fresh", "the other {n} are fresh", fresh)
        parts.append(rest.format(n=fresh))
    return words.text("{parts}.").format(parts=words.text("; ").join(parts))


def _all_well(accounts: Sequence[AccountStatus], words: Words) -> str:
    first = min(accounts, key=lambda a: (a["publish_by"], a["id"]))
    said = words.plural(
        "The one account is fresh; it has to publish by {day} ({name}).",
        "All {n} accounts are fresh; the first has to publish by {day} ({name}).",
        len(accounts),
    )
    day = words.day(first["publish_by"])
    return said.format(
        n=len(accounts), day=day, name=words.account(first["name"], first["platform"])
    )


def _needs(status: Status, found: Mapping[str, int], words: Words) -> Iterator[str]:
    if n := found["breached"]:
        yield words.plural(
            "{n} account is over the limit", "{n} accounts are over the limit", n
        ).format(n=n)
    if n := found["late"]:
        day = min(a["publish_by"] for a in status["accounts"] if look_of(a) == "late")
        said = words.plural(
            "{n} account has to publish, by {day}",
            "{n} accounts have to publish, the first by {day}",
            n,
        )
        yield said.format(n=n, day=words.day(day))


def _unseen(status: Status, found: Mapping[str, int], words: Words) -> Iterator[str]:
    if n := found["blind"]:
        yield words.plural("{n} account cannot be seen", "{n} accounts cannot be seen", n).format(
            n=n
        )
    if n := found["waiting"]:
        yield words.plural(
            "of {n} account nothing was seen yet", "of {n} accounts nothing was seen yet", n
        ).format(n=n)
    if n := found.get(UNCHECKED, 0):
        done, all_of_them = len(status["accounts"]) - n, len(status["accounts"])
        yield words.text("first reading under way, {done} of {all}").format(
            done=done, all=all_of_them
        )
    for gateway in status["gateways"]:
        if not gateway["healthy"]:
            yield _failing(gateway, status, words)


def _failing(gateway: GatewayStatus, status: Status, words: Words) -> str:
    behind = sum(
        any(source["gateway"] == gateway["id"] for source in account["gateways"])
        for account in status["accounts"]
    )
    since = gateway["last_pulse_at"]
    if since is None:
        said = words.text("gateway {name} cannot be read, {n} accounts are behind it")
        return said.format(name=gateway["id"], n=behind)
    said = words.text("gateway {name} has not been readable since {at}, {n} accounts are behind it")
    return said.format(name=gateway["id"], at=words.moment(since), n=behind)


def deadline(account: AccountStatus, now: datetime, zone: ZoneInfo, words: Words) -> str:
    """Return how long is left until the account's last day to publish, or how long it is over."""
    if account["breach_at"] <= now:
        days = (now - account["breach_at"]).days
        return words.text("over the limit by {days}").format(days=words.days(days))
    left = (account["publish_by"] - now.astimezone(zone).date()).days
    day = words.day(account["publish_by"])
    if left < 0:
        return words.text("publish at once")
    return words.text("publish by {day}, {days} left").format(day=day, days=words.days(left))
