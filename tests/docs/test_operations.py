"""Every alert that an operator can get has its heading in docs/operations.md."""

import re

import pytest

from alerts.message import Failure
from alerts.model import Kind
from alerts.occasion import On
from tests.house import ROOT

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^#+ (.*)$", TEXT, re.M)
# Subjects of what `AlertEngine.note_own` is told, and of damaged rows.
OUR_OWN = {On.BACKUP, On.KEPT, On.DAMAGE, On.ZONE}
TO_OPERATORS = re.compile(r"\(OPERATOR,\),\s*Occasion\(On\.(\w+)")
JUDGING = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "monitor/judging").glob("*.py"))
FOUND = {On[name].value for name in TO_OPERATORS.findall(JUDGING)}
REASONS = sorted((FOUND | OUR_OWN) - {On.GAP, On.PERSON})


def test_the_reasons_are_found_where_they_are_made() -> None:
    assert {On.GATEWAY, On.CALENDAR, On.MISSING, On.JUDGING} <= FOUND


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_alert_has_its_heading(kind: Kind) -> None:
    assert any(f"`{kind}`" in heading.partition(":")[0] for heading in HEADINGS)


@pytest.mark.parametrize("reason", [*REASONS, Failure.ADDRESS, Failure.CHANNEL, Failure.MESSAGE])
def test_every_reason_has_its_heading_and_what_to_do(reason: str) -> None:
    [body] = re.findall(rf"^#### `{reason}`: .+\n\n(\S[\s\S]+?)(?=\n#)", TEXT, re.M)
    assert len(body) > 100
