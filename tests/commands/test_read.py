"""`freshness read`: each outcome, and what was not asked for because its gateway rests."""

import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from monitor.commands.main import main

ACCOUNT = """
[[accounts]]
id = "a{n}"
name = "鞍山民政"
platform = "website"
custodian = "zhang"
sources = [{{gateway = "portal", locator = "{n}.xml"}}]
"""


@pytest.fixture
def folder(tmp_path: Path, httpserver: HTTPServer) -> Path:
    config = tmp_path / "config"
    config.mkdir()
    (config / "monitor.toml").write_text(
        '[service]\ndatabase = "sqlite:///f.db"\n'
        '[policies.default]\nlimit = "14d"\nladder = [{after = "14d", tell = ["custodian"]}]\n'
        f'[gateways.portal]\nkind = "feed"\nurl = "{httpserver.url_for("")}"\nspacing = "0s"\n'
        "concurrency = 1\n"
    )
    (config / "accounts.toml").write_text("".join(ACCOUNT.format(n=n) for n in range(8)))
    (config / "people.toml").write_text(
        '[[people]]\nid = "zhang"\nname = "张三"\nreach = [{channel = "c", address = ""}]\n'
        '[[channels]]\nid = "c"\nkind = "console"\n'
    )
    return tmp_path


def read(folder: Path, *accounts: str) -> int | str | None:
    with pytest.MonkeyPatch.context() as at:
        at.chdir(folder)
        at.setattr(sys, "argv", ["freshness", "read", *accounts])
        with pytest.raises(SystemExit) as caught:
            main()
    return caught.value.code


def test_F28_a_gateway_that_rests_is_named_and_not_asked(
    folder: Path, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    httpserver.expect_request("/0.xml").respond_with_data("", 429, {"Retry-After": "600"})
    assert read(folder, "a0") == 1
    assert (
        "“鞍山民政”网站  portal  服务器拒绝  平台暂时限制了这台机器的访问（HTTP 429）；等待几小时"
        in capsys.readouterr().out
    )
    assert read(folder, "a0", "a1") == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("portal：未读取2个来源，该网关在2")
    assert "之前暂停访问  平台暂时限制了这台机器的访问（HTTP 429）" in line
    assert len(httpserver.log) == 1


def test_F28_a_dead_gateway_is_not_asked_for_everybody(
    folder: Path, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read(folder) == 1  # the server knows none of the eight pages
    assert len(httpserver.log) == 5
    line = capsys.readouterr().out.splitlines()[5]
    assert line.startswith("portal：未读取3个来源  网关内部出错（HTTP 500）")
