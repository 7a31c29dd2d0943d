"""From what `init` writes to the overview, in a real browser: real gateways, a real robot.

Nothing is edited by hand, and nothing needs JavaScript.
"""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.adding import UID, World
from tests.browser.conftest import TELEPHONE, quiet_page
from tests.browser.looking import says
from tests.serving import Asked, Served
from tests.story.processes import Running, freshness
from tests.waiting import PATIENCE, until
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class Robot(Asked):
    """A group robot of WeCom's."""

    said: list[dict[str, Any]] = []  # noqa: RUF012 - a class of its own for each test

    def do_POST(self) -> None:
        """Take a message, and say so."""
        self.said.append(json.loads(self.body()))
        self.give(200, b'{"errcode":0,"errmsg":"ok"}', {"Content-Type": "application/json"})


def free() -> str:
    """Where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The service, and the link that it prints to set the first password with."""
    with Running(folder) as service:
        until(lambda: "/setup?k=" in service.out.read_text("utf-8"))
        [link] = re.findall(r"\S+/setup\?k=\S+", service.out.read_text("utf-8"))
        service.wait_for("web_started")
        yield link
        assert service.stop() == 0


def shown(page: "Page", url: str, text: str) -> None:
    """Open *url* until it shows *text*: the service takes a moment to read its files again."""
    until(lambda: text in page.request.get(url).text())
    page.goto(url)


@dataclass
class Wizard:
    """Somebody who goes through the set-up."""

    page: "Page"
    url: str
    width: int

    def fill(self, **boxes: str) -> None:
        """Fill in boxes by their labels."""
        for label, text in boxes.items():
            self.page.get_by_label(label, exact=True).first.fill(text)

    def tap(self, name: str) -> None:
        """Tap a button; nothing hangs over the edge of what comes."""
        self.page.get_by_role("button", name=name).first.click()
        self.fits()

    def fits(self) -> None:
        """Nothing has to be pushed sideways, once the style sheet is there."""
        until(self._narrow)

    def _narrow(self) -> bool:
        try:
            width: int = self.page.evaluate("document.documentElement.scrollWidth")
        except Exception:  # the next page is just coming
            return False
        return width <= self.width

    def save(self, step: str, file: str, text: str) -> None:
        """Say yes to the difference that is shown, and see it in force."""
        self.tap(f"写入{file}")
        says(self.page.get_by_role("status"), f"已写入{file}")
        shown(self.page, f"{self.url}/start/{step}", text)

    def open(self, summary: str) -> None:
        """Open what is folded."""
        self.page.locator("summary", has_text=summary).first.click()


@pytest.mark.long
@pytest.mark.parametrize(
    ("width", "scripts"), [(390, True), (320, False)], ids=["a telephone", "no JavaScript, 320 px"]
)
def test_from_the_first_start_to_the_overview(
    tmp_path: Path,
    browser: "Browser",
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    scripts: bool,
) -> None:
    said: list[dict[str, Any]] = []
    robot = type("Today", (Robot,), {"said": said})
    folder, listen = tmp_path / "bureau", free()
    monkeypatch.setenv("FRESHNESS_LISTEN", listen)
    assert freshness(folder, "init", str(folder)).returncode == 0
    window = {**TELEPHONE, "viewport": {"width": width, "height": 800}}
    context = browser.new_context(**window, java_script_enabled=scripts)
    with Served(World) as rsshub, Served(robot) as group, running(folder) as link:
        assert requests.get(f"http://{listen}", timeout=PATIENCE).status_code == 403
        for page in quiet_page(context):
            page.goto(link)
            one = Wizard(page, f"http://{listen}", width)
            _the_first_password(one)
            _a_gateway(one, rsshub.url)
            _an_account(one)
            _people(one)
            _a_channel(one, f"{group.url}/cgi-bin/webhook/send?key=of-the-robot")
            assert any("【测试】" in json.dumps(m, ensure_ascii=False) for m in said)
            _the_limit(one)
    context.close()
    kept = {path: path.read_text("utf-8") for path in (tmp_path / "data" / "secrets").iterdir()}
    assert [text.strip().endswith("key=of-the-robot") for text in kept.values()] == [True]
    assert "of-the-robot" not in "".join(f.read_text("utf-8") for f in folder.iterdir())


def _the_first_password(one: Wizard) -> None:
    one.fill(名称="root", 密码=PASSWORD)
    one.tap("设置首个密码")
    one.fill(单位名称="鞍山市民政局")
    one.tap("保存并继续")


def _a_gateway(one: Wizard, url: str) -> None:
    page = one.page
    says(page.locator("summary"), "修改rsshub")
    one.fill(**{"网关网址（直接读取微博的可不填）": url})
    page.get_by_label("由它读取的账号网址").fill(f"weibo.com/u/{UID}")
    one.tap("试读，并查看会有什么改动")
    page.get_by_text("读取正常：鞍山民政，4条。").wait_for()
    one.save("gateways", "monitor.toml", url)
    one.tap("下一步")


def _an_account(one: Wizard) -> None:
    page = one.page
    page.get_by_label("网址（每行一个）").fill(f"weibo.com/u/{UID}")
    one.tap("读取并查看")
    page.get_by_role("checkbox").click()
    one.tap("添加已勾选的账号")
    says(page.get_by_role("status"), "鞍山民政")
    shown(page, f"{one.url}/start", f"/accounts/weibo-{UID}")
    one.tap("下一步")


def _people(one: Wizard) -> None:
    page = one.page
    page.goto(f"{one.url}/start/people?which=zhao")
    one.fill(姓名="钱七")
    one.tap("查看会有什么改动")
    one.save("people", "people.toml", "钱七")
    one.open("调整轮流值班的人员")
    page.get_by_label("第2位").select_option(label="王五")
    page.get_by_label("第2位").locator("xpath=ancestor::form").get_by_role("button").click()
    one.save("people", "people.toml", "李四")
    one.tap("下一步")


def _a_channel(one: Wizard, url: str) -> None:
    page = one.page
    one.open("添加渠道")
    page.get_by_label("渠道类型").select_option(label="企业微信群机器人")
    page.locator("form[method=get]").get_by_role("button").click()
    page.get_by_label("完整网址").fill(url)
    one.tap("查看会有什么改动")
    assert "of-the-robot" not in page.content()
    one.save("channels", "people.toml", "wecom")
    robot = page.locator("article", has_text="企业微信群机器人")
    robot.get_by_label("人员").select_option(label="钱七")
    robot.get_by_role("button", name="查看会有什么改动").click()
    one.save("channels", "people.toml", "to-wecom")
    robot.get_by_label("发给").select_option(label="钱七")
    robot.get_by_role("button", name="发送测试消息").click()
    says(page.get_by_role("status"), "服务方已确认接收")
    one.tap("下一步")


def _the_limit(one: Wizard) -> None:
    page = one.page
    one.open("改用其他时限")
    page.get_by_role("radio", name="10天").click()
    one.tap("查看会有什么改动")
    one.save("rules", "monitor.toml", "连续8天未更新")
    one.tap("完成设置，打开总览")
    page.wait_for_url(f"{one.url}/")
    shown(page, f"{one.url}/", "动态0")
    says(page.get_by_role("heading", level=1), "全部正常")
    says(page.get_by_role("banner"), "鞍山市民政局")
    one.fits()
