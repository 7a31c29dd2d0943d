"""F48: posts that were counted twice are put together, once, and taken apart by no undoing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.ledger.identity import post_marks
from monitor.model import Account, Outcome, PostKind, Pulse, Reading, SeenPost, SourceMemory
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store
from tests.store.former import write_as_before
from tests.store_values import NOON, WEIBO

HOUR = timedelta(hours=1)
Shown = list[tuple[str, str]]  # links and titles
SOURCE = WEIBO.sources[0]

POSTED = NOON - timedelta(days=2, seconds=7)
SCHEMA = "0304"  # the last one that knew a post by one key alone


SIGNED = [(f"http://p.example/a?token={n}", "通知") for n in range(3)]


def signed_anew(path: Path, shown: Shown = SIGNED, account: Account = WEIBO) -> Path:
    """Return a database in which one post stands as often as it was *shown*, its link signed anew
    each time: links and titles, an hour apart."""
    store = open_store(f"sqlite:///{path}", NOON)
    store.accounts.sync([account], [], {account.id: "p"}, NOON)
    for n, (link, title) in enumerate(shown):
        key = f"url:{link.partition('://')[2]}"
        post = SeenPost(key, title, link, PostKind.ORIGINAL, POSTED)
        seen_at = NOON + n * HOUR
        reading = Reading(
            SOURCE.id, WEIBO.id, SOURCE.gateway, seen_at, Outcome.OK, seen_at, Pulse.FULL
        )
        memory = SourceMemory(window=((key, POSTED),), ever_good=True)
        store.readings.record([Recorded(reading, (post,), memory, seen_at + HOUR)])
    assert len(store.posts.of_account(account.id)) == len(shown)
    store.close()
    return path


def before(path: Path, now: Path) -> None:
    """Write what the database *now* holds as an earlier version would have kept it."""
    write_as_before(f"sqlite:///{now}", f"sqlite:///{path}", SCHEMA)


def test_F48_what_was_signed_anew_is_one_post_after_the_update(tmp_path: Path) -> None:
    url, said = f"sqlite:///{tmp_path / 'a.db'}", []
    before(tmp_path / "a.db", signed_anew(tmp_path / "now.db"))

    def log(event: str, /, **facts: object) -> None:
        said.append((event, facts["posts"]))

    store = open_store(url, NOON + 5 * HOUR, log)
    [joined] = store.posts.of_account(WEIBO.id)
    [memory] = [s.memory for s in store.sources.states().values() if s.memory.window]
    assert (said, joined.published_at) == ([("posts_joined", 2)], POSTED)
    assert [key for key, _ in memory.window] == [joined.key]
    assert store.posts.recounted(WEIBO.id) == [joined]
    assert list(tmp_path.glob("a.db.before-*"))
    store.close()


BV = "BV1GJ411x7h7"
RED = "64f1c0de000000001f03a1b2"
# What an earlier version knew by its whole link, and how the link may look the next time.
PLATFORMS = {
    "douyin": (
        "https://www.douyin.com/video/7301234567890123456?a_bogus=x1",
        "https://www.douyin.com/note/7301234567890123456?previous_page=app",
    ),
    "toutiao": (
        "https://www.toutiao.com/article/7301234567890123456/?log_from=a1",
        "https://www.toutiao.com/w/7301234567890123456/?log_from=b2",
    ),
    "bilibili": (
        f"https://www.bilibili.com/video/{BV}?vd_source=a1",
        f"https://www.bilibili.com/video/{BV}/?spm_id_from=b2",
    ),
    "xiaohongshu": (
        f"https://www.xiaohongshu.com/explore/{RED}?xsec_token=a1",
        f"https://www.xiaohongshu.com/discovery/item/{RED}?xsec_token=b2",
    ),
    "kuaishou": (
        "https://www.kuaishou.com/short-video/3xabcdefgh12345?streamSource=a",
        "https://live.kuaishou.com/u/anshanmz/3xabcdefgh12345",
    ),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_F48_keys_that_the_table_of_platforms_changes_are_one_post_after_the_update(
    tmp_path: Path, platform: str
) -> None:
    account, said = replace(WEIBO, platform=platform), []
    shown = [(link, f"第{n}版") for n, link in enumerate(PLATFORMS[platform])]
    before(tmp_path / "a.db", signed_anew(tmp_path / "now.db", shown, account))
    store = open_store(
        f"sqlite:///{tmp_path / 'a.db'}",
        NOON + 5 * HOUR,
        lambda event, /, **facts: said.append((event, facts["posts"])),
    )
    [joined] = store.posts.of_account(account.id)
    assert said == [("posts_joined", 1)]
    # What is shown from now on is found under it, by the platform's own id.
    marks = post_marks(platform, shown[0][0], "", "第三版", POSTED)
    assert marks[0].startswith(f"{platform}:")
    assert set(store.posts.bearing(account.id, marks[:1])) == {joined.key}
    store.close()
