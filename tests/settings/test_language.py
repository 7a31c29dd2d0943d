"""What is wrong with a configuration is said in its own language."""

import re

import pytest

from alerts.told import worded
from alerts.words import translator
from monitor.commands.main import main
from monitor.errors import SettingsError
from monitor.settings.loading import load
from tests.settings.test_loading import ACCOUNTS, MONITOR, PEOPLE, Folder

SERVICE = "[service]\nlanguage = "


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("root"))


def said(folder: Folder) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder.path, {})
    text = translator(caught.value.language).text
    return [worded(problem, text=text) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("language", "monitor", "expected"),
    [
        pytest.param("", "limit = 14", '应为时长，如"14d"或"30m"，而不是数字', id="Chinese"),
        pytest.param(
            f'{SERVICE}"en"\n',
            "limit = 14",
            'a length such as "14d" or "30m" was expected, not a number',
            id="English where it says so",
        ),
        pytest.param(
            f"{SERVICE}'en'\n",
            "limit = ",
            "a value was expected",
            id="English where the rest of the file is no TOML",
        ),
        pytest.param("", "limit = ", "不是有效的TOML", id="Chinese where nothing can be read"),
        pytest.param(
            f'{SERVICE}"fr"\n', 'limit = "14d"', '没有"fr"这种语言', id="of a language there is not"
        ),
    ],
)
def test_a_problem_is_said_in_the_configurations_language(
    folder: Folder, language: str, monitor: str, expected: str
) -> None:
    folder.write(language + MONITOR.replace('limit = "14d"', monitor), ACCOUNTS, PEOPLE)
    assert expected in said(folder)[0]


def test_a_value_of_the_environment_is_not_shown_in_any_language(folder: Folder) -> None:
    folder.change("people.toml", 'kind = "console"', 'kind = "env:KIND"')
    with pytest.raises(SettingsError) as caught:
        load(folder.path, {"KIND": "top-secret"})
    (problem,) = caught.value.problems
    assert worded(problem, text=translator("zh_CN").text).startswith(
        "people.toml: channels[1].kind: 没有取到的值这种渠道；可选："
    )
    assert "top-secret" not in problem


def test_the_place_stays_as_an_operator_writes_it(folder: Folder) -> None:
    folder.change("accounts.toml", 'custodian = "zhang"', 'custodian = "wang"')
    (line,) = said(folder)
    assert re.fullmatch(
        r'accounts\.toml: accounts\[1\]\.custodian: 没有"wang"这个人员；.*（weibo-a，第6行）', line
    )


def test_warnings_are_said_in_it_too(folder: Folder) -> None:
    folder.change("accounts.toml", 'custodian = "zhang"', "")
    text = translator("zh_CN").text
    warnings = [worded(one, text=text) for one in load(folder.path, {}).warnings]
    assert (
        'accounts.toml: accounts[1].custodian: "weibo-a"没有账号管理员；'
        "通知改发给其他人（weibo-a，第2行）" in warnings
    )


def test_where_there_is_no_configuration_it_is_said_in_chinese(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--config", "nowhere", "status"])
    expected = "nowhere：没有这个文件夹；可用freshness init nowhere生成\n"
    assert capsys.readouterr().err == expected
