"""Why a channel did not deliver, and what is done about it, in words. Pure.

What a channel says of the failure carries its code. Of the service's own words a few stand behind,
for whoever looks them up.
"""

from __future__ import annotations

import re

from alerts.messages.former import why_of
from alerts.told import Told, code_in
from alerts.words import Table, one_line

QUOTED = 60  # characters of the service's own words
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
    "keyword": "the robot takes only messages with its keyword",
    "signature": "the signature is refused",
    "unlisted": "this machine's address is not on the service's list",
    "unencrypted": "the server offers no such encryption",
    "no_login": "the server offers no login by this connection",
    "gone": "there is nothing at its address any more",
    "inside": "the service failed inside",
    "cut_off": "the connection broke off",
    "unclear": "the answer does not say whether it was accepted",
    "broke": "this program broke on it",
    "later": "the service does not take it for the moment",
    "quiet": "it is quiet hours",
    "stopped": "this program stopped before its turn came",
    "queued": "the channel is slow, its turn has not come yet",
    "left": "the person is no longer in people.toml",
    "no_channel": "the channel is no longer in people.toml",
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
    "keyword": "let the robot check a signature instead, and put its key into `secret`",
    "signature": "compare `secret` in people.toml with the robot's, and this machine's clock",
    "unlisted": "enter this machine's public address there, or let a signature be checked instead",
    "unencrypted": "set `security` and port in people.toml as the mail server's operator says",
    "no_login": "set `security` to starttls or tls; where no login is wanted, take out `username`",
    "gone": "compare its address in people.toml; the robot may have been removed",
    "inside": "nothing: it is tried again",
    "cut_off": "nothing: it is tried again; if it stays, look at the network between",
    "unclear": "look whether the message arrived",
    "broke": "update the program, and give the log to who maintains it",
    "later": "nothing: it is tried again",
    "quiet": "nothing: it is sent when they end",
    "stopped": "nothing: it is sent once the program runs again",
    "queued": "nothing: it is sent later",
    "left": "enter there who takes over",
    "no_channel": "enter there how the person is reached",
}
OURS = frozenset(
    {"library", "not_running", "host", "slow", "cut_off", "unclear", "broke"}
    | {"quiet", "stopped", "queued", "left", "no_channel", "unencrypted", "no_login"}
)
# Our own words around those of the service.
BEFORE = re.compile(r"^(?:\w+ refused|the server refuses|code (?=\S)):? ?")
AFTER = re.compile(r" – .*$")


def code_of(detail: str, failure: str | None) -> str:
    """Return the code of why a delivery failed, of which a channel says *detail*. *failure*: of
    which sort it is, if that is known."""
    code = code_in(detail)
    # Another version of the program may have stored one that this one does not know.
    return code if code is not None and code in REASONS else why_of(detail, failure)


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
