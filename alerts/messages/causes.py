"""Why a reading failed, and what is done about it, in words: codes for what gateways say. Pure.

What a reading says of itself carries its code, else it is that of the outcome. The pages about
gateways (docs/gateways) say the same at length.
"""

from __future__ import annotations

import re

from alerts.messages.former import cause_of as former_cause
from alerts.told import Told, code_in, worded
from alerts.words import Table, Words

REASONS: Table = {
    "cookie": "Weibo's cookie has ended, or is missing",
    "limited": "the platform holds this machine off for a while",
    "number": "there is no account of that number, or it shows itself to the logged-in only",
    "old_copy": "an old copy was received: a proxy or cache in between is behind",
    "no_canary": "this gateway gives no sign of life of its own",
    "canary": "the busy accounts beside it show nothing new either: it may have stopped collecting",
    "unlisted": "the collector does not have this account",
    "unsynced": "the collector has not synced for more than a day",
    "wechat_login": "the collector is logged out of WeChat",
    "risk": "WeChat's risk control holds the collector up",
    "ticket": "the ticket with which WeChat lets a platform ask is missing, or has ended",
    "withdrawn": "the account does not let the platform ask for it any more",
    "whitelist": "this machine's address is not on the account's IP whitelist",
    "permission": "the account may not use this interface",
    "token": "the authorisation or the key has ended",
    "quota": "the day's requests are used up",
    "busy": "the platform is busy",
    "private": "the address leads into the private network",
    "moved": "it has moved to another address",
    "login_page": "a page to log in or to prove oneself stands in its place",
    "shape": "the interface answers in another form than before",
    "cut_off": "the answer is not whole",
    "host": "the gateway's host is not found",
    "not_running": "the gateway does not run, or listens elsewhere",
    "slow": "the gateway did not answer in time",
    "certificate": "the gateway's certificate is not trusted",
    "key": "the gateway lets us not in: the key is wrong or missing",
    "no_route": "the gateway does not know this path",
    "inside": "the gateway failed inside",
    "page": "an ordinary page stands in its place",
    "transport": "the gateway cannot be reached",
    "status": "the gateway refused",
    "not_a_feed": "something else than posts was answered",
    "empty": "nothing is shown, mostly for a short while",
    "shrunken": "posts that were known are gone, perhaps taken down",
    "wrong_account": "the posts are those of another account",
    "no_pulse": "nothing shows that the gateway is alive",
    "limits": "the answer is too large or too slow",
    "broken": "this program broke on the answer",
    "bridge_item": "the gateway shows a notice of its own instead of posts",
    "unconfirmed": "what is seen is not confirmed yet",
}
ADVICE: Table = {
    "cookie": (
        "log in to Weibo in a browser and give the gateway the new cookie (RSSHub: "
        "WEIBO_COOKIES; weibo_mobile: its key)"
    ),
    "limited": "wait some hours, and read less often (spacing, read_at_most_every)",
    "number": "open the account's page in a browser and correct the locator in accounts.toml",
    "old_copy": "read past the proxy or cache, from the gateway itself",
    "no_canary": "name a busy account as its canary in monitor.toml",
    "canary": "log in to the collector anew, and update it",
    "unlisted": "subscribe to it in the collector",
    "unsynced": "open the collector and log in anew",
    "wechat_login": "open the collector and scan its code again",
    "risk": "confirm the login in WeRead, or wait; a second login helps",
    "ticket": "look whether what receives WeChat's tickets runs, and writes the gateway's file",
    "withdrawn": "have the account's administrator scan the platform's code again",
    "whitelist": "add it in the account's console",
    "permission": "look in its console whether the verification has lapsed, or it was penalised",
    "token": "authorise anew in the platform's console and put the new key into the gateway's key",
    "quota": "nothing: it goes on after midnight; if it happens often, read less often",
    "busy": "nothing: it is tried again",
    "private": "make it the gateway's url, or set allow_private = true",
    "moved": "correct the url in monitor.toml, or the locator",
    "login_page": "ask the website's operator to let this address in, or log the gateway in",
    "shape": "update this program; of one's own interface, correct the locator",
    "cut_off": "nothing, unless it stays",
    "host": "correct the url in monitor.toml",
    "not_running": "start the gateway; compare its url in monitor.toml",
    "slow": "look at its log, and at the network between",
    "certificate": "renew it, or correct the url",
    "key": "compare the gateway's key (RSSHub: ACCESS_KEY)",
    "no_route": "correct the locator in accounts.toml",
    "inside": "look at its log; start it anew if it stays so",
    "page": "open the address in a browser; correct it, or name selectors",
    "transport": "look whether it runs, and at the network between",
    "status": "look at its log",
    "not_a_feed": "open the address in a browser; correct the locator",
    "empty": "nothing; if it stays, look at the account's page",
    "shrunken": "nothing: it is believed after three readings",
    "wrong_account": "compare on the platform and correct the locator in accounts.toml",
    "no_pulse": "open the gateway and look",
    "limits": "look at the gateway's log; raise max_body if it is right",
    "broken": "update it, and give the log to who maintains it",
    "bridge_item": "do what the notice says, in the gateway",
    "unconfirmed": "look at the account's page, and answer by `freshness confirm`",
}
STATUS = re.compile(r"\bHTTP (\d{3})\b")


def cause_of(outcome: str, detail: str) -> str:
    """Return the code of why a reading ended in *outcome*, of which it says *detail*."""
    code = code_in(detail) or former_cause(detail) or outcome
    return code if code in REASONS else "status"


def cause(outcome: str, detail: str) -> Told:
    """Return why a reading failed, with the status of the answer where there is one."""
    why = Told.of(REASONS[cause_of(outcome, detail)])
    status = STATUS.search(detail)
    if status is None:
        return why
    return Told("{reason} (HTTP {status})", reason=why, status=status[1])


def remedy(outcome: str, detail: str) -> Told:
    """Return what is to be done about it."""
    return Told.of(ADVICE[cause_of(outcome, detail)])


def reason(outcome: str, detail: str, words: Words) -> str:
    """Return `cause` in the language of *words*."""
    return worded(cause(outcome, detail), text=words.text)


def advice(outcome: str, detail: str, words: Words) -> str:
    """Return `remedy` in the language of *words*."""
    return worded(remedy(outcome, detail), text=words.text)
