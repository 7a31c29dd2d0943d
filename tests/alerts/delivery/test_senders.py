"""Rounds made at once share the channels' threads, and each queue comes back once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

from alerts.delivery.senders import Senders

ROUNDS = 8


@dataclass(eq=False)
class OneQueue:
    """A queue that is sent at once."""

    channel_id: str

    def deliver(self) -> None:
        """Have nothing to send."""


def test_each_queue_comes_back_to_one_of_the_rounds_that_are_made_at_once() -> None:
    senders, together = Senders(), Barrier(ROUNDS)
    made = [OneQueue("console") for _ in range(ROUNDS)]

    def round_with(queue: OneQueue) -> list[object]:
        together.wait()
        return list(senders.sent([queue]))

    with ThreadPoolExecutor(ROUNDS) as rounds:
        found = [queue for ended in rounds.map(round_with, made) for queue in ended]
    found += senders.sent([])
    assert Counter(map(id, found)) == Counter(map(id, made))
    assert senders.busy == frozenset()
    senders.close()
