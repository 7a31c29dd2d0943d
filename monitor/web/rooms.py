"""The rooms of the house, put together."""

from __future__ import annotations

from monitor.web.account import AccountRoom
from monitor.web.adding import AddingRoom, Joining
from monitor.web.alerts import AlertsRoom
from monitor.web.api import Api
from monitor.web.example import Example, ExampleRoom
from monitor.web.house import House
from monitor.web.keyed import KeyedRoom
from monitor.web.metrics import Metrics, Vitals
from monitor.web.pages import Room
from monitor.web.papers import ReportsRoom
from monitor.web.parts import Frame, Parts
from monitor.web.system import Inside, SystemRoom
from monitor.web.trying import ChannelTrials
from monitor.web.wizard import WizardRoom


def rooms(
    parts: Parts,
    vitals: Vitals,
    inside: Inside,
    joining: Joining | None,
    example: Example | None = None,
) -> list[Room]:
    """Return the rooms of the house; the first that knows an address answers it."""
    frame = Frame(parts)
    trials = ChannelTrials(inside.channels, inside.kinds, parts)
    return [
        House(parts, frame),
        WizardRoom(parts, frame, joining, trials),
        AddingRoom(parts, frame, joining),
        ExampleRoom(parts, frame, example),
        AccountRoom(parts, frame),
        AlertsRoom(parts, frame),
        ReportsRoom(parts, frame),
        SystemRoom(parts, frame, vitals, inside, trials),
        KeyedRoom(parts, frame),
        Metrics(parts, vitals),
        Api(parts),
    ]
