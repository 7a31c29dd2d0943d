"""Why a file is no TOML, in words that an operator can act upon."""

import tomllib

import pytest

from alerts.told import worded
from alerts.words import translator
from monitor.settings.toml_reasons import broken

TEXT = translator("zh_CN").text


def said(toml: str) -> str:
    """Return what is said of *toml*, which is none, in Chinese."""
    with pytest.raises(tomllib.TOMLDecodeError) as raised:
        tomllib.loads(toml)
    return worded(broken(str(raised.value), toml), text=TEXT)


@pytest.mark.parametrize(
    ("toml", "place", "why"),
    [
        pytest.param("a = “b”", "第1行第5列", '请把中文符号 “ 改为英文符号 "', id="Chinese quotes"),
        pytest.param("a ＝ 1", "第1行第3列", "请把中文符号 ＝ 改为英文符号 =", id="a wide ="),
        pytest.param("a = [1，2]", "第1行第7列", "请把中文符号 ， 改为英文符号 ,", id="a comma"),
        pytest.param('a = "b', "文件末尾", "缺少后引号", id="it breaks off"),
        pytest.param(
            'a = "b\nc = 1', "第1行第7列", "此处有不允许的字符，或前面缺少引号", id="an open quote"
        ),
        pytest.param(
            "a = b", "第1行第5列", "此处应为一个值；文字须放在英文引号里", id="no quotation marks"
        ),
        pytest.param("a = 1\na = 2\n", "第2行第6列", "同一个表里这一项写了两次", id="a key twice"),
        pytest.param("[a.b]\n[a.b]\n", "第2行第5列", "表[a.b]重复出现", id="a table twice"),
        pytest.param("a = 1 2", "第1行第7列", "值的后面多了内容", id="more behind a value"),
        pytest.param(
            "a = {b = 1", "文件末尾", "缺少右花括号，或两个值之间缺少逗号", id="an open brace"
        ),
        pytest.param("a 1", "第1行第3列", "名称后面缺少等号（=）", id="no equals sign"),
        pytest.param("a = 2026-02-30", "第1行第5列", "没有这样的日期或时间", id="no such date"),
        pytest.param(
            'a = "C:\\d"', "第1行第10列", "反斜杠（\\）须写成两个（\\\\）", id="a Windows path"
        ),
    ],
)
def test_what_is_wrong_with_a_text(toml: str, place: str, why: str) -> None:
    assert said(toml) == f"{place}：不是有效的TOML：{why}"


def test_a_reason_that_nobody_knows_stays_as_it_is() -> None:
    assert broken("Something new", "") == "this is no valid TOML: Something new"
