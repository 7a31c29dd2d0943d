"""A database belongs to one configuration, and a second one is refused in a line."""

import pytest

from monitor.errors import UsageError
from monitor.store.base import Store
from monitor.store.ownership import OWNER, own
from tests.store_values import WEIBO, registered

OURS = [WEIBO.id]


def watched(store: Store) -> list[str]:
    return sorted(registered(store).accounts.watched())


@pytest.mark.parametrize(
    ("first", "second", "accounts", "refused"),
    [
        pytest.param("bureau", "bureau", (), None, id="the same id, whatever it watches"),
        pytest.param("bureau", "other", OURS, '"other"', id="another id, the same accounts"),
        pytest.param("bureau", None, OURS, None, id="no id any more, the same accounts"),
        pytest.param("bureau", None, ("x",), "names 0", id="no id, other accounts"),
        pytest.param(None, None, OURS, None, id="never an id, the same accounts"),
        pytest.param(None, None, ("x",), "names 0", id="never an id, other accounts"),
        pytest.param(None, "bureau", OURS, None, id="an id that is new, the same accounts"),
        pytest.param(None, "bureau", ("x",), "names 0", id="an id that is new, other accounts"),
    ],
)
def test_F71_whose_a_database_is(
    store: Store,
    first: str | None,
    second: str | None,
    accounts: tuple[str, ...],
    refused: str | None,
) -> None:
    own(store, first, OURS, adopt=False)
    everybody = watched(store)
    named = everybody if list(accounts) == OURS else accounts
    if refused is None:
        own(store, second, named, adopt=False)
        return
    before = store.notes.get(OWNER)
    with pytest.raises(UsageError, match=refused):
        own(store, second, named, adopt=False)
    assert store.notes.get(OWNER) == before


def test_half_of_the_accounts_are_enough(store: Store) -> None:
    everybody = watched(store)
    own(store, None, everybody, adopt=False)
    own(store, None, everybody[: (len(everybody) + 1) // 2], adopt=False)


@pytest.mark.parametrize("wanted", ["other", None])
def test_who_adopts_it_owns_it(store: Store, wanted: str | None) -> None:
    own(store, "bureau", watched(store), adopt=False)
    own(store, wanted, ["x"], adopt=True)
    owner = store.notes.get(OWNER)
    assert owner is not None
    assert (owner == wanted) is (wanted is not None)
    assert owner != "bureau"
