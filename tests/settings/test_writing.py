"""A new block in accounts.toml changes nothing else of the file."""

import stat
import tomllib
from pathlib import Path

import pytest

from monitor.errors import UsageError
from monitor.settings import writing
from monitor.settings.sample import TEMPLATES

BLOCK = {
    "id": "weibo-1",
    "name": '“鞍山"民政',
    "platform": "weibo",
    "sources": [{"gateway": "rsshub", "locator": "weibo/user/1935396210"}],
}
EXAMPLE = (TEMPLATES / "zh_CN" / "accounts.toml").read_text("utf-8")
OTHER = '[[accounts]]\nid = "old"  # 民政局\nname = "旧"\n'

FILES = {
    "an empty file": "",
    "nothing but a comment": "# 账号名单\n",
    "a block with comments": f"# 名单\n{OTHER}# 末尾",
    "a block with tables of sources": f'{OTHER}[[accounts.sources]]\ngateway = "g"\n# end\n',
    "a list on one line": 'accounts = [{id = "old", name = "旧"}]  # 名单\n',
    "lines that end as on Windows": f"# 名单\n{OTHER}".replace("\n", "\r\n"),
    "the example that init wrote, edited": EXAMPLE.replace("1234567890", "1935396211"),
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_block_is_added_and_the_rest_is_kept(text: str) -> None:
    after = writing.added(text, [BLOCK, {**BLOCK, "id": "weibo-2"}])
    before, found = tomllib.loads(text), tomllib.loads(after)
    assert found["accounts"] == [*before.get("accounts", []), BLOCK, {**BLOCK, "id": "weibo-2"}]
    comments = [line.partition("#")[2].strip() for line in text.splitlines() if "#" in line]
    assert all(comment in after for comment in comments)
    assert "\r\n" not in text or after.count("\r\n") == after.count("\n")


def test_the_untouched_example_gives_its_place_to_the_first() -> None:
    after = writing.added(EXAMPLE, [BLOCK, {**BLOCK, "id": "weibo-2"}])
    assert [a["id"] for a in tomllib.loads(after)["accounts"]] == ["weibo-1", "weibo-2"]
    assert tomllib.loads(after)["accounts"][0] == BLOCK
    assert "账号改名后也不要变" in after
    assert "②" in EXAMPLE
    assert "②" not in after


def test_the_file_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "accounts.toml"
    path.write_text(OTHER, "utf-8")
    path.chmod(0o640)
    assert writing.add(tmp_path, [BLOCK]) == writing.Written(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["accounts.toml"]


def test_an_example_that_gave_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "accounts.toml").write_text(EXAMPLE, "utf-8")
    assert writing.add(tmp_path, [BLOCK]).left == ("weibo-main",)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'accounts = "none"\n', id="something else under that name"),
        pytest.param(b"[[accounts]\n", id="a mistake in it"),
        pytest.param("名单".encode("gb18030"), id="another encoding"),
    ],
)
def test_what_cannot_be_extended_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "accounts.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"accounts\.toml"):
        writing.add(tmp_path, [BLOCK])
    assert path.read_bytes() == content


def test_a_folder_without_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        writing.add(tmp_path, [BLOCK])
