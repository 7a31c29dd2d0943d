"""A post whose date names only the day is shown by that day."""

from pathlib import Path

import pytest

from tests.shell import Run


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("2026-11-19", "11月19日（周四） ", id="a day alone"),
        pytest.param("2026-11-19 08:30", "11月19日（周四）08:30", id="an instant"),
    ],
)
def test_status_shows_of_the_newest_post_what_its_date_says(
    shell: Run, written: str, shown: str
) -> None:
    text = f"标题,链接,发布时间\n冬季供暖救助,https://weibo.com/1/Pqx0a1b2c,{written}\n"
    Path("list.csv").write_text(text, "utf-8")
    assert shell("import", "list.csv", "--account", "weibo-anshanmz")[0] == 0
    assert shown in shell("status")[1]
