"""The accounts as configured, as rows of a list from which they can be added elsewhere."""

from __future__ import annotations

from collections import Counter

from alerts.words import Words
from monitor.model import Account
from monitor.register import Register
from monitor.sources import addresses


def rows(register: Register, words: Words) -> list[tuple[str, str, str, str, str]]:
    """Return a row an account: name, platform, address, custodian and state, in words."""
    called = Counter(person.name for person in register.people.values())
    return [
        (
            account.name,
            words.platform(account.platform),
            _address(account, register),
            _custodian(account.custodian, register, called),
            words.state(account.state.value),
        )
        for account in register.accounts.values()
    ]


def _address(account: Account, register: Register) -> str:
    """By what it would be found again: what its sources are read by, else its page. What no address
    names is called as its gateway calls it, or by its id."""
    for spec in account.sources:
        found = addresses.address_of(
            register.gateways[spec.gateway], account.platform, spec.locator
        )
        if found:
            return found
    locators = (spec.locator for spec in account.sources)
    return account.page or next(filter(None, locators), account.id)


def _custodian(person: str | None, register: Register, called: Counter[str]) -> str:
    """The name, or where several have it the id."""
    if person is None:
        return ""
    name = register.name(person)
    return name if called[name] == 1 else person
