"""What works but should be known: lines for `doctor`. None of them stops the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import chain
from urllib.parse import urlsplit

from monitor.errors import Told, listing
from monitor.model import AccountState
from monitor.settings import channels
from monitor.settings.accounts_file import AccountsFile
from monitor.settings.documents import (
    ACCOUNTS,
    MONITOR,
    PEOPLE,
    Document,
    Path_,
    Problem,
    placed,
)
from monitor.settings.fields import ROLES
from monitor.settings.monitor_file import SAMPLE, MonitorFile
from monitor.settings.people_file import PeopleFile
from monitor.sources.registry import KINDS, by_hand, locator_warning
from monitor.wording import one_of, quoted

NATIONAL_LIMIT = timedelta(days=14)
OTHER_ROLES = ("viewer",)  # roles that no ladder notifies
# Keys that are read and checked, but that nothing acts upon yet, by their table.
BLOCKED = "telegram"  # in mainland China
BY_LINK = frozenset(
    {"wecom", "wecom_app", "dingtalk", "feishu", "mail"}
)  # nobody can answer there otherwise


def warnings(
    monitor: MonitorFile,
    accounts: AccountsFile,
    people: PeopleFile,
    read: Mapping[str, Document],
) -> Iterator[str]:
    """Yield a line for everything that an operator should know of three good files."""
    found = chain(
        _accounts(monitor, accounts),
        _monitor(monitor, read[MONITOR]),
        _idle(monitor),
        _people(people, read[PEOPLE]),
        _unanswerable(monitor, people),
        _unfilled(monitor, accounts, people),
    )
    yield from (placed(problem, read[problem.file]) for problem in found)


def _accounts(monitor: MonitorFile, accounts: AccountsFile) -> Iterator[Problem]:
    for place, account in enumerate(accounts.accounts):
        where: Path_ = ("accounts", place)
        if account.state == AccountState.CLOSED:
            continue
        if all(by_hand(monitor.gateways[s.gateway].kind) for s in account.sources):
            yield Problem(
                ACCOUNTS,
                (*where, "sources"),
                Told(
                    "nothing reads {account}; only `confirm` and `import` tell of posts",
                    account=quoted(account.id),
                ),
            )
        if account.custodian is None:
            yield Problem(
                ACCOUNTS,
                (*where, "custodian"),
                Told(
                    "{account} has none; others are told in the custodian's place",
                    account=quoted(account.id),
                ),
            )
        for rank, source in enumerate(account.sources):
            warning = locator_warning(monitor.gateways[source.gateway].kind, source.locator)
            if warning:
                text = Told("{found}: {wrong}", found=quoted(source.locator), wrong=warning)
                yield Problem(ACCOUNTS, (*where, "sources", rank, "locator"), text)


def _monitor(monitor: MonitorFile, document: Document) -> Iterator[Problem]:
    for name, policy in monitor.policies.items():
        if policy.limit > NATIONAL_LIMIT:
            yield Problem(
                MONITOR,
                ("policies", name, "limit"),
                Told("{n} days; the national rule fails an account after 14", n=policy.limit.days),
            )
    for name, gateway in monitor.gateways.items():
        if gateway.url == SAMPLE:
            text = Told("the built-in sample; the posts it shows are invented")
            yield Problem(MONITOR, ("gateways", name, "url"), text)
        if KINDS[gateway.kind].mute and not (gateway.canary or gateway.trusted):
            text = Told(
                "gives no sign of life of its own; without a busy account here it proves nothing"
            )
            yield Problem(MONITOR, ("gateways", name, "canary"), text)
        if gateway.key:
            yield from _written_out(document, ("gateways", name, "key"))
        if urlsplit(gateway.proxy or "").password:
            yield from _written_out(document, ("gateways", name, "proxy"))
    if monitor.web.secret:
        yield from _written_out(document, ("web", "secret"))
    if urlsplit(monitor.service.database).password:
        yield from _written_out(document, ("service", "database"))


def _idle(monitor: MonitorFile) -> Iterator[Problem]:
    if not monitor.service.database.startswith("sqlite"):
        return
    for name, gateway in monitor.gateways.items():
        if "zone" in gateway.model_fields_set:
            said = Told("has no effect on a database in a file: one service reads all zones")
            yield Problem(MONITOR, ("gateways", name, "zone"), said)


def _people(people: PeopleFile, document: Document) -> Iterator[Problem]:
    kinds = {channel.id: channel.kind for channel in people.channels}
    for place, person in enumerate(people.people):
        for at, role in enumerate(person.roles):
            if role not in (*ROLES, *OTHER_ROLES):
                choices = one_of(role, (*ROLES, *OTHER_ROLES))
                text = Told("nothing uses {role}; {choices}", role=quoted(role), choices=choices)
                yield Problem(PEOPLE, ("people", place, "roles", at), text)
        if {kinds[reach.channel] for reach in person.reach} == {BLOCKED}:
            text = Told("only Telegram, which is blocked in mainland China; add a second channel")
            yield Problem(PEOPLE, ("people", place, "reach"), text)
    for place, channel in enumerate(people.channels):
        for key in channels.written_out(channel.model_dump()):
            yield from _written_out(document, ("channels", place, key))


def _unanswerable(monitor: MonitorFile, people: PeopleFile) -> Iterator[Problem]:
    kinds = {channel.id: channel.kind for channel in people.channels}
    used = {kinds[reach.channel] for person in people.people for reach in person.reach}
    mute = sorted(used & BY_LINK)
    if mute and monitor.web.public_url is None:
        text = Told(
            "not set, so what is sent by {channels} carries no link to answer by",
            channels=listing(mute),
        )
        yield Problem(MONITOR, ("web", "public_url"), text)


def _written_out(document: Document, where: Path_) -> Iterator[Problem]:
    if where not in document.fetched:
        text = Told('a secret is written out here; "env:NAME" keeps it out of the file')
        yield Problem(document.name, where, text)


def _unfilled(
    monitor: MonitorFile, accounts: AccountsFile, people: PeopleFile
) -> Iterator[Problem]:
    notified = {role for p in monitor.policies.values() for rung in p.ladder for role in rung.tell}
    filled = {role for person in people.people for role in person.roles}
    if people.roster.rotation or people.roster.dates:
        filled.add("duty")
    # A gateway's trouble goes to the operator, whatever the ladders say.
    for role in sorted({"operator", *notified} & {"duty", "deputy", "operator"} - filled):
        text = Told(
            "nobody is {role}; others are told in that place, and told so", role=quoted(role)
        )
        yield Problem(PEOPLE, ("people",), text)
    if "backup" in notified and not any(account.backup for account in accounts.accounts):
        yield Problem(
            ACCOUNTS, ("accounts",), Told('a ladder tells "backup", but no account has one')
        )
