"""The offices, and who looks at them, for the tests of this folder."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from tests.web.browsing import Browser, inside
from tests.web.fixtures import busy, busy_file, office, shown, shown_site, told_file, url
from tests.web.site import Office, stage

__all__ = ["busy", "busy_file", "office", "shown", "shown_site", "told_file", "url"]


@pytest.fixture
def zhang(office: Office, url: str) -> Iterator[Browser]:
    """An officer, in the test's own office."""
    with inside(office, url, "zhang") as one:
        yield one


@pytest.fixture
def guest(office: Office, url: str) -> Iterator[Browser]:
    """A viewer, in the test's own office."""
    with inside(office, url, "guest") as one:
        yield one


@pytest.fixture
def root(office: Office, url: str) -> Iterator[Browser]:
    """An admin, in the test's own office."""
    with inside(office, url, "root") as one:
        yield one


@pytest.fixture
def look(shown: Office, shown_site: FastAPI) -> Iterator[Browser]:
    """An officer who only looks."""
    with stage().showing(shown_site) as url, inside(shown, url, "zhang") as one:
        yield one
