"""The configuration as domain values: parsed once, handed down by the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.model import ChannelSettings, Hours, Person, Roster
from monitor.log import LogFormat
from monitor.model import Account, Gateway
from monitor.policy import Policy


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator configured, checked, with secrets read.

    *root* is the parent of the configuration folder: relative paths start there. *warnings*
    holds one line per thing `doctor` should mention (secrets written out in TOML, roles nobody
    fills, …); none of them stops the service. *secrets* holds every secret value, so that logs
    and errors can be cleaned of them.
    """

    root: Path
    folder: Path
    zone: ZoneInfo
    language: str
    database: str  # SQLAlchemy URL, relative SQLite paths already resolved against root
    policies: Mapping[str, Policy]
    gateways: Mapping[str, Gateway]
    accounts: Mapping[str, Account]
    people: Mapping[str, Person]
    channels: Mapping[str, ChannelSettings]
    roster: Roster
    hours: Hours
    backups: Path | None = None  # where the daily backups lie
    backups_keep: int = 7
    owner: str | None = None  # the configuration's own id, by which a database knows its owner
    heartbeat_url: str | None = field(default=None, repr=False)
    holidays_file: Path | None = None
    monthly_to: tuple[str, ...] = ()
    channel_tests: bool = False
    listen: str = "127.0.0.1:8080"
    log_format: LogFormat | None = None  # None: whatever suits where it goes
    public_url: str | None = None
    web_secret: str | None = field(default=None, repr=False)
    former_web_secret: str | None = field(default=None, repr=False)
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    user_header: str | None = None
    account_metrics: bool = False
    warnings: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
