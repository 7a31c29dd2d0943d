"""A table of a configuration file, and the names that its values may refer to.

Every table is validated with a `Known` as context, so that one pass finds dangling references
and doubles where they stand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo


@dataclass(frozen=True, slots=True)
class Known:
    """The names that may be referred to. None: the file that defines them could not be read.

    *gateways* and *channels* map ids to kinds; *owners* maps what a source reads to the
    first account that reads it. *seen* fills up during the validation.
    """

    policies: Collection[str] | None = None
    gateways: Mapping[str, str | None] | None = None
    people: Collection[str] | None = None
    channels: Mapping[str, str | None] | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    seen: set[tuple[str, object]] = field(default_factory=set)


def known_in(info: ValidationInfo) -> Known:
    """Return the names that were given as the context of a validation."""
    assert isinstance(info.context, Known)
    return info.context


class Section(BaseModel):
    """A table of a file: no key that is not named here, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def keys_at(file: type[Section], where: tuple[str | int, ...]) -> Collection[str]:
    """Return the keys that the table around *where* may have."""
    section = file
    for step in where[:-1]:
        inner = section.model_fields.get(str(step))
        if inner is not None:
            section = _section_in(inner.annotation) or section
    return section.model_fields


def _section_in(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((s for a in getattr(annotation, "__args__", ()) if (s := _section_in(a))), None)
