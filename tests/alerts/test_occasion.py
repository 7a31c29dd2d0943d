"""What brings a call about is a value; its text in a row is the same over versions."""

import pytest

from alerts.occasion import Occasion, On, occasion_of
from alerts.people.handover import Trouble


@pytest.mark.parametrize(
    ("occasion", "text"),
    [
        pytest.param(Occasion(On.BREACH), "breach", id="a kind alone"),
        pytest.param(Occasion(On.RUNG, "7"), "rung:7", id="with a detail"),
        pytest.param(Occasion(On.UNHEARD, "rung:7"), "unheard:rung:7", id="about another occasion"),
        pytest.param(
            Occasion(On.PROMISE, "2024-03-15T09:00:00"),
            "promise:2024-03-15T09:00:00",
            id="a detail with colons of its own",
        ),
        pytest.param(Occasion(On.PERSON, ""), "person:", id="a detail that is empty"),
        pytest.param(Occasion(Trouble.PUBLISHED, "a:b"), "published:a:b", id="of a handover"),
        pytest.param(Occasion("mood", "calm"), "mood:calm", id="of a version that we do not know"),
    ],
)
def test_an_occasion_is_its_text_and_comes_back_from_it(occasion: Occasion, text: str) -> None:
    assert str(occasion) == text
    assert occasion_of(text) == occasion
    assert hash(occasion_of(text)) == hash(occasion)
