"""F83: ids hold no address, and those of an old database lose theirs with all that they hold."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from monitor.counted import DayCount
from monitor.ledger.records import FollowerCount, ImportedPost, Snapshot
from monitor.ledger.snapshot import canonical, digest, sound
from monitor.model import Account, GatewayState, Reading, SourceSpec, SourceState, source_id
from monitor.store.base import Store
from monitor.store.engine import Database, connect
from monitor.store.protocols.ledger import Recorded
from monitor.store.schema import metadata
from monitor.store.sql import open_store
from tests.store.former import write_as_before
from tests.store_values import DAY, GATEWAYS, NOON, recorded, seen

LOCATOR = "https://user:CANARYpw@x.cn/CANARYtoken/f.xml?key=CANARYkey"
OLD = f"a/backup/{LOCATOR}"
NEW = source_id("a", "backup", LOCATOR)
FIGURES = canonical({"year": 2023, "total_posts": 1})
CANARY = "canary:backup"


def account(id_of_source: str) -> Account:
    source = SourceSpec(id_of_source, "a", "backup", LOCATOR)
    return Account("a", "鞍山民政", "website", sources=(source,))


def read(source: str, *keys: str) -> Recorded:
    made = recorded("weibo-mz@backup", NOON, *(seen(key, NOON - DAY) for key in keys), first=True)
    return replace(made, reading=replace(made.reading, source=source, account="a"))


def known_by(store: Store, name: str, canary: str) -> None:
    """Keep something in every table in which a source is named."""
    store.accounts.sync([account(name)], GATEWAYS, {"a": "14 days"}, NOON - DAY)
    store.readings.record([read(name, "k1", "k2")])
    store.days.keep("a", DayCount(date(2024, 1, 31), 2), name, NOON)
    counted = [FollowerCount("a", date(2024, 1, 31), 7, 8)]
    imported = ImportedPost("a", seen("k1", NOON - 2 * DAY))
    store.imports.add([imported], counted, "x.csv", NOON)
    evidence = canonical({"list": [{"source": name}], "sources": [name]})
    store.figures.freeze(Snapshot(2023, 1, NOON, FIGURES, digest(FIGURES), {"a": evidence}))
    watched = SourceState(SourceSpec(canary, CANARY, "backup", LOCATOR))
    store.gateways.save([GatewayState("backup", canaries=(watched,))])


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/freshness.db"
    found: str = request.getfixturevalue("unmigrated_postgresql_url")
    return found


@pytest.fixture
def migrated(url: str, tmp_path: Path) -> str:
    """The address of a database whose ids were made of addresses until it was migrated."""
    now = f"sqlite:///{tmp_path}/now.db"
    store = open_store(now, NOON)
    known_by(store, OLD, f"{CANARY}:{LOCATOR}")
    store.close()
    write_as_before(now, url, "0430")
    open_store(url, NOON).close()
    return url


def named_in(connection: Connection) -> Iterator[str]:
    """Yield every text of the database but the locators themselves."""
    for table in metadata.sorted_tables:
        for row in connection.execute(text(f"SELECT * FROM {table.name}")).mappings():
            yield from (
                f"{table.name}.{key}: {value}" for key, value in row.items() if key != "locator"
            )


def stored(database: Database) -> list[str]:
    with database.reading() as connection:
        return [line.replace(json.dumps(LOCATOR), "") for line in named_in(connection)]


def test_no_id_of_a_migrated_database_holds_a_part_of_an_address(migrated: str) -> None:
    database = connect(migrated)
    assert [line for line in stored(database) if "CANARY" in line] == []
    database.close()


def readings(store: Store) -> list[Reading]:
    return list(store.readings.of_account("a", NOON - DAY, NOON + DAY))


def test_what_was_known_under_the_old_id_is_known_under_the_new_one(migrated: str) -> None:
    store = open_store(migrated, NOON)
    (state,) = store.sources.states().values()
    assert (state.spec, state.last_good_at) == (account(NEW).sources[0], NOON)
    assert [one.source for one in readings(store)] == [NEW]
    (counted,) = store.days.known("a", date.min, date.max)
    assert counted.source == NEW
    (canary,) = store.gateways.states()["backup"].canaries
    assert canary.spec.id == source_id(CANARY, "backup", LOCATOR)
    store.close()


def test_a_configuration_that_has_not_changed_finds_its_source_and_nothing_is_new(
    migrated: str,
) -> None:
    store = open_store(migrated, NOON)
    store.accounts.sync([account(NEW)], GATEWAYS, {"a": "14 days"}, NOON)
    assert store.readings.record([read(NEW, "k1", "k2")]) == {NEW: 0}
    assert list(store.sources.states()) == [NEW]
    store.close()


def test_a_frozen_version_is_printed_as_it_was_and_its_evidence_names_the_new_id(
    migrated: str,
) -> None:
    store = open_store(migrated, NOON)
    (frozen,) = store.figures.snapshots()
    assert (frozen.document, sound(frozen)) == (FIGURES, True)
    kept = canonical({"list": [{"source": NEW}], "sources": [NEW]})
    assert store.figures.evidence(2023, 1, "a") == kept
    store.close()


def test_an_import_of_before_can_be_taken_back(migrated: str) -> None:
    store = open_store(migrated, NOON)
    assert store.imports.undo(1, NOON) is not None
    dates = {post.key: (post.published_at, post.source) for post in store.posts.of_account("a")}
    assert dates == {"k1": (NOON - DAY, NEW), "k2": (NOON - DAY, NEW)}
    store.close()


@pytest.mark.parametrize(
    ("locator", "same"),
    [
        pytest.param("weibo/user/1", "/weibo/user/1/", id="slashes around a route"),
        pytest.param(LOCATOR, LOCATOR, id="an address"),
    ],
)
def test_one_way_to_an_account_has_one_id(locator: str, same: str) -> None:
    assert source_id("a", "g", locator) == source_id("a", "g", same)
    assert source_id("a", "g", locator) != source_id("a", "g", f"{locator}2")
    assert source_id("a", "g", locator).rpartition("/")[0] == "a/g"
