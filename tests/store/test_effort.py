"""What asking costs, in statements and in ways through an index; not in seconds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from alerts.delivery.outbox import Hold
from alerts.model import Kind
from monitor.judging.cases import BY_THE_HOUR
from monitor.model import Account, SourceSpec
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded
from monitor.store.protocols.shown import Wanted
from tests.store_values import GATEWAYS, HOUR, NOON, recorded, seen

ACCOUNTS = [
    Account(f"a{n}", "某局", "weibo", sources=(SourceSpec(f"s{n}", f"a{n}", "rsshub", "x"),))
    for n in range(100)
]


def batch(hours: int, new: int = 0) -> list[Recorded]:
    """A reading of every source, twenty items each, *new* of them not seen before."""
    items = [seen(f"{n}", NOON) for n in range(20 - new)]
    items += [seen(f"new {hours}/{n}", NOON) for n in range(new)]
    made = recorded("weibo-mz@rsshub", NOON + hours * HOUR, *items)
    return [
        replace(
            made,
            reading=replace(made.reading, source=a.sources[0].id, account=a.id),
            posts=tuple(replace(p, key=f"{a.id}/{p.key}") for p in made.posts),
        )
        for a in ACCOUNTS
    ]


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Collect the statements that the store runs meanwhile."""
    engine = store._database.engine  # type: ignore[attr-defined]
    run: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        run.append(" ".join(statement.split()[:2]))

    event.listen(engine, "before_cursor_execute", note)
    yield run
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with a hundred accounts, read once."""
    store.accounts.sync(ACCOUNTS, GATEWAYS, {}, NOON)
    store.readings.record(batch(0))
    return store


DUE = "UPDATE standings"  # whose reading it is will be judged


def written(run: list[str]) -> list[str]:
    return [one for one in run if not one.startswith("SELECT")]


def test_a_hundred_readings_with_nothing_new_cost_four_writes(filled: Store) -> None:
    with statements(filled) as run:
        filled.readings.record(batch(1))
    assert written(run) == ["UPDATE posts", "UPDATE sources", "INSERT INTO", DUE]
    assert len(run) <= 12


def test_readings_of_unchanged_windows_look_up_no_post(filled: Store) -> None:
    unchanged = [replace(one, posts=()) for one in batch(1)]
    with statements(filled) as run:
        filled.readings.record(unchanged)
    assert written(run) == ["UPDATE sources", "INSERT INTO", DUE]
    assert len(run) <= 7


def test_new_posts_are_inserted_together(filled: Store) -> None:
    with statements(filled) as run:
        assert sum(filled.readings.record(batch(1, new=2)).values()) == 200
    assert len(written(run)) <= 7


def test_facts_of_all_accounts_cost_the_same_few_statements(filled: Store) -> None:
    with statements(filled) as run:
        assert len(filled.accounts.facts({a.id: True for a in ACCOUNTS})) == 100
    assert len(run) <= 4


def test_a_configuration_that_did_not_change_is_not_written(filled: Store) -> None:
    with statements(filled) as run:
        filled.accounts.sync(ACCOUNTS, GATEWAYS, {}, NOON + HOUR)
    assert written(run) == []


def test_an_idle_outbox_takes_no_write_lock(sqlite_store: Store) -> None:
    file = sqlite_store.file()
    assert file is not None
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")  # who wants to write now waits in vain
        assert sqlite_store.outbox.claim(NOON) == ()


def _known_alerts(store: Store) -> None:
    with store.alerts.changing("a1") as tx:
        assert tx.last_resolved(Kind.SILENCE) is None


PLANS = {
    "what is due": (lambda s: s.sources.due(NOON, 10), "ix_sources_next_read_at"),
    "the newest posts": (lambda s: s.accounts.facts({"a1": True}), "ix_posts_account_published_at"),
    "a period": (lambda s: s.posts.counts(NOON, NOON + HOUR), "ix_posts_published_at"),
    "an account's posts": (
        lambda s: s.posts.of_account("a1", NOON),
        "ix_posts_account_published_at",
    ),
    "an account's readings": (
        lambda s: s.readings.of_account("a1", NOON),
        "reading_rows USING PRIMARY KEY (source=? AND started_at>?)",
    ),
    "waiting notices": (lambda s: s.outbox.claim(NOON), "ix_notices_state_not_before"),
    "the next notice": (lambda s: s.outbox.next_due_at(NOON), "ix_notices_state_not_before"),
    "a listed day": (lambda s: s.accounts.facts({"a1": True}), "sqlite_autoindex_day_counts_1"),
    "an account's days": (
        lambda s: s.days.known("a1", date.min, date.max),
        "sqlite_autoindex_day_counts_1",
    ),
    "open alerts": (lambda s: s.alerts.open(), "uq_alerts_open"),
    "one subject's alerts": (lambda s: s.alerts.listed(True, subject="a1"), "ix_alerts_subject"),
    "what is outdated": (lambda s: s.shown.outdated(NOON), "ix_standings_holds_until"),
    "a page": (
        lambda s: s.shown.found(Wanted(("late", "fresh")), [], 0, 50),
        "ix_shown_accounts_urgency_breach_at_account",
    ),
    "a page by name": (
        lambda s: s.shown.found(Wanted(by_name=True), [], 0, 50),
        "ix_shown_accounts_name_account",
    ),
    "the worst of each organisation": (
        lambda s: s.shown.worst([""], []),
        "ix_shown_accounts_urgency_",
    ),
    "counters": (lambda s: s.shown.counts([]), "ix_shown_accounts_urgency_platform"),
    "the newest reading": (lambda s: s.shown.read_at([]), "ix_shown_accounts_read_at"),
    "missing accounts": (lambda s: s.accounts.missing(), "ix_accounts_missing"),
    "alerts that move": (_known_alerts, "ix_alerts_subject"),
    "the day's readings": (
        lambda s: s.readings.lately(NOON, most=100),
        "SEARCH reading_rows USING PRIMARY KEY (source=? AND started_at>?)",
    ),
    "how the day's readings ended": (
        lambda s: s.readings.counted(NOON),
        "SEARCH reading_rows USING PRIMARY KEY (source=? AND started_at>?)",
    ),
    "gaps": (lambda s: s.readings.that_found_gaps(NOON), "ix_reading_rows_gap_from"),
}


@pytest.mark.parametrize(("ask", "index"), PLANS.values(), ids=PLANS.keys())
def test_the_questions_of_every_pass_go_through_an_index(
    sqlite_store: Store, ask: Any, index: str
) -> None:
    engine = sqlite_store._database.engine  # type: ignore[attr-defined]
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            raw = connection.connection.driver_connection
            rows = raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            plans.extend(row[3] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)
    ask(sqlite_store)
    assert index in " ".join(plans), plans


def test_an_idle_look_at_what_is_to_be_sent_is_one_statement(store: Store) -> None:
    hold = Hold(NOON, BY_THE_HOUR)
    with statements(store) as run:
        assert store.outbox.claim(NOON, hold=hold, busy=("mail",)) == ()
    assert run == ["SELECT notices.number"]
