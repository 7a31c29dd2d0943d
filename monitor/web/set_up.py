"""What the forms of the set-up ask for, and the change of the configuration that each comes to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from alerts.channels.registry import KINDS as CHANNEL_KINDS
from alerts.model import Person, Roster
from alerts.words import one_line
from monitor.desk.wizard import LADDERS
from monitor.edits import MONITOR, PEOPLE, Change, Value
from monitor.model import Gateway
from monitor.register import Register

LONGEST = 400  # characters of a field
SECRET = 8_000  # characters of a secret: a cookie is long
MOST_WAYS, MOST_TURNS = 4, 12  # of one person, and of the roster, as a form shows them
ROLES = ("custodian", "backup", "duty", "deputy", "operator")
LISTS = ("gateways", "people", "channels")  # what a block can be taken out of
# Of gateways that are read through, those that need nothing but an address and a key.
NEW_KINDS = (
    "rsshub",
    "wewe_rss",
    "we_mp_rss",
    "wechat2rss",
    "weibo_mobile",
    "weibo_api",
    "feed",
    "web_page",
)
WITH_HOME = ("weibo_mobile", "weibo_api")  # those that know where the platform is
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One box of a form. *secret*: what is entered is never shown again."""

    key: str
    required: bool
    secret: bool


def field(form: Form, name: str) -> str:
    """Return what was entered as *name*, on one line."""
    return one_line(form.get(name, ""), LONGEST).strip()


def boxes(kind: str, there: bool) -> list[Asked]:
    """Return what a channel of *kind* needs to be told; where it is *there*, what is left empty
    stays as it is."""
    if kind not in CHANNEL_KINDS:
        return []
    known = CHANNEL_KINDS[kind]
    keys = [*sorted(known.required), *sorted(known.optional)]
    return [Asked(k, k in known.required and not there, k in known.secrets) for k in keys]


def gateway(form: Form, known: Mapping[str, Gateway]) -> tuple[Change, Gateway]:
    """Return the change that writes the gateway of *form*, and the gateway itself, to be tried. The
    key that there is goes to the address that it was for, and to no other."""
    there = known.get(form.get("which", ""))
    kind, url = field(form, "kind"), field(form, "url")
    if kind not in (*NEW_KINDS, there.kind if there else ""):
        kind = ""
    key = form.get("key", "").strip()[:SECRET]
    same = there is not None and (there.kind, _place(there.url)) == (kind, _place(url))
    home = url == "" and kind in WITH_HOME
    keys: dict[str, Value | None] = {"kind": kind, "url": None if home else url}
    if not key and there is not None and there.key and not same:
        keys["key"] = None
    name = there.id if there else free(kind.partition("_")[0] or "gateway", known)
    change = Change(MONITOR, ("gateways", name), keys, {"key": key} if key else {})
    return change, Gateway(name, kind, url, key or (there.key if there and same else None))


def _place(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ""
    return parts.scheme, parts.netloc.casefold()


def channel(form: Form, kinds: Mapping[str, str]) -> Change:
    """Return the change that writes the channel of *form*; *kinds*: of those that there are."""
    there = form.get("which", "") if form.get("which", "") in kinds else ""
    kind = kinds[there] if there else field(form, "kind")
    asked = boxes(kind, bool(there))
    given = {one: form.get(one.key, "").strip()[:SECRET] for one in asked}
    keys = {one.key: _number(said) for one, said in given.items() if said and not one.secret}
    secret = {one.key: said for one, said in given.items() if said and one.secret}
    name = there or field(form, "id") or free(kind.partition("_")[0] or "channel", kinds)
    return Change(PEOPLE, ("channels", name), {"kind": kind, **keys}, secret)


def _number(said: str) -> Value:
    said = one_line(said, LONGEST)
    return int(said) if re.fullmatch(r"[0-9]{1,6}", said) and not said.startswith("0") else said


def person(form: Form, people: Mapping[str, Person]) -> Change:
    """Return the change that writes the person of *form*."""
    there = form.get("which", "") in people
    name = form["which"] if there else field(form, "id") or free("person", people)
    keys: dict[str, Value | None] = {"name": field(form, "name")}
    keys["phone"] = field(form, "phone") or None
    roles = [role for role in ROLES if f"role_{role}" in form]
    kept = [role for role in people[name].roles if role not in ROLES] if there else []
    keys["roles"] = [*roles, *kept]
    keys["reach"] = [
        {"channel": field(form, f"way{n}"), "address": field(form, f"to{n}")}
        for n in range(MOST_WAYS)
        if field(form, f"way{n}")
    ]
    return Change(PEOPLE, ("people", name), keys)


def way(form: Form, people: Mapping[str, Person]) -> Change | None:
    """Return the change by which a channel reaches somebody; None where that is nobody."""
    known = people.get(form.get("person", ""))
    if known is None:
        return None
    via, address = field(form, "channel"), field(form, "address")
    others = [(one.channel, one.address) for one in known.reach if one.channel != via]
    ways = [*others, (via, address)]
    # What only prints on the screen stands behind what reaches somebody.
    ways.sort(key=lambda one: one[0] == "console")
    reach = [{"channel": channel, "address": address} for channel, address in ways]
    return Change(PEOPLE, ("people", known.id), {"reach": reach})


def duty(form: Form) -> Change | None:
    """Return the change of who is on duty when; None for a date or a length that is none."""
    turns = [field(form, f"turn{n}") for n in range(MOST_TURNS)]
    rotation = [one for one in turns if one]
    if not rotation:
        return Change(PEOPLE, ("roster",), dict.fromkeys(("rotation", "starts", "every")))
    every = field(form, "every") or "7"
    try:
        starts = date.fromisoformat(field(form, "starts"))
    except ValueError:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,2}", every):
        return None
    keys: dict[str, Value | None] = {"rotation": rotation, "starts": starts, "every": f"{every}d"}
    return Change(PEOPLE, ("roster",), keys)


def rule(form: Form, policies: Collection[str]) -> Change | None:
    """Return the change of the limit, with the usual steps up to it; None for another limit."""
    said = form.get("limit", "")
    days = int(said) if re.fullmatch(r"[0-9]{1,2}", said) else 0
    if days not in LADDERS:
        return None
    ladder = [{"after": f"{after}d", "tell": list(tell)} for after, tell in LADDERS[days]]
    name = "default" if "default" in policies or not policies else next(iter(policies))
    return Change(MONITOR, ("policies", name), {"limit": f"{days}d", "ladder": ladder})


def gone(form: Form, register: Register, kinds: Mapping[str, str]) -> Change | None:
    """Return the change that takes a block out; None where there is none."""
    what, name = form.get("what", ""), form.get("which", "")
    known: Mapping[str, Collection[str]] = {
        "gateways": register.gateways,
        "people": register.people,
        "channels": kinds,
    }
    if name not in known.get(what, ()):
        return None
    return Change(MONITOR if what == "gateways" else PEOPLE, (what, name), gone=True)


def as_form(there: Person | None) -> Form:
    """Return the boxes of a form as they stand for a person who is *there*."""
    if there is None:
        return {}
    ways = dict[str, str]()
    for n, one in enumerate(there.reach[:MOST_WAYS]):
        ways |= {f"way{n}": one.channel, f"to{n}": one.address}
    roles = {f"role_{role}": "1" for role in there.roles}
    return {"id": there.id, "name": there.name, "phone": there.phone or "", **roles, **ways}


def free(wish: str, taken: Collection[str]) -> str:
    """Return an id like *wish* that is not *taken*."""
    wish = re.sub(r"[^A-Za-z0-9-]", "", wish) or "new"
    names: Iterator[str] = (f"{wish}-{n}" for n in range(2, len(taken) + 3))
    return next(one for one in (wish, *names) if one not in taken)


def turns(roster: Roster, people: int) -> Sequence[str]:
    """Return who takes turns, and empty places for as many *people*."""
    rotation = [*roster.rotation]
    return [*rotation, *[""] * (min(max(people, 1), MOST_TURNS) - len(rotation))][:MOST_TURNS]


def length(every: timedelta) -> int:
    """Return in days how long a turn is."""
    return max(every.days, 1)
