"""The connections of a channel. The one module of the room that makes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from alerts.common.deadline import USUAL, Limits

if TYPE_CHECKING:
    from alerts.channels.http import Http


def pooled(urls: Iterable[str], secrets: Iterable[str] = (), limits: Limits = USUAL) -> Http:
    """Return the connections of a channel that is about to be used."""
    # The library takes a tenth of a second to load: a channel that is only checked spares it.
    from alerts.channels.http import Http  # noqa: PLC0415

    return Http(urls, secrets, limits)
