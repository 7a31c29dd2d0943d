"""The past is worked out from posts as they stand, wherever that is what was known then."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.engine import Engine

from monitor.ledger.records import ImportedPost
from monitor.model import Dating, LastPost, PostKind, SeenPost
from monitor.store import history, merging
from monitor.store.protocols.ledger import Recorded
from monitor.store.sighting import Known, as_known_at, known
from monitor.store.sql import open_store
from tests.store_values import (
    BACKUP,
    DAY,
    HOUR,
    NOON,
    RSSHUB,
    WECHAT,
    WEIBO,
    WEWE,
    recorded,
    registered,
    seen,
)

COUNTS = {WEIBO.id: True, WECHAT.id: False}  # whether reposts count
MANY = COUNTS | {f"nobody-{n}": True for n in range(60)}


# Few keys, sources and hours, so that what follows the instant in question meets what precedes it.
hours = st.integers(0, 8).map(lambda n: NOON + n * HOUR)
items = st.builds(
    SeenPost,
    key=st.sampled_from("ab"),
    title=st.sampled_from(["一", "二"]),
    url=st.just(""),
    kind=st.sampled_from([PostKind.ORIGINAL, PostKind.REPOST]),
    stated_at=st.none() | hours,
)


@st.composite
def lives(draw: st.DrawFn) -> list[Recorded]:
    """Readings in which posts come, are dated anew, are lost and found again."""
    lost = st.lists(st.sampled_from("ab"), max_size=1).map(tuple)
    return [
        recorded(
            draw(st.sampled_from([RSSHUB, BACKUP, WEWE])),
            at,
            *draw(st.lists(items, max_size=2, unique_by=lambda one: one.key)),
            first=draw(st.booleans()),
            deleted=draw(lost),
        )
        for at in draw(st.lists(hours, unique=True, min_size=2, max_size=6))
    ]


def sighted(store: Any, account: str, at: datetime) -> list[tuple[str, Known]]:
    """The account's posts out of their sightings alone, as they were known *at* an instant."""
    with store._database.reading() as connection:
        entries = merging.load_account(connection, account)
    found = []
    for (_, key), entry in sorted(entries.items()):
        then = [s for s in (as_known_at(one, at) for one in entry.after.values()) if s]
        found += [(key, known(then))] if then else []
    return [one for one in found if one[1].dating is not Dating.UNKNOWN]


def newest(found: Sequence[tuple[str, Known]]) -> LastPost | None:
    ranked = sorted(found, key=lambda one: one[0])
    post = max((p for _, p in ranked), key=lambda p: p.published_at, default=None)
    if post is None:
        return None
    return LastPost(post.published_at, post.title, post.url, post.source)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@example(  # imported before, and told in a gateway's words only after
    told=[recorded(RSSHUB, NOON + 3 * HOUR, seen("a", title="二"))],
    imported=[seen("a", NOON, title="一")],
    imported_at=NOON,
    at=NOON + HOUR,
)
@example(  # its date was stated only after
    told=[
        recorded(RSSHUB, NOON + HOUR, seen("a")),
        recorded(RSSHUB, NOON + 3 * HOUR, seen("a", NOON)),
    ],
    imported=[],
    imported_at=NOON,
    at=NOON + 2 * HOUR,
)
@given(told=lives(), imported=st.lists(items, max_size=2), imported_at=hours, at=hours)
def test_the_past_is_what_the_sightings_tell_of_it(
    sqlite_template: Path,
    told: list[Recorded],
    imported: list[SeenPost],
    imported_at: datetime,
    at: datetime,
) -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{copyfile(sqlite_template, Path(folder) / 'x.db')}"
        store = registered(open_store(url, NOON))
        store.readings.record(told)
        store.imports.add([ImportedPost(WEIBO.id, p) for p in imported], [], "x", imported_at)
        few, many = store.accounts.facts(COUNTS, at), store.accounts.facts(MANY, at)
        counted = store.posts.counts(NOON, at + HOUR, at)
        out_of = {account: sighted(store, account, at) for account in COUNTS}
        store.close()
        assert few == many
        for account, counts in COUNTS.items():
            then = out_of[account]
            originals = [one for one in then if one[1].kind is not PostKind.REPOST]
            mine = then if counts else originals
            assert few[account].last_post == newest(mine)
            assert few[account].visible == newest([o for o in mine if o[1].deleted_at is None])
            assert few[account].last_original == newest(originals)
            there = [p.kind for _, p in then if NOON <= p.published_at < at + HOUR]
            assert counted.get(account, {}) == Counter(there)


def test_only_posts_that_changed_are_worked_out_from_their_sightings(tmp_path: Path) -> None:
    store = registered(open_store(f"sqlite:///{tmp_path}/x.db", NOON))
    window = [seen(f"{n}", NOON - n * HOUR) for n in range(50)]
    store.readings.record([recorded(RSSHUB, NOON, *window)])
    store.readings.record([recorded(RSSHUB, NOON + DAY, *window[:-1], deleted=("49",))])
    with store._database.reading() as connection:  # type: ignore[attr-defined]
        changed = history._changed(connection, NOON + HOUR)
    store.close()
    assert [key for key, _ in changed[WEIBO.id]] == ["49"]


def test_the_past_of_many_accounts_costs_few_statements(tmp_path: Path) -> None:
    store = registered(open_store(f"sqlite:///{tmp_path}/x.db", NOON))
    run: list[str] = []
    event.listen(Engine, "before_cursor_execute", note := lambda *said: run.append(said[2]))
    store.accounts.facts(MANY, NOON)
    event.remove(Engine, "before_cursor_execute", note)
    assert len(run) <= 6
    store.close()
