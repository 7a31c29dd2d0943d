"""The links in messages by which people answer: their signer and their address."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from alerts.answers.answer import Ticket
from alerts.answers.links import Signer, address
from monitor.store.base import Store

WEB_SECRET = "web_secret"  # note: what links are signed with, where the configuration has none


def signer(store: Store, configured: str | None, former: str | None = None) -> Signer:
    """Return the signer of links: with the *configured* secret, else with one that is generated
    once and kept in the store. Links signed with the *former* one still open."""
    if configured:
        return Signer(configured, former)
    if store.notes.get(WEB_SECRET) is None:
        store.notes.set(WEB_SECRET, secrets.token_urlsafe(32))
    kept = store.notes.get(WEB_SECRET)
    assert kept is not None
    return Signer(kept)


def linking(
    store: Store, public_url: str | None, secret: str | None, former: str | None = None
) -> Callable[[Ticket], str] | None:
    """Return a function that makes the address at which a ticket can be answered; None if the
    pages have no public address."""
    if public_url is None:
        return None
    signs = signer(store, secret, former)
    return lambda ticket: address(public_url, signs.token(ticket))
