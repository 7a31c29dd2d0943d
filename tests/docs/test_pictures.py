"""The pictures of chat and mail show the message that is really sent."""

import re
from html import unescape

import pytest

from docs.gallery.pictures import DOCS, pictures
from tests.house import ROOT


@pytest.mark.parametrize(("name", "picture"), pictures().items())
def test_a_picture_is_what_the_command_draws(name: str, picture: str) -> None:
    shown = (DOCS / name).read_text(encoding="utf-8")
    assert shown == picture, "the words have changed: python -m docs.gallery.pictures"


@pytest.mark.parametrize("picture", pictures().values(), ids=pictures())
def test_a_picture_holds_the_message_whole_and_nothing_from_elsewhere(picture: str) -> None:
    said = unescape("".join(re.findall(r"<text[^>]*>([^<]*)<", picture)))
    assert "已12天未更新，最晚应于3月19日（周二）发布" in said
    assert "主办单位：鞍山市民政局" in said
    assert re.findall(
        r"https?://[^\"<]+", picture.replace("https://weibo.com/u/1234567890", "")
    ) == ["http://www.w3.org/2000/svg"]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
@pytest.mark.parametrize("name", ["first-run.svg", *pictures()])
def test_both_readmes_show_them(readme: str, name: str) -> None:
    assert f"](docs/{name})" in (ROOT / readme).read_text(encoding="utf-8")
