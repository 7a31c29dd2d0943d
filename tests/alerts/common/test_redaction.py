"""A secret is struck out of every text, however it is spelled there."""

from __future__ import annotations

import base64
import html
import json
import logging
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from alerts.common.redaction import Redactor, keys_of, login_of

SECRET = "k3y/\"va lue&ü姓😀'+"


def lower_hex(text: str) -> str:
    return quote(text, safe="").lower()


def in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param(str, id="as it is"),
        pytest.param(quote, id="quoted for a path"),
        pytest.param(lambda s: quote(s, safe=""), id="quoted for a query"),
        pytest.param(quote_plus, id="quoted for a form"),
        pytest.param(lower_hex, id="quoted in lower case"),
        pytest.param(lambda s: quote(quote(s, safe="")), id="quoted twice"),
        pytest.param(in_json, id="escaped for JSON"),
        pytest.param(lambda s: in_json(s).replace("/", "\\/"), id="escaped for JSON by PHP"),
        pytest.param(lambda s: json.dumps(s, ensure_ascii=False)[1:-1], id="JSON in UTF-8"),
        pytest.param(lambda s: in_json(s).replace("d8", "D8"), id="JSON in capital hex"),
        pytest.param(lambda s: in_json(in_json(s)), id="JSON inside JSON"),
        pytest.param(html.escape, id="escaped for HTML"),
        pytest.param(lambda s: html.escape(html.escape(s)), id="escaped for HTML twice"),
        pytest.param(
            lambda s: "".join(f"&#{ord(c)};" for c in s), id="each character as a decimal entity"
        ),
        pytest.param(
            lambda s: "".join(f"&#x{ord(c):X};" for c in s), id="each character as a hex entity"
        ),
        pytest.param(
            lambda s: "".join(f"%{octet:02X}" for octet in s.encode()), id="every byte quoted"
        ),
        pytest.param(in_base64, id="in base64"),
        pytest.param(
            lambda s: base64.urlsafe_b64encode(s.encode()).decode(), id="in base64 for addresses"
        ),
        pytest.param(lambda s: in_base64("user:" + s), id="as a login's password"),
        pytest.param(lambda s: in_base64("me:" + s), id="as another login's password"),
        pytest.param(lambda s: in_base64(s + ":"), id="as a login without a password"),
        pytest.param(lambda s: in_base64("\0user\0" + s), id="as SMTP sends a login"),
    ],
)
def test_a_secret_is_struck_out_however_it_is_spelled(spelled: Callable[[str], str]) -> None:
    assert Redactor([SECRET]).strike(f"key {spelled(SECRET)} refused") == "key *** refused"


@pytest.mark.parametrize(
    ("secrets", "text", "shown"),
    [
        pytest.param(["s3cret"], "as3cretb", "a***b", id="inside a longer token"),
        pytest.param(["a%2Fb%20c"], "a/b c", "***", id="given as it is quoted"),
        pytest.param(["abc", "abcdef"], "abcdef", "***", id="one that begins another"),
        pytest.param([""], "nothing", "nothing", id="an empty one"),
        pytest.param([], "a%20b", "a%20b", id="none at all"),
        pytest.param(["ab"], "YWI= and ab", "YWI= and ***", id="too short for base64"),
        pytest.param(
            [],
            "see /weibo/user/1?code=0cc175b9&format=rss",
            "see /weibo/user/1?code=***&format=rss",
            id="a code in an address",
        ),
        pytest.param(
            [], '<a href="/list?a=1&amp;k=abc">', '<a href="/list?a=1&amp;k=***">', id="in a page"
        ),
        pytest.param([], "errcode=40001", "errcode=40001", id="a code that is none of an address"),
    ],
)
def test_nothing_else_is_struck_out(secrets: list[str], text: str, shown: str) -> None:
    assert Redactor(secrets).strike(text) == shown


@pytest.mark.parametrize("char", ["A", "\\", "%", "%25", "&amp;", "+"])
def test_a_long_run_of_one_character_is_looked_through_once(char: str) -> None:
    text = char * 200_000
    assert Redactor([SECRET, "AAB"]).strike(text) == text


def test_a_secret_that_is_renewed_takes_the_place_of_the_one_before() -> None:
    redactor = Redactor()
    redactor.hide("token", "first/token")
    redactor.hide("secret", "hushü")
    assert redactor.strike("first%2Ftoken, hush\\u00fc") == "***, ***"
    redactor.hide("token", "second")
    assert redactor.strike("first/token, second, hushü") == "first/token, ***, ***"


def test_keys_are_found_in_every_part_of_an_address() -> None:
    url = "https://me:pass%20word@hook.test/bot/hook-of-ours/send?key=k3y-value&n=1"
    login = {"me", "pass%20word", "me:pass word"}
    assert set(login_of(url)) == login
    assert set(keys_of(url)) == {url, "hook-of-ours", "k3y-value"} | login


def test_an_address_that_is_none_has_no_keys() -> None:
    assert (list(keys_of("http://[")), list(login_of("http://["))) == ([], [])


def test_an_error_is_one_line_of_bearable_length() -> None:
    line = Redactor([""]).line("a\nb\t" + "c" * 500)
    assert (line[:5], len(line), line[-1]) == ("a b c", 200, "…")


def test_a_library_logs_addresses_struck_out_until_the_channel_is_closed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    first, second = Redactor(["s3cret-1"]), Redactor(["s3cret-2"])
    for redactor in (first, second):
        redactor.hush("a.library")
    logging.getLogger("a.library").debug("%s and %s", "s3cret-1", "s3cret-2")
    first.release()
    logging.getLogger("a.library").debug("%s and %s", "s3cret-1", "s3cret-2")
    second.release()
    said = [r.getMessage() for r in caplog.records]
    assert said == ["*** and ***", "s3cret-1 and ***"]
