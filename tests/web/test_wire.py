"""What goes over the wire: little of it, and nothing by which a secret could be guessed."""

import re

import pytest
import requests

from tests.waiting import PATIENCE
from tests.web.browsing import Browser
from tests.web.site import MONDAY, Office

PLAIN = {"Accept-Encoding": "identity"}


@pytest.mark.parametrize("path", ["/", "/duty", "/static/house.css", "/static/htmx.js"])
def test_what_is_long_is_compressed_for_who_can_read_it(look: Browser, path: str) -> None:
    page = look.see(path)
    assert (page.headers["Content-Encoding"], page.headers["Vary"]) == ("gzip", "Accept-Encoding")
    other = look.get(look.url + path, headers=PLAIN, timeout=PATIENCE)
    assert "Content-Encoding" not in other.headers
    assert int(page.headers["Content-Length"]) * 2 < len(other.content)


def test_the_api_is_compressed(office: Office, url: str) -> None:
    token = office.users.token("zhang", "read", MONDAY)
    with Browser(url, Authorization=f"Bearer {token}") as script:
        page = script.see("/api/v1/openapi.json")
    assert (page.status_code, page.headers["Content-Encoding"]) == (200, "gzip")


def test_what_is_short_goes_as_it_is(look: Browser) -> None:
    assert "Content-Encoding" not in look.see("/healthz").headers


def test_a_style_sheet_is_sent_once_and_asked_for_again(look: Browser) -> None:
    first = look.see("/static/house.css")
    mark = {"If-None-Match": first.headers["ETag"]}
    again = look.get(f"{look.url}/static/house.css", headers=mark, timeout=PATIENCE)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "ETag" not in look.see("/").headers


def csrf(page: requests.Response) -> str:
    """What the forms of a page carry, the same in each of them."""
    [found] = {*re.findall(r'name="csrf" value="([^"]+)"', page.text)}
    return str(found)


def test_what_forms_carry_is_another_on_each_page_and_each_is_good(zhang: Browser) -> None:
    first, second = (csrf(zhang.see("/duty")) for _ in range(2))
    assert first != second
    for one in (f"x{first}", first.partition(".")[2], f"{second[:16]}{first[16:]}", ""):
        assert zhang.post(f"{zhang.url}/logout", {"csrf": one}).status_code == 403
    sent = zhang.post(f"{zhang.url}/logout", {"csrf": first}, allow_redirects=False)
    assert sent.status_code == 303
