"""What each step of the set-up shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.channels.registry import KINDS as CHANNEL_KINDS
from monitor.desk.wizard import LADDERS
from monitor.web import set_up
from monitor.web.parts import Parts
from monitor.web.texts import CHANNEL_NAMES, GATEWAY_NAMES, KEY_NAMES
from monitor.web.trying import ChannelTrials

Asked = Mapping[str, str]
Values = Mapping[str, Any]


class Steps:
    """Shows the steps of one installation."""

    def __init__(self, parts: Parts, channels: ChannelTrials) -> None:
        self._parts = parts
        self._words = parts.words
        self._channels = channels

    def values(self, step: str, asked: Asked, now: datetime) -> Values:
        """Return what the page of *step* shows; *asked*: which block is to be changed."""
        if step == "gateways":
            return self._gateways(asked)
        if step == "accounts":
            return self._accounts()
        if step == "people":
            return self._people(asked, now)
        if step == "channels":
            return self._ways(asked)
        return self._rules(now) if step == "rules" else {}

    def _gateways(self, asked: Asked) -> Values:
        gateways = self._parts.register.gateways
        states = self._parts.store.gateways.states()
        fresh = [g for g in gateways if g not in states or states[g].last_pulse_at is None]
        which = asked.get("which", next(iter(fresh), ""))
        there = gateways.get(which)
        names = self._words.table(GATEWAY_NAMES)
        given = {"kind": there.kind, "url": there.url} if there else {}
        return {
            "gateways": [(one.id, one.kind) for one in gateways.values()],
            "kinds": {
                kind: names.get(kind, kind)
                for kind in (*set_up.NEW_KINDS, *((there.kind,) if there else ()))
            },
            "which": which if there else "",
            "form": {"kind": "", "url": "", "address": "", **given},
            "keyed": bool(there and there.key),
            "tried": (),
        }

    def _accounts(self) -> Values:
        words, current = self._words, self._parts.current()
        return {
            "accounts": [
                (one.id, one.name, words.platform(one.platform), current.name(one.custodian or ""))
                for one in current.watched().accounts.values()
            ]
        }

    def _people(self, asked: Asked, now: datetime) -> Values:
        words, duty, register = self._words, self._parts.desk.duty, self._parts.register
        there = register.people.get(asked.get("which", ""))
        roster = register.roster
        return {
            "people": [
                (
                    person.id,
                    person.name,
                    words.listing([words.role(role) for role in person.roles]),
                    words.listing(list(dict.fromkeys(way.channel for way in person.reach))),
                )
                for person in register.people.values()
            ],
            "on_duty": duty.show(None, now)["name"],
            "gaps": [
                (words.span(gap["first"], gap["last"]), gap["name"] or "", words.gap(gap["why"]))
                for gap in duty.gaps(now)
            ],
            "which": there.id if there else "",
            "form": set_up.as_form(there),
            "roles": [(role, words.role(role)) for role in set_up.ROLES],
            "ways": [("", "–"), *((one, one) for one in self._channels.kinds)],
            "everybody": [("", "–"), *((p.id, p.name) for p in register.people.values())],
            "turns": set_up.turns(roster, len(register.people)),
            "starts": (roster.starts or now.astimezone(words.zone).date()).isoformat(),
            "every": set_up.length(roster.every),
        }

    def _ways(self, asked: Asked) -> Values:
        words, kinds = self._words, self._channels.kinds
        names, keys = words.table(CHANNEL_NAMES), words.table(KEY_NAMES)
        which = asked.get("which", "") if asked.get("which", "") in kinds else ""
        kind = kinds.get(which, asked.get("kind", ""))
        people = self._parts.register.people.values()
        return {
            "channels": self._channels.listed(),
            "names": names,
            "everybody": [(person.id, person.name) for person in people],
            "which": which,
            "kind": kind if kind in CHANNEL_KINDS else "",
            "boxes": [(one, keys.get(one.key, one.key)) for one in set_up.boxes(kind, bool(which))],
            "form": {},
        }

    def _rules(self, now: datetime) -> Values:
        register = self._parts.register
        accounts = register.watched().accounts.values()
        first = next(iter(accounts), None)
        policies = register.policies
        chosen = policies.get("default") or next(iter(policies.values()), None)
        return {
            "rules": [*self._worded_rules()],
            "limits": [*self._limits()],
            "limit": chosen.limit.days if chosen else 0,
            "ahead_of": self._words.account(first.name, first.platform) if first else "",
            "ahead": [*self._ahead(first.id, now)] if first else [],
        }

    def _limits(self) -> Iterator[tuple[int, str, Sequence[str]]]:
        for days, ladder in LADDERS.items():
            yield days, self._words.days(days), [self._rung(*rung) for rung in ladder]

    def _worded_rules(self) -> Iterator[tuple[str, str, list[str]]]:
        words, register = self._words, self._parts.register
        for name, policy in register.policies.items():
            rungs = [self._rung(rung.days, rung.tell) for rung in policy.ladder.rungs]
            yield name, words.days(policy.limit.days), rungs

    def _rung(self, days: int, tell: Sequence[str]) -> str:
        words = self._words
        line = words.text("after {days}: {who}")
        who = words.listing([self._told(one) for one in tell])
        return line.format(days=words.days(days), who=who)

    def _told(self, who: str) -> str:
        people = self._parts.register.people
        return people[who].name if who in people else self._words.role(who)

    def _ahead(self, account: str, now: datetime) -> Iterator[tuple[str, str]]:
        words, name = self._words, self._parts.register.name
        for row in self._parts.desk.replays.ahead(account, now):
            who = words.listing([name(person) for person in row["to"]]) or words.text("nobody")
            yield words.moment(row["at"]), who
