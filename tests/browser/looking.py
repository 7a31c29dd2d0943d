"""How a test of this folder waits for what the page will say."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def says(place: "Locator", text: str) -> None:
    """Return once *place* says *text*.

    A tap returns before the page that answers it is there, so what is read at once may still be
    the page before.

    Raises:
        playwright.sync_api.TimeoutError: It does not say so.
    """
    place.filter(has_text=text).wait_for()
