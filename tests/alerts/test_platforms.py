"""The table of platforms holds together, and every one has its Chinese words."""

import re

import pytest

from alerts.platforms import ARTICLE, BY_ALIAS, BY_ID, NAMES, PLATFORMS, POST, WORK, Platform
from alerts.words import translator
from monitor.reports.wording import units_worded

WORDS = translator("zh_CN")


def test_ids_and_aliases_name_one_platform_each() -> None:
    aliases = [alias.lower() for platform in PLATFORMS for alias in platform.aliases]
    assert len(BY_ID) == len(PLATFORMS)
    assert len(BY_ALIAS) == len(aliases)
    assert not set(aliases) & BY_ID.keys()
    assert NAMES.keys() == BY_ID.keys()


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.id)
def test_every_pattern_finds_one_id(platform: Platform) -> None:
    patterns = [*platform.accounts, *platform.posts, *platform.routes]
    assert [re.compile(pattern).groups for pattern in patterns] == [1] * len(patterns)


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.id)
def test_every_platform_has_a_chinese_name(platform: Platform) -> None:
    assert re.search("[\u4e00-\u9fff]", WORDS.platform(platform.id))


@pytest.mark.parametrize(
    ("platform", "unit", "worded"),
    [
        ("douyin", WORK, "作品8个"),
        ("channels", WORK, "作品8个"),
        ("xiaohongshu", ARTICLE, "文章8篇"),
        ("website", ARTICLE, "文章8篇"),
        ("toutiao", POST, "信息8条"),
        ("lemon8", POST, "信息8条"),
    ],
)
def test_each_platform_counts_in_its_own_unit(platform: str, unit: str, worded: str) -> None:
    known = BY_ID.get(platform)
    assert (known.unit if known else POST, units_worded(8, platform, WORDS)) == (unit, worded)
