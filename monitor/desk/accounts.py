"""What may be asked of accounts: how they stand, and why. A post seen by eye is recorded here.

Every request that cannot be met raises `UsageError` with one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.channels.replies import url_problem
from alerts.common.local_time import local_day, local_iso
from alerts.model import Notice
from alerts.rules import lifecycle
from alerts.words import Words
from monitor.desk.explanation import Records, coming, explain
from monitor.desk.kept import AccountsNow, KeptAccounts
from monitor.desk.machines import cluster_status
from monitor.desk.past import Past
from monitor.desk.sentences import sentences
from monitor.desk.shapes import (
    AccountStatus,
    Explanation,
    GatewayStatus,
    ListedAccount,
    MissingStatus,
    Status,
    UnheardAlert,
)
from monitor.desk.status import (
    URGENT,
    Picture,
    account_status,
    gateway_status,
    listed_account,
    listed_missing,
    missing_line,
    missing_status,
    status_line,
    urgency,
)
from monitor.errors import Field, Told, UsageError
from monitor.judging.custody import hasten
from monitor.judging.engine import AlertEngine
from monitor.judging.situation import Situation
from monitor.ledger.coverage import covered_by_imports
from monitor.ledger.days import DAY, day_of
from monitor.ledger.identity import post_key
from monitor.ledger.periods import midnight
from monitor.ledger.records import ImportedPost, ImportSummary
from monitor.model import GatewayState, PostKind, SeenPost
from monitor.polling.belief import other_name
from monitor.polling.statistics_plan import DAYS
from monitor.register import Register
from monitor.standing import Shown
from monitor.store.base import Store
from monitor.store.protocols.shown import Wanted

PER_PAGE = 50  # accounts
NOTED = 20  # readings that somebody asked for, of an account
REMEMBERED = timedelta(days=60)  # how far back `explain` counts readings


def asked_key(account: str) -> str:
    """Return under which key it is kept who had *account* read at once, and when."""
    return f"asked:{account}"


class Accounts:
    """Questions about the accounts of one register and its store."""

    def __init__(self, store: Store, register: Register, engine: AlertEngine, words: Words) -> None:
        self._store = store
        self._register = register
        self._engine = engine
        self._words = words
        self._zone = register.hours.zone
        self.kept = KeptAccounts(store, engine)
        self._past = Past(store, register, engine)

    def status(self, now: datetime, at: datetime | None = None, only: str | None = None) -> Status:
        """Return how every account and gateway stands at *now*; with *at*: as it was known then;
        with *only*: of that account, which must be configured."""
        if at is not None:
            shown, picture = self._past.shown(at, only)
            return self._stood([self._row(one, picture) for one in shown], picture)
        if only is None:
            return self._status(self.now(now).all(), now)
        one = self.kept.one(self._register.account(only).id, now)
        return self._status([one] if one else [], now)

    def status_page(self, number: int, now: datetime) -> Status:
        """Return the same at *now*, of accounts the page of that *number*, the most urgent first;
        the last one for one beyond it."""
        page, picture = self.now(now).page(Wanted(), number, PER_PAGE), self._picture(now)
        rows = [self._row(one, picture) for one in page.shown]
        return {**self._stands(rows, picture), "page": page.number, "total": page.total}

    def first_picture(self, now: datetime) -> Status:
        """Return how everything stands at *now*; of more accounts than a page holds the first."""
        many = len(self._register.accounts) > PER_PAGE
        return self.status_page(1, now) if many else self.status(now)

    def in_trouble(self, now: datetime) -> bool:
        """Return whether any account is over its limit, late or not to be seen at *now*."""
        return self.now(now).number(Wanted(URGENT[:3])) > 0

    def now(self, now: datetime) -> AccountsNow:
        """Return the accounts as they stand at *now*, to be found by page."""
        return self.kept.at(now)

    def rules(self) -> Register:
        """Return the register as it stands, with what is recorded of custodians and the roster."""
        return self._engine.rules()

    def rows(self, shown: Sequence[Shown], now: datetime) -> list[AccountStatus]:
        """Return what is *shown* of accounts at *now*, as `status` does, in the given order."""
        picture = self._picture(now)
        return [self._row(one, picture) for one in shown if one.id in self._register.accounts]

    def gateways(self, now: datetime) -> list[GatewayStatus]:
        """Return how every gateway stands at *now*."""
        picture = self._picture(now)
        return [gateway_status(g, picture) for g in self._register.gateways.values()]

    def missing(self, at: datetime) -> list[MissingStatus]:
        """Return the accounts that were missing from the configuration by *at*."""
        known = self._store.accounts.missing()
        return [missing_status(one) for one in known if one.since <= at]

    def _status(self, shown: Sequence[Shown], now: datetime) -> Status:
        by_account = {one.id: one for one in shown}
        ordered = [by_account[a] for a in self._register.accounts if a in by_account]
        picture = self._picture(now)
        return self._stands([self._row(one, picture) for one in ordered], picture)

    def _stands(self, rows: list[AccountStatus], picture: Picture) -> Status:
        """What holds now, and so the machines too."""
        machines = cluster_status(self._store, self._register, picture.now)
        return {**self._stood(rows, picture), "cluster": machines}

    def _stood(self, rows: list[AccountStatus], picture: Picture) -> Status:
        return {
            "at": picture.now,
            "accounts": rows,
            "gateways": [gateway_status(g, picture) for g in self._register.gateways.values()],
            "missing": self.missing(picture.now),
            "cluster": None,
        }

    def _row(self, shown: Shown, picture: Picture) -> AccountStatus:
        account = self._register.accounts[shown.id]
        return account_status(shown, account, picture, self._register)

    def status_text(self, now: datetime) -> str:
        """Return every account's verdict at *now*, a line each, the most urgent first."""
        status = self.status(now)
        ranked = sorted(status["accounts"], key=urgency)
        lines = [missing_line(one, self._words) for one in status["missing"]]
        lines += [status_line(account, self._words) for account in ranked]
        return "\n".join(lines)

    def explain(self, account: str, now: datetime, at: datetime | None = None) -> Explanation:
        """Return why *account* has its verdict at *now*; with *at*: as it was known then."""
        known = self._register.account(account)
        moment = at or now
        states = self._past.gateways_at(at) if at else self._store.gateways.states()
        found = self._situations(moment, states, at, known.id)
        if known.id not in found:
            raise UsageError(
                Told('account "{account}" is closed, or not judged; see the log', account=account)
            )
        records = self._records(known.id, moment, at)
        if records.exception is None:
            register = self._register.under(self._store.custody.records(at)) if at else self.rules()
            call = coming(found[known.id], register, moment)
            records = replace(records, next_call=call)
        answer = explain(found[known.id], records, self._register)
        return {**answer, "text": sentences(answer, known.name, known.platform, self._words)}

    def listed(self) -> list[ListedAccount]:
        """Return every account as configured, by id, then those that are missing."""
        under = self.rules().accounts
        return [listed_account(under[account]) for account in sorted(under)] + [
            listed_missing(one) for one in self._store.accounts.missing()
        ]

    def drop(self, accounts: Sequence[str], by: str, now: datetime) -> None:
        """Take *accounts* that are missing from the configuration out for good; their alerts end,
        and who was notified of them is notified of the end. What was read of them is kept."""
        self._register.person(by)
        missing = [one.id for one in self._store.accounts.missing()]
        for account in accounts:
            if account in self._register.accounts:
                raise UsageError(
                    Told(
                        'account "{account}" is in accounts.toml; say state = "closed" there, or '
                        "take it out and drop it then",
                        account=account,
                    )
                )
            if account not in missing:
                choices = ", ".join(missing) or Told("none is missing")
                raise UsageError(
                    Told(
                        'no account "{account}" is missing; one of: {choices}',
                        account=account,
                        choices=choices,
                    )
                )
        for account in accounts:
            self._store.accounts.drop(account, by, now)

    def known(self, account: str) -> str:
        """Return *account* if there is one of that id. Raises `UsageError` naming the choices."""
        return self._register.account(account).id

    def read(self, account: str, by: str, now: datetime) -> None:
        """Have *account* read at once for *by*, which is noted."""
        known, key = self._register.account(account).id, asked_key(account)
        hasten(self._store, [known], now)
        noted, notes = self._store.notes.get(key), self._store.notes
        lines = [*(noted or "").splitlines(), f"{by} {now.isoformat()}"]
        notes.replace(key, noted, "\n".join(lines[-NOTED:]))

    def confirm(
        self, account: str, posted_at: datetime, by: str, url: str | None, now: datetime
    ) -> ImportSummary:
        """Record a post that a person saw by eye, and return what that import did."""
        known = self._register.account(account)
        self._register.person(by)
        if posted_at > now:
            at = local_iso(posted_at, self._zone)
            raise UsageError(Field("posted at"), Told(" {at} is in the future", at=at))
        if url and (wrong := url_problem(url)):
            raise UsageError(Field("url"), Told(": {wrong}", wrong=wrong))
        link = url or known.page or ""
        kind = PostKind.ORIGINAL if known.platform == "weibo" else PostKind.ARTICLE
        key = post_key(known.platform, url or "", "", f"confirmed by {by}", posted_at)
        title = f"人工核实（{self._register.name(by)}）"
        post = SeenPost(key, title, link, kind, posted_at)
        return self._store.imports.add(
            [ImportedPost(known.id, post)], [], f"confirm by {by}", now, False
        )

    def _picture(self, now: datetime) -> Picture:
        states = dict(self._store.gateways.states())
        return Picture(now, states, self._store.exceptions.in_force(now), self._spent(now))

    def _situations(
        self,
        now: datetime,
        gateways: Mapping[str, GatewayState],
        at: datetime | None,
        only: str,
    ) -> Mapping[str, Situation]:
        awake = self._store.notes.heartbeat().awake_since
        return self._engine.situations(now, awake, dict(gateways), at, only)

    def _spent(self, now: datetime) -> Mapping[str, int]:
        limited = [g.id for g in self._register.gateways.values() if g.quota is not None]
        counted = self._store.gateways.spent(local_day(now, self._zone)) if limited else {}
        return {gateway: counted.get(gateway, 0) for gateway in limited}

    def _records(self, account: str, moment: datetime, at: datetime | None) -> Records:
        since = midnight(local_day(moment, self._zone) - REMEMBERED, self._zone)
        kept = self._store.readings.of_account(account, since, moment + timedelta(microseconds=1))
        today, custody = day_of(moment), self._store.custody
        running = custody.records(at).handovers if at else custody.handovers()
        return Records(
            readings=self._register.covering(kept),
            notices=self._notices(account, moment),
            imported=covered_by_imports(self._store.imports.spans(account), moment),
            statistics=self._store.days.known(account, today - DAYS * DAY, today, at),
            exception=self._store.exceptions.in_force(moment).get(account),
            handover=next((h.id for h in running if account in h.unproven()), None),
            unheard=self._unheard(account, moment),
            other_name=self._other_name(account),
            next_reading_at=None if at else self._read_next(account, moment),
        )

    def _other_name(self, account: str) -> str | None:
        known = self._register.account(account)
        states = self._store.sources.named([s.id for s in known.sources])
        return other_name(known, [states[s.id].memory for s in known.sources if s.id in states])

    def _read_next(self, account: str, now: datetime) -> datetime | None:
        sources = self._store.sources.named([s.id for s in self._register.account(account).sources])
        planned = [s.next_read_at for s in sources.values() if s.next_read_at]
        return max(min(planned), now) if planned else None

    def _notices(self, account: str, until: datetime) -> list[Notice]:
        mine = [a.id for a in self._store.alerts.listed(True, subject=account)]
        found = [n for group in self._store.alerts.notices_of(mine).values() for n in group]
        return sorted((n for n in found if n.created_at <= until), key=lambda n: n.created_at)

    def _unheard(self, account: str, at: datetime) -> list[UnheardAlert]:
        """The account's open alerts whose newest call, made by *at*, reached nobody."""
        mine = self._store.alerts.listed(False, at, account)
        notices = self._store.alerts.notices_of([a.id for a in mine])
        found = ((a, lifecycle.unheard_since(a, notices.get(a.id, ()))) for a in mine)
        return [
            {"alert": a.id, "kind": a.kind, "rung": a.rung, "since": since}
            for a, since in found
            if since is not None and since <= at
        ]
