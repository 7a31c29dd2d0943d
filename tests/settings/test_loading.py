"""Three files become values, or every mistake in them becomes one line that names its place."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.model import (
    ChannelSettings,
    DutyDay,
    Hours,
    Ladder,
    Person,
    Reach,
    Roster,
    Rung,
)
from monitor.errors import SettingsError
from monitor.log import LogFormat
from monitor.model import Account, AccountState, Gateway, SourceSpec, source_id
from monitor.policy import Policy
from monitor.settings.loading import load
from monitor.settings.model import Settings
from monitor.sources.registry import KINDS

TOKEN = "1234567:AbCdEf-secret"

MONITOR = """
[policies.default]
limit = "14d"
ladder = [{after = "7d", tell = ["custodian"]}, {after = "14d", tell = ["duty", "zhang"]}]
[gateways.rsshub]
kind = "rsshub"
url = "http://rsshub:1200"
"""
ACCOUNTS = """
[[accounts]]
id = "weibo-a"
name = "鞍山民政"
platform = "weibo"
custodian = "zhang"
sources = [{gateway = "rsshub", locator = "weibo/user/1"}]
"""
PEOPLE = """
[[people]]
id = "zhang"
name = "张三"
roles = ["duty", "operator"]
reach = [{channel = "console", address = ""}]
[[channels]]
id = "console"
kind = "console"
"""


# The id of the block, and the line, at the end of a problem: test_lines.py looks at them.
PLACED = re.compile(r" \((?:[^()]+, )?line \d+\)$")


class Folder:
    """A configuration folder in which single pieces of text can be replaced."""

    def __init__(self, root: Path) -> None:
        self.path = root / "config"
        self.path.mkdir()
        self.write(MONITOR, ACCOUNTS, PEOPLE)

    def write(self, monitor: str, accounts: str, people: str) -> None:
        for name, text in (("monitor", monitor), ("accounts", accounts), ("people", people)):
            (self.path / f"{name}.toml").write_text(text, encoding="utf-8")

    def change(self, file: str, old: str, new: str) -> None:
        path = self.path / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def add(self, file: str, text: str) -> None:
        path = self.path / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def load(self, environ: Mapping[str, str] | None = None) -> Settings:
        return load(self.path, environ or {})

    def problems(self, environ: Mapping[str, str] | None = None) -> Sequence[str]:
        with pytest.raises(SettingsError) as caught:
            self.load(environ)
        return tuple(PLACED.sub("", line) for line in caught.value.problems)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


FULL_MONITOR = """
[service]
id = "bureau"
backups = "kept"
backups_keep = 30
timezone = "Asia/Urumqi"
language = "en"
database = "sqlite:///data/x.db"
heartbeat_url = "https://ping.example.org/0f8fad5b-d9cb-469f-a165-70867728950e"
holidays = "holidays.csv"
[service.hours]
call_at = "08:30"
last_call_at = 15:00:00
quiet_from = "21:00"
quiet_until = "06:30"
today_until = "18:00"
today_closes = "17:30"
[web]
listen = "0.0.0.0:80"
public_url = "https://f.example.org"
[reports]
monthly_to = ["wang"]
[policies.weekly]
limit = "168h"
ladder = [{after = "5d", tell = ["custodian", "backup"]}, {after = "7d", tell = ["wang"]}]
every_day = true
count_reposts = false
originals_every = "30d"
read_at_most_every = "90m"
[gateways.rsshub]
kind = "rsshub"
url = "http://rsshub:1200"
key = "env:RSSHUB_KEY"
spacing = "5s"
concurrency = 1
quota = 500
canary = ["weibo/user/2"]
trusted = true
zone = "inner"
pulse_allowance = "30m"
max_body = "30MB"
timezone = "Asia/Tokyo"
proxy = "env:PROXY"
trust_env = true
complete = false
"""
FULL_ACCOUNTS = """
[[accounts]]
id = "weibo-a"
name = "鞍山民政"
platform = "weibo"
organisation = "鞍山市民政局"
state = "closing"
policy = "weekly"
custodian = "zhang"
backup = "wang"
page = "https://weibo.com/u/1"
sources = [
    {gateway = "rsshub", locator = "/weibo/user/1"},
    {gateway = "rsshub", locator = "weibo/keyword/1"},
]
"""
FULL_PEOPLE = """
[[people]]
id = "zhang"
name = "张三"
phone = "0412-1"
roles = ["custodian"]
reach = [{channel = "tg", address = "123"}, {channel = "mail", address = "zhang@example.org"}]
[[people]]
id = "wang"
name = "王五"
[[channels]]
id = "tg"
kind = "telegram"
token = "env:TOKEN"
[[channels]]
id = "mail"
kind = "mail"
host = "smtp.example.org"
port = 465
security = "tls"
sender = "watch@example.org"
[roster]
rotation = ["zhang", "wang"]
starts = 2026-01-05
every = "14d"
[[roster.dates]]
on = 2026-02-17
duty = "wang"
leader = "zhang"
"""


def test_every_key_reaches_its_value(folder: Folder, tmp_path: Path) -> None:
    folder.write(FULL_MONITOR, FULL_ACCOUNTS, FULL_PEOPLE)
    (tmp_path / "holidays.csv").write_text("2027-02-05,closed\n", encoding="utf-8")
    zone = ZoneInfo("Asia/Urumqi")
    proxy = "http://office:pa55w%20rd@proxy:3128"
    settings = folder.load({"RSSHUB_KEY": "hub-key", "TOKEN": TOKEN, "PROXY": proxy})
    assert settings == Settings(
        root=tmp_path,
        folder=tmp_path / "config",
        zone=zone,
        language="en",
        database=f"sqlite:///{tmp_path}/data/x.db",
        policies={
            "weekly": Policy(
                "weekly",
                Ladder(
                    timedelta(days=7),
                    (Rung(5, ("custodian", "backup")), Rung(7, ("wang",))),
                    every_day=True,
                ),
                count_reposts=False,
                originals_every=timedelta(days=30),
                read_at_most_every=timedelta(minutes=90),
            )
        },
        gateways={
            "rsshub": Gateway(
                "rsshub",
                "rsshub",
                "http://rsshub:1200",
                key="hub-key",
                spacing=timedelta(seconds=5),
                concurrency=1,
                quota=500,
                canary=("weibo/user/2",),
                trusted=True,
                zone="inner",
                pulse_allowance=timedelta(minutes=30),
                max_body=30_000_000,
                timezone=ZoneInfo("Asia/Tokyo"),
                proxy=proxy,
                trust_env=True,
                complete=False,
            )
        },
        accounts={
            "weibo-a": Account(
                "weibo-a",
                "鞍山民政",
                "weibo",
                organisation="鞍山市民政局",
                state=AccountState.CLOSING,
                policy="weekly",
                custodian="zhang",
                backup="wang",
                page="https://weibo.com/u/1",
                sources=(
                    SourceSpec("weibo-a/rsshub/ab580740", "weibo-a", "rsshub", "/weibo/user/1", 0),
                    SourceSpec(
                        "weibo-a/rsshub/98d49077", "weibo-a", "rsshub", "weibo/keyword/1", 1
                    ),
                ),
            )
        },
        people={
            "zhang": Person(
                "zhang",
                "张三",
                "0412-1",
                ("custodian",),
                (Reach("tg", "123"), Reach("mail", "zhang@example.org")),
            ),
            "wang": Person("wang", "王五"),
        },
        channels={
            "tg": ChannelSettings("tg", "telegram", {"token": TOKEN}),
            "mail": ChannelSettings(
                "mail",
                "mail",
                {
                    "host": "smtp.example.org",
                    "port": "465",
                    "security": "tls",
                    "sender": "watch@example.org",
                },
            ),
        },
        roster=Roster(
            ("zhang", "wang"),
            date(2026, 1, 5),
            timedelta(days=14),
            (DutyDay(date(2026, 2, 17), "wang", "zhang"),),
        ),
        hours=Hours(zone, time(8, 30), time(15), time(21), time(6, 30), time(18), time(17, 30)),
        backups=tmp_path / "kept",
        backups_keep=30,
        owner="bureau",
        heartbeat_url="https://ping.example.org/0f8fad5b-d9cb-469f-a165-70867728950e",
        holidays_file=tmp_path / "holidays.csv",
        monthly_to=("wang",),
        listen="0.0.0.0:80",
        public_url="https://f.example.org",
        warnings=(
            "monitor.toml: gateways.rsshub.zone: has no effect on a database in a file: "
            "one service reads all zones (line 39)",
            'people.toml: people: nobody is "operator"; others are told in that place, and told so',
        ),
        secrets=frozenset(
            {
                "hub-key",
                TOKEN,
                "pa55w%20rd",
                "pa55w rd",
                "https://ping.example.org/0f8fad5b-d9cb-469f-a165-70867728950e",
                "0f8fad5b-d9cb-469f-a165-70867728950e",
            }
        ),
    )


GATEWAYS = {
    "rsshub": ("http://rsshub:1200", None, "weibo/user/1"),
    "wewe_rss": ("http://wewe", None, "MP_WXS_1"),
    "wechat2rss": ("http://w2r", "token", "3071234567"),
    "we_mp_rss": ("http://werss", None, "MP_WXS_1"),
    "web_page": ("http://portal", None, "col/"),
    "feed": ("http://portal", None, "feed.xml"),
    "weibo_mobile": ("https://m.weibo.cn", "SUB=abcdef", "1234567"),
    "weibo_api": ("https://api.weibo.com", "token", "1234567"),
    "wechat_api": ("https://api.weixin.qq.com", "wx12345678:secret", ""),
    "wechat_component": ("https://api.weixin.qq.com", "wx12345678:secret", "wx0123456789abcdef"),
    "json": ("http://client", "k", "list?k={key}#json:title=t"),
    "by_hand": ("", None, ""),
}


def unplaced(warnings: tuple[str, ...]) -> tuple[str, ...]:
    """Return *warnings* without the id and the line that stand behind."""
    return tuple(re.sub(r" \([\w, -]+\)$", "", warning) for warning in warnings)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not KINDS[kind].by_hand])
def test_every_kind_of_gateway_can_be_configured(folder: Folder, kind: str) -> None:
    url, key, locator = GATEWAYS[kind]
    lines = [f'kind = "{kind}"', f'key = "{key}"' if key else "", f'canary = ["{locator}"]']
    if KINDS[kind].home is None:
        lines.append(f'url = "{url}"')
    ticket = "/var/lib/platform/ticket" if KINDS[kind].ticket else None
    if not locator:
        del lines[2]
    if ticket:
        lines.append(f'ticket = "{ticket}"')
    folder.add("monitor.toml", "\n".join(["[gateways.own]", *lines]))
    source = f'{{gateway = "own", locator = "{locator}"}}' if locator else '{gateway = "own"}'
    folder.change("accounts.toml", '{gateway = "rsshub", locator = "weibo/user/1"}', source)
    settings = folder.load()
    canary = (locator,) if locator else ()
    assert settings.gateways["own"] == Gateway("own", kind, url, key, canary=canary, ticket=ticket)
    [spec] = settings.accounts["weibo-a"].sources
    assert spec == SourceSpec(source_id("weibo-a", "own", locator), "weibo-a", "own", locator)


def test_what_only_people_see_is_nothing_that_could_be_read_or_fail(folder: Folder) -> None:
    folder.add("monitor.toml", '[gateways.eyes]\nkind = "manual"')
    folder.change(
        "accounts.toml",
        'sources = [{gateway = "rsshub", locator = "weibo/user/1"}]',
        'sources = [{gateway = "eyes"}, {gateway = "rsshub", locator = "weibo/user/1"}]',
    )
    settings = folder.load()
    assert settings.gateways.keys() == {"rsshub"}
    [spec] = settings.accounts["weibo-a"].sources
    assert (spec.gateway, spec.rank, settings.warnings) == ("rsshub", 1, ())
    folder.change("accounts.toml", ', {gateway = "rsshub", locator = "weibo/user/1"}', "")
    settings = folder.load()
    assert settings.accounts["weibo-a"].sources == ()
    assert unplaced(settings.warnings) == (
        'accounts.toml: accounts[1].sources: nothing reads "weibo-a"; only `confirm` and '
        "`import` tell of posts",
    )


def test_what_may_be_left_out_has_its_default(folder: Folder, tmp_path: Path) -> None:
    settings = folder.load()
    zone = ZoneInfo("Asia/Shanghai")
    assert (settings.zone, settings.language, settings.hours) == (zone, "zh_CN", Hours(zone))
    assert settings.database == f"sqlite:///{tmp_path}/data/freshness.db"
    assert settings.gateways == {"rsshub": Gateway("rsshub", "rsshub", "http://rsshub:1200")}
    assert settings.policies["default"].read_at_most_every == timedelta(hours=6)
    assert settings.roster == Roster()
    assert settings.warnings == ()


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite:////var/lib/freshness.db", id="an absolute SQLite path"),
        pytest.param("postgresql://u@db/freshness", id="PostgreSQL"),
    ],
)
def test_a_database_elsewhere_stays_where_it_is(folder: Folder, url: str) -> None:
    folder.add("monitor.toml", f'[service]\ndatabase = "{url}"\n')
    assert folder.load().database == url


def test_a_relative_database_is_the_same_wherever_the_command_runs(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(Path("config"), {}).database == folder.load().database


PROBLEMS = [
    pytest.param(
        "accounts.toml",
        '"weibo"',
        '"weibo"\npolicy = "weekly"',
        'accounts.toml: accounts[1].policy: "weekly" is no policy; one of: default',
        id="an account follows a policy that is not there",
    ),
    pytest.param(
        "accounts.toml",
        'gateway = "rsshub"',
        'gateway = "rshub"',
        'accounts.toml: accounts[1].sources[1].gateway: "rshub" is no gateway; did you mean '
        '"rsshub"? (one of: rsshub)',
        id="a source goes through a gateway that is not there",
    ),
    pytest.param(
        "accounts.toml",
        '"zhang"',
        '"zang"',
        'accounts.toml: accounts[1].custodian: "zang" is no person; did you mean "zhang"? '
        "(one of: zhang)",
        id="a custodian who is nobody",
    ),
    pytest.param(
        "accounts.toml",
        '"zhang"',
        '"zhang"\nbackup = "x"',
        'accounts.toml: accounts[1].backup: "x" is no person; one of: zhang',
        id="a backup who is nobody",
    ),
    pytest.param(
        "people.toml",
        'channel = "console"',
        'channel = "tg"',
        'people.toml: people[1].reach[1].channel: "tg" is no channel; one of: console',
        id="a person reached by a channel that is not there",
    ),
    pytest.param(
        "people.toml",
        "[[channels]]",
        '[roster]\nrotation = ["x"]\nstarts = 2026-01-05\n[[channels]]',
        'people.toml: roster.rotation[1]: "x" is no person; one of: zhang',
        id="a shift of nobody",
    ),
    pytest.param(
        "people.toml",
        "[[channels]]",
        '[[roster.dates]]\non = 2026-01-05\nduty = "x"\n[[channels]]',
        'people.toml: roster.dates[1].duty: "x" is no person; one of: zhang',
        id="a date of nobody",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[reports]\nmonthly_to = ["x"]\n[gateways',
        'monitor.toml: reports.monthly_to[1]: "x" is no person; one of: zhang',
        id="a report to nobody",
    ),
    pytest.param(
        "monitor.toml",
        '"zhang"',
        '"dutty"',
        'monitor.toml: policies.default.ladder[2].tell[2]: "dutty" is no role or person; did you '
        'mean "duty"? (one of: backup, custodian, deputy, duty, operator, zhang)',
        id="a rung tells nobody known",
    ),
    pytest.param(
        "monitor.toml",
        "limit =",
        "limt =",
        "monitor.toml: policies.default.limit: is missing\n"
        'monitor.toml: policies.default.limt: unknown key; did you mean "limit"? (one of: '
        "count_reposts, every_day, ladder, limit, originals_every, read_at_most_every)",
        id="a misspelt key",
    ),
    pytest.param(
        "people.toml",
        'kind = "console"',
        'kind = "consol"',
        'people.toml: channels[1].kind: "consol" is no kind of channel; did you mean "console"? '
        "(one of: apprise, console, dingtalk, feishu, mail, sms_aliyun, sms_tencent, telegram, "
        "webhook, wecom, wecom_app, wecom_bot)",
        id="a misspelt kind of channel",
    ),
    pytest.param(
        "people.toml",
        'kind = "console"',
        'kind = "telegram"\ntokken = "1:a"',
        'people.toml: people[1].reach[1].address: "": expected a chat id (a number, negative for '
        "groups) or a public channel's @name\n"
        "people.toml: channels[1].token: is missing\n"
        'people.toml: channels[1].tokken: unknown key; did you mean "token"? (one of: base_url, '
        "id, kind, proxy, token)",
        id="a channel with the wrong keys, and an address that does not fit it",
    ),
    pytest.param(
        "monitor.toml",
        '"rsshub"',
        '"rss_hub"',
        'monitor.toml: gateways.rsshub.kind: "rss_hub" is no kind of gateway; did you mean '
        '"rsshub"? (one of: by_hand, feed, json, manual, rsshub, we_mp_rss, web_page, wechat2rss, '
        "wechat_api, wechat_component, weibo_api, weibo_mobile, wewe_rss)",
        id="a misspelt kind of gateway",
    ),
    pytest.param(
        "monitor.toml",
        'kind = "rsshub"',
        'kind = "rsshub"\nticket = "/run/ticket"',
        "monitor.toml: gateways.rsshub.ticket: gateways of this kind ask without a ticket; it is "
        "for: wechat_component",
        id="a ticket that nobody asks for",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways.rsshub]",
        '[gateways.many]\nkind = "wechat_component"\nkey = "wx12345678:s"\nticket = "ticket"\n'
        "[gateways.rsshub]",
        "monitor.toml: gateways.many.ticket: the whole path of the file with the newest ticket was "
        "expected",
        id="a ticket in a file somewhere",
    ),
    pytest.param(
        "monitor.toml",
        '"http://rsshub:1200"',
        '"rsshub:1200"',
        "monitor.toml: gateways.rsshub.url: expected a web address (http:// or https://), or "
        "sample: for the built-in sample",
        id="an address without its scheme",
    ),
    pytest.param(
        "monitor.toml",
        'kind = "rsshub"\nurl = "http://rsshub:1200"',
        'kind = "feed"\nurl = "sample:"',
        "monitor.toml: gateways.rsshub.url: there is no sample of this kind; sample: works for: "
        "rsshub, wewe_rss",
        id="a sample where there is none",
    ),
    pytest.param(
        "monitor.toml",
        'url = "http://rsshub:1200"\n',
        "",
        "monitor.toml: gateways.rsshub.url: is missing; this kind of gateway has no address known "
        "to all",
        id="a gateway without an address",
    ),
    pytest.param(
        "monitor.toml",
        'url = "http://rsshub:1200"',
        'url = "http://rsshub:1200"\ncanary = ["weibo/user/2", "weibo user 3"]',
        'monitor.toml: gateways.rsshub.canary[2]: "weibo user 3": a route path, e.g. '
        "weibo/user/1234567890 was expected",
        id="a canary that its gateway cannot read",
    ),
    pytest.param(
        "monitor.toml",
        'url = "http://rsshub:1200"',
        'url = "http://rsshub:1200"\nallow_private = true',
        'monitor.toml: gateways.rsshub.allow_private: works for "feed" and "web_page" only: '
        "locators of other kinds are no addresses",
        id="a private network behind locators that are no addresses",
    ),
    *(
        pytest.param(
            "monitor.toml",
            'url = "http://rsshub:1200"',
            f'url = "http://rsshub:1200"\n{key} = {value}',
            f"monitor.toml: gateways.rsshub.{key}: {problem}",
            id=f"{key} = {value}",
        )
        for key, value, problem in (
            ("max_body", '"15 TB"', '"15 TB" is no size; expected e.g. "15MB" or "500kB"'),
            ("max_body", "15", 'a number is no size; expected e.g. "15MB" or "500kB"'),
            ("max_body", '"0MB"', 'a size up to "100MB" was expected'),
            ("max_body", '"101MB"', 'a size up to "100MB" was expected'),
            ("timezone", '"CST"', '"CST" is no time zone; expected e.g. "Asia/Shanghai"'),
            ("proxy", '"socks5://u:pa55@p:1"', "expected a web address (http:// or https://)"),
        )
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[gateways.own]\nkind = "weibo_api"\nkey = "a b"\n[gateways',
        "monitor.toml: gateways.own.key: an access token of the account was expected",
        id="a key of another shape, which is not repeated",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[gateways.own]\nkind = "wechat_api"\n[gateways',
        "monitor.toml: gateways.own.key: APPID:SECRET, as the account's console shows them, was "
        "expected",
        id="a gateway without the key that it needs",
    ),
    pytest.param(
        "accounts.toml",
        ', locator = "weibo/user/1"',
        "",
        "accounts.toml: accounts[1].sources[1].locator: is missing: a route path, e.g. "
        "weibo/user/1234567890 was expected",
        id="a source without a locator",
    ),
    pytest.param(
        "accounts.toml",
        "weibo/user/1",
        "weibo user 1",
        'accounts.toml: accounts[1].sources[1].locator: "weibo user 1": a route path, e.g. '
        "weibo/user/1234567890 was expected",
        id="a locator that its gateway cannot read",
    ),
    pytest.param(
        "accounts.toml",
        "weibo/user/1",
        "weibo/user/1?key=hidden",
        'accounts.toml: accounts[1].sources[1].locator: "weibo/user/1": the access key belongs to '
        "the gateway's `key`, not into the route",
        id="a key in a route, which is not repeated",
    ),
    pytest.param(
        "accounts.toml",
        "[[accounts]]",
        '[[accounts]]\nid = "x"\nname = "x"\nplatform = "weibo"\ncustodian = "zhang"\n'
        'sources = [{gateway = "rsshub", locator = "/weibo/user/1/"}]\n[[accounts]]',
        'accounts.toml: accounts[2].sources[1].locator: "weibo/user/1" is already read for the '
        'account "x"',
        id="the same source twice, however it is spelt",
    ),
    pytest.param(
        "accounts.toml",
        "[[accounts]]",
        '[[accounts]]\nid = "weibo-a"\nname = "x"\nplatform = "weibo"\n[[accounts]]',
        'accounts.toml: accounts[2].id: "weibo-a" is there twice',
        id="an account twice",
    ),
    pytest.param(
        "people.toml",
        "[[channels]]",
        '[[people]]\nid = "zhang"\nname = "x"\n[[channels]]',
        'people.toml: people[2].id: "zhang" is there twice',
        id="a person twice",
    ),
    pytest.param(
        "people.toml",
        "[[channels]]",
        '[[channels]]\nid = "console"\nkind = "console"\n[[channels]]',
        'people.toml: channels[2].id: "console" is there twice',
        id="a channel twice",
    ),
    pytest.param(
        "people.toml",
        "[[channels]]",
        '[[roster.dates]]\non = 2026-01-05\nduty = "zhang"\n'
        '[[roster.dates]]\non = 2026-01-05\nduty = "zhang"\n[[channels]]',
        'people.toml: roster.dates[2].on: "2026-01-05" is there twice',
        id="a date of the roster twice",
    ),
    pytest.param(
        "people.toml",
        "[[channels]]",
        '[[people]]\nid = "duty"\nname = "x"\n[[channels]]',
        'people.toml: people[2].id: "duty" is the name of a role; give the person another id',
        id="a person who is called like a role",
    ),
    pytest.param(
        "accounts.toml",
        '"weibo-a"',
        '"weibo a/1"',
        'accounts.toml: accounts[1].id: "weibo a/1" is no id; expected letters a-z, digits, - _ '
        "and .",
        id="an id with a blank",
    ),
    pytest.param(
        "accounts.toml",
        'platform = "weibo"',
        'platform = "微博"',
        'accounts.toml: accounts[1].platform: "微博" is no id; did you mean "weibo"?',
        id="a platform by its Chinese name",
    ),
    pytest.param(
        "accounts.toml",
        '"鞍山民政"',
        '" "',
        "accounts.toml: accounts[1].name: is empty",
        id="an empty name",
    ),
    pytest.param(
        "accounts.toml",
        '"鞍山民政"',
        "12",
        "accounts.toml: accounts[1].name: text in quotes was expected, not a number",
        id="a number for text",
    ),
    pytest.param(
        "accounts.toml",
        "[[accounts]]",
        "[accounts]",
        "accounts.toml: accounts: a list was expected, not a table; write [[accounts]] with two "
        "brackets",
        id="one bracket for two",
    ),
    pytest.param(
        "people.toml",
        "[[channels]]",
        "[[roster]]\n[[channels]]",
        "people.toml: roster: a table was expected, not a list; write [roster] with one bracket",
        id="two brackets for one",
    ),
    pytest.param(
        "accounts.toml",
        '"weibo"',
        '"weibo"\nstate = "stopped"',
        'accounts.toml: accounts[1].state: "stopped" is no state; one of: closed, closing, running',
        id="an unknown state",
    ),
    pytest.param(
        "monitor.toml",
        '"14d"',
        "14",
        'monitor.toml: policies.default.limit: a length such as "14d" or "30m" was expected, not '
        "a number",
        id="a length without its unit",
    ),
    pytest.param(
        "monitor.toml",
        '"14d"',
        '"2w"',
        'monitor.toml: policies.default.limit: "2w" is no length; expected e.g. "14d", "6h", "30m" '
        'or "5s"',
        id="a length in an unknown unit",
    ),
    pytest.param(
        "monitor.toml",
        '"14d"',
        '"36h"',
        'monitor.toml: policies.default.limit: whole days were expected, e.g. "14d"',
        id="a limit that is no whole number of days",
    ),
    pytest.param(
        "monitor.toml",
        '{after = "14d"',
        '{after = "13d"',
        "monitor.toml: policies.default.ladder: has no rung at the limit; add "
        '{after = "14d", tell = ["custodian"]}',
        id="a ladder that ends below its limit",
    ),
    pytest.param(
        "monitor.toml",
        '{after = "7d"',
        '{after = "15d"',
        'monitor.toml: policies.default.ladder: "14d" after "15d": the rungs must rise\n'
        'monitor.toml: policies.default.ladder: "15d" is above the limit of "14d"',
        id="a ladder that falls, and goes above its limit",
    ),
    pytest.param(
        "monitor.toml",
        '{after = "7d"',
        '{after = "14d"',
        'monitor.toml: policies.default.ladder: "14d" after "14d": the rungs must rise',
        id="a rung twice",
    ),
    pytest.param(
        "monitor.toml",
        'tell = ["custodian"]',
        "tell = []",
        "monitor.toml: policies.default.ladder[1].tell: is empty; expected at least one role or "
        "person",
        id="a rung that tells nobody",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        "concurrency = true\n[gateways",
        "monitor.toml: policies.default.concurrency: unknown key; one of: count_reposts, "
        "every_day, ladder, limit, originals_every, read_at_most_every",
        id="a key of another table",
    ),
    pytest.param(
        "monitor.toml",
        'url = "http',
        'concurrency = 0\nspacing = 5\nurl = "http',
        'monitor.toml: gateways.rsshub.spacing: a length such as "14d" or "30m" was expected, not '
        "a number\n"
        "monitor.toml: gateways.rsshub.concurrency: a number from 1 to 64 was expected",
        id="limits of a gateway that are none",
    ),
    pytest.param(
        "monitor.toml",
        'url = "http',
        'quota = 0\nurl = "http',
        "monitor.toml: gateways.rsshub.quota: a whole number of requests a day, at least 1, was "
        "expected",
        id="a quota of nothing",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[gateways.eyes]\nkind = "manual"\nquota = 9\n[gateways',
        "monitor.toml: gateways.eyes.quota: nothing is ever asked through this kind of gateway; "
        "leave it out",
        id="a quota of what only people see",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[service]\ntimezone = "Asia/Shangai"\n[gateways',
        'monitor.toml: service.timezone: "Asia/Shangai" is no time zone; expected e.g. '
        '"Asia/Shanghai"',
        id="an unknown time zone",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[service]\nlanguage = "fr"\n[gateways',
        'monitor.toml: service.language: "fr" is no language; one of: en, zh_CN',
        id="an unknown language",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[service]\ndatabase = "mysql://u:hidden@h/d"\n[gateways',
        "monitor.toml: service.database: expected sqlite:///path/to/file.db or "
        "postgresql://user:password@host/database",
        id="another database, whose password is not repeated",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[service]\ndatabase = "sqlite://"\n[gateways',
        "monitor.toml: service.database: a database in memory forgets everything; name a file",
        id="a database in memory",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[service]\nholidays = "h.csv"\n[gateways',
        "monitor.toml: service.holidays: {root}/h.csv cannot be read: No such file or directory",
        id="a table of holidays that is not there",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[service.hours]\ncall_at = "9.00"\n[gateways',
        'monitor.toml: service.hours.call_at: "9.00" is no time of day; expected e.g. "09:00"',
        id="an hour that is none",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[service.hours]\nlast_call_at = "08:00"\n[gateways',
        "monitor.toml: service.hours: last_call_at must be later than call_at",
        id="the last call before the first",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[service.hours]\nquiet_until = "09:30"\n[gateways',
        "monitor.toml: service.hours: call_at and last_call_at must lie outside the quiet hours",
        id="a call in the quiet hours",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[web]\nlisten = "8080"\n[gateways',
        'monitor.toml: web.listen: "8080" is no host and port; expected e.g. 127.0.0.1:8080',
        id="a port without its host",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[web]\nsecret = "1234"\n[gateways',
        "monitor.toml: web.secret: at least 24 characters were expected, at random",
        id="a secret that can be guessed",
    ),
    pytest.param(
        "people.toml",
        "[[channels]]",
        '[roster]\nrotation = ["zhang"]\n[[channels]]',
        "people.toml: roster: starts is missing; a rotation needs its first date",
        id="a rotation without its first date",
    ),
    pytest.param(
        "people.toml",
        "[[channels]]",
        '[roster]\nrotation = ["zhang"]\nstarts = "5.1.2026"\n[[channels]]',
        'people.toml: roster.starts: "5.1.2026" is no date; expected e.g. 2026-01-05, without '
        "quotes",
        id="a date that is none",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), PROBLEMS)
def test_a_mistake_is_reported_with_its_place_and_what_was_expected(
    folder: Folder, file: str, old: str, new: str, expected: str
) -> None:
    folder.change(file, old, new)
    root = folder.path.parent
    assert folder.problems() == tuple(expected.replace("{root}", str(root)).split("\n"))


def test_mistakes_of_all_files_are_reported_at_once_and_by_file(folder: Folder) -> None:
    folder.change("people.toml", '"张三"', "3")
    folder.change("monitor.toml", "ladder", "laddr")
    folder.change("accounts.toml", '"zhang"', '"x"')
    assert [problem.split(": ")[:2] for problem in folder.problems()] == [
        ["accounts.toml", "accounts[1].custodian"],
        ["monitor.toml", "policies.default.ladder"],
        ["monitor.toml", "policies.default.laddr"],
        ["people.toml", "people[1].name"],
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            b"[service]\nlanguage = \n",
            "line 2, column 12: this is no valid TOML: a value was expected; text stands in "
            "quotation marks",
            id="a value is missing",
        ),
        pytest.param(
            b'[service]\nlanguage = "en',
            "at the end: this is no valid TOML: the closing quotation mark is missing",
            id="the file breaks off",
        ),
        pytest.param(
            "[service]\nlanguage = '中文'\n".encode("gb18030"),
            "line 2: this is not UTF-8 text; save the file as UTF-8",
            id="another encoding",
        ),
    ],
)
def test_a_broken_file_names_line_and_column_and_hides_no_other_mistake(
    folder: Folder, data: bytes, expected: str
) -> None:
    (folder.path / "monitor.toml").write_bytes(data)
    folder.change("accounts.toml", '"鞍山民政"', '""')
    assert folder.problems() == (
        "accounts.toml: accounts[1].name: is empty",
        f"monitor.toml: {expected}",
    )


def test_a_missing_file_is_named(folder: Folder) -> None:
    (folder.path / "people.toml").unlink()
    assert folder.problems() == (
        f"people.toml: is missing in {folder.path}; `freshness init DIR` writes one to start from",
    )


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "none", {})
    assert caught.value.problems == (
        f"{tmp_path}/none: there is no such folder; `freshness init {tmp_path}/none` writes one",
    )


def test_a_byte_order_mark_and_windows_lines_do_no_harm(folder: Folder) -> None:
    expected = folder.load()
    for path in folder.path.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert folder.load() == expected


def test_a_bad_line_in_the_table_of_holidays_is_reported_with_the_rest(folder: Folder) -> None:
    (folder.path.parent / "h.csv").write_text("2027-02-05,holiday\n", encoding="utf-8")
    folder.add("monitor.toml", '[service]\nholidays = "h.csv"\n')
    folder.change("accounts.toml", '"鞍山民政"', '""')
    first, second = folder.problems()
    assert first == "accounts.toml: accounts[1].name: is empty"
    assert second.startswith("monitor.toml: service.holidays: h.csv: line 1: ")


# Secrets


def telegram(folder: Folder, token: str) -> None:
    folder.change("people.toml", 'kind = "console"', f'kind = "telegram"\ntoken = "{token}"')
    folder.change("people.toml", 'address = ""', 'address = "1"')


def test_a_secret_comes_from_its_variable(folder: Folder) -> None:
    telegram(folder, "env:TOKEN")
    settings = folder.load({"TOKEN": TOKEN})
    assert settings.channels["console"].options == {"token": TOKEN}
    assert settings.secrets == {TOKEN}
    assert TOKEN not in repr(settings.gateways)


def test_a_secret_comes_from_the_file_its_variable_names(folder: Folder, tmp_path: Path) -> None:
    telegram(folder, "env:TOKEN")
    (tmp_path / "token").write_text(f"{TOKEN}\r\n", encoding="utf-8")
    settings = folder.load({"TOKEN_FILE": str(tmp_path / "token")})
    assert settings.channels["console"].options == {"token": TOKEN}


def test_a_secret_comes_from_a_file_beside_the_configuration(folder: Folder) -> None:
    telegram(folder, "file:data/secrets/token")
    kept = folder.path.parent / "data" / "secrets"
    kept.mkdir(parents=True)
    (kept / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    settings = folder.load()
    assert settings.channels["console"].options == {"token": TOKEN}
    assert settings.secrets == {TOKEN}
    assert not [line for line in settings.warnings if "written out" in line]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("nowhere", "cannot be read: No such file or directory"),
        ("", "must be followed by the path of a file"),
        (".", "cannot be read: Is a directory"),
        ("a\\u0000b", "must be followed by the path of a file"),
    ],
    ids=["not there", "no path", "a folder", "no path at all"],
)
def test_a_file_of_a_secret_that_is_not_to_be_had(
    folder: Folder, named: str, expected: str
) -> None:
    telegram(folder, f"file:{named}")
    [line] = folder.problems()
    assert line.startswith("people.toml: channels[1].token: file: ")
    assert expected in line


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param(
            {}, "the environment variable TOKEN is not set, nor TOKEN_FILE for a file", id="unset"
        ),
        pytest.param(
            {"TOKEN": ""},
            "the environment variable TOKEN is not set, nor TOKEN_FILE for a file",
            id="set to nothing",
        ),
        pytest.param(
            {"TOKEN": TOKEN, "TOKEN_FILE": "/x"},
            "TOKEN and TOKEN_FILE are both set; set one of them",
            id="set twice",
        ),
        pytest.param(
            {"TOKEN_FILE": "/nowhere/token"},
            "TOKEN_FILE: /nowhere/token cannot be read: No such file or directory",
            id="a file that is not there",
        ),
        pytest.param({"TOKEN_FILE": "/dev/null"}, "TOKEN_FILE: /dev/null is empty", id="no text"),
        pytest.param(
            {"TOKEN": "not-a-token-but-secret"},
            "expected a bot's token, digits, a colon and letters",
            id="something that is no token, which is not repeated",
        ),
    ],
)
def test_a_secret_that_is_not_to_be_had_names_its_key(
    folder: Folder, environ: dict[str, str], expected: str
) -> None:
    telegram(folder, "env:TOKEN")
    assert folder.problems(environ) == (f"people.toml: channels[1].token: {expected}",)


def test_no_problem_repeats_what_came_out_of_the_environment(folder: Folder) -> None:
    folder.change("accounts.toml", '"weibo"', '"env:NAME"')
    assert folder.problems({"NAME": "hidden value"}) == (
        "accounts.toml: accounts[1].platform: the value found is no id; expected letters a-z, "
        "digits, - _ and .",
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "secret"),
    [
        pytest.param(
            "people.toml",
            'kind = "console"',
            'kind = "webhook"\nurl = "https://example.org"\nsecret = "wh-secret"',
            "people.toml: channels[1].secret",
            "wh-secret",
            id="a channel's",
        ),
        pytest.param(
            "monitor.toml",
            "url =",
            'key = "hub-key"\nurl =',
            "monitor.toml: gateways.rsshub.key",
            "hub-key",
            id="a gateway's",
        ),
        pytest.param(
            "monitor.toml",
            "url =",
            'proxy = "http://office:pa55word@proxy:3128"\nurl =',
            "monitor.toml: gateways.rsshub.proxy",
            "pa55word",
            id="a proxy's password",
        ),
        pytest.param(
            "monitor.toml",
            "[gateways",
            '[service]\ndatabase = "postgresql://u:p%40ss-word@db/x"\n[gateways',
            "monitor.toml: service.database",
            "p@ss-word",
            id="the database's",
        ),
    ],
)
def test_a_secret_written_out_works_and_gives_a_warning(
    folder: Folder, file: str, old: str, new: str, where: str, secret: str
) -> None:
    folder.change(file, old, new)
    settings = folder.load()
    assert unplaced(settings.warnings) == (
        f'{where}: a secret is written out here; "env:NAME" keeps it out of the file',
    )
    assert secret in settings.secrets


@pytest.mark.parametrize(
    ("locator", "secrets"),
    [
        pytest.param("https://u:pa55word@x.cn/f", {"pa55word"}, id="a password"),
        pytest.param("https://t0ken-0f8fad5b@x.cn/f", {"t0ken-0f8fad5b"}, id="a token as login"),
        pytest.param("https://x.cn/f?sign=abcd", {"abcd"}, id="what a parameter calls so"),
        pytest.param("f.xml?apikey=abcd&n=2024", {"abcd"}, id="of a path below the gateway"),
        pytest.param("https://x.cn/f?x=0f8fad5bd9cb", {"0f8fad5bd9cb"}, id="no word or number"),
        pytest.param("https://x.cn/0f8fad5bd9cb/f", {"0f8fad5bd9cb"}, id="a step of its path"),
        pytest.param("https://x.cn/list?year=2024&format=json", set(), id="words and numbers"),
    ],
)
def test_F83_what_gives_access_to_a_source_is_secret_and_words_are_not(
    folder: Folder, locator: str, secrets: set[str]
) -> None:
    folder.change("monitor.toml", 'kind = "rsshub"', 'kind = "feed"')
    folder.change("accounts.toml", "weibo/user/1", locator)
    assert folder.load().secrets == secrets


def test_a_number_of_thousands_of_digits_is_one_line(folder: Folder) -> None:
    folder.add("people.toml", "x = " + "9" * 6001)
    assert folder.problems()[0].startswith("people.toml: this is no valid TOML: Exceeds the limit")


def test_a_former_secret_is_kept_secret_and_stands_beside_one_in_force(folder: Folder) -> None:
    old, new = "0f8fad5bd9cb0f8fad5bd9cb", "693a91f67xxx4bc497a0aaaa"
    folder.add("monitor.toml", f'[web]\nsecret = "{new}"\nformer_secret = "{old}"\n')
    settings = folder.load()
    assert (settings.web_secret, settings.former_web_secret) == (new, old)
    assert {old, new} <= settings.secrets
    folder.change("monitor.toml", f'secret = "{new}"\n', "")
    [problem] = folder.problems()
    assert problem.startswith('monitor.toml: web.former_secret: is what "secret" was before')


def test_a_platform_is_read_without_a_url_and_its_key_is_secret_in_parts(folder: Folder) -> None:
    folder.change(
        "monitor.toml",
        'kind = "rsshub"\nurl = "http://rsshub:1200"',
        'kind = "wechat_api"\nkey = "env:KEY"',
    )
    folder.change("accounts.toml", ', locator = "weibo/user/1"', "")
    secret = "0123456789abcdef0123456789abcdef"
    settings = folder.load({"KEY": f"wx0123456789abcd:{secret}"})
    assert settings.gateways["rsshub"].url == "https://api.weixin.qq.com"
    assert settings.accounts["weibo-a"].sources[0].locator == ""
    assert {f"wx0123456789abcd:{secret}", secret} <= settings.secrets


def test_dates_of_a_gateway_are_in_the_services_zone_unless_it_says_otherwise(
    folder: Folder,
) -> None:
    folder.change("monitor.toml", "[policies", '[service]\ntimezone = "Asia/Urumqi"\n[policies')
    assert folder.load().gateways["rsshub"].timezone == ZoneInfo("Asia/Urumqi")


@pytest.mark.parametrize(("size", "octets"), [("500kB", 500_000), ("3 MB", 3_000_000)])
def test_a_size_in_bytes(folder: Folder, size: str, octets: int) -> None:
    url = 'url = "http://rsshub:1200"'
    folder.change("monitor.toml", url, f'{url}\nmax_body = "{size}"')
    assert folder.load().gateways["rsshub"].max_body == octets


def test_of_a_secret_address_the_key_is_struck_out_and_common_words_are_not(
    folder: Folder,
) -> None:
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0"
    folder.change("people.toml", 'kind = "console"', 'kind = "wecom"\nurl = "env:URL"')
    assert folder.load({"URL": url}).secrets == {url, "693a91f6-7xxx-4bc4-97a0"}


# Warnings

WARNINGS = [
    pytest.param(
        "people.toml",
        '["duty", "operator"]',
        '["custodian"]',
        'people.toml: people: nobody is "duty"; others are told in that place, and told so\n'
        'people.toml: people: nobody is "operator"; others are told in that place, and told so',
        id="roles nobody fills",
    ),
    pytest.param(
        "people.toml",
        '"operator"]',
        '"operator", "depty"]',
        'people.toml: people[1].roles[3]: nothing uses "depty"; did you mean "deputy"? (one of: '
        "backup, custodian, deputy, duty, operator, viewer)",
        id="a role that nothing uses",
    ),
    pytest.param(
        "accounts.toml",
        'custodian = "zhang"\n',
        "",
        'accounts.toml: accounts[1].custodian: "weibo-a" has none; others are told in the '
        "custodian's place",
        id="an account without a custodian",
    ),
    pytest.param(
        "accounts.toml",
        'sources = [{gateway = "rsshub", locator = "weibo/user/1"}]',
        "",
        'accounts.toml: accounts[1].sources: nothing reads "weibo-a"; only `confirm` and `import` '
        "tell of posts",
        id="an account that nothing reads",
    ),
    pytest.param(
        "accounts.toml",
        "weibo/user/1",
        "weibo/user/1/displayVideo=0",
        'accounts.toml: accounts[1].sources[1].locator: "weibo/user/1/displayVideo=0": these route '
        "parameters drop every repost; add showRetweeted=1",
        id="a route that drops reposts",
    ),
    pytest.param(
        "monitor.toml",
        'limit = "14d"',
        'limit = "20d"',
        "monitor.toml: policies.default.limit: 20 days; the national rule fails an account after "
        "14",
        id="a limit above the national one",
    ),
    pytest.param(
        "monitor.toml",
        '"http://rsshub:1200"',
        '"sample:"',
        "monitor.toml: gateways.rsshub.url: the built-in sample; the posts it shows are invented",
        id="the sample",
    ),
    pytest.param(
        "monitor.toml",
        '["custodian"]',
        '["backup"]',
        'accounts.toml: accounts: a ladder tells "backup", but no account has one',
        id="a ladder tells backups that nobody has",
    ),
    pytest.param(
        "monitor.toml",
        "[gateways",
        '[gateways.w]\nkind = "we_mp_rss"\nurl = "http://w"\n[gateways',
        "monitor.toml: gateways.w.canary: gives no sign of life of its own; without a busy account "
        "here it proves nothing",
        id="a gateway that needs a canary",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), WARNINGS)
def test_what_works_but_should_be_known_is_a_warning(
    folder: Folder, file: str, old: str, new: str, expected: str
) -> None:
    folder.change(file, old, new)
    if "20d" in new:
        folder.change(file, 'after = "14d"', 'after = "20d"')
    assert unplaced(folder.load().warnings) == tuple(expected.split("\n"))


def test_telegram_alone_is_a_warning(folder: Folder) -> None:
    telegram(folder, "env:TOKEN")
    assert unplaced(folder.load({"TOKEN": TOKEN}).warnings) == (
        "people.toml: people[1].reach: only Telegram, which is blocked in mainland China; add a "
        "second channel",
    )


SMS = """[[channels]]
id = "sms"
kind = "sms_aliyun"
access_key_id = "LTAI"
access_key_secret = "env:SMS"
sign = "民政"
template = "SMS_1"
"""


def test_text_messages_stand_beside_another_way(folder: Folder) -> None:
    folder.add("people.toml", SMS)
    way = '[{channel = "console", address = ""}'
    folder.change("people.toml", way, f'{way}, {{channel = "sms", address = "13800000000"}}')
    [person] = folder.load({"SMS": TOKEN}).people.values()
    assert [(one.channel, one.urgent) for one in person.reach] == [
        ("console", False),
        ("sms", True),
    ]
    assert [one.channel for one in person.ways] == ["console"]


def test_text_messages_alone_are_refused(folder: Folder) -> None:
    folder.add("people.toml", SMS)
    folder.change("people.toml", '"console", address = ""', '"sms", address = "13800000000"')
    with pytest.raises(SettingsError) as caught:
        folder.load({"SMS": TOKEN})
    assert str(caught.value) == (
        "people.toml: people[1].reach: sms_aliyun is for the last chance and the breach; "
        "add another way before (zhang, line 6)"
    )


def test_messages_without_a_link_to_answer_by_are_a_warning(folder: Folder) -> None:
    folder.change("people.toml", 'channel = "console"', 'channel = "group"')
    folder.add("people.toml", '[[channels]]\nid = "group"\nkind = "wecom"\nurl = "env:URL"\n')
    url = {"URL": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1"}
    assert unplaced(folder.load(url).warnings) == (
        "monitor.toml: web.public_url: not set, so what is sent by wecom carries no link to answer "
        "by",
    )
    folder.add("monitor.toml", '[web]\npublic_url = "https://watch.example.gov.cn"\n')
    assert folder.load(url).warnings == ()


def test_the_environment_says_where_a_container_listens(folder: Folder) -> None:
    folder.add("monitor.toml", '[web]\nlisten = "127.0.0.1:9090"\n')
    assert folder.load().listen == "127.0.0.1:9090"
    assert folder.load({"FRESHNESS_LISTEN": ""}).listen == "127.0.0.1:9090"
    assert folder.load({"FRESHNESS_LISTEN": "0.0.0.0:8080"}).listen == "0.0.0.0:8080"


def test_a_wrong_place_to_listen_is_reported_with_everything_else(folder: Folder) -> None:
    folder.change("monitor.toml", 'limit = "14d"', 'limit = "often"')
    with pytest.raises(SettingsError) as caught:
        folder.load({"FRESHNESS_LISTEN": "8080"})
    assert len(caught.value.problems) == 2
    assert caught.value.problems[1] == (
        'the environment variable FRESHNESS_LISTEN: "8080" is no host and port; expected e.g. '
        "127.0.0.1:8080"
    )


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, None, id="not where nothing is said"),
        pytest.param({"FRESHNESS_LOG_FORMAT": ""}, None, id="nor by an empty value"),
        pytest.param({"FRESHNESS_LOG_FORMAT": "json"}, LogFormat.JSON, id="as it is named"),
    ],
)
def test_the_environment_says_how_the_log_is_written(
    folder: Folder, environ: dict[str, str], expected: LogFormat | None
) -> None:
    assert folder.load(environ).log_format is expected


def test_an_unknown_format_of_the_log_is_a_problem(folder: Folder) -> None:
    with pytest.raises(SettingsError) as caught:
        folder.load({"FRESHNESS_LOG_FORMAT": "xml"})
    assert caught.value.problems == (
        'the environment variable FRESHNESS_LOG_FORMAT: "xml" is no format of the log; expected '
        "one of: console, logfmt, json",
    )


def test_a_closed_account_needs_neither_source_nor_custodian(folder: Folder) -> None:
    folder.add(
        "accounts.toml",
        '[[accounts]]\nid = "old"\nname = "旧号"\nplatform = "weibo"\nstate = "closed"\n',
    )
    assert folder.load().warnings == ()
