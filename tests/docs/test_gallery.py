"""The gallery of messages is complete, true, and printed from what the channels really send."""

from pathlib import Path

import pytest

from alerts.channels.telegram_text import parts
from alerts.model import ENDED, Event, Kind, Reason
from alerts.words import translator
from docs.gallery.gallery import gallery, message_of, page_text
from docs.gallery.messages import EXAMPLES
from docs.gallery.values import Example

WORDS = translator("zh_CN")
PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "messages.md"


def test_the_page_is_what_the_program_says_today() -> None:
    fresh = gallery(WORDS)
    assert PAGE.read_text(encoding="utf-8") == fresh, (
        "the words have changed: python -m docs.gallery.gallery > docs/messages.md"
    )


def test_every_reason_and_every_kind_that_people_are_notified_of_is_shown() -> None:
    assert {e.notice.reason for e in EXAMPLES} == set(Reason)
    assert {e.notice.kind for e in EXAMPLES} == set(Kind)
    assert {e.notice.event for e in EXAMPLES} == set(Event)


def test_no_two_messages_are_alike() -> None:
    texts = [message_of(e, WORDS).text for e in EXAMPLES]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: str(e.notice.id[-2:]))
def test_what_asks_for_an_answer_can_be_answered(example: Example) -> None:
    message, notice = message_of(example, WORDS), example.notice
    asks = notice.reason not in ENDED and notice.event is not Event.SUMMARY
    assert (bool(message.buttons), message.link is not None) == (asks, asks)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: str(e.notice.id[-2:]))
def test_a_message_fits_telegram_whole(example: Example) -> None:
    assert len(list(parts(message_of(example, WORDS).text))) == 1


def test_a_page_is_read_as_its_reader_does() -> None:
    page = "<html><head><title>x</title></head><body><h1>标题</h1><p>一<br>二 &amp; 三</p></body>"
    assert page_text(page) == "标题\n\n一\n二 & 三"
