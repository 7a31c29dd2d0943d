"""What a page costs, in statements; not in seconds."""

from collections.abc import Mapping
from functools import cache
from tempfile import TemporaryDirectory

import pytest

from monitor.store.sql import open_store
from tests.rule_values import at
from tests.store.test_effort import statements
from tests.web.browsing import inside
from tests.web.site import MONDAY, PASSWORD, told_of_many

PAGES = {
    "overview": ("/", 20),
    "the second page": ("/?page=2", 21),
    "an account's page": ("/accounts/weibo", 58),
}


@cache
def costs(accounts: int) -> Mapping[str, int]:
    """Return how many statements each page runs of an office with so many *accounts*."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/freshness.db", at("01-01 00:00"))
        office = told_of_many(store, accounts, delivered=False)
        office.users.add("zhang", "officer", PASSWORD, MONDAY)
        found = {}
        with office.served() as url, inside(office, url, "zhang") as zhang:
            for name, (path, _) in PAGES.items():
                zhang.see(path)
                with statements(store) as run:
                    assert zhang.see(path).status_code == 200
                found[name] = len(run)
        store.close()
        return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_no_more_of_many_accounts_than_of_few(page: str) -> None:
    few, (_, most) = costs(60)[page], PAGES[page]
    assert costs(90)[page] == few
    assert few <= most
