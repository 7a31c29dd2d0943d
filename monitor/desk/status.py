"""How accounts and gateways stand at one instant, as rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.common.local_time import local_day
from alerts.model import SilenceException
from alerts.rules.ladder import quiet_days
from alerts.words import Words
from monitor.desk.explanation import agreed_silence
from monitor.desk.shapes import (
    AccountStatus,
    Explained,
    GatewayStatus,
    ListedAccount,
    MissingStatus,
    SourceStatus,
    Unconfirmed,
)
from monitor.freshness.verdict import Basis, Verdict
from monitor.model import Account, Gateway, GatewayState, MissingAccount, Outcome
from monitor.register import Register
from monitor.standing import Shown

URGENT = ("breached", "late", "blind", "waiting", "fresh")  # verdicts, the most urgent first
# What came of trying a gateway that may not be there at all.
NO_ANSWERS = (Outcome.TRANSPORT, Outcome.STATUS, Outcome.NOT_A_FEED, Outcome.LIMITS)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is recorded besides the accounts at *now*: of *gateways*, by gateway; what silences are
    *agreed*, by account; *spent*: requests of the day so far, of the gateways that have a quota."""

    now: datetime
    gateways: Mapping[str, GatewayState]
    agreed: Mapping[str, SilenceException]
    spent: Mapping[str, int]


def account_status(
    shown: Shown, account: Account, picture: Picture, rules: Register
) -> AccountStatus:
    """Return how *account* stands."""
    zone = rules.hours.zone
    today = local_day(picture.now, zone)
    return {
        "id": account.id,
        "name": account.name,
        "platform": account.platform,
        "verdict": Verdict(shown.verdict),
        "checked": shown.checked,
        "reason": Basis(shown.reason),
        "quiet_days": quiet_days(shown.since, picture.now, zone),
        "last_post_at": shown.last_post_at,
        "last_post_until": shown.last_post_until,
        "last_post_title": shown.last_post_title,
        "last_post_url": shown.last_post_url,
        "visible_last_post_at": shown.visible_at,
        "breach_at": shown.breach_at,
        "publish_by": shown.publish_by,
        "rung": shown.rung,
        "last_good_reading_at": shown.read_at,
        "gateways": _sources(account, shown, picture.gateways),
        "exception": agreed_silence(picture.agreed.get(account.id), rules),
        "posts_this_month": shown.published.month_to(today),
        "posts_this_year": shown.published.year_to(today),
        "followers": shown.followers,
        "platform_posts": shown.platform_posts,
        "last_original_at": shown.original_at,
        "unconfirmed": _unconfirmed(shown),
        "other_name": shown.other_name,
        "shown_as": shown.shown_as,
        "renamed_from": shown.renamed_from,
        "renamed_at": shown.renamed_at,
    }


def gateway_status(gateway: Gateway, picture: Picture) -> GatewayStatus:
    """Return how one gateway stands; one that was never read is healthy."""
    state = picture.gateways.get(gateway.id)
    return {
        "id": gateway.id,
        "kind": gateway.kind,
        "healthy": state is None or state.healthy,
        "checked": state is not None and state.last_tried_at is not None,
        "answered": state is not None and _answered(state),
        "last_pulse_at": state.last_pulse_at if state else None,
        "warnings": _warnings(state),
        "quota": gateway.quota,
        "spent_today": picture.spent.get(gateway.id),
    }


def _answered(state: GatewayState) -> bool:
    return state.last_pulse_at is not None or state.last_outcome not in (None, *NO_ANSWERS)


def urgency(account: AccountStatus) -> tuple[int, str]:
    """Return a key that sorts accounts, the most urgent first."""
    return URGENT.index(account["verdict"]), account["id"]


def verdict_word(answer: AccountStatus | Explained, words: Words) -> str:
    """Return the name of an account's verdict; what was never looked at has one of its own."""
    return words.verdict(answer["verdict"]) if answer["checked"] else words.text("not checked")


def status_line(account: AccountStatus, words: Words) -> str:
    """Return one account's verdict as a line."""
    label = words.account(account["name"], account["platform"])
    verdict = verdict_word(account, words)
    if account["last_post_at"] is None:
        return words.text("{account}: {verdict}").format(account=label, verdict=verdict)
    return words.text("{account}: {verdict}, no update for {days}; publish by {day}").format(
        account=label,
        verdict=verdict,
        days=words.days(account["quiet_days"]),
        day=words.short_day(account["publish_by"]),
    )


def missing_status(account: MissingAccount) -> MissingStatus:
    """Return a missing account as a row."""
    return {
        "id": account.id,
        "name": account.name,
        "platform": account.platform,
        "since": account.since,
    }


def missing_line(account: MissingStatus, words: Words) -> str:
    """Return that an account is missing as a line."""
    label = words.account(account["name"], account["platform"])
    return words.text("{account}: missing from the configuration since {at}").format(
        account=label, at=words.moment(account["since"])
    )


def listed_account(account: Account) -> ListedAccount:
    """Return a configured account as a row; what reads it by gateway alone: a locator may hold a
    secret."""
    return {
        "id": account.id,
        "name": account.name,
        "platform": account.platform,
        "organisation": account.organisation,
        "state": account.state,
        "policy": account.policy,
        "custodian": account.custodian,
        "backup": account.backup,
        "page": account.page,
        "gateways": [source.gateway for source in account.sources],
        "missing_since": None,
    }


def listed_missing(account: MissingAccount) -> ListedAccount:
    """Return a missing account as a row, as far as it is still known."""
    row = listed_account(Account(account.id, account.name, account.platform))
    return {**row, "state": "missing", "policy": None, "missing_since": account.since}


def _sources(
    account: Account, shown: Shown, gateways: Mapping[str, GatewayState]
) -> list[SourceStatus]:
    known = dict(zip(account.sources, shown.outcomes, strict=False))
    return [
        {
            "gateway": spec.gateway,
            "healthy": spec.gateway not in gateways or gateways[spec.gateway].healthy,
            "last_outcome": known.get(spec),
        }
        for spec in account.sources
    ]


def _unconfirmed(shown: Shown) -> Unconfirmed | None:
    doubt = shown.unbelieved
    if doubt is None:
        return None
    return {"since": doubt.since, "reason": doubt.reason, "newest": doubt.newest}


def _warnings(state: GatewayState | None) -> list[str]:
    if state is None:
        return []
    return [*state.warnings, *([state.days_refusal] if state.days_refusal else [])]
