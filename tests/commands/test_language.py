"""In a Chinese configuration whatever a command refuses is said in Chinese, in an English one in
English: every command of the tree, called wrongly, and what commands refuse by themselves."""

import re
import sys
from io import StringIO
from pathlib import Path

import pytest

from monitor.commands.main import main
from tests.docs.test_docs import COMMANDS
from tests.shell import Run

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Words of English that no name of a command, an option or a file is.
ENGLISH = re.compile(
    r"\b(?:is|was|are|were|the|no|not|none|such|there|expected|missing|of|or|cannot|be|to)\b"
)
NAMED = re.compile(
    r"--[a-z-]+|\"[^\"]*\"|/[^\s，：；]*|`[^`]*`|see `?freshness [a-z -]+`?|freshness(?: [a-z-]+)+"
)


@pytest.fixture(params=["zh_CN", "en"])
def language(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The language of the folder `config` below *tmp_path*, which names nothing else."""
    (tmp_path / "config").mkdir()
    said = f'[service]\nlanguage = "{request.param}"\n'
    (tmp_path / "config" / "monitor.toml").write_text(said, "utf-8")
    return str(request.param)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said on stderr of *words*, which are refused."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, ""), words
    return err


def is_in(language: str, said: str) -> bool:
    """Whether what is *said* is in *language* alone, but for names."""
    if language == "en":
        return CHINESE.search(said) is None
    return CHINESE.search(said) is not None and ENGLISH.search(NAMED.sub("", said)) is None


@pytest.mark.long
def test_a_wrong_use_of_any_command_is_said_in_the_language(
    language: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in ("", *COMMANDS):
        said = refused(capsys, *words.split(), "--nonsense")
        assert "--nonsense" in said
        assert is_in(language, said), said


WRONG = [
    pytest.param("statu", id="a command that is none, near one"),
    pytest.param("stat nothing", id="a command that is none"),
    pytest.param("status --at", id="an option without its value"),
    pytest.param("run --adopt=1", id="a value for an option that takes none"),
    pytest.param("alerts ack", id="without an id"),
    pytest.param("alerts ack one --by zhang", id="an id that is no number"),
    pytest.param("alerts ack 99999999999 --by zhang", id="an id that is too large"),
    pytest.param("status --page 0", id="a page that is too small"),
    pytest.param("status x y", id="more than it takes"),
    pytest.param("report year 2026 --format pdf", id="a format that is none"),
    pytest.param("status --at 2026-01-01 --page 1", id="what excludes each other"),
    pytest.param("confirm x --by zhang", id="one of several is needed"),
    pytest.param("confirm x --by zhang --seen --url y", id="one needs another"),
    pytest.param("import", id="neither a file nor an id"),
    pytest.param("report year 2026 --freeze --current", id="two that contradict"),
    pytest.param("report year 2026 --figures f.toml", id="figures that go nowhere"),
    pytest.param("report year 2026 --figures-template f.doc", id="a form of another kind"),
    pytest.param("demo --keep config", id="a folder that is not new"),
    pytest.param("init x --lang fr", id="a language that is none"),
    pytest.param("init config", id="a configuration that is there"),
    pytest.param("init config/monitor.toml/x", id="a folder that cannot be made"),
]


@pytest.mark.parametrize("words", WRONG)
def test_what_cannot_be_done_is_said_in_the_language(
    language: str,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    told = words.split() + (["--lang", language] if words.startswith("init config") else [])
    said = refused(capsys, *told)
    assert said.count("\n") == 1
    assert is_in(language, said), said


NOBODY = [
    "explain nobody",
    "accounts drop nobody --by zhang",
    "alerts ack 77 --by zhang",
    "alerts ack 1 --by nobody",
    "alerts promise 1 --by zhang --until yesterday",
    "alerts promise 1 --by zhang --until 2020-01-01T10:00",
    "alerts except nobody --by zhang --until 2026-12-01 --reason x",
    "alerts except weibo-anshanmz --by zhang --until 2020-12-01 --reason x",
    "handover start nobody --from zhang --to li --due 2026-12-01 --reason x",
    "handover start weibo-anshanmz --from li --to zhang --due 2026-12-01 --reason x",
    "handover accept 5 --by li",
    "duty swap 2020-01-01 --to li",
    "duty swap 2026-12-01 --to nobody",
    "duty show --on today",
    "confirm nobody --seen --by zhang",
    "confirm weibo-anshanmz --seen --by zhang",
    "confirm weibo-anshanmz --posted-at 2199-01-01T00:00 --by zhang",
    "import nothing.csv",
    "import --undo 7",
    "import nothing.csv --map x",
    "report month 2026",
    "report month 2030-01",
    "report year 1999",
    "report check nothing.docx --year 2026",
    "report evidence 2026 nobody",
    "report year 2026 --out nowhere/x.txt",
    "calendar import nothing.json",
    "replay --from 2026-02-01 --to 2026-01-01",
    "replay --from 2026-01-01 --to 2026-02-01 --policy zzz",
    "user add a/b",
    "user remove nobody",
    "user token nobody --scope read",
    "channels test zzz",
    "channels test --to nobody",
    "accounts export --out x.doc",
    "backup nowhere/x.db",
    "restore nothing.db",
    "restore nothing.db --force",
    "worker",
    "read nobody",
    "--config nowhere status",
]


@pytest.mark.long
def test_what_a_command_does_not_find_is_said_in_chinese(
    shell: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in NOBODY:
        monkeypatch.setattr(sys, "stdin", StringIO("a long password of hers\n"))
        code, _, said = shell(*words.split())
        assert code == 2, (words, said)
        assert is_in("zh_CN", said), (words, said)
