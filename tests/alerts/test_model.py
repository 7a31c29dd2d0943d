"""Values that outlive the version that made them."""

import pytest

from alerts.model import notice_id
from alerts.occasion import occasion_of


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        pytest.param(
            (7, "rung:12", "zhang", "wecom"),
            "e21226dd-8559-519b-b3f1-390a0e0f56f8",
            id="a call of an alert",
        ),
        pytest.param(
            (0, "shift:2024-02-05:li", "li", "mail"),
            "51ca52ea-30c4-5131-b001-4534bb000b51",
            id="a summary, which belongs to no alert",
        ),
        pytest.param(
            (3, "end", "王五", "telegram"),
            "56af3ecd-1389-5190-9ee1-56ed8b2fc78e",
            id="an end, to somebody whose id is Chinese",
        ),
    ],
)
def test_a_notice_keeps_its_id_over_versions(
    about: tuple[int, str, str, str], expected: str
) -> None:
    alert, occasion, person, channel = about
    assert notice_id(alert, occasion_of(occasion), person, channel) == expected
