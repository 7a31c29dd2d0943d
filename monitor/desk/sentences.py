"""The sentences that explain why an account has its verdict, one a line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from alerts.messages.causes import reason
from alerts.words import LINK, TITLE, Words, one_line
from monitor.desk.shapes import AgreedSilence, DayListed, Explained, NoticeMade, ReadingCounts
from monitor.desk.status import verdict_word

WELL = {"ok", "unchanged"}  # outcomes of which there is nothing more to say


class Topic(StrEnum):
    """What a sentence is about."""

    STANDS = "stands"
    DOUBTS = "doubts"
    POST = "post"
    READING = "reading"
    STATISTICS = "statistics"
    RULE = "rule"
    NEXT = "next"
    TOLD = "told"
    REST = "rest"


def sentences(answer: Explained, name: str, platform: str, words: Words) -> str:
    """Return *answer*, about the account *name* of *platform*, as sentences, one a line."""
    about = topics(answer, name, platform, words)
    return "\n".join(line for lines in about.values() for line in lines)


def topics(answer: Explained, name: str, platform: str, words: Words) -> dict[Topic, list[str]]:
    """Return the same lines by what they are about, in their order; details are indented."""
    account = words.account(name, platform)
    return {
        Topic.STANDS: [*_stands(answer, account, words)],
        Topic.DOUBTS: [*_doubts(answer, words)],
        Topic.POST: [*_posts(answer, words)],
        Topic.READING: [*_readings(answer, words)],
        Topic.STATISTICS: [*_statistics(answer, words)],
        Topic.RULE: [*_rule(answer, words)],
        Topic.NEXT: [*_limit(answer, words), *_coming(answer, words)],
        Topic.TOLD: [*_notices(answer["told"], words)],
        Topic.REST: [*_rest(answer, words)],
    }


def _quiet_sentence(answer: Explained, words: Words) -> str:
    if answer["waiting"] and answer["quiet_days"] == 0:
        return words.text("{account}: {verdict}; watched since today.")
    if answer["waiting"]:
        return words.text("{account}: {verdict}; nothing seen in {days} of watching.")
    if answer["quiet_days"] == 0:
        return words.text("{account}: {verdict}; updated today.")
    return words.text("{account}: {verdict}; no update for {days}.")


def _stands(answer: Explained, account: str, words: Words) -> Iterator[str]:
    verdict, quiet = verdict_word(answer, words), words.days(answer["quiet_days"])
    yield _quiet_sentence(answer, words).format(account=account, verdict=verdict, days=quiet)
    yield words.text("Why: {why}").format(why=words.basis(answer["reason"]))
    if answer["cannot_see_since"]:
        yield words.text("It cannot be seen since {at}.").format(
            at=words.moment(answer["cannot_see_since"])
        )
    if answer["weak"]:
        yield words.text("Not confirmed: the gateway cannot prove that it sees everything.")
    yield from _agreed(answer["exception"], words)


def _rest(answer: Explained, words: Words) -> Iterator[str]:
    for one in answer["unheard"]:
        yield words.unheard(one["since"])
    if answer["link"]:
        yield words.text("Page: {link}").format(link=one_line(answer["link"], LINK))


def _agreed(exception: AgreedSilence | None, words: Words) -> Iterator[str]:
    """Yield why nobody is notified of a silence: it is agreed."""
    if exception is None:
        return
    why = one_line(exception["reason"], TITLE)
    document = one_line(exception["document"] or "", TITLE)
    yield words.agreed(words.moment(exception["until"]), exception["by_name"], why, document)


def _doubts(answer: Explained, words: Words) -> Iterator[str]:
    """What the sources leave open: posts counted but not shown, disagreement, gaps."""
    if answer["other_name"]:
        yield words.text("It is called {name} where it is read.").format(
            name=one_line(answer["other_name"], TITLE)
        )
    doubt = answer["unconfirmed"]
    if doubt:
        yield words.text("Seen since {at} and not believed, because {why}: {newest}").format(
            at=words.moment(doubt["since"]),
            why=words.doubt(doubt["reason"]),
            newest=words.text("“{title}”").format(title=one_line(doubt["newest"], TITLE)),
        )
    unseen = answer["unseen"]
    if unseen:
        counted = words.plural("{n} post", "{n} posts", unseen["posts"])
        yield words.text("The platform counts {posts} more than it shows, up to {at}.").format(
            posts=counted.format(n=unseen["posts"]), at=_moment(unseen["risen_at"], words)
        )
    for one in answer["disagreement"]:
        yield words.text(
            "The sources disagree: {source}, as known at {as_of}, shows nothing after {newest}."
        ).format(
            source=_gateway(one["source"]),
            as_of=words.moment(one["as_of"]),
            newest=words.moment(one["newest"]),
        )
    for gap in answer["gaps"]:
        yield words.gap_seen(gap["reason"]).format(
            start=words.moment(gap["from"]), end=words.moment(gap["to"])
        )


def _statistics(answer: Explained, words: Words) -> Iterator[str]:
    """What the platform itself lists for the last days, whatever was seen of them."""
    days = [_listed(one, words) for one in answer["statistics"]]
    if days:
        yield words.text("The platform's statistics by day: {days}").format(
            days=words.listing(days)
        )


def _listed(one: DayListed, words: Words) -> str:
    day = words.short_day(one["day"])
    if not one["articles"]:
        return words.text("{day} nothing").format(day=day)
    return words.text("{day} {n} published, {notified} of them mass-sent").format(
        day=day, n=one["articles"], notified=one["notified"]
    )


def _posts(answer: Explained, words: Words) -> Iterator[str]:
    last, visible = answer["last_post"], answer["visible_last_post"]
    if last is None:
        yield words.text("Nothing has been seen yet; watched since {at}.").format(
            at=words.moment(answer["since"])
        )
        return
    yield words.text("Last post: {at} {title}").format(
        at=words.dated(last["published_at"], last["published_until"]),
        title=words.text("“{title}”").format(title=one_line(last["title"], TITLE)),
    )
    if last["url"]:
        yield words.text("  link: {url}").format(url=one_line(last["url"], LINK))
    if last["source"]:
        yield words.text("  seen through: {source}").format(source=_gateway(last["source"]))
    if visible is not None:
        yield words.text(
            "It has been deleted since; the newest post still visible is of {at}."
        ).format(at=words.dated(visible["published_at"], visible["published_until"]))


def _readings(answer: Explained, words: Words) -> Iterator[str]:
    good, readings = answer["last_good_reading"], answer["readings"]
    if good is None:
        yield words.text("There has been no good reading yet.")
    else:
        yield words.text("Last good reading: {at}, as known at {as_of}").format(
            at=_moment(good["at"], words), as_of=_moment(good["as_of"], words)
        )
        if good["by_person"]:
            yield words.text("  by a person who looked")
        elif good["source"]:
            yield words.text("  seen through: {source}").format(
                source=good["gateway"] or _gateway(good["source"])
            )
    yield words.text("Readings since {at}: {tried}, of them good: {good}").format(
        at=words.moment(readings["since"]), tried=readings["tried"], good=readings["good"]
    )
    if readings["last_outcome"]:
        yield words.text("  the last one: {at}, {outcome}").format(
            at=_moment(readings["last_tried_at"], words), outcome=_outcome(readings, words)
        )


def _outcome(readings: ReadingCounts, words: Words) -> str:
    outcome = readings["last_outcome"] or ""
    if outcome in WELL:
        return words.outcome(outcome)
    return reason(outcome, readings["last_detail"] or "", words)


def _rule(answer: Explained, words: Words) -> Iterator[str]:
    rule = answer["rule"]
    yield words.text("Rule “{policy}”: an update at least every {limit}.").format(
        policy=rule["policy"], limit=words.days(rule["limit"])
    )
    for rung in rule["ladder"]:
        tell = words.listing([words.role(role) for role in rung["tell"]])
        yield words.text("  after {days}: {tell}").format(days=words.days(rung["after"]), tell=tell)
    if rule["handover"]:
        yield words.text("  (steps are earlier until handover {id} is proven)").format(
            id=rule["handover"]
        )
    if not rule["count_reposts"]:
        yield words.text("  reposts do not count")
    if rule["originals_every"]:
        yield words.text("  besides, an original at least every {days}").format(
            days=words.days(rule["originals_every"])
        )
    if answer["rung"] is not None:
        yield words.text("Passed so far: {days}").format(days=words.days(answer["rung"]))


def _limit(answer: Explained, words: Words) -> Iterator[str]:
    """The last day to publish, and when the verdict changes."""
    yield words.text("Publish by {day}; the limit passes at {at}.").format(
        day=words.day(answer["publish_by"]),
        at=words.moment(answer["breach_at"]),
    )
    if answer["changes_at"]:
        yield words.text("If nothing new is seen, the verdict changes next at {at}.").format(
            at=words.moment(answer["changes_at"])
        )
    elif answer["verdict"] == "blind":
        yield words.text("The verdict stays until more can be seen than now.")
    else:
        yield words.text("The verdict stays until something new is seen.")


def _coming(answer: Explained, words: Words) -> Iterator[str]:
    """When the account is read next, and who is told next if nothing is published."""
    if answer["next_reading_at"]:
        yield words.text("It is read next at {at}.").format(
            at=words.moment(answer["next_reading_at"])
        )
    call = answer["next_call"]
    if call is None:
        return
    said = {"at": words.moment(call["at"]), "names": words.listing(call["names"]) or "–"}
    if call["rung"] is None:
        sentence = words.text("If nothing is published, {names} are reminded at {at}.")
        yield sentence.format(**said)
    else:
        sentence = words.text("If nothing is published, {names} are told at {at} (step {days}).")
        yield sentence.format(**said, days=words.days(call["rung"]))


def _notices(made: Sequence[NoticeMade], words: Words) -> Iterator[str]:
    if not made:
        yield words.text("Nobody has been told anything yet.")
        return
    yield words.text("Told so far:")
    for notice in made:
        yield words.text("  {at}  {to} · {channel} · {reason} · {state}").format(
            at=words.moment(notice["at"]),
            to=notice["name"],
            channel=notice["channel"],
            reason=words.reason(notice["reason"]),
            state=words.notice_state(notice["state"], notice["waits_until"]),
        )


def _gateway(source: str) -> str:
    """The gateway of the source with this id, which names account, gateway and a digest."""
    _, _, behind = source.partition("/")
    return behind.partition("/")[0] or source


def _moment(at: datetime | None, words: Words) -> str:
    return words.moment(at) if at else "–"
