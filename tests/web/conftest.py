"""The site of a test's own `office`, served."""

from collections.abc import Iterator

import pytest

from tests.web.site import Office


@pytest.fixture
def url(office: Office) -> Iterator[str]:
    """Yield the address at which *office* is served."""
    with office.served() as address:
        yield address
