"""How accounts and gateways stand at one instant, as rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.model import SilenceException
from alerts.words import Words
from monitor.desk.explanation import agreed_silence, checked, unconfirmed
from monitor.desk.shapes import (
    AccountStatus,
    Explained,
    GatewayStatus,
    ListedAccount,
    MissingStatus,
    SourceStatus,
)
from monitor.judging.situation import Situation
from monitor.ledger.records import FollowerCount
from monitor.model import (
    Account,
    Counters,
    Gateway,
    GatewayState,
    LastPost,
    MissingAccount,
    SourceState,
)
from monitor.polling.belief import other_name
from monitor.register import Register

URGENT = ("breached", "late", "blind", "waiting", "fresh")  # verdicts, the most urgent first


@dataclass(frozen=True, slots=True)
class Picture:
    """What is recorded of all accounts, by account, and of *gateways*, by gateway.

    *month*, *year*: posts that count, of the local month and year so far. *counted*: followers
    and posts as counted by the platform, the newest or the most trusted first. *spent*: requests
    of the day so far, of the gateways that have a quota.
    """

    sources: Mapping[str, Sequence[SourceState]]
    gateways: Mapping[str, GatewayState]
    month: Mapping[str, int]
    year: Mapping[str, int]
    counted: Mapping[str, Sequence[Counters | FollowerCount]]
    agreed: Mapping[str, SilenceException]
    spent: Mapping[str, int]


def account_status(s: Situation, picture: Picture, register: Register) -> AccountStatus:
    """Return how one account stands. Its name on the platform is that of its most trusted source
    which states one."""
    account, assessment, evidence = s.account, s.assessment, s.evidence
    sources = picture.sources.get(account.id, ())
    counted = picture.counted.get(account.id, ())
    last = evidence.last_post
    shown = next((x.memory for x in sources if x.memory.title), None)
    return {
        "id": account.id,
        "name": account.name,
        "platform": account.platform,
        "verdict": assessment.verdict,
        "checked": checked(assessment.verdict, evidence),
        "reason": assessment.reason,
        "quiet_days": assessment.quiet_days,
        "last_post_at": _published(last),
        "last_post_title": last.title if last else None,
        "last_post_url": last.url if last else None,
        "visible_last_post_at": _published(evidence.visible),
        "breach_at": assessment.breach_at,
        "publish_by": assessment.publish_by,
        "rung": assessment.rung,
        "last_good_reading_at": evidence.good_read_at,
        "gateways": _sources(s, sources, picture.gateways),
        "exception": agreed_silence(picture.agreed.get(account.id), register),
        "posts_this_month": picture.month.get(account.id, 0),
        "posts_this_year": picture.year.get(account.id, 0),
        "followers": _first(c.followers for c in counted),
        "platform_posts": _first(c.posts for c in counted),
        "last_original_at": _published(evidence.last_original),
        "unconfirmed": unconfirmed(evidence),
        "other_name": other_name(account, [x.memory for x in sources]),
        "shown_as": shown.title if shown else None,
        "renamed_from": shown.former_title if shown else None,
        "renamed_at": shown.renamed_at if shown else None,
    }


def gateway_status(gateway: Gateway, picture: Picture) -> GatewayStatus:
    """Return how one gateway stands; one that was never read is healthy."""
    state = picture.gateways.get(gateway.id)
    return {
        "id": gateway.id,
        "kind": gateway.kind,
        "healthy": state is None or state.healthy,
        "checked": state is not None and state.last_tried_at is not None,
        "last_pulse_at": state.last_pulse_at if state else None,
        "warnings": _warnings(state),
        "quota": gateway.quota,
        "spent_today": picture.spent.get(gateway.id),
    }


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
    s: Situation, states: Sequence[SourceState], gateways: Mapping[str, GatewayState]
) -> list[SourceStatus]:
    outcomes = {x.spec.id: x.last_outcome for x in states}
    return [
        {
            "gateway": spec.gateway,
            "healthy": spec.gateway not in gateways or gateways[spec.gateway].healthy,
            "last_outcome": outcomes.get(spec.id),
        }
        for spec in s.account.sources
    ]


def _published(post: LastPost | None) -> datetime | None:
    return post.published_at if post else None


def _first(counts: Iterable[int | None]) -> int | None:
    return next((n for n in counts if n is not None), None)


def _warnings(state: GatewayState | None) -> list[str]:
    if state is None:
        return []
    return [*state.warnings, *([state.days_refusal] if state.days_refusal else [])]
