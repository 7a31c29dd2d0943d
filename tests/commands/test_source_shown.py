"""How a source is called in what is printed: no password or token of its address."""

import pytest

from monitor.commands.show.readings import source_shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("a/rsshub/weibo/user/1", "a/rsshub/weibo/user/1", id="a route"),
        pytest.param("a/f/https://x.cn/f.xml?token=s3", "a/f/https://x.cn", id="a parameter"),
        pytest.param("a/f/https://u:s3@x.cn:81/f", "a/f/https://x.cn:81", id="a password"),
        pytest.param("a/f/https://x.cn/s3/f.xml", "a/f/https://x.cn", id="a token in the path"),
        pytest.param("a/f/f.xml?sign=s3", "a/f/f.xml", id="a parameter of a path"),
    ],
)
def test_F83_no_secret_of_an_address_is_shown(source: str, shown: str) -> None:
    assert source_shown(source) == shown
