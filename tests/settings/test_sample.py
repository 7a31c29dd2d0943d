"""`init` writes files that load as they are, and overwrites nothing."""

import tomllib
from pathlib import Path

import pytest

from monitor.errors import UsageError
from monitor.settings.loading import load
from monitor.settings.sample import LANGUAGES, write

FILES = ("monitor.toml", "accounts.toml", "people.toml")


languages = pytest.mark.parametrize("language", LANGUAGES)


@languages
def test_what_is_written_loads_without_a_word_of_warning(tmp_path: Path, language: str) -> None:
    folder = tmp_path / "new" / "config"
    assert write(folder, language) == [folder / name for name in FILES]
    settings = load(folder, {})
    assert settings.warnings == ()
    assert settings.language == language
    assert [rung.days for rung in settings.policies["default"].ladder.rungs] == [7, 10, 12, 13, 14]


@languages
def test_two_places_are_marked_to_be_replaced(tmp_path: Path, language: str) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in write(tmp_path, language))
    marked = [
        line.split("#")[0].split("=")[0].strip()
        for line in text.splitlines()
        if "# ①" in line or "# ②" in line
    ]
    assert marked == ["url", "sources"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=f"{name} is there already; init overwrites nothing"):
        write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"file/config: cannot be written: Not a directory$"):
        write(tmp_path / "file" / "config")


@languages
def test_every_key_that_is_commented_out_works_when_the_comment_goes(
    tmp_path: Path, language: str
) -> None:
    folder = tmp_path / "config"
    for path in write(folder, language):
        path.write_text(_uncommented(path.read_text(encoding="utf-8")), encoding="utf-8")
    (tmp_path / "holidays.csv").write_text("2027-02-05,closed\n", encoding="utf-8")
    settings = load(
        folder,
        {
            "HEARTBEAT_URL": "https://ping.example.org/x",
            "WECOM_URL": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc",
            "RSSHUB_KEY": "abcdef",
            "WEIBO_COOKIE": "SUB=abcdef",
            "MAIL_PASSWORD": "abcdef",
            "WEBHOOK_SECRET": "abcdef",
            "TELEGRAM_TOKEN": "1:abc",
            "WEB_SECRET": "twenty-four letters or so",
            "OLD_WEB_SECRET": "what was before: twenty-four",
        },
    )
    assert {warning.split(": ")[2] for warning in settings.warnings} <= {
        "has no effect on a database in a file"
    }
    assert list(settings.gateways) == ["rsshub", "wewe", "weibo", "portal"]
    assert list(settings.channels) == ["console", "wecom", "mail", "telegram", "office"]


def test_both_languages_say_the_same_but_for_the_language(tmp_path: Path) -> None:
    said = []
    for language in LANGUAGES:
        paths = write(tmp_path / language / "config", language)
        texts = [_uncommented(path.read_text(encoding="utf-8")) for path in paths]
        monitor, *others = map(tomllib.loads, texts)
        del monitor["service"]["id"], monitor["service"]["language"]
        said.append([monitor, *others])
    assert said[0] == said[1]


def test_an_unknown_language_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='"fr" is none that is known'):
        write(tmp_path / "config", "fr")
    assert list(tmp_path.iterdir()) == []


def _uncommented(text: str) -> str:
    return "\n".join(
        line.removeprefix("# ") if _is_toml(line.removeprefix("# ")) else line
        for line in text.splitlines()
    )


def _is_toml(line: str) -> bool:
    try:
        return bool(tomllib.loads(line))
    except tomllib.TOMLDecodeError:
        return False
