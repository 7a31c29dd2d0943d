"""The desk's parts, put together for one register and its store."""

from __future__ import annotations

from alerts.words import Words
from monitor.desk.accounts import Accounts
from monitor.desk.alerts import Alerts
from monitor.desk.beliefs import Beliefs
from monitor.desk.custody import Custodians, Handovers
from monitor.desk.duty import Duty
from monitor.desk.replays import Replays
from monitor.judging.engine import AlertEngine
from monitor.register import Register
from monitor.store.base import Store


class Desk:
    """What may be asked and answered, each by its part."""

    def __init__(self, store: Store, register: Register, engine: AlertEngine, words: Words) -> None:
        self.accounts = Accounts(store, register, engine, words)
        self.beliefs = Beliefs(store, register)
        self.alerts = Alerts(store, register)
        self.handovers = Handovers(store, register)
        self.custodians = Custodians(store, register)
        self.duty = Duty(store, register)
        self.replays = Replays(store, register)
