"""From the first start to the overview, in a real browser: real gateways, a real robot."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.adding import UID, World
from tests.browser.looking import says
from tests.serving import Asked, Served
from tests.story.processes import Running, freshness
from tests.waiting import PATIENCE, until
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page


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


def written(folder: Path, rsshub: str, robot: str) -> str:
    """What `init` writes in *folder*, a gateway and a channel put in; where it listens."""
    assert freshness(folder, "init", str(folder)).returncode == 0
    monitor, people = folder / "monitor.toml", folder / "people.toml"
    listen, text = free(), monitor.read_text("utf-8").replace("http://rsshub:1200", rsshub)
    monitor.write_text(f'{text}\n[web]\nlisten = "{listen}"\n', "utf-8")
    channel = f'kind = "wecom"\nurl = "{robot}/cgi-bin/webhook/send?key=of-the-robot"'
    people.write_text(people.read_text("utf-8").replace('kind = "console"', channel), "utf-8")
    return f"http://{listen}"


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

    def there() -> bool:
        try:
            asked = page.request.get(url)
        except Exception:  # nobody listens while it begins anew
            return False
        return text in asked.text()

    until(there)
    page.goto(url)


@pytest.mark.long
def test_from_the_first_start_to_the_overview(tmp_path: Path, page: "Page") -> None:
    said: list[dict[str, Any]] = []
    robot = type("Today", (Robot,), {"said": said})
    with Served(World) as rsshub, Served(robot) as group:
        url = written(tmp_path / "bureau", rsshub.url, group.url)
        with running(tmp_path / "bureau") as link:
            assert requests.get(url, timeout=PATIENCE).status_code == 403
            page.goto(link)
            page.get_by_label("名称").fill("root")
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="设置首个密码").tap()
            page.get_by_label("单位名称").fill("鞍山市民政局")
            page.get_by_role("button", name="保存并继续").tap()

            page.get_by_label("用来试读的账号网址").fill(f"weibo.com/u/{UID}")
            page.get_by_role("button", name="立即试读").first.tap()
            page.get_by_text("读取正常：鞍山民政，4条。").wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.get_by_role("button", name="下一步").tap()

            page.get_by_label("网址（每行一个）").fill(f"weibo.com/u/{UID}")
            page.get_by_role("button", name="读取并查看").tap()
            page.get_by_role("checkbox").tap()
            page.get_by_role("button", name="添加已勾选的账号").tap()
            says(page.get_by_role("status"), "鞍山民政")
            shown(page, f"{url}/start", f"/accounts/weibo-{UID}")

            page.get_by_role("button", name="下一步").tap()
            says(page.locator("main"), "李四")
            page.get_by_role("button", name="下一步").tap()
            page.get_by_label("发给").select_option(label="赵六")
            page.get_by_role("button", name="发送测试消息").tap()
            says(page.get_by_role("status"), "服务方已确认接收")
            assert any("【测试】" in json.dumps(one, ensure_ascii=False) for one in said)
            page.get_by_role("button", name="下一步").tap()
            says(page.locator("main"), "连续7天未更新")
            page.get_by_role("button", name="完成设置，打开总览").tap()
            page.wait_for_url(f"{url}/")
            shown(page, f"{url}/", "动态0")
            says(page.get_by_role("heading", level=1), "全部正常")
            says(page.get_by_role("banner"), "鞍山市民政局")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
