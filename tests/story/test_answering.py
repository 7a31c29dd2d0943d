"""The running service shows its pages, takes an answer by link, and stops."""

import re
from pathlib import Path

import pytest
import requests

from tests.alerts.channels.servers import Asked, Given, Receiver, Web, free_port
from tests.story.processes import Running, answered, freshness, shipped
from tests.waiting import PATIENCE, until

SECRET = "a secret that nobody would guess"
HOOK = """
[[channels]]
id = "hook"
kind = "webhook"
url = "http://127.0.0.1:{port}/in"
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def config(tmp_path: Path, port: int) -> Path:
    folder = shipped(tmp_path)
    monitor = folder / "monitor.toml"
    text = monitor.read_text(encoding="utf-8")
    web = f'\n[web]\nlisten = "127.0.0.1:{port}"\npublic_url = "http://127.0.0.1:{port}/"\n'
    monitor.write_text(re.sub(r"(?m)^\[web\]\n(?:[^\[\n].*\n)*", "", text) + web, "utf-8")
    return folder


def test_an_alert_is_answered_by_the_link_in_its_message_also_after_a_restart(
    config: Path, port: int
) -> None:
    with Running(config) as service:
        service.wait_for("notice_sent", times=2)
        service.wait_for("web_started")
        shown = service.out.read_text(encoding="utf-8")
        found = re.search(rf"http://127\.0\.0\.1:{port}/a/\S+", shown)
        assert found is not None
        assert "已12天未更新" in requests.get(found[0], timeout=PATIENCE).text
        [alert] = answered(config, "alerts", "list")
        page = requests.post(found[0], {"alert": alert["id"], "answer": "ack"}, timeout=PATIENCE)
        assert "已知悉。24小时内不再重复同一级别的提醒。" in page.text
        [alert] = answered(config, "alerts", "list")
        assert alert["acknowledged_by"] is not None
        base = f"http://127.0.0.1:{port}"
        assert requests.get(f"{base}/healthz", timeout=PATIENCE).json() == {"alive": True}
        until(lambda: requests.get(f"{base}/readyz", timeout=PATIENCE).status_code == 200)
        assert service.stop() == 0
        assert found[0] not in service.err.read_text(encoding="utf-8")
    with Running(config) as again:
        again.wait_for("web_started", times=2)
        assert "已知悉（" in requests.get(found[0], timeout=PATIENCE).text
        assert again.stop() == 0


def test_two_services_on_one_port_are_one_clear_line(config: Path, port: int) -> None:
    taken = Web(lambda _: Given(200))
    monitor = config / "monitor.toml"
    text = monitor.read_text(encoding="utf-8")
    monitor.write_text(text.replace(f'"127.0.0.1:{port}"', f'"127.0.0.1:{taken.port}"'), "utf-8")
    with Running(config) as service:
        service.wait_for("web_not_served")
        service.wait_for("notice_sent")  # the alerts still go out
        assert service.stop() == 0
    taken.close()
    said = service.err.read_text(encoding="utf-8")
    [line] = [line for line in said.splitlines() if "web_not_served" in line]
    assert f"listen=127.0.0.1:{taken.port}" in line
    assert 'why="address already in use"' in line


def test_a_secret_of_ones_own_signs_and_is_shown_nowhere(config: Path, port: int) -> None:
    monitor = config / "monitor.toml"
    monitor.write_text(monitor.read_text("utf-8") + f'secret = "{SECRET}"\n', "utf-8")
    doctor = freshness(config, "doctor").stdout
    assert "monitor.toml: web.secret: 密钥直接写在了这里" in " ".join(doctor.split())
    assert SECRET not in doctor


def test_a_webhook_is_told_where_to_answer(config: Path, port: int) -> None:
    receiver = Receiver()
    receiver.trouble = None

    def take(asked: Asked) -> Given:
        receiver.taken.append(asked.json)
        return Given(204)

    web = Web(take)
    people = config / "people.toml"
    text = people.read_text(encoding="utf-8")
    people.write_text(
        text.replace('channel = "console"', 'channel = "hook"') + HOOK.format(port=web.port),
        "utf-8",
    )
    freshness(config, "tick")
    web.close()
    assert receiver.taken
    assert all(
        re.fullmatch(rf"http://127\.0\.0\.1:{port}/a/\S+", body["answer_url"])
        for body in receiver.taken
    )
