"""What a gateway says of itself, in a few words each. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.words import Words
from monitor.sources.base import Logins, SelfReport


def facts(report: SelfReport, words: Words) -> list[str]:
    """Return what *report* says: that the gateway runs, by what logins it reads, and how many
    accounts; nothing where it says nothing."""
    if not report.product:
        return []
    said = [words.text("{name} is online").format(name=report.product)]
    if report.logins is not None:
        said += _logins(report.logins, words)
    if (n := report.listed) is not None:
        line = words.plural("{n} account subscribed to", "{n} accounts subscribed to", n)
        said.append(line.format(n=n))
        if report.logins is None:
            said.append(words.text("its logins are seen with its AUTH_CODE as the key"))
    return said


def _logins(logins: Logins, words: Words) -> Iterator[str]:
    yield words.plural("{n} WeRead login", "{n} WeRead logins", logins.all).format(n=logins.all)
    for n, line in (
        (logins.blocked, words.text("{n} shut out for the day")),
        (logins.held, words.text("{n} held up by risk control")),
        (logins.ended, words.text("{n} ended or switched off")),
    ):
        if n:
            yield line.format(n=n)
