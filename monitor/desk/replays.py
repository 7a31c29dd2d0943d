"""Who would have been notified of what, had today's rules applied to a history of posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.model import Ladder, Rung
from alerts.people.handover import close_stretches, tight
from monitor.desk.shapes import ReplayRow
from monitor.errors import Field, Told, UsageError
from monitor.files import contents
from monitor.ledger.periods import midnight
from monitor.model import Account, Dating, PostKind
from monitor.policy import Policy
from monitor.register import Register
from monitor.store.base import Store

if TYPE_CHECKING:
    from monitor.judging.replay import ReplayNotice

History = Mapping[str, Sequence[tuple[datetime, PostKind]]]  # by account: dates and kinds


class Replays:
    """Runs the rules of one register over its ledger, or over a file."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._zone = register.hours.zone

    def replay(
        self, since: date, until: date, posts: Path | None, policy: str | None
    ) -> list[ReplayRow]:
        """Return who would have been notified in the local days *since* to *until*, oldest first:
        over the ledger's posts or those of the CSV file *posts*, under each account's policy or
        *policy*. Raises `UsageError`, and `ImportFileError` for a file that cannot be read.
        """
        from monitor.judging.replay import replay  # noqa: PLC0415 - nothing else here needs it

        if since > until:
            raise UsageError(
                Told(
                    "{since} {first} is later than {until} {last}",
                    since=Field("from"),
                    first=str(since),
                    until=Field("to"),
                    last=str(until),
                )
            )
        if policy is not None and policy not in self._register.policies:
            choices = ", ".join(sorted(self._register.policies))
            raise UsageError(
                Told(
                    'monitor.toml: there is no policy "{policy}"; one of: {choices}',
                    policy=policy,
                    choices=choices,
                )
            )
        start, end = midnight(since, self._zone), midnight(until + timedelta(days=1), self._zone)
        history = self._ledger(end) if posts is None else self._listed(posts)
        register, handovers = (
            self._register.under(self._store.custody.records()),
            self._store.custody.handovers(),
        )
        found: list[ReplayNotice] = []
        for account, dates in history.items():
            known = register.accounts[account]
            rules = register.policies[policy or known.policy]
            counted = [at for at, kind in dates if rules.count_reposts or kind != PostKind.REPOST]
            none = (PostKind.REPOST, PostKind.UNKNOWN)
            originals = [at for at, kind in dates if kind not in none]
            closely = close_stretches(handovers, account)
            found += replay(known, counted, rules, register, start, end, closely, originals)
        return [row_of(one) for one in sorted(found, key=lambda t: (t.at, t.account))]

    def supposed(
        self, account: str, days: int, tightly: bool, since: datetime, until: datetime
    ) -> list[ReplayRow]:
        """Return who would have been notified about *account* from *since* to *until* under a limit
        of so many *days*, and *tightly* by the steps of a handover. Changes nothing."""
        from monitor.judging.replay import replay  # noqa: PLC0415 - nothing else here needs it

        register, known, policy = self._in_force(account)
        ladder = limited(policy.ladder, days)
        rules = replace(policy, ladder=tight(ladder) if tightly else ladder)
        posts = self._store.posts.of_account(account, until=until)
        dates = [
            post.published_at
            for post in posts
            if post.dating is not Dating.UNKNOWN
            and (rules.count_reposts or post.kind is not PostKind.REPOST)
        ]
        return [row_of(one) for one in replay(known, dates, rules, register, since, until)]

    def ahead(self, account: str, now: datetime) -> list[ReplayRow]:
        """Return who will be notified when about *account* if nothing is published from *now* on,
        up to its limit, under the rules in force."""
        from monitor.judging.replay import replay  # noqa: PLC0415 - nothing else here needs it

        register, known, policy = self._in_force(account)
        until = now + policy.limit + timedelta(minutes=1)
        return [row_of(one) for one in replay(known, [now], policy, register, now, until)]

    def _in_force(self, account: str) -> tuple[Register, Account, Policy]:
        register = self._register.under(self._store.custody.records())
        known = register.account(account)
        return register, known, register.policy_of(known)

    def _ledger(self, until: datetime) -> History:
        return {
            account: [
                (post.published_at, post.kind)
                for post in self._store.posts.of_account(account, until=until)
                if post.dating is not Dating.UNKNOWN
            ]
            for account in self._register.accounts
        }

    def _listed(self, path: Path) -> History:
        from monitor.imports.csv_import import parse  # noqa: PLC0415 - the same

        found: dict[str, list[tuple[datetime, PostKind]]] = {}
        for row in parse(
            contents(path, Told("export")), path.name, self._register.accounts, self._zone
        ).posts:
            if row.post.stated_at is not None:
                found.setdefault(row.account, []).append((row.post.stated_at, row.post.kind))
        return found


def limited(ladder: Ladder, days: int) -> Ladder:
    """Return *ladder* under a limit of so many *days*: the rungs below it, and the limit's."""
    below = tuple(rung for rung in ladder.rungs[:-1] if rung.days < days)
    last = Rung(days, ladder.limit_rung.tell)
    return replace(ladder, limit=timedelta(days=days), rungs=(*below, last))


def row_of(notice: ReplayNotice) -> ReplayRow:
    """Return one message that would have been sent as a row."""
    return {
        "at": notice.at,
        "account": notice.account,
        "kind": notice.kind,
        "rung": notice.rung,
        "to": list(notice.to),
        "reason": notice.reason,
    }
