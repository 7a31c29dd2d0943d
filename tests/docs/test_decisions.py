"""The records of decisions: numbered, of one form, and all in the index."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
RECORDS = sorted((DOCS / "decisions").iterdir())
INDEX = (DOCS / "design.md").read_text(encoding="utf-8").partition("\n## Decisions\n")[2]
TEXT = r"(?:(?!\n#)[\s\S])+"  # up to the next heading
FORM = re.compile(
    r"# (?P<number>\d{4})\. (?P<title>.+)\n\n"
    r"\d{4}-\d\d-\d\d, (accepted|replaced by \[\d{4}\]\(\d{4}-[a-z0-9-]+\.md\))\.\n\n"
    rf"## Context\n\n{TEXT}\n\n## Decision\n\n{TEXT}\n\n## Consequence\n\n{TEXT}\n"
)


def test_every_number_is_given_once() -> None:
    numbers = [path.name[:5] for path in RECORDS]
    assert numbers == sorted({f"{int(number[:4]):04}-" for number in numbers})


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_a_date_a_context_a_decision_and_a_consequence(path: Path) -> None:
    found = FORM.fullmatch(path.read_text(encoding="utf-8"))
    assert found is not None
    assert found["number"] == path.name[:4]


def test_the_index_links_every_record_by_its_number_and_title() -> None:
    titles = [path.read_text(encoding="utf-8").partition("\n")[0][8:] for path in RECORDS]
    expected = [
        f"- [{path.name[:4]}](decisions/{path.name}) {title}"
        for path, title in zip(RECORDS, titles, strict=True)
    ]
    assert INDEX.strip().splitlines()[-len(expected) :] == expected
