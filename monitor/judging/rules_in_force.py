"""The register under the records of custody, roster and calendar, made anew when they change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from alerts.people import handover as custody
from alerts.people.handover import Records
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.alerts import AlertTransaction


@dataclass(frozen=True, slots=True)
class InForce:
    """*records*, and the register under them; *watched*: that without its closed accounts;
    *orphaned*: the accounts whose custodian has left."""

    records: Records
    rules: Register
    watched: Register
    orphaned: tuple[str, ...]


def in_force(register: Register, records: Records) -> InForce:
    """Return what is in force of *register* under *records*."""
    rules = register.under(records)
    watched = rules.watched()
    orphaned = tuple(account for account, _ in custody.orphaned(watched.custodians(), rules.people))
    return InForce(records, rules, watched, orphaned)


class RulesInForce:
    """Keeps the register under the records for as long as these stay as they are."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._known: tuple[str | None, InForce] | None = None

    def now(self) -> InForce:
        """Return what is in force now; the same value again until the records change."""
        revision = self._store.custody.revision()
        if self._known is None or self._known[0] != revision:
            records = self._store.custody.records()
            self._known = revision, in_force(self._register, records)
        return self._known[1]

    def within(self, tx: AlertTransaction, accounts: Collection[str]) -> Register:
        """Return the register as the records have it inside *tx*, with the custodians of
        *accounts* at least."""
        known = self._known
        if known is not None and known[0] == tx.records_revision():
            return known[1].rules
        return self._register.under(tx.records(accounts))
