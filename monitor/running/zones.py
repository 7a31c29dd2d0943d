"""Zones that nobody works in: the log says so at once, the operator hears of it once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from alerts.messages.draft import listed
from alerts.occasion import On
from monitor.app import App

RESTARTED = timedelta(minutes=5)  # a machine is given to come back, before anybody is told
NAMED = 5  # gateways


class Zones:
    """The zones of one register, as the machine that leads sees them."""

    def __init__(self, app: App, zones: Mapping[str, Collection[str]]) -> None:
        """*zones*: the ids of gateways by zone."""
        self._app, self._zones = app, zones
        self._since: dict[str, datetime] = {}
        self._told: dict[str, bool] = {}

    def look(self, unworked: Collection[str], now: datetime) -> None:
        """Take account of what is *unworked* at *now*. Raises `StoreError`."""
        for zone in unworked:
            if zone not in self._since:
                gateways = ",".join(self._zones[zone])
                self._app.log("zone_unworked", zone=zone, gateways=gateways)
        self._since = {zone: self._since.get(zone, now) for zone in unworked}
        for zone in self._zones:
            self._tell(zone, zone in self._since and now >= self._since[zone] + RESTARTED)

    def _tell(self, zone: str, lasts: bool) -> None:
        """Open or end the alert, where that may not have been done."""
        if zone in self._told and self._told[zone] is lasts:
            return
        words = self._app.words
        sentence = words.text("nobody works in zone {zone}: {gateways} are not read")
        names = listed(list(self._zones[zone]), NAMED, words)
        trouble = sentence.format(zone=zone, gateways=names) if lasts else None
        if lasts or zone not in self._since:
            self._app.engine.note_own(f"{On.ZONE}:{zone}", trouble, self._app.clock())
            self._told[zone] = lasts
