"""What the doctor finds in the register and the heartbeat."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from alerts.channels.base import Channel
from alerts.channels.mail import Mail
from alerts.channels.webhook import Webhook
from alerts.model import ChannelSettings, Person, Roster
from monitor.desk.doctor import examine, reached, service, stored
from monitor.desk.shapes import Finding, Level
from monitor.model import (
    Account,
    AccountState,
    Gateway,
    GatewayState,
    SourceMemory,
    SourceSpec,
    SourceState,
)
from monitor.policy import Policy
from monitor.polling.canary import specs
from monitor.register import Register
from monitor.sources import registry
from monitor.store.base import Store
from monitor.store.sql import open_store
from tests.alerts.channels import servers
from tests.faults.seeing import UID, Answer, Site, rss, weibo_page
from tests.rule_values import (
    ACCOUNTS,
    DAY,
    GATEWAYS,
    HOUR,
    MINUTE,
    PEOPLE,
    POLICY,
    WEIBO,
    ZONE,
    at,
    register,
)

NOW = at("03-13 12:00")
TODAY = date(2024, 3, 13)
LAST = "the last pass was at 2024-03-13T"


@pytest.mark.parametrize(
    ("beat", "level", "detail"),
    [
        pytest.param(None, Level.WARNING, "the service has not run on this database yet", id="no"),
        pytest.param(NOW - MINUTE, Level.OK, f"{LAST}11:59:00+08:00", id="a minute ago"),
        pytest.param(NOW - HOUR, Level.WARNING, f"{LAST}11:00:00+08:00", id="an hour ago"),
        pytest.param(NOW + HOUR, Level.WARNING, f"{LAST}13:00:00+08:00", id="still to come"),
    ],
)
def test_the_last_pass_is_shown_in_local_time(
    beat: datetime | None, level: Level, detail: str
) -> None:
    assert service(beat, ZONE, NOW) == Finding("service", level, detail)


def found(store: Store, rules: Register) -> dict[str, Level]:
    looked = examine((), rules, store, {}, {}, NOW)
    return {one.check: one.level for one in looked}


def test_nobody_who_can_be_reached_is_a_problem(sqlite_store: Store) -> None:
    silent: dict[str, Person] = {i: replace(p, reach=()) for i, p in PEOPLE.items()}
    assert found(sqlite_store, replace(register(), people=silent))["people"] is Level.PROBLEM
    assert "people" not in found(sqlite_store, register())


def about(store: Store, rules: Register, check: str, now: datetime = NOW) -> list[Finding]:
    """Return what is found of *check*, with no gateway asked."""
    return [one for one in examine((), rules, store, {}, {}, now) if one.check == check]


def asked(store: Store, gateway: Gateway, answer: Answer, locator: str) -> list[Finding]:
    """Return what is found of *gateway*, which answers everything with *answer*."""
    with Site(lambda _, __: answer) as site:
        made = replace(gateway, url=site.url)
        spec = SourceSpec("s", "a", gateway.id, locator)
        accounts = {"a": Account("a", "鞍山民政", "weibo", sources=(spec,))}
        rules = replace(register(accounts=accounts), gateways={gateway.id: made})
        with closing(registry.build(made)) as source:
            found = examine((), rules, store, {gateway.id: source}, {}, NOW)
    return [one for one in found if one.check == f"gateway {gateway.id}"]


def test_a_gateway_answers_or_says_what_is_wrong(sqlite_store: Store) -> None:
    hub, route = Gateway("hub", "rsshub", ""), f"weibo/user/{UID}"
    posts = weibo_page([("Nold00001", NOW - DAY)])
    said = [
        asked(sqlite_store, hub, answer, route)
        for answer in (
            rss(posts, NOW, f"https://weibo.com/{UID}/"),
            (503, "Error Message:<br/><code>Error: Cookies expired</code>", {}),
            rss(posts, NOW, "https://weibo.com/9999999999/"),
        )
    ]
    assert said == [
        [Finding("gateway hub", Level.OK, "answers, 1 items, pulse full")],
        [
            Finding(
                "gateway hub",
                Level.PROBLEM,
                "status: HTTP 503: RSSHub says: Error: Cookies expired",
            )
        ],
        [
            Finding(
                "gateway hub",
                Level.PROBLEM,
                f"wrong_account: the feed is that of weibo:9999999999, not of weibo:{UID}",
            )
        ],
    ]
    assert sqlite_store.sources.states() == {}  # nothing of it is kept


def test_what_a_gateway_warns_of_is_shown(sqlite_store: Store) -> None:
    own = Gateway("own", "weibo_api", "", key="2.00Token")
    answer = json.dumps({"statuses": [], "total_number": 0, "expire_in": 9 * 86400 + 60})
    [answers, warning] = asked(sqlite_store, own, (200, answer, {}), UID)
    assert answers.level is Level.OK
    assert warning.level is Level.WARNING
    assert warning.detail.startswith("the access token ends on 2024-03-22 (in 9 days)")


@pytest.mark.parametrize("state", [AccountState.CLOSED, None])
def test_a_gateway_through_which_nothing_is_read(
    sqlite_store: Store, state: AccountState | None
) -> None:
    closed = {"weibo": replace(ACCOUNTS["weibo"], state=AccountState.CLOSED)} if state else {}
    rules = replace(register(accounts=closed), gateways={"rsshub": GATEWAYS["rsshub"]})
    with closing(registry.build(GATEWAYS["rsshub"])) as source:
        found = examine((), rules, sqlite_store, {"rsshub": source}, {}, NOW)
    told = Finding("gateway rsshub", Level.WARNING, "no account is read through it")
    assert told in found


DAILY = tuple((f"c{n}", NOW - n * DAY - HOUR) for n in range(6))


@pytest.mark.parametrize(
    ("window", "looked_at", "level", "detail"),
    [
        pytest.param(DAILY, NOW - MINUTE, Level.OK, "seeing", id="it posts"),
        pytest.param(
            tuple((key, when - 9 * DAY) for key, when in DAILY),
            NOW - MINUTE,
            Level.PROBLEM,
            "blind, no canary has posted since 2024-03-04 03:00 UTC",
            id="it has fallen silent",
        ),
        pytest.param(
            DAILY, NOW - 7 * HOUR, Level.UNTRIED, "unknown, no canary could be read", id="long ago"
        ),
        pytest.param((), None, Level.UNTRIED, "unknown, no canary could be read", id="never"),
    ],
)
def test_what_the_canaries_said_last(
    sqlite_store: Store,
    window: tuple[tuple[str, datetime], ...],
    looked_at: datetime | None,
    level: Level,
    detail: str,
) -> None:
    wewe = replace(GATEWAYS["wewe"], canary=("MP_WXS_9",))
    rules = replace(register(), gateways=GATEWAYS | {"wewe": wewe})
    sqlite_store.accounts.sync(
        ACCOUNTS.values(), rules.gateways.values(), dict.fromkeys(ACCOUNTS, "p"), NOW
    )
    seen = SourceState(specs(wewe)[0], last_good_at=looked_at, memory=SourceMemory(window=window))
    sqlite_store.gateways.save([GatewayState("wewe", canaries=(seen,))])
    expected = Finding("gateway wewe", level, f"by its canaries: {detail}")
    assert about(sqlite_store, rules, "gateway wewe") == [expected]


def test_of_a_gateway_without_canaries_nothing_is_said(sqlite_store: Store) -> None:
    assert about(sqlite_store, register(), "gateway wewe") == []


@pytest.mark.parametrize(
    ("accounts", "spacing", "every", "detail"),
    [
        pytest.param(4320, timedelta(seconds=5), 6 * HOUR, None, id="just in time"),
        pytest.param(
            4321,
            timedelta(seconds=5),
            6 * HOUR,
            "4321 accounts, 5 s apart, take 6.0 h, but are to be read every 6.0 h: lower spacing "
            "or raise read_at_most_every",
            id="one too many",
        ),
        pytest.param(
            10,
            timedelta(seconds=30),
            4 * MINUTE,
            "10 accounts, 30 s apart, take 300 s, but are to be read every 240 s: lower spacing "
            "or raise read_at_most_every",
            id="read very often",
        ),
    ],
)
def test_more_accounts_than_a_gateway_can_be_asked_for_in_time(
    sqlite_store: Store, accounts: int, spacing: timedelta, every: timedelta, detail: str | None
) -> None:
    crowd = {
        f"a{n}": Account(f"a{n}", "某局", "weibo", sources=(replace(WEIBO, account=f"a{n}"),))
        for n in range(accounts)
    }
    policy: Policy = replace(POLICY, read_at_most_every=every)
    gateways = {"rsshub": replace(GATEWAYS["rsshub"], spacing=spacing)}
    rules = replace(register({"default": policy}, crowd), gateways=gateways)
    expected = [] if detail is None else [Finding("gateway rsshub", Level.WARNING, detail)]
    assert about(sqlite_store, rules, "gateway rsshub") == expected


def test_who_reaches_nobody_and_which_channel_nobody_uses(sqlite_store: Store) -> None:
    people = PEOPLE | {"sun": Person("sun", "孙七")}
    rules = replace(register(), people=people)
    channels = {"wecom": "wecom", "spare": "webhook"}
    found = examine((), rules, sqlite_store, {}, channels, NOW)
    assert [one for one in found if one.check.split()[0] in ("person", "channel")] == [
        Finding("person sun", Level.WARNING, "cannot be reached by any channel"),
        Finding("channel spare", Level.WARNING, "webhook, used by nobody"),
    ]


@pytest.mark.parametrize(
    ("roster", "details"),
    [
        pytest.param(Roster(("li",), date(2024, 1, 1)), [], id="somebody always is"),
        pytest.param(
            Roster(("gone",), date(2024, 1, 1)),
            ["2024-03-13 to 2024-03-26: gone, who is on duty, is not among the people"],
            id="somebody who has left",
        ),
        pytest.param(
            Roster(), ["there is none, and nobody has the role duty"], id="there is no roster"
        ),
    ],
)
def test_gaps_of_the_roster(sqlite_store: Store, roster: Roster, details: list[str]) -> None:
    rules = replace(register(), roster=roster)
    expected = [Finding("roster", Level.WARNING, detail) for detail in details]
    assert about(sqlite_store, rules, "roster") == expected


@pytest.mark.parametrize(
    ("now", "level", "detail"),
    [
        pytest.param(NOW, Level.OK, "holidays are known up to 2024-05-12", id="known"),
        pytest.param(
            at("2031-11-20 12:00"),
            Level.WARNING,
            "holidays of 2032 are not announced yet: reckoned, not known; see freshness calendar "
            "import",
            id="not announced",
        ),
    ],
)
def test_how_far_holidays_are_known(
    sqlite_store: Store, now: datetime, level: Level, detail: str
) -> None:
    [found] = about(sqlite_store, register(), "calendar", now)
    assert found == Finding("calendar", level, detail)


def limited(quota: int, spent: int, store: Store, accounts: int = 3) -> list[Finding]:
    rules = register()
    weibo = rules.accounts["weibo"]
    crowd = {f"a{n}": replace(weibo, id=f"a{n}") for n in range(accounts)}
    canaries = ("weibo/user/8", "weibo/user/9")
    gateway = replace(rules.gateways["rsshub"], quota=quota, canary=canaries)
    for _ in range(spent):
        store.gateways.spend("rsshub", TODAY, quota)
    known = replace(rules, accounts=crowd, gateways={"rsshub": gateway})
    found = examine((), known, store, {}, {}, NOW)
    return [one for one in found if one.check == "gateway rsshub" and "request" in one.detail]


@pytest.mark.parametrize(
    ("quota", "spent", "accounts", "findings"),
    [
        pytest.param(1000, 7, 3, [(Level.OK, "7 of 1000 requests made today")], id="ample"),
        pytest.param(20, 20, 1, [(Level.WARNING, "20 of 20 requests made today")], id="spent"),
        pytest.param(
            100,
            0,
            30,
            [
                (Level.OK, "0 of 100 requests made today"),
                (
                    Level.WARNING,
                    "2 every 4h48m, 30 every 6h are 130 requests a day at least, and the quota of "
                    "100 leaves 90 for them: raise read_at_most_every or the quota, or read some "
                    "through another gateway",
                ),
            ],
            id="too small for its accounts and canaries",
        ),
    ],
)
def test_a_quota_is_held_against_what_is_read_through_it(
    sqlite_store: Store,
    quota: int,
    spent: int,
    accounts: int,
    findings: list[tuple[Level, str]],
) -> None:
    found = limited(quota, spent, sqlite_store, accounts)
    assert [(one.level, one.detail) for one in found] == findings


def mail_to(port: int) -> Mail:
    options = {"host": "127.0.0.1", "port": str(port), "security": "none", "sender": "w@b.test"}
    return Mail(ChannelSettings("wecom", "mail", options), StringIO())


def test_only_a_channel_that_was_tried_is_vouched_for() -> None:
    post = servers.Post()
    robot = Webhook(ChannelSettings("wecom", "webhook", {"url": "https://x.test/"}), StringIO())
    with servers.mail_server(post) as port:
        tries: list[tuple[Channel, Level]] = [
            (mail_to(port), Level.OK),
            (mail_to(servers.free_port()), Level.PROBLEM),
            (robot, Level.UNTRIED),
        ]
        found = [list(reached(PEOPLE, {"wecom": "kind"}, {"wecom": c})) for c, _ in tries]
    assert [one.level for (one,) in found] == [level for _, level in tries]
    assert post.mails == []


def test_F84_the_doctor_has_the_database_check_itself(tmp_path: Path) -> None:
    path = tmp_path / "freshness.db"
    with closing(open_store(f"sqlite:///{path}", NOW)) as store:
        store.notes.set("k", "v" * 50_000)
        assert stored(store).level is Level.OK
    content = bytearray(path.read_bytes())
    content[-8192:-4096] = b"\xff" * 4096
    path.write_bytes(content)
    with closing(open_store(f"sqlite:///{path}", NOW)) as store:
        assert stored(store).level is Level.PROBLEM


@pytest.mark.parametrize(
    ("platform", "nearest"),
    [
        pytest.param("duoyin", 'did you mean "douyin"?', id="misspelt"),
        pytest.param("抖音", 'did you mean "douyin"?', id="by its Chinese name"),
        pytest.param("gzh", 'did you mean "wechat"?', id="by its short name"),
        pytest.param("douyin", None, id="known"),
    ],
)
def test_an_unknown_platform_is_told_with_the_nearest(
    sqlite_store: Store, platform: str, nearest: str | None
) -> None:
    account = replace(ACCOUNTS["weibo"], platform=platform)
    rules = register(accounts={"weibo": account})
    told = [f.detail for f in about(sqlite_store, rules, "account weibo")]
    expected = [f'no platform is called "{platform}"; {nearest}'] if nearest else []
    assert [detail.partition(" (one of")[0] for detail in told] == expected


PAGE = """<html><title>通知公告-鞍山市民政局</title><body>
<aside class="right"><h3>热点</h3><ul>{side}</ul></aside>
<div class="main"><h2>通知公告</h2><ul class="list">{main}</ul></div></body></html>"""


def test_what_is_read_of_a_page_is_shown(sqlite_store: Store) -> None:
    def rows(word: str, days: range) -> str:
        return "".join(
            f'<li><a href="/{word}{n}.html">关于{word}的通知{n}</a><i>2024-02-{n:02}</i></li>'
            for n in days
        )

    text = PAGE.format(side=rows("热点", range(1, 9)), main=rows("补贴", range(12, 8, -1)))
    portal = Gateway("portal", "web_page", "")
    with Site(lambda _, __: (200, text, {})) as site:
        made = replace(portal, url=site.url)
        specs = [SourceSpec(f"s{n}", f"a{n}", "portal", f"tzgg/{n}.html") for n in (1, 2)]
        accounts = {s.account: Account(s.account, "通知", "website", sources=(s,)) for s in specs}
        rules = replace(register(accounts=accounts), gateways={"portal": made})
        with closing(registry.build(made)) as source:
            looked = examine((), rules, sqlite_store, {"portal": source}, {}, NOW)
        assert len(site.asked) == len(specs)
    pages = {one.check: one.detail for one in looked if one.check.startswith("page ")}
    assert pages.keys() == {"page a1", "page a2"}
    assert pages["page a1"] == (
        "4 links in “通知公告” (li < ul.list < div.main), 0 without a date: "
        "2024-02-12 关于补贴的通知12; 2024-02-11 关于补贴的通知11; 2024-02-10 关于补贴的通知10"
    )
