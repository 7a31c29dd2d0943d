"""A question and the head of an answer in bytes: what is plain, and what a library has to read."""

import pytest
from urllib3.util import parse_url

from alerts.common.wire import ADDRESS, Fields, Head, plain_head, question

PLAIN = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 3\r\n\r\n'


@pytest.mark.parametrize(
    ("received", "head"),
    [
        pytest.param(
            PLAIN + b"ab",
            Head(200, (("ETag", '"1"'), ("Content-Length", "3")), 3, b"ab"),
            id="a body that says how long it is",
        ),
        pytest.param(
            b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
            Head(304, (("Content-Length", "9"),), 0, b""),
            id="a 304 has no body, whatever it says",
        ),
        pytest.param(
            b"HTTP/1.1 503 \r\nConnection: Keep-Alive\r\ncontent-length:0 \r\n\r\n",
            Head(503, (("Connection", "Keep-Alive"), ("content-length", "0")), 0, b""),
            id="names in any case, no reason, a connection that is kept",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", None, id="half a head"),
        pytest.param(PLAIN + b"abcd", None, id="more than was announced"),
        pytest.param(b"HTTP/1.1 200 OK\r\nETag: 1\r\n\r\n", None, id="of no known length"),
        pytest.param(PLAIN.replace(b"1.1", b"1.0"), None, id="an older version"),
        pytest.param(PLAIN.replace(b"200", b"100"), None, id="more is to come"),
        pytest.param(PLAIN.replace(b"ETag", b"Content-Length"), None, id="two of one name"),
        pytest.param(PLAIN.replace(b"ETag:", b"ETag"), None, id="a line that names nothing"),
        pytest.param(PLAIN.replace(b"ETag:", b" ETag:"), None, id="a folded line"),
        pytest.param(PLAIN.replace(b'"1"', b'"\n1"'), None, id="half an end of line"),
        pytest.param(PLAIN.replace(b": 3", b": +3"), None, id="a length that is no number"),
        pytest.param(PLAIN.replace(b'ETag: "1"', b"Connection: close"), None, id="the last one"),
        pytest.param(
            PLAIN.replace(b'ETag: "1"', b"Transfer-Encoding: chunked"), None, id="in chunks"
        ),
        pytest.param(PLAIN.replace(b'ETag: "1"', b"Content-Encoding: gzip"), None, id="packed"),
        pytest.param(PLAIN.replace(b'ETag: "1"', b"Set-Cookie: a=1"), None, id="a cookie"),
    ],
)
def test_what_is_plain_is_read_and_the_rest_is_left(received: bytes, head: Head | None) -> None:
    assert plain_head(received) == head


@pytest.mark.parametrize(
    ("target", "headers", "asked"),
    [
        pytest.param(
            "/a?b=c",
            {"Accept": "*/*", "If-None-Match": '"1"'},
            b'GET /a?b=c HTTP/1.1\r\nHost: h:81\r\nAccept: */*\r\nIf-None-Match: "1"\r\n\r\n',
            id="line by line",
        ),
        pytest.param("/", {"Cookie": "a\r\nX: 1"}, None, id="a value cannot bring a line in"),
        pytest.param("/", {"Cookie": "a\nb"}, None, id="nor half of one"),
        pytest.param("/\0", {}, None, id="nor what ends a text"),
        pytest.param("/", {"Cookie": "鞍"}, None, id="what has letters is escaped elsewhere"),
    ],
)
def test_a_question_is_put_line_by_line(
    target: str, headers: dict[str, str], asked: bytes | None
) -> None:
    assert question(target, "h:81", headers) == asked


def test_fields_are_found_in_any_case_and_named_as_they_were_sent() -> None:
    fields = Fields((("ETag", '"1"'), ("content-length", "3")))
    assert (fields["etag"], fields.get("Content-Length"), fields.get("Via")) == ('"1"', "3", None)
    assert ("etag" in fields, "ETAG" in fields, "Via" in fields) == (True, True, False)
    assert dict(fields) == {"ETag": '"1"', "content-length": "3"}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/weibo/user/1?format=rss",
        "https://a-b.test/%E4%BA%BA/x.json?a=b&c=1.5",
        "http://h/",
        "http://h//a//b",
    ],
)
def test_an_address_that_is_asked_as_it_is_written_is_what_the_library_makes_of_it(
    url: str,
) -> None:
    parts = parse_url(url)
    found = ADDRESS.fullmatch(url)
    assert found is not None
    assert found.groups() == (
        parts.scheme,
        f"{parts.scheme}://{parts.netloc}",
        parts.netloc,
        parts.request_uri,
    )


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://u:p@h/", id="a login"),
        pytest.param("http://H/", id="capitals in a host"),
        pytest.param("http://h:99999/", id="no port"),
        pytest.param("http://h", id="nothing behind the host"),
        pytest.param("http://h/a/../b", id="a step back"),
        pytest.param("http://h/%e4", id="an escape in small letters"),
        pytest.param("http://h/人", id="what is to be escaped"),
        pytest.param("http://h/a#b", id="a place on the page"),
        pytest.param("http://[::1]/", id="a number of version 6"),
        pytest.param("ftp://h/", id="another scheme"),
    ],
)
def test_what_the_library_has_to_write_anew(url: str) -> None:
    assert ADDRESS.fullmatch(url) is None
