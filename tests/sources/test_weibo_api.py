"""Weibo's open platform over real HTTP: one question, a token that ends, a quota that is spent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.counted import Counters
from monitor.model import Gateway, Outcome, PostKind, Pulse, SeenPost, SourceMemory, SourceSpec
from monitor.sources import registry
from monitor.sources.base import Fetched, ReadRequest, Source

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
UID, TOKEN = "1935396210", "2.00SecretToken"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TIMELINE = "/2/statuses/user_timeline.json"
TOKEN_INFO, QUOTA = "/oauth2/get_token_info", "/2/account/rate_limit_status.json"
ANEW = "authorise the app anew and put the new token into the gateway's `key`"


class Platform:
    """An open platform that answers each path as the test says; *asked* are the requests."""

    def __init__(self, server: HTTPServer) -> None:
        self.says: dict[str, Any] = {
            TIMELINE: timeline(status(), status(1), total=284),
            TOKEN_INFO: {"uid": int(UID), "appkey": 1352222456, "expire_in": 157679471},
            QUOTA: quota(90),
        }
        self.status: dict[str, int] = {}
        self.asked: list[Request] = []
        for path in self.says:
            server.expect_request(path).respond_with_handler(self._give)

    def _give(self, request: Request) -> Response:
        request.get_data()
        self.asked.append(request)
        body = json.dumps(self.says[request.path])
        return Response(body, self.status.get(request.path, 200))

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.asked]


@pytest.fixture
def platform(httpserver: HTTPServer) -> Platform:
    return Platform(httpserver)


@pytest.fixture
def source(platform: Platform, httpserver: HTTPServer) -> Iterator[Source]:
    gateway = Gateway("g", "weibo_api", httpserver.url_for(""), key=TOKEN)
    with closing(registry.build(gateway)) as built:
        yield built


def read(source: Source, now: datetime = NOW) -> Fetched:
    return source.read(ReadRequest(SourceSpec("s", "a", "g", UID), "weibo", SourceMemory(), now))


def status(number: int = 0, **more: Any) -> Any:
    mid = str(4645748019299849 + number)
    return {
        "created_at": "Thu Feb 15 11:00:31 +0800 2024",
        "id": int(mid),
        "idstr": mid,
        "mid": mid,
        "text": "城乡低保标准上调",
        "source": '<a href="http://app.weibo.com">微博</a>',
        "visible": {"type": 0, "list_id": 0},
        "user": {
            "id": int(UID),
            "idstr": UID,
            "screen_name": "鞍山民政",
            "followers_count": 7959,
            "statuses_count": 284,
        },
    } | more


def gone(number: int) -> Any:
    mid = str(4645748019299849 + number)
    text = "抱歉，此微博已被作者删除。查看帮助：http://t.cn/zWSudZc"
    at = "Thu Feb 15 11:00:31 +0800 2024"
    return {"created_at": at, "idstr": mid, "mid": mid, "text": text, "deleted": "1"}


def timeline(*statuses: Any, total: int) -> Any:
    return {"statuses": list(statuses), "previous_cursor": 0, "total_number": total}


def quota(left: int, reset: int = 1415) -> Any:
    return {
        "ip_limit": 10000,
        "limit_time_unit": "HOURS",
        "remaining_ip_hits": 10000,
        "remaining_user_hits": left,
        "reset_time": "2024-02-19 10:00:00",
        "reset_time_in_seconds": reset,
        "user_limit": 100,
    }


def refusal(code: int | str, error: str = "some_error") -> Any:
    return {"error": error, "error_code": code, "request": TIMELINE}


def keys(seen: Fetched) -> list[str]:
    return [post.key for post in seen.posts or ()]


def test_one_question_gives_posts_and_followers(platform: Platform, source: Source) -> None:
    platform.says[TIMELINE] = timeline(status(), total=284)
    assert read(source) == Fetched(
        outcome=Outcome.OK,
        started_at=NOW,
        as_of=NOW,
        pulse=Pulse.FULL,
        posts=(
            SeenPost(
                key="weibo:Kjc77D1jz",
                title="城乡低保标准上调",
                url=f"https://weibo.com/{UID}/Kjc77D1jz",
                kind=PostKind.ORIGINAL,
                stated_at=datetime(2024, 2, 15, 3, 0, 31, tzinfo=UTC),
            ),
        ),
        identity=f"weibo:{UID}",
        title="鞍山民政",
        status=200,
        ends_at=datetime(2029, 2, 17, 0, 51, 11, tzinfo=UTC),
        counters=Counters(7959, 284, exact=True),
    )
    asked = dict(platform.asked[0].args)
    assert asked == {
        "access_token": TOKEN,
        "uid": UID,
        "count": "100",
        "page": "1",
        "feature": "0",
    }


def test_f32_a_deleted_post_is_not_seen(platform: Platform, source: Source) -> None:
    platform.says[TIMELINE] = timeline(gone(5), status(), total=284)
    seen = read(source)
    assert (len(keys(seen)), seen.counters) == (1, Counters(7959, 284, exact=True))


def test_what_only_its_owner_sees_is_no_update(platform: Platform, source: Source) -> None:
    platform.says[TIMELINE] = timeline(status(1, visible={"type": 1}), status(), total=284)
    seen = read(source)
    assert (len(keys(seen)), seen.detail) == (1, "1 not public")


def test_a_repost(platform: Platform, source: Source) -> None:
    original = {"text": "全国民政会议", "user": {"screen_name": "民政部"}}
    platform.says[TIMELINE] = timeline(status(retweeted_status=original), total=1)
    assert [post.kind for post in read(source).posts or ()] == [PostKind.REPOST]


def test_an_account_without_posts(platform: Platform, source: Source) -> None:
    platform.says[TIMELINE] = timeline(total=0)
    seen = read(source)
    assert (seen.outcome, seen.posts, seen.counters) == (Outcome.OK, (), None)


def test_f25_an_empty_answer_beside_a_count(platform: Platform, source: Source) -> None:
    platform.says[TIMELINE] = timeline(total=284)
    seen = read(source)
    detail = "no posts in the answer, although Weibo counts 284"
    assert (seen.outcome, seen.detail, seen.pulse) == (Outcome.EMPTY, detail, Pulse.NONE)


def test_f25_a_changed_shape(platform: Platform, source: Source) -> None:
    platform.says[TIMELINE] = {"items": []}
    seen = read(source)
    assert (seen.outcome, seen.detail) == (
        Outcome.NOT_A_FEED,
        "JSON without statuses: its shape has changed",
    )


def test_f35_the_posts_of_another_account(platform: Platform, source: Source) -> None:
    platform.says[TIMELINE] = timeline(status(user={"id": 42}), total=1)
    seen = read(source)
    assert (seen.outcome, seen.identity) == (Outcome.WRONG_ACCOUNT, "weibo:42")
    assert seen.detail == f"the posts are those of weibo:42, not of weibo:{UID}"


@pytest.mark.parametrize(
    ("code", "outcome", "detail"),
    [
        (21327, Outcome.STATUS, f"Weibo says 21327: the access token has expired: {ANEW}"),
        (21315, Outcome.STATUS, f"Weibo says 21315: the access token has expired: {ANEW}"),
        (21332, Outcome.STATUS, f"Weibo says 21332: the access token is not valid: {ANEW}"),
        ("10006", Outcome.STATUS, f"Weibo says 10006: the access token is missing or dead: {ANEW}"),
        (
            21335,
            Outcome.WRONG_ACCOUNT,
            "Weibo says 21335: the access token belongs to another account than this uid",
        ),
        (
            10014,
            Outcome.STATUS,
            "Weibo says 10014: the app has no permission for this question: "
            "apply for it on the open platform",
        ),
        (10001, Outcome.STATUS, "Weibo says 10001: Weibo has a fault of its own"),
        (20003, Outcome.STATUS, "Weibo says 20003: user does not exists"),
    ],
)
@pytest.mark.parametrize("http", [400, 403, 200])
def test_refusals(
    platform: Platform, source: Source, http: int, code: int | str, outcome: Outcome, detail: str
) -> None:
    platform.says[TIMELINE] = refusal(code, "user does not exists")
    platform.status[TIMELINE] = http
    seen = read(source)
    assert (seen.outcome, seen.detail, seen.status) == (outcome, detail, http)
    assert (seen.pulse, seen.retry_after) == (Pulse.NONE, None)
    assert platform.paths == [TIMELINE]


@pytest.mark.parametrize("code", [10022, 10023, 10024])
@pytest.mark.parametrize(
    ("status", "wait"),
    [
        pytest.param(quota(0, 1415), timedelta(seconds=1415), id="until the reset"),
        pytest.param(quota(0, 999_999), timedelta(days=1), id="at most a day"),
        pytest.param({"error": "x"}, HOUR, id="an hour where nothing is said"),
    ],
)
def test_f27_a_spent_quota_waits_for_its_renewal(
    platform: Platform, source: Source, code: int, status: Any, wait: timedelta
) -> None:
    platform.says |= {TIMELINE: refusal(code, "User requests out of rate limit!"), QUOTA: status}
    platform.status[TIMELINE] = 403
    seen = read(source)
    assert (seen.outcome, seen.retry_after) == (Outcome.STATUS, wait)
    assert seen.detail.startswith(f"Weibo says {code}: this a")


@pytest.mark.parametrize(
    ("left", "warnings", "wait"),
    [
        (4, (), None),
        (3, ("3 of 100 questions left until the quota is renewed",), timedelta(seconds=1415)),
        (0, ("0 of 100 questions left until the quota is renewed",), timedelta(seconds=1415)),
    ],
)
def test_the_last_questions_of_a_day_are_kept(
    platform: Platform,
    source: Source,
    left: int,
    warnings: tuple[str, ...],
    wait: timedelta | None,
) -> None:
    platform.says[QUOTA] = quota(left)
    seen = read(source)
    assert (seen.outcome, seen.warnings, seen.retry_after) == (Outcome.OK, warnings, wait)


def test_a_renewed_quota_is_asked_for_at_once(platform: Platform, source: Source) -> None:
    platform.says[QUOTA] = quota(0, 600)
    read(source)
    platform.says[QUOTA] = quota(100)
    seen = read(source, NOW + timedelta(seconds=600))
    assert (seen.warnings, seen.retry_after) == ((), None)


@pytest.mark.parametrize(
    ("left", "warnings"),
    [
        pytest.param(14 * DAY, (), id="fourteen days"),
        pytest.param(
            14 * DAY - timedelta(seconds=1),
            (f"the access token ends on 2024-03-04 (in 13 days): {ANEW}",),
            id="less",
        ),
        pytest.param(
            HOUR, (f"the access token ends on 2024-02-19 (in 0 days): {ANEW}",), id="today"
        ),
    ],
)
def test_the_end_of_the_token_is_a_warning_fourteen_days_ahead(
    platform: Platform, source: Source, left: timedelta, warnings: tuple[str, ...]
) -> None:
    platform.says[TOKEN_INFO] = {"uid": int(UID), "expire_in": int(left.total_seconds())}
    assert read(source).warnings == warnings


def test_the_tokens_end_comes_nearer_between_two_questions(
    platform: Platform, source: Source
) -> None:
    platform.says[TOKEN_INFO] = {"expire_in": int((14 * DAY).total_seconds())}
    assert read(source).warnings == ()
    later = read(source, NOW + HOUR)
    assert later.warnings == (f"the access token ends on 2024-03-04 (in 13 days): {ANEW}",)
    assert platform.paths.count(TOKEN_INFO) == 1


def test_how_often_is_asked_what(platform: Platform, source: Source) -> None:
    platform.says[QUOTA] = quota(90, 86_400)
    for half_hours in range(48):
        read(source, NOW + half_hours * timedelta(minutes=30))
    asked = {path: platform.paths.count(path) for path in (TIMELINE, TOKEN_INFO, QUOTA)}
    assert asked == {TIMELINE: 48, TOKEN_INFO: 1, QUOTA: 24}
    assert platform.asked[1].form.to_dict() == {"access_token": TOKEN}


def test_what_cannot_be_watched_does_no_harm(platform: Platform, source: Source) -> None:
    platform.says |= {TOKEN_INFO: refusal(21314), QUOTA: []}
    platform.status = {TOKEN_INFO: 400, QUOTA: 500}
    seen = read(source)
    assert (seen.outcome, seen.warnings, seen.retry_after) == (Outcome.OK, (), None)


def test_without_a_token_nobody_is_asked(platform: Platform, httpserver: HTTPServer) -> None:
    gateway = Gateway("g", "weibo_api", httpserver.url_for(""))
    with closing(registry.build(gateway)) as keyless:
        seen = read(keyless)
    assert (seen.outcome, seen.detail) == (
        Outcome.STATUS,
        "no access token: put it into the gateway's `key`",
    )
    assert platform.asked == []


def test_the_token_never_shows(platform: Platform, source: Source) -> None:
    platform.says[TIMELINE] = refusal(99999, f"bad token {TOKEN}")
    platform.status[TIMELINE] = 400
    assert read(source).detail == "Weibo says 99999: bad token ***"


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (TOKEN, None),
        (None, "an access token of the account was expected"),
        ("", "an access token of the account was expected"),
        ("a b", "an access token of the account was expected"),
    ],
)
def test_its_key(key: str | None, problem: str | None) -> None:
    assert registry.check_key("weibo_api", key) == problem
