"""F48: posts that were counted twice are put together, once, and taken apart by no undoing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from monitor.model import Outcome, PostKind, Pulse, Reading, SeenPost, SourceMemory
from monitor.store.engine import connect
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store
from tests.store_values import NOON, WEIBO

HOUR = timedelta(hours=1)
SOURCE = WEIBO.sources[0]


def test_F48_what_was_signed_anew_is_one_post_after_the_update(tmp_path: Path) -> None:
    url, said = f"sqlite:///{tmp_path / 'a.db'}", []
    store = open_store(url, NOON)
    store.accounts.sync([WEIBO], [], {WEIBO.id: "p"}, NOON)
    posted = NOON - timedelta(days=2, seconds=7)
    for n in range(3):
        key = f"url:p.example/a?token={n}"
        link = f"http://p.example/a?token={n}"
        post = SeenPost(key, "通知", link, PostKind.ORIGINAL, posted)
        seen_at = NOON + n * HOUR
        reading = Reading(
            SOURCE.id, WEIBO.id, SOURCE.gateway, seen_at, Outcome.OK, seen_at, Pulse.FULL
        )
        memory = SourceMemory(window=((key, posted),), ever_good=True)
        store.readings.record([Recorded(reading, (post,), memory, seen_at + HOUR)])
    assert len(store.posts.of_account(WEIBO.id)) == 3
    store.close()
    database = connect(url)
    with database.writing() as connection:
        connection.execute(text("DROP TABLE marks"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0304'"))
    database.close()

    def log(event: str, /, **facts: object) -> None:
        said.append((event, facts["posts"]))

    store = open_store(url, NOON + 5 * HOUR, log)
    [joined] = store.posts.of_account(WEIBO.id)
    [memory] = [s.memory for s in store.sources.states().values() if s.memory.window]
    assert (said, joined.published_at) == ([("posts_joined", 2)], posted)
    assert [key for key, _ in memory.window] == [joined.key]
    assert store.posts.recounted(WEIBO.id) == [joined]
    assert list(tmp_path.glob("a.db.before-*"))
    store.close()
