"""Small stored values that several processes change: of those that do at once, one succeeds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from alerts.common.local_time import instant_of
from alerts.rules.audit import audit_read
from monitor.desk.alerts import posted_of
from monitor.reports.mailing import state
from monitor.store.base import Store
from tests.rule_values import DAY, at


def test_a_value_takes_the_place_of_the_one_that_is_known(store: Store) -> None:
    assert store.notes.replace("k", None, "first") is True
    assert store.notes.replace("k", None, "second") is False
    assert store.notes.replace("k", "other", "second") is False
    assert store.notes.get("k") == "first"
    assert store.notes.replace("k", "first", "second") is True
    assert store.notes.get("k") == "second"
    assert store.notes.get("another") is None


def test_of_many_at_once_one_succeeds(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: store.notes.replace("k", None, str(n)), range(8)))
    assert done.count(True) == 1
    assert store.notes.get("k") == str(done.index(True))


NOW = at("03-18 09:00")


def test_a_value_is_read_by_its_meaning(store: Store) -> None:
    assert store.notes.read("k", instant_of) is None
    store.notes.set("k", NOW.isoformat())
    assert store.notes.read("k", instant_of) == NOW
    assert store.damages.note(NOW, NOW - DAY) == []


def test_a_value_that_cannot_be_read_is_as_if_it_were_not_there_and_noted(store: Store) -> None:
    store.notes.set("k", "yesterday")
    assert store.notes.read("k", instant_of) is None
    assert store.notes.get("k") is None
    [damage] = store.damages.note(NOW, NOW - DAY)
    assert (damage.place, damage.subject, damage.columns) == ("notes", "k", ("value",))


MAIL = (
    '{"stage": "sent", "attempts": 1, "until": null, "sent_at": null, "error": null, "resent": 0}'
)


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        pytest.param(instant_of, "2024-03-18T09:00:00", id="an instant without a zone"),
        pytest.param(instant_of, "0001-01-01T00:00:00+00:00", id="an instant of the year one"),
        pytest.param(posted_of, "zhang", id="an answer without an instant"),
        pytest.param(audit_read, "", id="an audit of nothing"),
        pytest.param(audit_read, "[]", id="an audit that is a list"),
        pytest.param(audit_read, '{"at": 5, "amiss": []}', id="an audit at a number"),
        pytest.param(
            audit_read, '{"at": "2024-03-18T09:00Z", "amiss": "x"}', id="an audit with one line"
        ),
        pytest.param(state.read, MAIL[:40], id="a mail that is cut off"),
        pytest.param(state.read, "null", id="a mail of nothing"),
        pytest.param(state.read, MAIL.replace("sent", "lost", 1), id="a mail of no stage"),
        pytest.param(state.read, MAIL.replace("1", '"x"'), id="a mail tried a word's times"),
        pytest.param(
            state.read, MAIL.replace("null", '"2024-03-18"', 1), id="a mail until a bare day"
        ),
    ],
)
def test_what_is_no_value_of_its_kind(
    sqlite_store: Store, meaning: Callable[[str], object], text: str
) -> None:
    sqlite_store.notes.set("k", text)
    assert sqlite_store.notes.read("k", meaning) is None
