"""Invented annual reports for `checker.py`: consistent figures in many provinces' wordings.

Places, bodies, names and figures are invented.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from checker_facts import LABELS, Facts, sample, table_four, table_three, table_two
from checker_wordings import (
    APPLICANTS,
    BETTER,
    COMPARED,
    DOCUMENTS,
    FEES,
    FOLLOWERS,
    GUARD,
    HARMLESS,
    KEPT,
    LAPSED,
    OPENINGS,
    PERIODS,
    PLATFORM,
    PROACTIVE,
    PROCEEDINGS,
    REQUESTS,
    RESULTS_TOLD,
    TITLES,
    Words,
)


@dataclass(frozen=True)
class Draft:
    """A report in named parts; `text` is its file."""

    facts: Facts
    parts: dict[str, list[str]]

    def but(self, part: str, *lines: str) -> Draft:
        return replace(self, parts={**self.parts, part: list(lines)})

    def saying(self, part: str, old: str, new: str) -> Draft | None:
        """Return the draft with *old* replaced once in *part*; None where it does not stand."""
        lines = self.parts[part]
        if not any(old in line for line in lines):
            return None
        at = next(i for i, line in enumerate(lines) if old in line)
        return self.but(part, *lines[:at], lines[at].replace(old, new, 1), *lines[at + 1 :])

    def text(self) -> bytes:
        return "\n".join(line for lines in self.parts.values() for line in lines).encode()


def draft(seed: int) -> Draft:
    """Return a correct report: figures and wordings by *seed*."""
    facts = sample(seed)
    r = random.Random(seed * 7919 + 1)
    pick: Callable[[tuple[Words, ...]], str] = lambda words: r.choice(words)(facts, r)
    more: Callable[[str, int], list[str]] = lambda part, n: [
        w(facts, r) for w in r.sample(HARMLESS[part], n)
    ]
    heads = r.choice(
        (
            (
                "（一）主动公开。",
                "（二）依申请公开。",
                "（三）政府信息管理。",
                "（四）平台建设。",
                "（五）监督保障。",
            ),
            (
                "（一）主动公开情况",
                "（二）依申请公开情况",
                "（三）政府信息管理情况",
                "（四）政府信息公开平台建设情况",
                "（五）监督保障情况",
            ),
            (
                "一是主动公开方面。",
                "二是依申请公开方面。",
                "三是政府信息管理方面。",
                "四是平台建设方面。",
                "五是监督保障方面。",
            ),
        )
    )
    inline = heads[0].endswith("。")

    def told(head: str, *sentences: str) -> list[str]:
        body = "".join(sentences)
        return [head + body] if inline else [head, body]

    requests = [pick(REQUESTS), pick(RESULTS_TOLD), pick(APPLICANTS), pick(COMPARED)]
    parts = {
        "title": [pick(TITLES)],
        "opening": [pick(OPENINGS) + pick(PERIODS)],
        "one": [
            "一、总体情况",
            f"{facts.year}年，{facts.name}认真贯彻落实条例，坚持以公开为常态、不公开为例外。",
        ],
        "proactive": told(heads[0], pick(PROACTIVE), *more("proactive", r.randint(0, 2))),
        "requests": told(
            heads[1], *requests, *more("requests", r.randint(0, 2)), pick(PROCEEDINGS)
        ),
        "documents": told(heads[2], pick(DOCUMENTS), *more("documents", r.randint(0, 1))),
        "platform": told(
            heads[3], pick(PLATFORM), pick(FOLLOWERS), *more("platform", r.randint(0, 2))
        ),
        "guard": told(heads[4], pick(GUARD), *more("guard", r.randint(0, 1))),
        "two": ["二、主动公开政府信息情况", *table_two(facts)],
        "three": ["三、收到和处理政府信息公开申请情况", *table_three(facts)],
        "four": ["四、政府信息公开行政复议、行政诉讼情况", *table_four(facts)],
        "five": ["五、存在的主要问题及改进情况"],
        "problems": [pick(LAPSED if facts.lapse else KEPT) + pick(BETTER)],
        "six": ["六、其他需要报告的事项"],
        "fee": [pick(FEES)],
        "signature": [facts.name],
        "date": [f"{facts.signed.year}年{facts.signed.month}月{facts.signed.day}日"],
    }
    return Draft(facts, parts)


def previous(f: Facts) -> bytes:
    """Return last year's report, of which this year's is the continuation."""
    rows = {key: [0] * 7 for key, _ in LABELS}
    rows["carried_out"] = f.requests["carried_in"]
    granted = f.before["new"] - rows["carried_out"][6]
    extra = max(0, -granted)
    rows["new"] = [f.before["new"], 0, 0, 0, 0, 0, f.before["new"]]
    rows["carried_in"] = [extra, 0, 0, 0, 0, 0, extra]
    done = [rows["new"][c] + rows["carried_in"][c] - rows["carried_out"][c] for c in range(7)]
    rows["granted"] = rows["total"] = done
    last = replace(
        f,
        year=f.year - 1,
        requests=rows,
        proceedings=[0] * 15,
        documents=[1, 0, f.before_documents],
        decisions=[3, 1, 0],
    )
    lines = [
        f"{f.name}{last.year}年政府信息公开工作年度报告",
        "一、总体情况",
        f"主动公开政府信息{f.before['disclosed']}条。微博发布信息{f.before['weibo']}条，微信公众号发布信息{f.before['wechat']}条。",
        "二、主动公开政府信息情况",
        *table_two(last),
        "三、收到和处理政府信息公开申请情况",
        *table_three(last),
        "四、政府信息公开行政复议、行政诉讼情况",
        *table_four(last),
        "五、存在的主要问题及改进情况",
        "队伍有待加强。",
        "六、其他需要报告的事项",
        "未收取信息处理费。",
    ]
    return "\n".join(lines).encode()
