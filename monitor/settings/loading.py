"""Three files and the environment in, `Settings` out, or every problem of all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from alerts.channels.registry import KINDS as CHANNEL_KINDS
from alerts.model import ChannelSettings, DutyDay, Hours, Ladder, Person, Reach, Roster, Rung
from alerts.rules.calendar import OverridesError, parse_overrides
from alerts.told import struck
from monitor.errors import SettingsError, Told
from monitor.files import reason_of
from monitor.log import LogFormat
from monitor.model import Account, AccountState, Gateway, SourceSpec, source_id
from monitor.policy import Policy
from monitor.settings import advice, channels, documents
from monitor.settings import problems as wording
from monitor.settings.accounts_file import AccountSection, AccountsFile
from monitor.settings.documents import (
    ACCOUNTS,
    MONITOR,
    PEOPLE,
    Around,
    Document,
    Problem,
    language_of,
)
from monitor.settings.model import Settings
from monitor.settings.monitor_file import GatewaySection, MonitorFile, PolicySection, listening
from monitor.settings.people_file import ChannelSection, PeopleFile, PersonSection, RosterSection
from monitor.settings.problems import is_unknown
from monitor.settings.section import Known, Section, keys_at
from monitor.sources.registry import by_hand

SHAPES: Mapping[str, type[Section]] = {
    ACCOUNTS: AccountsFile,
    MONITOR: MonitorFile,
    PEOPLE: PeopleFile,
}
SQLITE = "sqlite:///"
# Where a container listens, and who reads its log, is no matter of its files.
LISTEN, LOG_FORMAT = "FRESHNESS_LISTEN", "FRESHNESS_LOG_FORMAT"
LEAST_SECRET = 4  # shorter text would be struck out of words that merely contain it
TOKEN_NAME = re.compile(r"key|token|secret|pass|pwd|sign?$|auth|^(k|code)$", re.I)
TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w+=/.~-]{8,}")
LEAST_STEP = 16  # of an address's path: no word of a log is as long

Read = Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class _Files:
    """The three files, checked."""

    monitor: MonitorFile
    accounts: AccountsFile
    people: PeopleFile


def load(folder: Path, environ: Mapping[str, str]) -> Settings:
    """Return what the three files in *folder* say, their `env:` values read from *environ*.

    Where *environ* has `FRESHNESS_LISTEN`, the pages listen there, whatever the files say; the log
    is written as `FRESHNESS_LOG_FORMAT` has it.
    Raises `SettingsError` with every problem of all files, a line each.
    """
    if not folder.is_dir():
        missing = Told(
            "{folder}: there is no such folder; `freshness init {folder}` writes one",
            folder=str(folder),
        )
        raise SettingsError([missing])
    root = folder.resolve().parent
    read, files, problems = _examined(folder, Around(environ, root), {})
    lines = [_censored(documents.placed(p, read[p.file]), read[p.file]) for p in problems]
    lines += _misplaced(environ) + _unknown_format(environ)
    if lines:
        raise SettingsError(lines, language_of(read[MONITOR]))
    settings = _settings(_all(files), read, folder.resolve(), root)
    return replace(
        settings,
        listen=environ.get(LISTEN) or settings.listen,
        log_format=LogFormat(environ[LOG_FORMAT]) if environ.get(LOG_FORMAT) else None,
    )


def complaints(
    folder: Path, environ: Mapping[str, str], instead: Mapping[str, str], kept: Mapping[str, str]
) -> list[Problem]:
    """Return what would be wrong with the files in *folder*, each without anything secret, if some
    said *instead*, by their names. *kept*: what secret files that are not there yet will hold."""
    around = Around(environ, folder.resolve().parent, kept)
    read, _, problems = _examined(folder, around, instead)
    return [replace(p, text=_censored(p.text, read[p.file])) for p in problems]


def _examined(
    folder: Path, around: Around, instead: Mapping[str, str]
) -> tuple[Read, dict[str, Section], list[Problem]]:
    read = {n: documents.read(folder / n, around, instead.get(n)) for n in SHAPES}
    files, problems = _checked(read, _known(read))
    return read, files, problems + _holidays(files.get(MONITOR), around.root)


def _misplaced(environ: Mapping[str, str]) -> list[str]:
    if not environ.get(LISTEN):
        return []
    try:
        listening(environ[LISTEN])
    except ValueError as error:
        return [_of_environment(LISTEN, error.args[0])]
    return []


def _unknown_format(environ: Mapping[str, str]) -> list[str]:
    found = environ.get(LOG_FORMAT)
    if not found or found in list(LogFormat):
        return []
    wrong = Told(
        '"{found}" is no format of the log; expected one of: {choices}',
        found=found,
        choices=", ".join(LogFormat),
    )
    return [_of_environment(LOG_FORMAT, wrong)]


def _of_environment(name: str, problem: str) -> str:
    return Told("the environment variable {name}: {problem}", name=name, problem=problem)


def _known(read: Read) -> Known:
    """Return what may be referred to, also out of files with mistakes in them."""
    monitor, accounts, people = (read[name].raw for name in (MONITOR, ACCOUNTS, PEOPLE))
    return Known(
        policies=None if monitor is None else set(_tables(monitor, "policies")),
        gateways=None
        if monitor is None
        else {name: table.get("kind") for name, table in _tables(monitor, "gateways").items()},
        people=None if people is None else {p["id"] for p in _blocks(people, "people") if _id(p)},
        channels=None
        if people is None
        else {c["id"]: c.get("kind") for c in _blocks(people, "channels") if _id(c)},
        owners=_owners(accounts or {}),
    )


def _tables(raw: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    tables = raw.get(key)
    if not isinstance(tables, dict):
        return {}
    return {name: table if isinstance(table, dict) else {} for name, table in tables.items()}


def _blocks(raw: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    blocks = raw.get(key)
    return [b for b in blocks if isinstance(b, dict)] if isinstance(blocks, list) else []


def _id(block: Mapping[str, Any]) -> bool:
    return isinstance(block.get("id"), str)


def _owners(raw: Mapping[str, Any]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for account in _blocks(raw, "accounts"):
        for source in _blocks(account, "sources"):
            gateway, locator = source.get("gateway"), source.get("locator")
            if _id(account) and isinstance(gateway, str) and isinstance(locator, str):
                owners.setdefault(source_id("", gateway, locator), account["id"])
    return owners


def _checked(read: Read, known: Known) -> tuple[dict[str, Section], list[Problem]]:
    files: dict[str, Section] = {}
    problems: list[Problem] = []
    for name, shape in SHAPES.items():
        document = read[name]
        problems += document.problems
        if document.raw is None:
            continue
        try:
            files[name] = shape.model_validate(document.raw, context=known)
            found = []
        except ValidationError as error:
            found = list(wording.problems(name, error, partial(keys_at, shape)))
        found += _channel_problems(name, document.raw)
        # What could not be fetched is reported already; that it is no token either adds nothing.
        unfetched = {problem.where for problem in document.problems}
        problems += [p for p in found if p.where not in unfetched or is_unknown(p.text)]
    return files, problems


def _channel_problems(name: str, raw: Mapping[str, Any]) -> list[Problem]:
    if name != PEOPLE or not isinstance(raw.get("channels"), list):
        return []
    return [
        problem
        for place, channel in enumerate(raw["channels"])
        if isinstance(channel, dict) and channel.get("kind") in CHANNEL_KINDS
        for problem in channels.problems(name, ("channels", place), channel)
    ]


def _holidays(monitor: Section | None, root: Path) -> list[Problem]:
    if not isinstance(monitor, MonitorFile) or monitor.service.holidays is None:
        return []
    path = root / monitor.service.holidays
    try:
        parse_overrides(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        found: list[str] = [
            Told("{path} cannot be read: {why}", path=str(path), why=reason_of(error))
        ]
    except UnicodeDecodeError:
        found = [Told("{path} is not UTF-8 text", path=str(path))]
    except OverridesError as error:
        found = list(error.problems)
    else:
        found = []
    return [Problem(MONITOR, ("service", "holidays"), text) for text in found]


def _censored(line: str, document: Document) -> str:
    """Return *line* without anything that was fetched for *document*."""
    values = document.fetched.values()

    def censored(text: str) -> str:
        if text in [f'"{value}"' for value in values]:
            return Told("the value found")
        for value in values:
            text = text.replace(value, "…") if len(value) >= LEAST_SECRET else text
        return text

    return struck(line, censored)


def _all(files: Mapping[str, Section]) -> _Files:
    monitor, accounts, people = files[MONITOR], files[ACCOUNTS], files[PEOPLE]
    assert isinstance(monitor, MonitorFile)
    assert isinstance(accounts, AccountsFile)
    assert isinstance(people, PeopleFile)
    return _Files(monitor, accounts, people)


def _settings(files: _Files, read: Read, folder: Path, root: Path) -> Settings:
    service, web = files.monitor.service, files.monitor.web
    zone, gateways = ZoneInfo(service.timezone), files.monitor.gateways
    kinds = {channel.id: channel.kind for channel in files.people.channels}
    return Settings(
        root=root,
        folder=folder,
        zone=zone,
        language=service.language,
        database=_database(service.database, root),
        policies={name: _policy(name, p) for name, p in files.monitor.policies.items()},
        gateways={n: _gateway(n, g, zone) for n, g in gateways.items() if not by_hand(g.kind)},
        accounts={a.id: _account(a, gateways) for a in files.accounts.accounts},
        people={p.id: _person(p, kinds) for p in files.people.people},
        channels={c.id: _channel(c) for c in files.people.channels},
        roster=_roster(files.people.roster),
        hours=Hours(zone, **service.hours.model_dump()),
        owner=service.id,
        backups=root / service.backups,
        backups_keep=service.backups_keep,
        heartbeat_url=service.heartbeat_url,
        holidays_file=root / service.holidays if service.holidays else None,
        monthly_to=tuple(files.monitor.reports.monthly_to),
        channel_tests=files.monitor.reports.channel_tests,
        listen=web.listen,
        public_url=web.public_url,
        web_secret=web.secret,
        former_web_secret=web.former_secret,
        trusted_proxies=tuple(ip_network(proxy) for proxy in web.trusted_proxies),
        user_header=web.user_header,
        account_metrics=web.account_metrics,
        warnings=tuple(advice.warnings(files.monitor, files.accounts, files.people, read)),
        secrets=frozenset(s for s in _secrets(files) if len(s) >= LEAST_SECRET),
    )


def _database(url: str, root: Path) -> str:
    """Return *url* with a relative SQLite path made absolute."""
    path = url.removeprefix(SQLITE)
    return url if path == url or path.startswith("/") else f"{SQLITE}{root / path}"


def _policy(name: str, section: PolicySection) -> Policy:
    rungs = tuple(Rung(rung.after.days, tuple(rung.tell)) for rung in section.ladder)
    return Policy(
        name=name,
        ladder=Ladder(section.limit, rungs, section.every_day),
        count_reposts=section.count_reposts,
        originals_every=section.originals_every,
        read_at_most_every=section.read_at_most_every,
    )


def _gateway(name: str, section: GatewaySection, zone: ZoneInfo) -> Gateway:
    own = ZoneInfo(section.timezone) if section.timezone else zone
    keys = section.model_dump() | {"canary": tuple(section.canary), "timezone": own}
    return Gateway(id=name, **keys)


def _account(section: AccountSection, gateways: Mapping[str, GatewaySection]) -> Account:
    keys = section.model_dump(exclude={"sources", "state"})
    # What only a person can see is no source that could be read, or fail.
    sources = tuple(
        SourceSpec(
            source_id(section.id, s.gateway, s.locator), section.id, s.gateway, s.locator, rank
        )
        for rank, s in enumerate(section.sources)
        if not by_hand(gateways[s.gateway].kind)
    )
    return Account(state=AccountState(section.state), sources=sources, **keys)


def _person(section: PersonSection, kinds: Mapping[str, str]) -> Person:
    reach = tuple(
        Reach(r.channel, r.address, CHANNEL_KINDS[kinds[r.channel]].urgent) for r in section.reach
    )
    return Person(section.id, section.name, section.phone, tuple(section.roles), reach)


def _channel(section: ChannelSection) -> ChannelSettings:
    return ChannelSettings(section.id, section.kind, channels.options(section.model_dump()))


def _roster(section: RosterSection) -> Roster:
    dates = tuple(DutyDay(d.on, d.duty, d.leader) for d in section.dates)
    return Roster(tuple(section.rotation), section.starts, section.every, dates)


def _secrets(files: _Files) -> Iterator[str]:
    """Yield everything that must not be shown."""
    service = files.monitor.service
    if service.heartbeat_url:
        yield from _keys(service.heartbeat_url)
    yield from filter(None, (files.monitor.web.secret, files.monitor.web.former_secret))
    yield from _passwords(service.database)
    for gateway in files.monitor.gateways.values():
        yield from _key_parts(gateway.key or "")
        yield from _passwords(gateway.proxy or "")
        for address in (gateway.url, *gateway.canary):
            yield from _tokens(address)
    for account in files.accounts.accounts:
        for source in account.sources:
            yield from _tokens(source.locator)
    for channel in files.people.channels:
        held = channels.options(channel.model_dump())
        for key in CHANNEL_KINDS[channel.kind].secrets & held.keys():
            yield from _keys(held[key])


def _keys(secret: str) -> Iterator[str]:
    """Yield *secret* and, if it is an address, the parts of it that give access.

    Short steps of a path are words like "webhook" and occur in any log.
    """
    yield secret
    if "://" not in secret:
        return
    parts = urlsplit(secret)
    yield from _passwords(secret)
    yield from (step for step in parts.path.split("/") if len(step) >= LEAST_STEP)
    yield from (value for _, value in parse_qsl(parts.query))


def _key_parts(key: str) -> Iterator[str]:
    """Yield a gateway's key, and what is secret by itself in APPID:SECRET or a cookie."""
    if key:
        yield key
        yield from (part for part in re.split(r"[:;=\s]+", key) if len(part) >= LEAST_STEP)


def _tokens(address: str) -> Iterator[str]:
    """Yield what of the *address* of a gateway or source may give access: what its parameters
    call so, and what is no word or number; words like "json" occur in any log."""
    parts = urlsplit(address)
    login = parts.password or parts.username or ""  # a token may stand alone
    yield from (login, unquote(login))
    for name, value in parse_qsl(parts.query):
        if TOKEN_NAME.search(name) or TOKEN.fullmatch(value):
            yield value
    if "://" in address:
        yield from (step for step in parts.path.split("/") if TOKEN.fullmatch(step))


def _passwords(url: str) -> Iterator[str]:
    password = urlsplit(url).password
    if password:
        yield from (password, unquote(password))
