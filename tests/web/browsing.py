"""One who opens pages and sends their forms, as a browser would."""

import html
import re

import requests

from monitor.web.door import SESSION
from tests.waiting import PATIENCE
from tests.web.site import PASSWORD, Office


class Browser(requests.Session):
    """One who opens pages and sends their forms."""

    def __init__(self, url: str, **headers: str) -> None:
        super().__init__()
        self.url = url
        self.headers.update(headers)

    def see(self, path: str) -> requests.Response:
        return self.get(self.url + path, timeout=PATIENCE)

    def submit(self, path: str, seen: str, **fields: str) -> requests.Response:
        """Send a form with the hidden fields of the page at *seen*."""
        return self.post(self.url + path, {**self.hidden(seen), **fields}, timeout=PATIENCE)

    def hand_in(self, path: str, seen: str, **fields: str | tuple[str, bytes]) -> requests.Response:
        """Send a form with files, each a name and its content."""
        files = {k: v for k, v in fields.items() if isinstance(v, tuple)}
        rest = {k: v for k, v in fields.items() if isinstance(v, str)}
        data = {**self.hidden(seen), **rest}
        return self.post(self.url + path, data, files=files, timeout=PATIENCE)

    def hidden(self, seen: str) -> dict[str, str]:
        """The hidden fields of the page at *seen*."""
        found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.see(seen).text)
        return dict(found)

    def log_in(self, name: str, password: str = PASSWORD) -> requests.Response:
        return self.submit("/login", "/login", name=name, password=password)


def inside(office: Office, url: str, name: str) -> Browser:
    """Return a browser of *name*, as after the log-in."""
    browser = Browser(url)
    browser.cookies.set(SESSION, office.users.log_in(name, PASSWORD, office.clock.now) or "")
    return browser


def seen(page: requests.Response) -> str:
    """Return what a reader sees, on one line."""
    body = re.sub(r"<(head|svg).*?</\1>", "", page.text, flags=re.S)
    body = re.sub(r'<wbr><span class="whole">(.*?)</span>', r"\1", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
