"""Why a channel did not deliver, and what is done about it, in words. Pure.

A code is found in what the channel says of the failure, in its own or the service's words, else it
is that of what is done about it. Of the service's own words a few stand behind, for whoever looks
them up.
"""

from __future__ import annotations

import re

from alerts.message import Failure
from alerts.told import Told
from alerts.words import Table, one_line

QUOTED = 60  # characters of the service's own words
# The first that fits counts.
SAID: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("library", re.compile(r"optional library")),
    ("not_running", re.compile(r"[Cc]onnection refused")),
    ("host", re.compile(r"host name not found|no address that can be|no such host")),
    ("slow", re.compile(r"no answer within|no connection (?:within|in time)|timed out|is slow")),
    ("certificate", re.compile(r"certificate|TLS|SSL|no such encryption")),
    ("often", re.compile(r"allowance|freq|too many|\b429\b|\b45009\b")),
    ("recipient", re.compile(r"recipient refused|blocked by|chat not found|not a member")),
    ("sender", re.compile(r"sender refused")),
    ("text", re.compile(r"text refused|cannot be worded|too long")),
    ("login", re.compile(r"login refused|log in|HTTP 40[13]|Unauthorized|\b(?:93000|300001)\b")),
    ("gone", re.compile(r"HTTP (?:404|410)\b")),
    ("inside", re.compile(r"HTTP 5\d\d\b")),
    ("hung_up", re.compile(r"hung up|broke off|no connection|reset|[Cc]onnection (?:lost|closed)")),
    ("unclear", re.compile(r"does not say whether|no access_token|is not the Bot API's")),
    ("broke", re.compile(r"\b(?:it|channel) broke\b|cannot print|Apprise")),
)
REASONS: Table = {
    "library": "an optional library is missing",
    "not_running": "nothing listens at its address",
    "host": "its host is not found",
    "slow": "the service did not answer in time",
    "certificate": "no encrypted connection comes about, or its certificate is not trusted",
    "often": "too much was sent in a short time",
    "recipient": "the recipient is refused",
    "sender": "the sender is refused",
    "text": "the text is refused",
    "login": "the token, key, signature or login is refused",
    "gone": "there is nothing at its address any more",
    "inside": "the service failed inside",
    "hung_up": "the connection broke off",
    "unclear": "the answer does not say whether it was accepted",
    "broke": "this program broke on it",
    "later": "the service does not take it for the moment",
}
ADVICE: Table = {
    "library": "install it, as docs/channels.md says",
    "not_running": "look whether it runs; compare host and port in people.toml",
    "host": "compare its address in people.toml, and the network's name service",
    "slow": "nothing: it is tried again; if it stays, look at the network between",
    "certificate": "compare security and port in people.toml, or renew the certificate",
    "often": "nothing: it is sent later",
    "recipient": "check the person's address in people.toml",
    "sender": "compare sender with the mailbox that logs in, in people.toml",
    "text": "nothing is lost; give the log to who maintains the program",
    "login": "make a new one where it was issued, and put it where people.toml reads it",
    "gone": "compare its address in people.toml; the robot may have been removed",
    "inside": "nothing: it is tried again",
    "hung_up": "nothing: it is tried again; if it stays, look at the network between",
    "unclear": "look whether the message arrived",
    "broke": "update the program, and give the log to who maintains it",
    "later": "nothing: it is tried again",
}
OURS = frozenset({"library", "not_running", "host", "slow", "hung_up", "unclear", "broke"})
MEANT = {
    Failure.LATER: "later",
    Failure.ADDRESS: "recipient",
    Failure.MESSAGE: "text",
    Failure.CHANNEL: "login",
}
# Our own words around those of the service.
BEFORE = re.compile(r"^(?:\w+ refused|the server refuses|code (?=\S)):? ?")
AFTER = re.compile(r" – .*$")


def code_of(detail: str, failure: str | None) -> str:
    """Return the code of why a delivery failed, of which a channel says *detail*. *failure*: of
    which sort it is, if that is known."""
    said = (code for code, shape in SAID if shape.search(detail))
    return next(said, MEANT[Failure(failure)] if failure else "later")


def said_by(detail: str, code: str) -> str:
    """Return the service's own words in *detail*, cut; empty where all of them are ours."""
    if code in OURS:
        return ""
    return one_line(AFTER.sub("", BEFORE.sub("", detail)), QUOTED)


def refusal(detail: str, failure: str | None = None) -> Told:
    """Return why a delivery failed and what is done about it, with the service's own words."""
    code = code_of(detail, failure)
    why, what, said = Told.of(REASONS[code]), Told.of(ADVICE[code]), said_by(detail, code)
    if not said:
        return Told("{reason}; {advice}", reason=why, advice=what)
    return Told("{reason}; {advice} “{detail}”", reason=why, advice=what, detail=said)
