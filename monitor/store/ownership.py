"""A database has an owner: the configuration it belongs to, by its id, wherever that runs.

Two configurations on one database would each end the other's alerts.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from monitor.errors import Field, Told, UsageError
from monitor.store.base import Store

OWNER = "owner"  # note: the id of the configuration that the database belongs to
MADE = "made:"  # of an owner whose configuration carries no id; no configured one holds a colon


def own(store: Store, wanted: str | None, accounts: Collection[str], adopt: bool) -> None:
    """Take *store* for the configuration whose id is *wanted*, if it is nobody else's.

    Without an id on either side its *accounts* tell: at least half of those that the database
    watches must be among them. *adopt* takes it from whom it belongs to. Raises `UsageError`.
    """
    owner = store.notes.get(OWNER)
    known = owner is not None and not owner.startswith(MADE)
    if owner is not None and owner == wanted:
        return
    if not adopt:
        if known and wanted is not None:
            raise _refused(f'to the configuration "{owner}", and this one is "{wanted}"')
        _compare(store.accounts.watched(), accounts)
    fresh = wanted or (None if owner and not adopt else f"{MADE}{secrets.token_hex(8)}")
    if fresh is not None:
        store.notes.replace(OWNER, owner, fresh)


def _compare(watched: Collection[str], accounts: Collection[str]) -> None:
    common = len(set(watched) & set(accounts))
    if common * 2 < len(watched):
        raise _refused(
            Told(
                "to another configuration: of the {n} accounts that it watches this one names "
                "{common}",
                n=len(watched),
                common=common,
            )
        )


def _refused(whose: str) -> UsageError:
    return UsageError(
        Told(
            "service.database: this database belongs {whose}; name another one, or take it over "
            "by {command}",
            whose=whose,
            command=Field("taking over a database"),
        )
    )
