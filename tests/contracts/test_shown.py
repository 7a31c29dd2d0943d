"""What readers see of accounts is found by page, and holds until one of them changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from monitor.model import Doubt, Outcome
from monitor.standing import NEVER, Published, Shown, Unbelieved
from monitor.store.base import Store
from monitor.store.protocols.shown import Held, Wanted
from tests.contracts.test_standings import EVERYBODY
from tests.store_values import DAY, HOUR, NOON, RSSHUB, WECHAT, WEIBO, alerted, recorded, registered

LATE = Shown(
    WEIBO.id,
    WEIBO.name,
    WEIBO.platform,
    "late",
    "late",
    "proven",
    True,
    NOON - 10 * DAY,
    NOON + 4 * DAY,
    date(2024, 3, 22),
    "weibo 鞍山民政 鞍山市民政局 张三 100%",
    rung=10,
    last_post_at=NOON - 10 * DAY,
    last_post_until=NOON - 9 * DAY,
    last_post_title="本周食谱",
    read_at=NOON - HOUR,
    outcomes=(Outcome.OK, None),
    unbelieved=Unbelieved(NOON, Doubt.STRANGERS, "陌生"),
    followers=7959,
    published=Published(date(2024, 3, 8), 3, 30, date(2023, 11, 9), "012"),
)
FRESH = replace(
    LATE,
    id=WECHAT.id,
    name="安山",
    platform="wechat",
    look="fresh",
    breach_at=NOON + 3 * DAY,
    searched="wechat 安山 李四",
    read_at=None,
)


def kept(store: Store, *shown: Shown, until: datetime = NOON + DAY) -> Store:
    """Return *store*, in which that is shown of both accounts, until an instant."""
    changes = {a: one.changes for a, one in registered(store).standings.due(NOON).items()}
    store.shown.keep({one.id: Held(one, until, changes[one.id]) for one in shown})
    return store


def found(store: Store, wanted: Wanted, *but: str) -> list[str]:
    """Return the ids of those *wanted*, as many as are said to be."""
    ids = [one.id for one in store.shown.found(wanted, but, 0, 10)]
    assert store.shown.number(wanted, but) == len(ids)
    return ids


def test_what_is_kept_comes_back_whole(store: Store) -> None:
    assert kept(store, LATE, FRESH).shown.of([WEIBO.id, WECHAT.id, "nobody"]) == {
        WEIBO.id: LATE,
        WECHAT.id: FRESH,
    }


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        pytest.param(Wanted(), [WEIBO.id, WECHAT.id], id="all, the most urgent first"),
        pytest.param(Wanted(by_name=True), [WECHAT.id, WEIBO.id], id="all, by name"),
        pytest.param(Wanted(("fresh", "blind")), [WECHAT.id], id="those with one of two looks"),
        pytest.param(Wanted(()), [], id="none, where no look is known"),
        pytest.param(Wanted(words=("山",)), [WEIBO.id, WECHAT.id], id="by a word of both"),
        pytest.param(Wanted(words=("山", "张三")), [WEIBO.id], id="by two words"),
        pytest.param(Wanted(words=("0%",)), [WEIBO.id], id="a percent sign, as itself"),
        pytest.param(Wanted(words=("_",)), [], id="an underscore, as itself"),
        pytest.param(Wanted(gateway="rsshub"), [WEIBO.id], id="those behind a gateway"),
    ],
)
def test_accounts_are_found(store: Store, wanted: Wanted, ids: list[str]) -> None:
    assert found(kept(store, LATE, FRESH), wanted) == ids


def test_accounts_are_left_out_of_everything(store: Store) -> None:
    kept(store, LATE, FRESH)
    assert found(store, Wanted(), WEIBO.id) == [WECHAT.id]
    assert store.shown.all([WEIBO.id]) == [FRESH]
    assert store.shown.counts([WEIBO.id]) == {("fresh", "wechat"): 1}
    assert (store.shown.read_at([]), store.shown.read_at([WEIBO.id])) == (NOON - HOUR, None)


def test_each_organisation_has_its_worst_look(store: Store) -> None:
    accounts = [replace(WEIBO, organisation="台安县民政局"), WECHAT]
    kept(store, LATE, FRESH)
    registered(store, *accounts)
    everybody, here = ["台安县民政局", "", "nobody"], "台安县民政局"
    assert store.shown.worst(everybody, []) == {here: "late"}
    assert store.shown.worst([""], []) == store.shown.worst([here], [WEIBO.id]) == {}
    kept(store, replace(FRESH, look="blind"))
    assert store.shown.worst(everybody, []) == {"": "late"}
    assert store.shown.worst(everybody, [WEIBO.id]) == {"": "blind"}


def test_a_page_begins_where_it_is_asked_to(store: Store) -> None:
    kept(store, LATE, FRESH)
    assert [one.id for one in store.shown.found(Wanted(), [], 1, 5)] == [WECHAT.id]
    assert [one.id for one in store.shown.found(Wanted(), [], 0, 1)] == [WEIBO.id]


def read(store: Store) -> None:
    store.readings.record([recorded(RSSHUB, NOON)])


@pytest.mark.parametrize(
    ("act", "at", "outdated"),
    [
        pytest.param(lambda _: None, NOON, set(), id="nothing happens"),
        pytest.param(lambda _: None, NOON + DAY, EVERYBODY, id="their instant has come"),
        pytest.param(read, NOON, {WEIBO.id}, id="one is read"),
        pytest.param(alerted, NOON, set(), id="an alert is opened, which changes nothing of it"),
        pytest.param(
            lambda s: s.standings.stir("other rules", None), NOON, EVERYBODY, id="rules change"
        ),
    ],
)
def test_what_is_kept_holds_until(
    store: Store, act: Callable[[Store], object], at: datetime, outdated: set[str]
) -> None:
    act(kept(store, LATE, FRESH))
    assert set(store.shown.outdated(at)) == outdated


def test_a_new_account_is_shown_nothing_of(store: Store) -> None:
    assert set(registered(store).shown.outdated(NOON)) == EVERYBODY
    assert store.shown.all([]) == []


def test_what_is_stored_while_an_account_is_judged_outdates_it(store: Store) -> None:
    changes = registered(store).standings.due(NOON)[WEIBO.id].changes
    read(store)
    store.shown.keep({WEIBO.id: Held(LATE, NEVER, changes)})
    assert WEIBO.id in store.shown.outdated(NOON)


def test_of_an_account_that_is_closed_nothing_is_shown_for_good(store: Store) -> None:
    changes = kept(store, LATE, FRESH).standings.due(NOON)[WEIBO.id].changes
    store.shown.keep({WEIBO.id: Held(None, NEVER, changes)})
    assert found(store, Wanted()) == [WECHAT.id]
    assert list(store.shown.outdated(NOON + DAY / 2)) == []


def test_a_row_that_does_not_read_goes_and_its_account_is_made_anew(sqlite_store: Store) -> None:
    store = kept(sqlite_store, LATE, FRESH)
    with store._database.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(
            "UPDATE shown_accounts SET said = '{' WHERE account = 'weibo-mz'"
        )
    assert store.shown.all([]) == [FRESH]
    assert WEIBO.id in store.shown.outdated(NOON)
    (damage,) = store.damages.note(NOON, NOON - DAY)
    assert (damage.subject, damage.place) == (WEIBO.id, "shown_accounts")
