"""The shape of people.toml: people, channels and the roster."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, model_validator

from alerts.channels.registry import KINDS as CHANNEL_KINDS
from monitor.errors import Told
from monitor.settings.fields import NO, ROLES, ChannelId, Day, Days, Id, PersonId, Text, among, once
from monitor.settings.section import Section, known_in
from monitor.wording import quoted


def _no_role(found: str) -> str:
    if found in ROLES:
        raise ValueError(
            Told("{found} is the name of a role; give the person another id", found=quoted(found))
        )
    return found


def _address(found: str, info: ValidationInfo) -> str:
    kind = str((known_in(info).channels or {}).get(info.data.get("channel", "")))
    if kind in CHANNEL_KINDS:
        wrong = CHANNEL_KINDS[kind].address_problem(found)
        if wrong:
            raise ValueError(Told("{found}: {wrong}", found=quoted(found), wrong=wrong))
    return found


class ReachSection(Section):
    """One way to reach a person."""

    channel: ChannelId
    address: Annotated[str, AfterValidator(_address)]


def _not_urgent_alone(reach: list[ReachSection], info: ValidationInfo) -> list[ReachSection]:
    """A channel for the last chance and the breach stands beside another one."""
    kinds = known_in(info).channels or {}
    said = (kinds.get(one.channel) for one in reach)
    found = {one for one in said if isinstance(one, str)} & CHANNEL_KINDS.keys()
    if found and all(CHANNEL_KINDS[kind].urgent for kind in found):
        alone = ", ".join(sorted(found))
        raise ValueError(
            Told(
                "{kinds} is for the last chance and the breach; add another way before",
                kinds=alone,
            )
        )
    return reach


class PersonSection(Section):
    """Somebody who can be notified."""

    id: Annotated[Id, AfterValidator(_no_role), once("person")]
    name: Text
    phone: Text | None = None
    roles: list[Text] = Field(default_factory=list)
    reach: Annotated[list[ReachSection], AfterValidator(_not_urgent_alone)] = Field(
        default_factory=list
    )


class ChannelSection(Section):
    """One channel; its kind's own keys are checked by `monitor.settings.channels`."""

    model_config = ConfigDict(extra="allow")

    id: Annotated[Id, once("channel")]
    kind: Annotated[str, among(NO["kind of channel"], CHANNEL_KINDS)]


class DutySection(Section):
    """Who is on duty on one date."""

    on: Annotated[Day, once("date")]
    duty: PersonId
    leader: PersonId | None = None


class RosterSection(Section):
    """Who is on duty when."""

    rotation: list[PersonId] = Field(default_factory=list)
    starts: Day | None = None
    every: Days = timedelta(days=7)
    dates: list[DutySection] = Field(default_factory=list)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.rotation and self.starts is None:
            raise ValueError(Told("starts is missing; a rotation needs its first date"))
        if self.starts is not None and not self.rotation:
            raise ValueError(Told("rotation is missing or empty"))
        return self


class PeopleFile(Section):
    """people.toml."""

    people: list[PersonSection] = Field(default_factory=list)
    channels: list[ChannelSection] = Field(default_factory=list)
    roster: RosterSection = Field(default_factory=RosterSection)
