"""The documents that are printed, as Word files: the annual report and the month's. Edge.

What they say comes from the year's document, the remaining figures and the month's view; the
layout is that of `word.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from alerts.words import Table, Words
from monitor.reports.month.figures import Month
from monitor.reports.month.view import View, all_rows, month_label
from monitor.reports.office.word_layout import FIVE, SMALL_FIVE, Cell, Paper
from monitor.reports.year import report_form as form
from monitor.reports.year.report_form import Counts, Remaining

Json = Mapping[str, Any]
PLATFORMS, PROBLEMS = 0, 1  # the document's sections, by their place
ON_ONE_PAGE = 20  # accounts whose table is kept together
HEAD = 3  # rows of table 三 above the numbers
WHOLE_ROWS = ("new", "carried_in", "carried_out")  # whose labels span all three columns
SIGNED_LINE = 24  # characters of a name before it is broken in two
WIDTHS = (9, 25, 32, 13, 12, 12, 17, 20, 16)  # of the month's table, in millimetres
SAID = ("new", "carried_in", "total", "carried_out")

# What only a person can write: marked in the draft until it is there.
PLACES: Table = {
    "organisation": "the organisation's name",
    "date": "the date of signing",
    "opening": "the opening",
    "disclosure": "what was published on our own initiative",
    "on_request": "how requests were handled",
    "management": "how information is managed",
    "platforms": "the platforms",
    "supervision": "supervision and training",
    "problems": "the main problems",
    "improvements": "what is being improved",
    "other": "whether information fees were charged, and what else there is to report",
}


def annual(document: Json, remaining: Remaining | None, words: Words) -> bytes:
    """Return the whole 政府信息公开工作年度报告 of the year that *document* holds.

    Without *remaining* figures the tables stay empty, and what only a person knows is a
    marked place in either case.
    """
    year = int(document["year"])
    organisation = remaining.organisation if remaining else _organisation(document, words)
    title = form.title_lines(organisation, year)
    made = datetime.fromisoformat(document["known_at"])
    paper = Paper("".join(title), organisation, made)
    paper.title(title)
    _opening(paper, remaining, year)
    _overview(paper, document, remaining, words)
    paper.heading(form.HEADINGS[1])
    _table_two(paper, remaining)
    # The table fills most of a page; broken over two, its labels would stand apart.
    paper.heading(form.HEADINGS[2], new_page=True)
    _table_three(paper, remaining)
    paper.heading(form.HEADINGS[3])
    _table_four(paper, remaining)
    _problems(paper, document, remaining, words)
    paper.heading(form.HEADINGS[5])
    for text in _other(remaining, words):
        paper.text(text)
    signed_on = remaining.signed_on if remaining else None
    dated = chinese(signed_on) if signed_on else _place("date", words)
    paper.signature(form.name_lines(organisation, SIGNED_LINE), dated)
    return paper.bytes()


def monthly(month: Month, said: View, words: Words) -> bytes:
    """Return the month's report for printing: 情况月报, what the mail says on paper."""
    owners = list(dict.fromkeys(one.account.organisation for one in month.accounts))
    owner = owners[0] if len(owners) == 1 and owners[0] else ""
    paper = Paper(said.title, owner, month.at)
    owner_lines = form.name_lines(owner, form.TITLE_LINE) if owner else ()
    paper.title([*owner_lines, said.title])
    paper.text(words.text("{headline}. {known}.").format(headline=said.headline, known=said.known))
    paper.heading(words.text("1. In general"))
    for line in said.overview:
        paper.text(line)
    if month.accounts:
        _accounts_table(paper, month, words)
    paper.heading(words.text("2. Problems"))
    for line in said.problems or (words.text("No account passed its limit."),):
        paper.text(_ended(line, words))
    paper.heading(words.text("3. What comes next"))
    for line in (*said.ahead, *said.answered, *said.gateways):
        paper.text(_ended(line, words))
    signed = form.name_lines(owner or _place("organisation", words), SIGNED_LINE)
    paper.signature(signed, chinese(_day(month, words)))
    return paper.bytes()


def _accounts_table(paper: Paper, month: Month, words: Words) -> None:
    heads = (
        words.text("no."),
        words.text("organisation"),
        words.text("account"),
        words.text("posts"),
        words.text("month before"),
        words.text("year before"),
        words.text("longest silence (days)"),
        words.text("last post"),
        words.text("followers"),
    )
    cells = [Cell(text, 0, n) for n, text in enumerate(heads)]
    for n, row in enumerate(all_rows(month, words), 1):
        name = words.text("{name} ({platform})").format(name=row.name, platform=row.platform)
        texts = (
            str(row.number),
            row.organisation,
            name,
            row.posts,
            row.last_month,
            row.last_year,
            row.longest,
            row.last_post,
            row.followers,
        )
        cells += [Cell(text, n, column) for column, text in enumerate(texts)]
    together = len(month.accounts) <= ON_ONE_PAGE
    caption = words.text("Accounts in {month}").format(month=month_label(month, words))
    paper.caption(caption)
    paper.table(cells, WIDTHS, caption, heading_rows=1, together=together)


def _ended(line: str, words: Words) -> str:
    stop = words.text(".")
    return line if line.endswith(stop) else line + stop


def _day(month: Month, words: Words) -> date:
    return month.at.astimezone(words.zone).date()


def chinese(on: date) -> str:
    """Return *on* as a document is dated: Arabic numerals without leading zeros."""
    return f"{on.year}年{on.month}月{on.day}日"


def _organisation(document: Json, words: Words) -> str:
    named = list(dict.fromkeys(one["organisation"] for one in document["accounts"]))
    return named[0] if len(named) == 1 and named[0] else _place("organisation", words)


def _place(what: str, words: Words) -> str:
    translate = words.text  # the table's sentences are known where it stands
    return words.text("〔to be filled in: {what}〕").format(what=translate(PLACES[what]))


def _opening(paper: Paper, remaining: Remaining | None, year: int) -> None:
    paper.text((remaining.texts.opening if remaining else "") or form.BASIS)
    paper.text(form.PERIOD.format(year=year))


def _overview(paper: Paper, document: Json, remaining: Remaining | None, words: Words) -> None:
    paper.heading(form.HEADINGS[0])
    platforms = "".join(document["sections"][PLATFORMS]["sentences"])
    said = {
        "disclosure": [_disclosed(remaining, words), _text(remaining, "disclosure")],
        "on_request": [_on_request(remaining, words), _text(remaining, "on_request")],
        "management": [_text(remaining, "management")],
        "platforms": [_text(remaining, "platforms"), platforms],
        "supervision": [_text(remaining, "supervision")],
    }
    for heading, (key, texts) in zip(form.OVERVIEW, said.items(), strict=True):
        _part(paper, heading, texts, _place(key, words))


def _problems(paper: Paper, document: Json, remaining: Remaining | None, words: Words) -> None:
    paper.heading(form.HEADINGS[4])
    lapses = "".join(document["sections"][PROBLEMS]["sentences"])
    said = {
        "problems": [lapses, _text(remaining, "problems")],
        "improvements": [_text(remaining, "improvements")],
    }
    for heading, (key, texts) in zip(form.PROBLEMS, said.items(), strict=True):
        _part(paper, heading, texts, _place(key, words))


def _part(paper: Paper, heading: str, texts: Sequence[str], place: str) -> None:
    paper.heading(heading, 2)
    for text in [text for text in texts if text] or [place]:
        paper.text(text)


def _text(remaining: Remaining | None, key: str) -> str:
    return str(getattr(remaining.texts, key)) if remaining else ""


def _disclosed(remaining: Remaining | None, words: Words) -> str:
    if remaining is None or remaining.disclosed is None:
        return ""
    parts = [words.text("{where} {n}").format(where=where, n=n) for where, n in remaining.by]
    sentence = (
        words.text("In {year} {organisation} published {n} items on its own initiative: {parts}.")
        if len(parts) > 1
        else words.text("In {year} {organisation} published {n} items on its own initiative.")
    )
    return sentence.format(
        year=remaining.year,
        organisation=remaining.organisation,
        n=remaining.disclosed,
        parts=words.listing(parts),
    )


def _on_request(remaining: Remaining | None, words: Words) -> str:
    if remaining is None:
        return ""
    numbers = {key: remaining.requests.total(key) for key in form.KEYS}
    return words.text(
        "In {year} {new} requests were received and {carried_in} carried over from the year "
        "before; {total} were completed and {carried_out} carried over to the next year."
    ).format(year=remaining.year, **{key: numbers[key] for key in SAID})


def _other(remaining: Remaining | None, words: Words) -> Iterator[str]:
    fee, text = (remaining.fee if remaining else None), _text(remaining, "other")
    if fee is not None and remaining is not None:
        yield _fee(fee, remaining.year, words)
    if text:
        yield text
    if fee is None and not text:
        yield _place("other", words)


def _fee(fee: Decimal, year: int, words: Words) -> str:
    if fee:
        return words.text("In {year} information fees of {n} yuan were charged.").format(
            year=year, n=_amount(fee)
        )
    return words.text("In {year} no information fees were charged.").format(year=year)


def _table_two(paper: Paper, remaining: Remaining | None) -> None:
    found = remaining.disclosures if remaining else None
    rules = {
        "规章": found.regulations if found else (),
        "行政规范性文件": found.normative if found else (),
    }
    cells = [_across(form.CLAUSES[0], 0)]
    cells += [Cell(text, 1, n) for n, text in enumerate((form.CONTENT, *form.MADE))]
    for row, (label, counts) in enumerate(rules.items(), 2):
        cells += [Cell(label, row, 0), *_numbers(counts, row, 1, 3)]
    blocks = (
        (form.CLAUSES[1], form.DECIDED, {"行政许可": found and found.permits}),
        (
            form.CLAUSES[2],
            form.DECIDED,
            {
                "行政处罚": found and found.penalties,
                "行政强制": found and found.coercion,
            },
        ),
        (form.CLAUSES[3], form.FEES, {"行政事业性收费": found and _amount(found.fees)}),
    )
    row = 4
    for clause, asked, rows in blocks:
        cells += [_across(clause, row), Cell(form.CONTENT, row + 1, 0), _wide(asked, row + 1)]
        for n, (label, value) in enumerate(rows.items(), row + 2):
            cells += [Cell(label, n, 0), _wide("" if value is None else str(value), n)]
        row += 2 + len(rows)
    paper.table(cells, (48, 36, 36, 36), form.HEADINGS[1], heading_rows=0)


def _across(text: str, row: int) -> Cell:
    return Cell(text, row, 0, columns=4)


def _wide(text: str, row: int) -> Cell:
    return Cell(text, row, 1, columns=3)


def _table_three(paper: Paper, remaining: Remaining | None) -> None:
    cells = [*_applicants(), *_result_labels()]
    for row, key in enumerate(form.KEYS, HEAD):
        counts = remaining.requests.row(key) if remaining else ()
        cells += _numbers(counts, row, 3, len(form.APPLICANTS))
    widths = (10, 20, 49, *[11] * 7)
    paper.table(cells, widths, form.HEADINGS[2], SMALL_FIVE, heading_rows=HEAD, lowest=6)


def _applicants() -> list[Cell]:
    """The head of table 三, three rows high."""
    persons = form.APPLICANTS[1:6]
    return [
        Cell(form.IDENTITY, 0, 0, columns=3, rows=HEAD),
        Cell(form.SITUATION, 0, 3, columns=7),
        Cell(form.APPLICANTS[0], 1, 3, rows=2),
        Cell(form.LEGAL_PERSONS, 1, 4, columns=5),
        Cell(form.APPLICANTS[6], 1, 9, rows=2),
        *(Cell(text, 2, column) for column, text in enumerate(persons, 4)),
    ]


def _result_labels() -> Iterator[Cell]:
    groups = [group for _, group, _ in form.ROWS]
    results = len(form.RESULT_KEYS) + 1
    yield Cell(form.RESULTS, HEAD + 2, 0, rows=results)
    for row, (key, group, label) in enumerate(form.ROWS, HEAD):
        if key in WHOLE_ROWS:
            yield Cell(label, row, 0, columns=3, left=True)
        elif not group:
            yield Cell(label, row, 1, columns=2, left=True)
        else:
            yield Cell(label, row, 2, left=True)
            if groups.index(group) == row - HEAD:
                yield Cell(group, row, 1, rows=groups.count(group))


def _table_four(paper: Paper, remaining: Remaining | None) -> None:
    width = len(form.OUTCOMES)
    cells = [
        Cell(form.REVIEW, 0, 0, columns=width),
        Cell(form.LITIGATION, 0, width, columns=2 * width),
        *(Cell(text, 1, n, rows=2) for n, text in enumerate(form.OUTCOMES)),
        Cell(form.DIRECT, 1, width, columns=width),
        Cell(form.AFTER_REVIEW, 1, 2 * width, columns=width),
        *(Cell(text, 2, n) for n, text in enumerate(form.OUTCOMES * 2, width)),
    ]
    for place, key in enumerate(form.PROCEEDINGS):
        counts = remaining.proceedings.row(key) if remaining else ()
        cells += _numbers(counts, 3, place * width, width)
    paper.table(cells, (10.4,) * 15, form.HEADINGS[3], FIVE, heading_rows=3, lowest=8)


def _numbers(counts: Counts, row: int, column: int, width: int) -> list[Cell]:
    """The cells of one row of numbers; empty ones where nothing is known."""
    said = [str(n) for n in counts] or [""] * width
    return [Cell(text, row, n) for n, text in enumerate(said, column)]


def _amount(amount: Decimal) -> str:
    """Return *amount* without an exponent or idle zeros."""
    plain = f"{amount:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
