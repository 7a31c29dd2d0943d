"""The steps of the first set-up write the configuration: shown first, then written, or refused."""

import html
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests

from monitor.desk.gateway_trials import GatewayTrials
from monitor.edits import MONITOR, PEOPLE
from monitor.model import Gateway
from monitor.settings import sample
from monitor.settings.editing import Editor
from monitor.settings.loading import load
from monitor.settings.model import Settings
from monitor.sources import registry
from monitor.store.base import Store
from monitor.web.set_up import gateway as gateway_of
from tests.adding import UID, World
from tests.serving import Served
from tests.web.browsing import Browser, inside, seen
from tests.web.fixtures import _copy
from tests.web.site import RULES, WORDS, Office

ACCOUNT = f"https://weibo.com/u/{UID}"
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=of-the-robot"
HURT = '<b onmouseover="alert(1)">民政</b>'


@dataclass
class Desk:
    """An admin at the page, and the files."""

    office: Office
    admin: Browser
    folder: Path
    machines: list[str]  # others that read files of their own

    def settings(self) -> Settings:
        return load(self.folder, {})

    def text(self, name: str = PEOPLE) -> str:
        return (self.folder / name).read_text("utf-8")

    def show(self, path: str, **form: str) -> requests.Response:
        """What a form comes to."""
        return self.admin.submit(f"/start/{path}", "/start/office", **form)

    def save(self, shown: requests.Response) -> requests.Response:
        """Say yes to what was shown."""
        found = re.search(r'name="draft" value="([^"]+)"', shown.text)
        return self.show("save", draft=found[1] if found else "", step="people")

    def write(self, path: str, **form: str) -> str:
        """Show, say yes, and return what is said."""
        shown = self.show(path, **form)
        assert (shown.status_code, "会有以下改动" in seen(shown)) == (200, True)
        done = self.save(shown)
        assert done.status_code == 200
        return seen(done)


@pytest.fixture(scope="module")
def rsshub() -> Iterator[str]:
    with Served(World) as served:
        yield served.url


@pytest.fixture
def desk(told_file: Path, tmp_path: Path) -> Iterator[Desk]:
    """The files that `init` writes, and an admin; the service reads them again when it is told."""
    sample.write(tmp_path / "config")
    store: Store = _copy(told_file, tmp_path)
    known = load(tmp_path / "config", {})
    people, gateways = known.people, known.gateways
    office = Office(store, rules=replace(RULES, people=people, gateways=gateways), kept=True)
    office.inside = replace(office.inside, kinds={"console": "console"})
    assert office.joining is not None
    wrote = lambda: office.log("reread")  # noqa: E731
    machines = list[str]()
    editor = Editor(tmp_path / "config", {}, known.secrets, lambda: bool(machines), wrote)
    trials = GatewayTrials(office.rules, {}, lambda *_: None, WORDS, registry.build)
    office.joining = replace(office.joining, trials=trials, editing=editor)
    with office.served() as url, inside(office, url, "root") as admin:
        yield Desk(office, admin, tmp_path / "config", machines)
    store.close()


def gateway(url: str, **more: str) -> dict[str, str]:
    return {"kind": "rsshub", "url": url, "address": ACCOUNT, **more}


def test_a_gateway_is_tried_shown_and_then_written(desk: Desk, rsshub: str) -> None:
    before = desk.text(MONITOR)
    shown = desk.show("gateway", **gateway(rsshub, which="rsshub", key="s3cret-of-the-hub"))
    said = seen(shown)
    assert "读取正常：鞍山民政，4条。" in said
    assert '- url = "http://rsshub:1200"' in said
    assert f'+ url = "{rsshub}"' in said
    assert desk.text(MONITOR) == before
    assert "已写入monitor.toml" in seen(desk.save(shown))
    found = desk.settings().gateways["rsshub"]
    assert (found.url, found.key) == (rsshub, "s3cret-of-the-hub")
    [kept] = (desk.folder.parent / "data" / "secrets").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "s3cret" not in shown.text + str(desk.office.said) + desk.text(MONITOR)
    assert ("reread", {}) in desk.office.said
    assert "# 两次请求至少隔多久" in desk.text(MONITOR)


def test_a_gateway_is_written_by_its_address_alone(desk: Desk, rsshub: str) -> None:
    shown = desk.show("gateway", kind="wewe_rss", url=rsshub, address="")
    assert "WeWe RSS在线，已订阅1个公众号" in seen(shown)
    assert "已写入monitor.toml" in seen(desk.save(shown))


@pytest.mark.parametrize(
    ("kind", "url", "written"),
    [("weibo_mobile", "", None), ("rsshub", "", ""), ("weibo_api", "http://x", "http://x")],
    ids=["Weibo itself", "a gateway without an address", "Weibo through a proxy of ours"],
)
def test_only_weibo_itself_needs_no_address(kind: str, url: str, written: str | None) -> None:
    change, _ = gateway_of({"kind": kind, "url": url}, {})
    assert change.keys["url"] == written


def test_a_gateway_more_has_an_id_of_its_own(desk: Desk, rsshub: str) -> None:
    desk.write("gateway", **gateway(rsshub))
    assert sorted(desk.settings().gateways) == ["rsshub", "rsshub-2"]


def test_the_key_of_a_gateway_goes_to_no_other_address(desk: Desk, rsshub: str) -> None:
    desk.office.rules.gateways["rsshub"] = Gateway(  # type: ignore[index]
        "rsshub", "rsshub", "http://rsshub:1200", "s3cret-of-the-hub"
    )
    shown = desk.show("gateway", **gateway(rsshub, which="rsshub"))
    assert "读取正常" in seen(shown)
    assert "s3cret" not in shown.text


@pytest.mark.parametrize(
    ("form", "beside"),
    [
        (gateway("ftp://x"), "url"),
        (gateway('http://x/"\nkey = "y'), ""),
        (gateway(""), "url"),
        (gateway("http://x", kind="by_hand"), ""),
        (gateway("http://x", kind=HURT), "kind"),
        (gateway("http://127.0.0.1:9"), ""),
        ({}, "kind"),
    ],
    ids=[
        "no address",
        "more than one",
        "none",
        "a kind that reads nothing",
        "no kind",
        "one that is away",
        "nothing",
    ],
)
def test_what_does_not_do_is_said_and_nothing_is_offered(
    desk: Desk, form: dict[str, str], beside: str
) -> None:
    page = desk.show("gateway", **{**form, "x": "1"})
    assert page.status_code == 409
    assert 'name="draft"' not in page.text
    assert f'id="wrong-{beside}"' in page.text if beside else True
    assert HURT not in page.text


def test_a_channel_is_written_with_its_secret_in_a_file(desk: Desk) -> None:
    assert "已写入people.toml" in desk.write("channel", kind="wecom", url=ROBOT)
    assert desk.settings().channels["wecom"].options == {"url": ROBOT}
    assert "of-the-robot" not in desk.text() + str(desk.office.said)


def test_a_mail_server_is_written_with_what_is_public_in_the_open(desk: Desk) -> None:
    form = {"host": "smtp.example.gov.cn", "port": "465", "security": "tls", "sender": "w@x.cn"}
    desk.write("channel", kind="mail", id="post", username="w", password="pass of mail", **form)
    found = desk.settings().channels["post"].options
    assert found == {**form, "username": "w", "password": "pass of mail"}
    assert "port = 465" in desk.text()
    assert "pass of mail" not in desk.text()


@pytest.mark.parametrize(
    ("form", "beside"),
    [
        ({"kind": "wecom", "url": "https://x"}, "url"),
        ({"kind": "wecom"}, "url"),
        ({"kind": "mail", "host": "h", "port": "many", "security": "tls", "sender": "a@b"}, "port"),
        ({"kind": "wecom", "url": ROBOT, "id": HURT}, "id"),
        ({"kind": "console", "id": "console"}, ""),
        ({"kind": "nothing"}, "kind"),
    ],
    ids=["half an address", "no address", "no port", "no id", "one that is there", "no kind"],
)
def test_a_channel_that_would_not_load_is_not_offered(
    desk: Desk, form: dict[str, str], beside: str
) -> None:
    page = desk.show("channel", **form)
    assert 'name="draft"' not in page.text
    assert HURT not in page.text
    if beside and beside != "kind":
        assert (page.status_code, f'id="wrong-{beside}"' in page.text) == (409, True)


def test_a_person_is_added_with_the_ways_that_reach_them(desk: Desk) -> None:
    form = {"name": "钱七", "phone": "0412-1", "role_duty": "1", "way0": "console", "to0": "me"}
    desk.write("person", **form)
    one = desk.settings().people["person"]
    assert (one.name, one.roles, one.reach[0].channel) == ("钱七", ("duty",), "console")


def test_a_person_who_is_there_is_changed_in_place(desk: Desk) -> None:
    page = desk.admin.see("/start/people?which=zhang")
    assert 'value="张三"' in page.text
    desk.write("person", which="zhang", name=HURT, role_custodian="1", way0="console")
    found = desk.settings().people["zhang"]
    assert (found.name, found.phone, found.roles) == (HURT, None, ("custodian",))
    assert list(desk.settings().people) == ["zhang", "li", "wang", "zhao"]


@pytest.mark.long
def test_what_is_entered_stays_text_on_every_page(desk: Desk) -> None:
    for path, form in {
        "person": {"name": HURT, "phone": HURT, "way0": HURT, "to0": HURT},
        "gateway": gateway(HURT, key=HURT),
        "channel": {"kind": "webhook", "url": HURT, "secret": HURT, "id": HURT},
        "way": {"person": "li", "channel": HURT, "address": HURT},
        "duty": {"turn0": HURT, "starts": HURT, "every": HURT},
        "rule": {"limit": HURT},
        "gone": {"what": HURT, "which": HURT},
        "save": {"draft": HURT, "step": HURT},
    }.items():
        page = desk.show(path, **form)
        assert (page.status_code in (200, 409), HURT in page.text) == (True, False), path


def test_somebody_is_reached_by_a_channel_before_the_screen(desk: Desk) -> None:
    desk.write("channel", kind="wecom", url=ROBOT)
    desk.write("way", person="li", channel="wecom", address="LiSi")
    reach = desk.settings().people["li"].reach
    assert [(one.channel, one.address) for one in reach] == [("wecom", "LiSi"), ("console", "")]


def test_who_is_on_duty_is_written(desk: Desk) -> None:
    form = {"turn0": "li", "turn1": "wang", "starts": "2026-12-07", "every": "14"}
    desk.write("duty", **form)
    roster = desk.settings().roster
    assert (roster.rotation, str(roster.starts), roster.every.days) == (
        ("li", "wang"),
        "2026-12-07",
        14,
    )
    desk.write("duty", turn0="")
    assert desk.settings().roster.rotation == ()


@pytest.mark.parametrize(
    "form",
    [
        {"turn0": "li", "starts": "soon"},
        {"turn0": "li", "starts": "2026-12-07", "every": "0"},
        {"turn0": "nobody", "starts": "2026-12-07", "every": "7"},
    ],
    ids=["no date", "no length", "nobody"],
)
def test_turns_that_are_none(desk: Desk, form: dict[str, str]) -> None:
    page = desk.show("duty", **form)
    assert (page.status_code, 'name="draft"' in page.text) == (409, False)


@pytest.mark.parametrize(("days", "rungs"), [(7, [3, 5, 6, 7]), (10, [5, 7, 8, 9, 10])])
def test_another_limit_brings_its_steps(desk: Desk, days: int, rungs: list[int]) -> None:
    desk.write("rule", limit=str(days))
    policy = desk.settings().policies["default"]
    assert (policy.limit.days, [rung.days for rung in policy.ladder.rungs]) == (days, rungs)
    assert "# 超期：监测时间点前2周内无更新" in desk.text(MONITOR)


def test_a_limit_that_no_rule_knows(desk: Desk) -> None:
    assert desk.show("rule", limit="30").status_code == 409


def test_what_says_so_already_is_not_written_again(desk: Desk) -> None:
    page = desk.show("rule", limit="14")
    assert (page.status_code, "已经是这样" in seen(page)) == (200, True)
    assert 'name="draft"' not in page.text


def test_who_is_not_needed_any_more_is_taken_out(desk: Desk) -> None:
    desk.write("gone", what="people", which="zhao")
    assert "zhao" not in desk.settings().people
    assert "# ---- 渠道 ---" in desk.text()
    refused = desk.show("gone", what="people", which="li")
    assert (refused.status_code, "rotation" in seen(refused)) == (409, True)


def test_a_yes_counts_once(desk: Desk) -> None:
    shown = desk.show("rule", limit="7")
    assert desk.save(shown).status_code == 200
    again = desk.save(shown)
    assert (again.status_code, "请重新填写" in seen(again)) == (409, True)


def test_a_file_that_changed_underneath_is_shown_anew(desk: Desk) -> None:
    shown = desk.show("rule", limit="7")
    path = desk.folder / MONITOR
    path.write_text(path.read_text("utf-8") + "# 别人改过\n", "utf-8")
    clash = desk.save(shown)
    assert (clash.status_code, "期间有改动" in seen(clash)) == (409, True)
    assert desk.settings().policies["default"].limit.days == 14
    assert desk.save(clash).status_code == 200
    assert desk.settings().policies["default"].limit.days == 7
    assert desk.text(MONITOR).endswith("# 别人改过\n")


def test_a_file_that_cannot_be_written_is_shown_to_be_copied(desk: Desk) -> None:
    (desk.folder.parent / "data").write_text("in the way", "utf-8")
    page = desk.save(desk.show("channel", kind="wecom", url=ROBOT))
    assert page.status_code == 409
    assert '[[channels]] id = "wecom" kind = "wecom" url = "file:data/secrets/' in seen(page)
    assert "加入people.toml的内容" in seen(page)
    assert "of-the-robot" not in page.text


@pytest.mark.parametrize(
    ("path", "form", "said", "text"),
    [
        (
            "rule",
            {"limit": "7"},
            "写入monitor.toml，替换上面标“-”的各行",
            'limit = "7d"',
        ),
        ("gone", {"what": "people", "which": "zhao"}, "请从people.toml中删去", ""),
        ("person", {"name": "钱七", "id": "qian"}, "加入people.toml的内容", 'id = "qian"'),
    ],
    ids=["lines in the place of others", "lines that only go", "lines that only come"],
)
@pytest.mark.parametrize("unwritable", [False, True], ids=["beside the button", "instead of it"])
def test_a_change_can_be_copied(
    desk: Desk, path: str, form: dict[str, str], said: str, text: str, unwritable: bool
) -> None:
    page = desk.show(path, **form)
    if unwritable:
        desk.machines.append("another")
        page = desk.save(page)
        assert page.status_code == 409
    found = re.search(r'<textarea id="copied"[^>]* readonly[^>]*>([^<]*)</textarea>', page.text)
    assert said in seen(page)
    assert (text in html.unescape(found[1])) if found else (text == "")


def test_what_cannot_be_put_into_a_file_of_another_form_can_be_copied(desk: Desk) -> None:
    blocks = re.sub(r"(?s)\[\[people\]\].*?(?=\n\[|\Z)", "", desk.text())
    inline = 'people = [{id = "zhang", name = "张三"}]\n'
    (desk.folder / PEOPLE).write_text(inline + blocks, "utf-8")
    page = desk.show("person", name="钱七", id="qian")
    assert "无法在此修改people.toml" in seen(page)
    assert 'id = "qian" name = "钱七"' in seen(page)
    assert 'name="draft"' not in page.text


@pytest.mark.parametrize("name", ["zhang", "guest"])
def test_who_is_no_admin_changes_nothing(desk: Desk, name: str) -> None:
    before = desk.text() + desk.text(MONITOR)
    with inside(desk.office, desk.admin.url, name) as other:
        form = {**other.hidden("/example"), "limit": "7"}
        for path in ("gateway", "person", "duty", "channel", "way", "rule", "gone", "save"):
            sent = other.post(f"{other.url}/start/{path}", form)
            assert (sent.status_code, "此页仅供管理员查看。" in sent.text) == (403, True)
    assert desk.text() + desk.text(MONITOR) == before


def test_a_form_of_another_page_changes_nothing(desk: Desk) -> None:
    shown = desk.show("rule", limit="7")
    [key] = re.findall(r'name="draft" value="([^"]+)"', shown.text)
    form = {"csrf": "guessed", "draft": key}
    assert desk.admin.post(f"{desk.admin.url}/start/save", form).status_code == 403
    assert desk.settings().policies["default"].limit.days == 14
