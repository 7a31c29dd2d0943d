"""`freshness user`: who may log in, and the tokens of scripts."""

import io

import pytest

from tests.shell import Run

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Type the password, twice."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n{PASSWORD}\n"))


def test_a_user_is_added_listed_and_removed(shell: Run) -> None:
    assert shell("user", "add", "zhang") == (0, "zhang现在可以登录。\n", "")
    assert shell("user", "list") == (0, "zhang  officer\n", "")
    assert shell("user", "reset", "zhang") == (0, "zhang的密码已重设。\n", "")
    assert shell("user", "remove", "zhang") == (0, "zhang不能再登录。\n", "")
    assert shell("user", "list") == (0, "", "")


def test_a_token_stands_alone_on_its_line(shell: Run) -> None:
    shell("user", "add", "zhang")
    code, out, err = shell("user", "token", "zhang", "--scope", "act")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert len(out.strip()) == 43


def test_the_setup_link_is_the_pages_address_with_a_key(shell: Run) -> None:
    code, out, _ = shell("user", "setup-link")
    assert code == 0
    assert out.startswith("http://127.0.0.1:8080/setup?k=")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("user", "add", "nobody"), '没有人员"nobody"'),
        (("user", "add", "x y", "--role", "viewer"), '"x y"不能作用户名'),
        (("user", "add", "zhang", "--role", "king"), '"king"；可选：viewer, officer, admin'),
        (("user", "reset", "zhang"), '没有用户"zhang"'),
        (("user", "remove", "zhang"), '没有用户"zhang"'),
        (("user", "token", "zhang", "--scope", "act"), '没有用户"zhang"'),
    ],
    ids=[
        "an officer who is no person",
        "a name with a space",
        "an unknown role",
        "a reset of nobody",
        "a removal of nobody",
        "a token of nobody",
    ],
)
def test_wrong_use_is_one_line(shell: Run, line: tuple[str, ...], said: str) -> None:
    code, out, err = shell(*line)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_viewer_gets_no_token_to_act(shell: Run) -> None:
    shell("user", "add", "guest", "--role", "viewer")
    code, _, err = shell("user", "token", "guest", "--scope", "act")
    assert code == 2
    assert "guest不能处理事项" in err


def test_after_the_first_password_there_is_no_setup_link(shell: Run) -> None:
    shell("user", "add", "zhang")
    code, _, err = shell("user", "setup-link")
    assert code == 2
    assert "已设过密码" in err
