"""Faults of reading, from a server's bytes to a verdict: real HTTP, a real database, our rules.

Each story is one account and what its gateway answers, reading by reading.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from monitor.freshness.evidence import gather
from monitor.freshness.verdict import Assessment, Verdict, assess
from monitor.model import Dating, Outcome, Post
from monitor.model import Reading as Made
from monitor.store.base import Store
from tests.polling.loopback import Answer, Reading, RssHub, behind
from tests.rule_values import HOURS, POLICY, at

UID = "1935396210"
START = at("03-06 12:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Item = tuple[str, datetime | str | None]


class ReadAccount:
    """One account behind one RSSHub, told reading by reading."""

    def __init__(self, store: Store) -> None:
        self.hub = RssHub(lambda _: self.answer)
        self.answer: Answer = (503, b"", {})
        self.hub.__enter__()
        self.world = Reading(store, behind("rsshub", UID), {"rsshub": self.hub}, START)
        self.store = store

    def close(self) -> None:
        """Stop the server."""
        self.world.close()
        self.hub.__exit__(None, None, None)

    def reads(self, now: datetime, answer: Answer) -> Made:
        """Return what the reading at *now* was, the gateway answering *answer*."""
        self.answer, self.world.now = answer, now
        [made] = self.world.rounds.read_accounts([UID], now)
        return made

    def shows(self, now: datetime, *items: Item, link: str = f"https://weibo.com/{UID}/") -> Made:
        """Return what the reading at *now* was, a live gateway showing *items*."""
        return self.reads(now, (200, channel(now, items, link), {}))

    def verdict(self, now: datetime) -> Assessment:
        """Return what is said of the account at *now*."""
        return assess(
            gather(self.store.accounts.facts({UID: True})[UID], POLICY, None, now),
            POLICY,
            HOURS,
            now,
        )

    def last_post(self) -> datetime | None:
        """Return the instant its silence counts from."""
        last = self.store.accounts.facts({UID: True})[UID].last_post
        return last.published_at if last else None

    def posts(self) -> dict[str, Post]:
        """Return the ledger by the last letters of the key."""
        return {post.key[-2:]: post for post in self.store.posts.of_account(UID)}


@pytest.fixture
def story(sqlite_store: Store) -> Iterator[ReadAccount]:
    told = ReadAccount(sqlite_store)
    yield told
    told.close()


def channel(built: datetime, items: tuple[Item, ...], link: str) -> bytes:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>{link}</link>'
        f"<generator>RSSHub</generator><lastBuildDate>{stamp(built)}</lastBuildDate>"
        f"{''.join(item(*one) for one in items)}</channel></rss>"
    ).encode()


def item(name: str, date: datetime | str | None) -> str:
    dated = f"<pubDate>{stamp(date)}</pubDate>" if date else ""
    return f"<item><title>{name}</title><link>{weibo(name)}</link>{dated}</item>"


def weibo(name: str) -> str:
    return f"https://weibo.com/{UID}/Nk3aB7c{name:0>2}"


def stamp(date: datetime | str) -> str:
    return date if isinstance(date, str) else format_datetime(date, usegmt=True)


OLD = at("03-05 10:00")
POSTED: tuple[Item, ...] = (("a", OLD), ("b", OLD - DAY), ("c", OLD - 2 * DAY))
BREACH = OLD + POLICY.limit
HTML = {"Content-Type": "text/html"}


def page(text: str) -> Callable[[datetime], Answer]:
    return lambda _: (200, text.encode(), HTML)


# 200 without a window: the platform, a proxy or a changed program answers in the feed's place.
FACADES = [
    pytest.param(
        lambda now: (200, channel(now, (), f"https://weibo.com/{UID}/"), {}),
        Outcome.EMPTY,
        id="an empty list",
    ),
    pytest.param(
        page("<html><title>登录 - 微博</title></html>"), Outcome.NOT_A_FEED, id="a login page"
    ),
    pytest.param(
        page("<html>环境异常，完成验证后即可继续访问</html>"),
        Outcome.NOT_A_FEED,
        id="a captcha page",
    ),
    pytest.param(
        lambda _: (200, b'{"version": "https://jsonfeed.org/version/1.1", "items": [{', {}),
        Outcome.NOT_A_FEED,
        id="JSON that is cut off",
    ),
    pytest.param(page('{"data": {"posts": []}}'), Outcome.NOT_A_FEED, id="another schema"),
    pytest.param(page(""), Outcome.NOT_A_FEED, id="0 bytes"),
    pytest.param(
        lambda now: (200, channel(now - 3 * DAY, POSTED, f"https://weibo.com/{UID}/"), {}),
        Outcome.NO_PULSE,
        id="a frozen copy",
    ),
    pytest.param(
        lambda _: (503, b"<html>Error Message:<br/><code>Error: x</code></html>", HTML),
        Outcome.STATUS,
        id="an error page",
    ),
]


@pytest.mark.parametrize(("facade", "outcome"), FACADES)
def test_F25_an_answer_without_a_window_is_blindness_not_silence(
    story: ReadAccount, facade: Callable[[datetime], Answer], outcome: Outcome
) -> None:
    story.shows(START, *POSTED)
    for now in (BREACH - 8 * DAY, BREACH - DAY, BREACH, BREACH + HOUR):
        made = story.reads(now, facade(now))
        assert (made.outcome, made.good, made.as_of) == (outcome, False, None)
        assert story.verdict(now + MINUTE).verdict not in (Verdict.LATE, Verdict.BREACHED)
    assert story.verdict(BREACH + 2 * HOUR).verdict is Verdict.BLIND
    story.shows(BREACH + 3 * HOUR, *POSTED)
    assert story.verdict(BREACH + 3 * HOUR).verdict is Verdict.BREACHED


def test_F25_an_empty_first_window_is_an_account_that_waits(story: ReadAccount) -> None:
    assert story.shows(START).good
    assert story.verdict(START).verdict is Verdict.WAITING


def test_F26_a_cache_that_says_304_for_ever_is_asked_past_once_a_day(story: ReadAccount) -> None:
    """It would bear out every silence; the breach is only asserted by a reading past it."""
    tagged = {"ETag": '"stale"'}
    story.reads(START, (200, channel(START, POSTED, f"https://weibo.com/{UID}/"), tagged))
    asked = []
    for hours in range(3, 15 * 24, 3):
        made = story.reads(START + hours * HOUR, (304, b"", {}))
        asked.append(made.unconditional)
        assert made.good is not made.unconditional
    assert asked.count(True) >= 14
    assert story.verdict(START + 15 * DAY).verdict is not Verdict.BREACHED


@pytest.mark.parametrize(
    ("asked", "rest"),
    [
        pytest.param("1800", 30 * MINUTE, id="seconds"),
        pytest.param("{later}", 30 * MINUTE, id="a date"),
        pytest.param("{zoneless}", 30 * MINUTE, id="a date without a zone"),
        pytest.param("{far}", DAY, id="31 days: a day at most"),
        pytest.param("{past}", None, id="the past: this source alone waits"),
        pytest.param("soon", None, id="nonsense: this source alone waits"),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_F27_a_gateway_rests_as_it_asks_by_our_clock(
    story: ReadAccount, status: int, asked: str, rest: timedelta | None
) -> None:
    """The server's own Date is years off and means nothing."""
    after = asked.format(
        later=stamp(START + 30 * MINUTE),
        zoneless=stamp(START + 30 * MINUTE).removesuffix(" GMT"),
        far=stamp(START + 31 * DAY),
        past=stamp(START - HOUR),
    )
    headers = {"Retry-After": after, "Date": "Thu, 01 Jan 2015 00:00:00 GMT"}
    assert story.reads(START, (status, b"", headers)).outcome is Outcome.STATUS
    until = story.store.gateways.states()["rsshub"].not_before
    assert until == (None if rest is None else START + rest)
    [source] = story.store.sources.states().values()
    assert source.next_read_at is not None
    assert source.next_read_at > START


NOT_A_DAY = "Invalid Date"


@pytest.mark.parametrize(
    ("first", "then", "last_post"),
    [
        pytest.param([("p", OLD - 400 * DAY), *POSTED], [], OLD, id="an old pin on top"),
        pytest.param(
            [("p", START + DAY), *POSTED],
            [],
            OLD,
            id="dated ahead at the first look: starts no clock",
        ),
        pytest.param(
            POSTED,
            [("p", START + 9 * DAY), *POSTED],
            START + HOUR,
            id="dated ahead later: when it was first seen",
        ),
        pytest.param([("p", None), *POSTED], [], OLD, id="undated at the first look"),
        pytest.param([("p", NOT_A_DAY), *POSTED], [], OLD, id="dated in words"),
        pytest.param(
            POSTED, [("p", None), *POSTED], START, id="undated later: since the reading before it"
        ),
        pytest.param(POSTED, [("a", START), *POSTED[1:]], OLD, id="edited and re-dated"),
        pytest.param(
            POSTED,
            [("a", OLD - 8 * HOUR), *POSTED[1:]],
            OLD - 8 * HOUR,
            id="eight hours too early counts: the earliest date ever stated",
        ),
        pytest.param(
            POSTED,
            [("d", OLD - 5 * DAY), *POSTED],
            OLD,
            id="an old one comes back: no post of today",
        ),
        pytest.param(list(reversed(POSTED)), [], OLD, id="oldest first"),
    ],
)
def test_F31_the_last_post_is_not_fooled(
    story: ReadAccount, first: list[Item], then: list[Item], last_post: datetime
) -> None:
    story.shows(START, *first)
    if then:
        story.shows(START + HOUR, *then)
        story.shows(START + 10 * DAY, *then)
    assert story.last_post() == last_post


def test_F31_a_date_that_was_only_seen_is_marked(story: ReadAccount) -> None:
    story.shows(START, ("u", None), *POSTED)
    for hours in (1, 2):  # undated news is believed when it is shown again
        story.shows(START + hours * HOUR, ("v", None), ("u", None), *POSTED)
    dated = {key: post.dating for key, post in story.posts().items()}
    assert (dated["0u"], dated["0v"], dated["0a"]) == (
        Dating.UNKNOWN,
        Dating.SEEN,
        Dating.STATED,
    )


def test_F31_undated_news_is_a_warning_from_its_earliest_and_a_breach_from_its_latest(
    story: ReadAccount,
) -> None:
    story.shows(START, *POSTED)
    for later in (6 * HOUR, 7 * HOUR):
        story.shows(START + later, ("v", None), *POSTED)
    found = story.posts()["0v"]
    assert (found.published_at, found.published_until) == (START, START + 6 * HOUR)
    story.shows(START + POLICY.limit + HOUR, ("v", None), *POSTED)
    assert story.verdict(START + POLICY.limit + HOUR).verdict is Verdict.LATE
    assert story.verdict(START + POLICY.limit + HOUR).breach_at == START + 6 * HOUR + POLICY.limit


def test_F32_a_deleted_newest_post_is_believed_after_a_day_and_turns_no_clock_back(
    story: ReadAccount,
) -> None:
    story.shows(START, *POSTED)
    times = [START + HOUR, START + 12 * HOUR, START + 25 * HOUR]
    made = [story.shows(now, *POSTED[1:]) for now in times]
    assert [m.outcome for m in made] == [Outcome.SHRUNKEN, Outcome.SHRUNKEN, Outcome.OK]
    facts = story.store.accounts.facts({UID: True})[UID]
    assert facts.last_post is not None
    assert facts.visible is not None
    assert (facts.last_post.published_at, facts.visible.published_at) == (OLD, OLD - DAY)
    assert story.posts()["0a"].deleted_at == START + 25 * HOUR


def test_F32_a_post_that_was_only_hidden_for_a_while_is_not_deleted(story: ReadAccount) -> None:
    story.shows(START, *POSTED)
    story.shows(START + HOUR, *POSTED[1:])
    story.shows(START + 2 * HOUR, *POSTED)
    made = story.shows(START + 26 * HOUR, *POSTED[1:])
    assert made.outcome is Outcome.SHRUNKEN
    assert story.posts()["0a"].deleted_at is None


SPELLINGS = [
    weibo("a"),
    weibo("a").replace("https:", "http:"),
    weibo("a").replace("weibo.com", "www.weibo.com") + "?from=page",
    weibo("a").replace(f"weibo.com/{UID}", "m.weibo.cn/status"),
]


def test_F33_one_post_in_many_spellings_counts_once(story: ReadAccount) -> None:
    for hours, link in enumerate(SPELLINGS):
        body = channel(START + hours * HOUR, POSTED, f"https://weibo.com/{UID}/")
        shown = body.replace(weibo("a").encode(), link.encode())
        story.reads(START + hours * HOUR, (200, shown, {}))
    twice = story.shows(START + 9 * HOUR, POSTED[0], *POSTED)
    assert (twice.good, len(story.posts())) == (True, 3)


def test_F34_a_burst_larger_than_a_page_leaves_a_gap(story: ReadAccount) -> None:
    """Page one showed twelve new posts: what came before them was missed."""
    pinned: Item = ("p", OLD - 100 * DAY)
    story.shows(START, *POSTED, pinned)
    burst = tuple((f"{n}", START + 2 * HOUR - n * MINUTE) for n in range(10, 22))
    made = story.shows(START + 2 * HOUR, *burst, pinned)
    assert (made.good, made.gap_from) == (True, START)


def test_F34_a_page_that_shares_a_post_leaves_none(story: ReadAccount) -> None:
    story.shows(START, *POSTED)
    burst = tuple((f"{n}", START + 2 * HOUR - n * MINUTE) for n in range(10, 20))
    made = story.shows(START + 2 * HOUR, *burst, *POSTED)
    assert (made.good, made.gap_from) == (True, None)


def test_F35_another_accounts_feed_under_the_right_address_is_not_taken(story: ReadAccount) -> None:
    story.shows(START, *POSTED)
    stranger = story.shows(START + HOUR, ("z", START), link="https://weibo.com/1111111111/")
    assert (stranger.outcome, stranger.good) == (Outcome.WRONG_ACCOUNT, False)
    assert sorted(story.posts()) == ["0a", "0b", "0c"]


@pytest.mark.parametrize(
    "to",
    ["https://passport.weibo.com/visitor", "http://127.0.0.2:{port}/weibo/user/2", "//elsewhere/"],
)
def test_F35_a_redirect_to_another_house_is_not_followed(story: ReadAccount, to: str) -> None:
    story.shows(START, *POSTED)
    port = story.hub.url.rsplit(":", 1)[1]
    made = story.reads(START + HOUR, (302, b"", {"Location": to.format(port=port)}))
    assert (made.outcome, made.good) == (Outcome.WRONG_ACCOUNT, False)


def test_F35_a_new_name_is_the_same_account(story: ReadAccount) -> None:
    story.shows(START, *POSTED)
    body = channel(START + HOUR, (("d", START), *POSTED), f"https://weibo.com/{UID}/")
    renamed = body.replace(b"<title>t</title>", "<title>鞍山市民政局的微博</title>".encode())
    assert story.reads(START + HOUR, (200, renamed, {})).good
    assert story.last_post() == START


def test_F36_an_account_that_never_posted_has_a_deadline_of_its_own(story: ReadAccount) -> None:
    due = START + POLICY.limit
    told = []
    for now in (START, due - DAY, due - MINUTE, due):
        story.shows(now)
        said = story.verdict(now)
        told.append((said.verdict, said.rung))
        assert said.breach_at == due
    assert told == [
        (Verdict.WAITING, None),
        (Verdict.LATE, 13),
        (Verdict.LATE, 13),
        (Verdict.BREACHED, 14),
    ]
    story.shows(due + HOUR, ("a", due))
    assert story.verdict(due + HOUR).verdict is Verdict.FRESH


ENTITIES = (
    b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><rss version='2.0'><channel><title>&j;</title></channel></rss>"
)
HOSTILE: list[tuple[str, Callable[[], Answer], Outcome]] = [
    (
        "a gzip bomb",
        lambda: (200, gzip.compress(b" " * 60_000_000), {"Content-Encoding": "gzip"}),
        Outcome.LIMITS,
    ),
    ("50 MB", lambda: (200, b" " * 50_000_000, {}), Outcome.LIMITS),
    ("no gzip at all", lambda: (200, b"<rss/>", {"Content-Encoding": "gzip"}), Outcome.TRANSPORT),
    ("an entity bomb", lambda: (200, ENTITIES, {}), Outcome.NO_PULSE),
    ("a deep nest", lambda: (200, b"<rss>" + b"<a>" * 300_000 + b"</rss>", {}), Outcome.NOT_A_FEED),
    ("broken bytes", lambda: (200, bytes(range(128, 256)) * 99, {}), Outcome.NOT_A_FEED),
    ("to a file", lambda: (302, b"", {"Location": "file:///etc/passwd"}), Outcome.STATUS),
    (
        "to a private door",
        lambda: (302, b"", {"Location": "http://127.0.0.1:1/admin"}),
        Outcome.TRANSPORT,
    ),
]


@pytest.mark.parametrize(
    ("answer", "outcome"), [pytest.param(a, o, id=name) for name, a, o in HOSTILE]
)
def test_F37_a_hostile_answer_is_one_failed_reading(
    story: ReadAccount, answer: Callable[[], Answer], outcome: Outcome
) -> None:
    story.shows(START, *POSTED)
    made = story.reads(START + HOUR, answer())
    assert (made.outcome, made.good) == (outcome, False)
    assert len(made.detail) <= 200
    assert story.shows(START + 2 * HOUR, *POSTED).good


def test_F37_a_feed_in_gbk_is_read_as_it_is_meant(story: ReadAccount) -> None:
    text = channel(START, POSTED, f"https://weibo.com/{UID}/").decode()
    named = text.replace("<title>a<", "<title>婚姻登记公告<").replace(
        '<?xml version="1.0"?>', '<?xml version="1.0" encoding="gb2312"?>'
    )
    assert story.reads(START, (200, named.encode("gbk"), {})).good
    assert story.posts()["0a"].title == "婚姻登记公告"
