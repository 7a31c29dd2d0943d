"""The service stops in time, whatever its gateways do, and leaves a sound database behind."""

import socket
from pathlib import Path

import pytest

from tests.story.processes import Running, answered, shipped
from tests.waiting import PATIENCE


def behind(gateway: socket.socket, folder: Path) -> Path:
    """The shipped configuration with *gateway* in place of the sample RSSHub."""
    config = shipped(folder)
    monitor = config / "monitor.toml"
    url = f'url = "http://127.0.0.1:{gateway.getsockname()[1]}"'
    text = monitor.read_text(encoding="utf-8")
    monitor.write_text(text.replace('url = "sample:"', url, 1), encoding="utf-8")
    return config


def test_it_stops_while_a_gateway_accepts_and_never_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "systemd"))
    with (
        socket.create_server(("127.0.0.1", 0)) as gateway,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
    ):
        systemd.bind(str(tmp_path / "systemd"))
        systemd.settimeout(PATIENCE)
        gateway.settimeout(PATIENCE)
        config = behind(gateway, tmp_path)
        with Running(config) as service:
            connection, _ = gateway.accept()
            with connection:
                assert connection.recv(1000).startswith(b"GET /weibo/user/")
                service.wait_for("account_assessed", times=2)
                assert systemd.recv(99) == b"READY=1"
                assert service.stop() == 0
        told: list[bytes] = []
        while (told or [b""])[-1] != b"STOPPING=1":
            told.append(systemd.recv(99))
        assert set(told) <= {b"WATCHDOG=1", b"STOPPING=1"}
        log = service.err.read_text(encoding="utf-8")
    # It did not wait for the reading, which would have lasted to its own deadline.
    assert "event=service_stopped left_behind=true" in log
    verdicts = {a["id"]: a["verdict"] for a in answered(config, "status")["accounts"]}
    assert verdicts == {"weibo-anshanmz": "waiting", "wechat-anshanmz": "fresh"}
