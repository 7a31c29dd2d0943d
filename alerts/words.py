"""The words people read: a catalogue's sentences, dates, and the names of what the program knows.

Decides nothing and knows no alert. English message ids stand in the code; the folder `locale`
translates them, all catalogues of a language merged: the `.po` files of a checkout, the `.mo` files
that a build made of them where the package is installed. The only user of Babel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from unicodedata import category, combining
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from alerts.common.languages import ENGLISH, LOCALES, languages
from alerts.platforms import NAMES

CHINA = ZoneInfo("Asia/Shanghai")
JOINER = "\u200d"  # holds composed emoji together; the one invisible character that is kept
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
WEEKEND = "weekend"

MANY = 4096  # worded days and moments that are remembered
TITLE, LINK = 60, 400  # characters shown of a post's title, of a link or an error's text

Table = Mapping[str, str]
Sentences = Mapping[str, tuple[str, ...]]

VERDICTS: Table = {
    "fresh": "fresh",
    "late": "late",
    "breached": "breached",
    "blind": "cannot see",
    "waiting": "nothing seen yet",
}
KINDS: Table = {
    "silence": "silence",
    "blind": "blindness",
    "originals": "nothing but reposts",
    "look": "to be looked at by a person",
    "gateway": "gateway trouble",
    "handover": "handover",
    "roster": "gap in the roster",
    "channel": "channel trouble",
    "ledger": "ledger trouble",
    "self": "trouble of our own",
}
REASONS: Table = {
    "rung": "reminder due",
    "closure": "before closed days",
    "publish_day": "last day to publish",
    "breach": "limit passed",
    "reminder": "still over the limit",
    "promise": "promise not kept",
    "blind": "cannot be read",
    "look": "a person is asked to look",
    "gateway": "gateway fails",
    "channel": "channel refuses",
    "handover": "handover to be finished",
    "overdue": "still not finished",
    "roster": "duty not covered",
    "shift": "change of shift",
    "originals": "no original for too long",
    "gap": "posts may be missed",
    "credential": "credential ends soon",
    "self": "trouble of our own",
    "quota": "quota of the day does not reach",
    "unconfirmed": "seen, but not confirmed",
    "posted": "a new post was seen",
    "recovered": "works again",
    "rule_changed": "nothing due any more",
    "corrected": "the clock was wrong",
    "account_closed": "account closed or removed",
    "exception": "silence agreed",
    "accepted": "handover accepted",
    "proven": "handover proven",
    "cancelled": "handover called off",
    "filled": "gap filled",
}
ACCOUNT_STATES: Table = {
    "running": "in operation",
    "closing": "to be closed",
    "closed": "closed",
    "missing": "missing since",
}
GAPS_SEEN: Table = {
    "overrun": (
        "Posts may have been missed from {start} to {end}: more was published than is shown."
    ),
    "unreadable": "Posts may have been missed from {start} to {end}: readings failed.",
    "not_read": "Posts may have been missed from {start} to {end}: nothing was read.",
    "half_seen": (
        "Posts may have been missed from {start} to {end}: what was read lists no mass-sends."
    ),
}
OUTCOMES: Table = {
    "ok": "read",
    "unchanged": "read, unchanged",
    "transport": "no answer",
    "status": "refused by the server",
    "not_a_feed": "answer is not a feed",
    "empty": "window is empty",
    "shrunken": "window lacks a known post",
    "wrong_account": "another account's window",
    "no_pulse": "gateway shows no pulse",
    "limits": "answer too large or too slow",
    "broken": "our own reader broke on the answer",
    "bridge_item": "the gateway's own notice instead of posts",
    "unconfirmed": "seen, but not confirmed",
    "quota": "not asked: the day's quota is spent",
}
DOUBTS: Table = {
    "name": "another name, or none, stands above it",
    "strangers": "nothing that was known is shown any more",
    "undated": "it states no date",
}
STATES: Table = {
    "pending": "waiting to be sent",
    "sent": "sent",
    "retrying": "will be tried again",
    "failed": "failed",
    "withdrawn": "withdrawn",
}
HOLIDAYS: Table = {
    "New Year's Day": "New Year's Day",
    "Spring Festival": "Spring Festival",
    "Tomb-sweeping Day": "Tomb-sweeping Day",
    "Labour Day": "Labour Day",
    "Dragon Boat Festival": "Dragon Boat Festival",
    "National Day": "National Day",
    "Mid-autumn Festival": "Mid-autumn Festival",
    "Anti-Fascist 70th Day": "Anti-Fascist 70th Day",
    WEEKEND: "weekend",
}
ROLES: Table = {
    "custodian": "custodian",
    "backup": "backup custodian",
    "duty": "duty officer",
    "deputy": "deputy head",
    "operator": "operator",
}
CHECKS: Table = {
    "password": "password",
    "phone": "bound phone",
    "wechat": "administrator's WeChat",
    "scheduled": "scheduled posts",
}
STAGES: Table = {
    "open": "to be accepted",
    "accepted": "accepted, first post to come",
    "proven": "proven",
    "cancelled": "called off",
}
GAPS: Table = {
    "nobody": "nobody is on duty",
    "unreachable": "cannot be reached by any channel",
    "unknown": "is not among the people any more",
}
BASES: Table = {
    "young": "The first step of the ladder has not been reached.",
    "proven": "A good reading made since then shows nothing newer.",
    "untried": "The reading that would prove the newest step is still to come.",
    "failing": "Every source fails, so nothing is asserted.",
    "stale": "No good reading was made in time, so nothing is asserted.",
    "never_read": "There has been no good reading, so nothing is asserted.",
    "unproven": "It was read, but what was read proves too little to assert anything.",
    "unseen": "The platform counts more posts than it shows, so nothing is asserted.",
    "unconfirmed": "What was seen last is not confirmed, so nothing is asserted.",
    "undated": "Posts are there, but nothing says when they were published.",
    "originals": "Nothing but reposts was published for longer than the rule allows.",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences of one language, and instants worded in one time zone."""

    language: str
    zone: ZoneInfo = CHINA
    _sentences: Sentences = field(default_factory=dict, repr=False)

    @property
    def tag(self) -> str:
        """The language as pages and services name it, e.g. zh-CN."""
        return self.language.replace("_", "-")

    def within(self, zone: ZoneInfo) -> Words:
        """Return the same words for another time zone."""
        return replace(self, zone=zone)

    def text(self, msgid: str) -> str:
        """Return the translation of *msgid*, or *msgid* where there is none."""
        return self._sentences.get(msgid, (msgid,))[0]

    def table(self, table: Table) -> dict[str, str]:
        """Return *table*, sentences by name, translated."""
        return {name: self.text(sentence) for name, sentence in table.items()}

    def plural(self, one: str, many: str, n: int) -> str:
        """Return the form for *n* things of a sentence with two English forms."""
        forms = self._sentences.get(one)
        if forms is None:
            return one if n == 1 else many
        return forms[_form(self.language)(n)]

    def moment(self, at: datetime, year: bool = False) -> str:
        """Return the local date and time of *at*, e.g. 2月9日（周五）09:00."""
        pattern = self.text("EEE d MMM y, HH:mm") if year else self.text("EEE d MMM, HH:mm")
        return _moment(at, pattern, self.zone, self.language)

    def dated(self, at: datetime, until: datetime | None, year: bool = False) -> str:
        """Return the local date and time of *at*; the date alone of what only names that day, which
        leaves open the time to *until*."""
        local = at.astimezone(self.zone)
        named = until is not None and until - at > timedelta(minutes=1)
        whole = named and local.time() == time.min
        return self.day(local.date(), year) if whole else self.moment(at, year)

    def day(self, on: date, year: bool = False, holiday: str | None = None) -> str:
        """Return *on*, e.g. 2月15日（周四）, and *holiday*, given by its English name, with it."""
        pattern = self.text("EEE d MMM y") if year else self.text("EEE d MMM")
        worded = _date(on, pattern, self.language)
        if holiday is None:
            return worded
        return self.text("{day} ({holiday})").format(day=worded, holiday=self.holiday(holiday))

    def span(self, first: date, last: date) -> str:
        """Return the days from *first* to *last*, e.g. 2月10日至17日."""
        if (first.year, first.month) != (last.year, last.month):
            days = (self.short_day(first), self.short_day(last))
            return self.text("{first} to {last}").format(first=days[0], last=days[1])
        month = format_date(first, "MMM", locale=_locale(self.language))
        return self.text("{first} to {last} {month}").format(
            first=first.day, last=last.day, month=month
        )

    def since(self, at: datetime) -> str:
        """Return the local date of *at* without its weekday, e.g. 6月3日."""
        return self.short_day(at.astimezone(self.zone).date())

    def short_day(self, on: date) -> str:
        """Return *on* without its weekday, e.g. 6月3日."""
        return _date(on, self.text("d MMM"), self.language)

    def days(self, n: int) -> str:
        """Return a number of days, e.g. 11天."""
        return self.plural("{n} day", "{n} days", n).format(n=n)

    def lasting(self, length: timedelta) -> str:
        """Return how long something took in its two greatest units, e.g. 2天3小时."""
        minutes = max(round(length / timedelta(minutes=1)), 0)
        days, hours = minutes // 1440, minutes // 60 % 24
        parts = [self.days(days)] if days else []
        if hours:
            parts.append(self.plural("{n} hour", "{n} hours", hours).format(n=hours))
        if not days and (minutes % 60 or not hours):
            part = self.plural("{n} minute", "{n} minutes", minutes % 60)
            parts.append(part.format(n=minutes % 60))
        if len(parts) == 1:
            return parts[0]
        return self.text("{greater} {lesser}").format(greater=parts[0], lesser=parts[1])

    def listing(self, names: Sequence[str]) -> str:
        """Return *names* one after the other, e.g. 张三、李四."""
        return self.text(", ").join(names)

    def account(self, name: str, platform: str | None) -> str:
        """Return how an account is called, e.g. “鞍山民政”微博."""
        if not platform:
            return self.text("“{name}”").format(name=name)
        return self.text("“{name}” {platform}").format(name=name, platform=self.platform(platform))

    def platform(self, platform: str) -> str:
        """Return the platform's name; an unknown one as it is configured."""
        return self._named(NAMES, platform)

    def verdict(self, verdict: str) -> str:
        """Return the name of a verdict."""
        return self._named(VERDICTS, verdict)

    def kind(self, kind: str) -> str:
        """Return the name of an alert's kind."""
        return self._named(KINDS, kind)

    def state(self, state: str) -> str:
        """Return how an account's configured state is called, or that it is missing."""
        return self.text(ACCOUNT_STATES[state])

    def reason(self, reason: str) -> str:
        """Return the name of the reason for which somebody was notified, or an alert ended."""
        return self._named(REASONS, reason)

    def doubt(self, reason: str) -> str:
        """Return why something that was seen is not believed; other text as it is."""
        return self._named(DOUBTS, reason)

    def outcome(self, outcome: str) -> str:
        """Return the name of a reading's outcome; other text as it is."""
        return self._named(OUTCOMES, outcome)

    def notice_state(self, state: str, until: datetime | None = None) -> str:
        """Return how far a notice has come, and *until* when it is held back, if it is."""
        said = self._named(STATES, state)
        if until is None:
            return said
        return self.text("{state}, not before {at}").format(state=said, at=self.moment(until))

    def holiday(self, name: str) -> str:
        """Return the name of a holiday that the calendar calls *name* in English."""
        return self._named(HOLIDAYS, name)

    def role(self, role: str) -> str:
        """Return the name of a role; a person's id as it is."""
        return self._named(ROLES, role)

    def check(self, item: str) -> str:
        """Return the name of an item of a handover's checklist."""
        return self._named(CHECKS, item)

    def stage(self, stage: str) -> str:
        """Return how far a handover has come."""
        return self._named(STAGES, stage)

    def gap(self, why: str) -> str:
        """Return why a day of duty is not covered."""
        return self._named(GAPS, why)

    def _named(self, table: Table, key: str) -> str:
        return self.text(table[key]) if key in table else key

    def basis(self, basis: str) -> str:
        """Return the sentence for what a verdict rests on."""
        return self._named(BASES, basis)

    def agreed(self, until: str, by: str, why: str, document: str | None) -> str:
        """Return the sentence about an agreed silence, of what is worded and cut already."""
        if document:
            why = self.text("{why} ({document})").format(why=why, document=document)
        sentence = self.text("Agreed until {until}, recorded by {by}. Reason: {why}")
        return sentence.format(until=until, by=by, why=why)

    def unheard(self, since: datetime) -> str:
        """Return the sentence about a call of *since* that has no reachable recipient."""
        return self.text(
            "Nobody could be told: nobody who is meant and nobody who stands in has a reach (due "
            "since {at})."
        ).format(at=self.moment(since))

    def gap_seen(self, reason: str) -> str:
        """Return the sentence about a gap in what was seen, with {start} and {end} to fill in."""
        return self._named(GAPS_SEEN, reason)


def translator(language: str, zone: ZoneInfo = CHINA) -> Words:
    """Return the words of *language* (`zh_CN`, or `en` for the message ids) in *zone*.

    Raises `ValueError` naming the languages there are, or two files that contradict each other.
    """
    if language not in languages():
        known = ", ".join(languages())
        raise ValueError(f'there is no language "{language}"; expected one of: {known}')
    return Words(language, zone, _sentences(language))


@lru_cache
def _sentences(language: str) -> Sentences:
    if language == ENGLISH:
        return {}
    return merged(LOCALES / language / "LC_MESSAGES", language)


@lru_cache
def _form(language: str) -> Callable[[int], int]:
    """Return which plural form *language* takes for how many things."""
    return c2py(get_plural(language).plural_expr)


def merged(folder: Path, language: str) -> dict[str, tuple[str, ...]]:
    """Return the sentences of every `.po` file of *folder*, or where there is none of every `.mo`
    file: message id (of a plural: the first) → forms. Raises `ValueError` where two files translate
    one message differently."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.po")) or sorted(folder.glob("*.mo")):
        for msgid, forms in _translated(path, language):
            if found.setdefault(msgid, forms) != forms:
                raise ValueError(f'{path.name}: "{msgid}" is translated otherwise by another file')
    return found


@lru_cache(MANY)  # a page says the same few days over and over
def _date(on: date, pattern: str, language: str) -> str:
    return format_date(on, pattern, locale=_locale(language))


@lru_cache(MANY)
def _moment(at: datetime, pattern: str, zone: ZoneInfo, language: str) -> str:
    return format_datetime(at, pattern, tzinfo=zone, locale=_locale(language))


@cache  # Babel looks a name up anew for every date it words
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def _translated(path: Path, language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for message in _catalogue(path, language):
        msgid = message.id if isinstance(message.id, str) else message.id[0]
        said = message.string or ""
        forms = (said,) if isinstance(said, str) else tuple(said)
        if msgid and all(forms) and not message.fuzzy:
            yield msgid, forms


def _catalogue(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        if path.suffix == ".mo":
            return read_mo(file)
        return read_po(file, locale=language, abort_invalid=True)


def one_line(text: str, limit: int) -> str:
    """Return *text*, which may come from anywhere, as one line of at most *limit* characters
    without control, direction or other invisible characters."""
    shown = "".join(c if _visible(c) else " " for c in text[: limit * 8])
    line = " ".join(shown.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    while cut and (cut[-1] == JOINER or combining(line[len(cut)]) or line[len(cut)] == JOINER):
        cut = cut[:-1]
    return cut.rstrip() + "…"


def plain(text: str) -> str:
    """Return *text*, which a person typed, whole, on one line and without invisible characters: no
    database takes all of these."""
    return one_line(text, max(len(text), 1))


def directed(text: str) -> str:
    """Return *text* without invisible characters that turn the direction of what is read; its
    lines stay."""
    if text.isprintable():
        return text
    return "".join(c for c in text if _visible(c) or c in "\n\t")


def _visible(character: str) -> bool:
    return character == JOINER or category(character) not in INVISIBLE
