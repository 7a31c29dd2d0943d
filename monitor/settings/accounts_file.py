"""The shape of accounts.toml: accounts, and the sources through which they are read."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from alerts.platforms import BY_ALIAS
from monitor.errors import Told
from monitor.model import AccountState, source_id
from monitor.settings.fields import (
    NO,
    GatewayId,
    Id,
    PersonId,
    PolicyId,
    Text,
    WebAddress,
    among,
    check_locatable,
    once,
)
from monitor.settings.section import Section, known_in
from monitor.sources.registry import asked, by_hand
from monitor.wording import quoted


def _locator(found: str, info: ValidationInfo) -> str:
    known, gateway = known_in(info), info.data.get("gateway")
    if gateway is None:
        return found
    kind = (known.gateways or {}).get(gateway)
    check_locatable(kind, found)
    if by_hand(kind) or asked(kind):
        return found
    source = source_id("", gateway, found)
    if ("source", source) in known.seen:
        owner = known.owners.get(source)
        raise ValueError(
            Told(
                "{found} is already read for the account {owner}",
                found=quoted(found),
                owner=quoted(owner or ""),
            )
        )
    known.seen.add(("source", source))
    return found


def _platform(found: object) -> object:
    """Refuse a platform's Chinese name with its id."""
    if not isinstance(found, str) or found.isascii():
        return found
    if meant := BY_ALIAS.get(found.strip().lower()):
        raise ValueError(
            Told(
                "{found} is no id; did you mean {meant}?", found=quoted(found), meant=quoted(meant)
            )
        )
    return found


class SourceSection(Section):
    """One account as seen through one gateway."""

    gateway: GatewayId
    locator: Annotated[str, AfterValidator(_locator)] = Field("", validate_default=True)


class AccountSection(Section):
    """One account on one platform."""

    id: Annotated[Id, once("account")]
    name: Text
    platform: Annotated[Id, BeforeValidator(_platform)]
    organisation: Text | None = None
    state: Annotated[str, among(NO["state"], [state.value for state in AccountState])] = "running"
    policy: PolicyId = Field("default", validate_default=True)
    custodian: PersonId | None = None
    backup: PersonId | None = None
    page: WebAddress | None = None
    sources: list[SourceSection] = Field(default_factory=list)


class AccountsFile(Section):
    """accounts.toml."""

    accounts: list[AccountSection] = Field(default_factory=list)
