"""A link opens what it was made for, and nobody else can make one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.answers.answer import ALERTS, PEOPLE, Ticket
from alerts.answers.links import Signer, address

ISSUED = datetime(2024, 3, 18, 1, 0, tzinfo=UTC)
TICKET = Ticket((7, 8), ("zhang", "li"), ISSUED)
SIGNER = Signer("a secret of ours")
TOKEN = SIGNER.token(TICKET)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}", fullmatch=True)


def test_a_token_is_the_ticket_it_was_made_of() -> None:
    assert SIGNER.ticket(TOKEN) == TICKET


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=50),
    st.lists(IDS, min_size=1, max_size=PEOPLE),
)
def test_every_ticket_comes_back_and_fits_an_address(alerts: list[int], people: list[str]) -> None:
    ticket = Ticket(tuple(alerts), tuple(people), ISSUED)
    token = SIGNER.token(ticket)
    assert SIGNER.ticket(token) == ticket
    assert all(c.isascii() and (c.isalnum() or c in "-_.") for c in token)


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("AZaz09-_."))
def test_a_token_with_one_letter_changed_is_nobodys(place: int, letter: str) -> None:
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    # The last letter of base64 carries bits that mean nothing.
    assert changed == TOKEN or SIGNER.ticket(changed) in (None, TICKET)
    if changed != TOKEN and place < len(TOKEN) - 1:
        assert SIGNER.ticket(changed) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", TOKEN[:-5], TOKEN + "A", "x" * 5000])
def test_what_is_no_token_opens_nothing(token: str) -> None:
    assert SIGNER.ticket(token) is None


def test_another_secret_makes_another_token() -> None:
    assert Signer("another secret").ticket(TOKEN) is None


def test_links_of_the_former_secret_open_while_it_is_exchanged_and_new_ones_need_it_no_more() -> (
    None
):
    exchanging = Signer("a new secret", "a secret of ours")
    assert exchanging.ticket(TOKEN) == SIGNER.ticket(TOKEN)
    assert exchanging.token(TICKET) == Signer("a new secret").token(TICKET)
    assert SIGNER.ticket(exchanging.token(TICKET)) is None


def test_the_ordinary_link_is_short() -> None:
    ordinary = SIGNER.token(Ticket((123,), ("zhang",), ISSUED))
    assert len(address("https://freshness.example.gov.cn/", ordinary)) < 130
    # Alerts of one message were mostly opened together.
    hundreds = SIGNER.token(Ticket(tuple(range(10_101, 10_101 + ALERTS)), ("zhang",), ISSUED))
    scattered = SIGNER.token(Ticket(tuple(n * n % 90_001 for n in range(122)), ("zhang",), ISSUED))
    assert (len(hundreds) < 120, len(scattered) < 700) == (True, True)
    assert address("https://a.cn/x/", "T") == address("https://a.cn/x", "T") == "https://a.cn/x/a/T"
