"""The rooms of the house, put together."""

from __future__ import annotations

from monitor.web.account import AccountRoom
from monitor.web.alerts import AlertsRoom
from monitor.web.api import Api
from monitor.web.house import House
from monitor.web.metrics import Metrics, Vitals
from monitor.web.pages import Room
from monitor.web.papers import ReportsRoom
from monitor.web.parts import Frame, Parts


def rooms(parts: Parts, vitals: Vitals) -> list[Room]:
    """Return the rooms of the house."""
    frame = Frame(parts)
    return [
        House(parts, frame),
        AccountRoom(parts, frame),
        AlertsRoom(parts, frame),
        ReportsRoom(parts, frame),
        Metrics(parts, vitals),
        Api(parts),
    ]
