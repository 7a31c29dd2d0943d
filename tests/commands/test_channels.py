"""One marked test message by each channel, over real servers: sent once the service said yes."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.alerts.channels import servers
from tests.alerts.channels.servers import KEY, SECRET, Given, Post, Receiver, Web, WeComRobot
from tests.shell import Run

MARK = "【测试】"
PEOPLE = """
[[people]]
id = "zhang"
name = "张三"
roles = ["custodian"]
[[people.reach]]
channel = "hook"
address = "zhang-hook"
[[people.reach]]
channel = "mails"
address = "z@example.org"
[[people]]
id = "zhao"
name = "赵六"
roles = ["operator"]
reach = [{{channel = "hook", address = "zhao-hook"}}, {{channel = "group", address = ""}}]
[[channels]]
id = "hook"
kind = "webhook"
url = "http://127.0.0.1:{hook}/hook"
secret = "{secret}"
[[channels]]
id = "group"
kind = "wecom"
url = "http://127.0.0.1:{group}/cgi-bin/webhook/send?key={key}"
[[channels]]
id = "mails"
kind = "mail"
host = "127.0.0.1"
port = {mails}
security = "none"
sender = "watch@example.org"
[[channels]]
id = "spare"
kind = "console"
"""


class Office:
    """What stands behind the channels."""

    def __init__(self) -> None:
        self.receiver, self.robot, self.post = Receiver(), WeComRobot(), Post()


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def folder(office: Office, tmp_path: Path) -> Iterator[Path]:
    """A configuration whose channels lead to the office."""
    made = tmp_path / "config"
    made.mkdir()
    (made / "monitor.toml").write_text("", "utf-8")
    (made / "accounts.toml").write_text("", "utf-8")
    with (
        closing(Web(office.receiver)) as hook,
        closing(Web(office.robot)) as group,
        servers.mail_server(office.post) as mails,
    ):
        ports = {"hook": hook.port, "group": group.port, "mails": mails}
        text = PEOPLE.format(**ports, secret=SECRET, key=KEY)
        (made / "people.toml").write_text(text, "utf-8")
        yield tmp_path


def test_each_channel_says_one_marked_message_to_the_operator_before_others(
    run: Run, office: Office
) -> None:
    code, out, err = run("channels", "test", "hook", "group", "mails")
    assert (code, err) == (0, "")
    assert out.splitlines() == ["hook  已发送  赵六", "group  已发送  赵六", "mails  已发送  张三"]
    (hooked,), (said,), (mail,) = office.receiver.taken, office.robot.said, office.post.mails
    assert hooked["text"].startswith(MARK)
    assert (hooked["to"], hooked["subject"], hooked["event"]) == ("zhao-hook", "test", "summary")
    assert MARK in said["markdown"]["content"]
    assert mail["Subject"].startswith(MARK)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["hook", "--to", "zhang"], [("hook", "zhang", True)], id="to a person named"),
        pytest.param(
            ["--to", "zhang"],
            [("hook", "zhang", True), ("mails", "zhang", True)],
            id="to a person by every channel of theirs",
        ),
        pytest.param(["hook", "hook"], [("hook", "zhao", True)], id="a channel named twice, once"),
        pytest.param(
            [],
            [
                ("hook", "zhao", True),
                ("group", "zhao", True),
                ("mails", "zhang", True),
                ("spare", None, False),
            ],
            id="all of them, and one that nobody uses is no failure",
        ),
        pytest.param(
            ["mails", "--to", "zhao"], [("mails", None, False)], id="a person who has not that way"
        ),
    ],
)
def test_who_is_tried(
    run: Run, arguments: list[str], expected: list[tuple[str, str | None, bool]]
) -> None:
    code, out, err = run("channels", "test", *arguments, "--json")
    found = json.loads(out)
    assert [(one["channel"], one["person"], one["sent"]) for one in found] == expected
    refused = [one for one in found if one["tried"] and not one["sent"]]
    assert (code, err) == (int(bool(refused)), "")
    assert [one["channel"] for one in found if not one["tried"]] == (
        ["spare"] if not arguments else []
    )


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        pytest.param("hook", "503", id="a receiver that is down"),
        pytest.param("group", "93000", id="a robot whose refusal comes with the status 200"),
        pytest.param("mails", "550", id="a mail server that does not know the person"),
    ],
)
def test_nothing_is_sent_without_the_services_own_yes(
    run: Run, office: Office, channel: str, told: str
) -> None:
    office.receiver.trouble = Given(503)
    office.robot.trouble = servers.given({"errcode": 93000, "errmsg": "invalid webhook url"})
    office.post.at_recipient["*"] = "550 5.1.1 no such user"
    code, out, _ = run("channels", "test", channel)
    assert code == 1
    assert "未发出" in out
    assert told in out
    assert KEY not in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ["telex"],
            'people.toml：没有渠道"telex"；可选：group, hook, mails, spare\n',
            id="a channel that is not there",
        ),
        pytest.param(
            ["--to", "nobody"],
            'people.toml：没有人员"nobody"；可选：zhang, zhao\n',
            id="a person who is not there",
        ),
    ],
)
def test_wrong_names_are_refused(run: Run, arguments: list[str], told: str) -> None:
    assert run("channels", "test", *arguments) == (2, "", told)


def test_with_json_a_terminal_channel_speaks_on_stderr(run: Run, folder: Path) -> None:
    people = folder / "config" / "people.toml"
    text = people.read_text("utf-8").replace('channel = "group"', 'channel = "spare"')
    people.write_text(text, "utf-8")
    code, out, err = run("channels", "test", "spare", "--json")
    sent = {"channel": "spare", "person": "zhao", "sent": True, "detail": "", "tried": True}
    assert json.loads(out) == [sent | {"failure": None}]
    assert code == 0
    assert MARK in err
