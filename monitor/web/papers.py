"""The page of reports: months and years to download, drafts to check, figures to fill in.

Nothing that is uploaded or filled in is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response

from alerts.words import directed
from monitor.desk.answers import AnswerResult
from monitor.errors import ImportFileError, MonitorError, ReportFileError
from monitor.ledger.records import Snapshot
from monitor.reports import check
from monitor.reports.check.document import Document
from monitor.reports.year import figures_form
from monitor.reports.year.figures_file import sheet_figures
from monitor.reports.year.reporting import Reporting
from monitor.web.door import Visitor
from monitor.web.parts import Files, Frame, Parts

YEARS = 3  # that are shown
FIRST_YEAR = 2000
FILLED_IN = 200_000  # bytes of the form of figures
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "toml": "application/toml",
}
READABLE = ("txt", "json")  # in the browser itself


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month: its name in addresses, in words, and what became of its mail."""

    name: str
    label: str
    mailed: Sequence[str]


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year: its frozen versions, the newest first, in words."""

    number: int
    versions: Sequence[tuple[int, str]]


class ReportsRoom:
    """What the addresses of reports answer."""

    def __init__(self, parts: Parts, frame: Frame) -> None:
        self._parts = parts
        self._frame = frame
        self._words = parts.words
        self._zone = parts.register.hours.zone
        self._reporting = Reporting(parts.store, parts.register, parts.words)

    def open(self, app: FastAPI) -> None:
        """Add the addresses of reports to *app*."""
        look, act, looks = self._frame.looked_at, self._frame.acted_on, ["GET", "HEAD"]
        app.add_route("/reports", look(self.reports), methods=looks)
        app.add_route("/reports/months/{file}", look(self.month), methods=looks)
        app.add_route("/reports/years/{file}", look(self.year), methods=looks)
        app.add_route("/reports/changes/{year}", look(self.changes), methods=looks)
        app.add_route("/reports/evidence/{year}/{account}", look(self.evidence), methods=looks)
        app.add_route("/reports/figures/{year}", look(self.figures), methods=looks)
        filled_in = act(self.filled_in, largest=FILLED_IN)
        app.add_route("/reports/figures/{year}", filled_in, methods=["POST"])
        checked = self._frame.uploaded(self.check)
        app.add_route("/reports/check", checked, methods=["POST"])

    def reports(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show the months of a year and the years, to download."""
        return self._page(request, visitor, now)

    def month(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Return a month's report as a file."""
        named = re.fullmatch(r"(20\d\d)-(\d\d)\.(docx|xlsx|txt)", request.path_params["file"])
        if named is None or not 1 <= int(named[2]) <= 12:
            return self._missing(visitor)
        try:
            issue = self._parts.monthly.issue(int(named[1]), int(named[2]), now)
        except MonitorError:
            return self._missing(visitor)
        return file(issue.form(f".{named[3]}"), f"{named[1]}-{named[2]}", named[3])

    def year(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Return a year's figures as a file: the version that is asked for, or what is known."""
        named = re.fullmatch(r"(20\d\d)\.(docx|xlsx|txt|json)", request.path_params["file"])
        version = request.query_params.get("version", "")
        if named is None or not re.fullmatch(r"\d{0,4}", version):
            return self._missing(visitor)
        try:
            kept = int(version) if version else None
            document = self._reporting.year(int(named[1]), now, kept, current=kept is None)
        except MonitorError:
            return self._missing(visitor)
        name = f"{named[1]}-v{version}" if version else named[1]
        return file(self._in_form(document, named[2], now), name, named[2])

    def changes(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show what changed from version to version of a year, and why."""
        from monitor.reports.year.comparing import compared  # noqa: PLC0415 - rarely asked for
        from monitor.reports.year.text import changes_of  # noqa: PLC0415 - the same

        year = request.path_params["year"]
        if not re.fullmatch(r"20\d\d", year):
            return self._missing(visitor)
        try:
            found = compared(self._reporting, self._parts.store, int(year), now)
        except MonitorError:
            return self._missing(visitor)
        versions = [
            (self._version(one), changes_of(one, self._words), self._why(one, now)) for one in found
        ]
        return self._frame.shown(
            "changes.html", visitor, room="reports", year=year, versions=versions
        )

    def _version(self, document: Mapping[str, Any]) -> str:
        if not document["frozen"]:
            return self._words.text("As known now, against the newest version")
        said = self._words.text("Version {n}, against version {before}")
        return said.format(n=document["version"], before=document["version"] - 1)

    def _why(self, document: Mapping[str, Any], now: datetime) -> Mapping[str, Sequence[str]]:
        from monitor.reports.year.comparing import reasons  # noqa: PLC0415 - rarely asked for

        return reasons(self._reporting, self._parts.store, document, now, self._words)

    def evidence(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Return what the figures of an account rest on."""
        from monitor.reports.year.evidence import evidence_text  # noqa: PLC0415 - rarely asked for

        year, account = request.path_params["year"], request.path_params["account"]
        if not re.fullmatch(r"20\d\d", year):
            return self._missing(visitor)
        try:
            found = self._reporting.evidence(int(year), account, now, None)
        except MonitorError:
            return self._missing(visitor)
        return file(evidence_text(found, self._words).encode(), f"{year}-evidence", "txt")

    def check(
        self,
        request: Request,
        visitor: Visitor,
        form: Mapping[str, str],
        files: Files,
        now: datetime,
    ) -> Response:
        """Hold a draft against the form, itself, the ledger and last year's report."""
        year = form.get("year", "")
        if "draft" not in files or not re.fullmatch(r"20\d\d", year):
            said = self._words.text("Please choose a draft and its year.")
            return self._page(request, visitor, now, AnswerResult(False, said))
        try:
            draft = read(*files["draft"])
            last = read(*files["previous"]) if "previous" in files else None
        except ReportFileError:
            said = self._words.text(
                "This file cannot be read. Please save it as .docx or .pdf without a password."
            )
            return self._page(request, visitor, now, AnswerResult(False, said))
        found = self._reporting.check(draft, int(year), last, now)
        text = self._words.text
        kinds = [one.severity.value for one in found]
        rows = zip(kinds, check.as_json(found, text), strict=True)
        said = text("Nothing to object to.") if not found else self._counted(kinds)
        return self._page(
            request, visitor, now, AnswerResult(not found, said), [*rows], files["draft"][0]
        )

    def figures(self, request: Request, visitor: Visitor, _now: datetime) -> Response:
        """Show the figures that the ledger does not know as a form."""
        year = request.path_params["year"]
        if not re.fullmatch(r"20\d\d", year):
            return self._missing(visitor)
        return self._form(visitor, int(year), {}, [])

    def filled_in(
        self, request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Return the form that was filled in as a file, or say what does not fit."""
        year, kind = request.path_params["year"], form.get("save", "")
        if not re.fullmatch(r"20\d\d", year) or kind not in ("toml", "xlsx", "docx"):
            return self._missing(visitor)
        rows = figures_form.rows_of(form, int(year))
        try:
            remaining = sheet_figures(rows, "form", int(year))
        except ImportFileError as error:
            return self._form(visitor, int(year), form, error.problems)
        if kind == "docx":
            from monitor.reports.office import documents  # noqa: PLC0415 - rarely asked for

            document = json.loads(self._reporting.year(int(year), now))
            return file(documents.annual(document, remaining, self._words), year, kind)
        content = _saved(kind, int(year), figures_form.filled(rows), self._parts)
        return file(content, f"{year}-figures", kind)

    def _form(
        self, visitor: Visitor, year: int, form: Mapping[str, str], problems: Sequence[str]
    ) -> Response:
        wrong = {key for line in problems if (key := _key_of(line)) in figures_form.FIELDS}
        return self._frame.shown(
            "figures.html",
            visitor,
            422 if problems else 200,
            room="reports",
            year=year,
            sections=[(h, f) for h, f in figures_form.SECTIONS],
            inputs=figures_form.inputs,
            given={**form, "year": str(year)},
            wrong=wrong,
            result=AnswerResult(False, self._unfit(wrong)) if problems else None,
        )

    def _unfit(self, wrong: set[str]) -> str:
        labels = [f.label for key, f in figures_form.FIELDS.items() if key in wrong]
        said = self._words.text("Please look again at: {fields}.")
        return said.format(fields=self._words.listing(labels))

    def _page(
        self,
        request: Request,
        visitor: Visitor,
        now: datetime,
        result: AnswerResult | None = None,
        findings: Sequence[tuple[str, Mapping[str, str]]] = (),
        draft: str = "",
    ) -> Response:
        this, accounts = now.astimezone(self._zone).year, self._parts.register.accounts
        asked = request.query_params.get("year", "")
        year = int(asked) if re.fullmatch(r"20\d\d", asked) and int(asked) <= this else this
        return self._frame.shown(
            "reports.html",
            visitor,
            422 if result and not result.done and not findings else 200,
            room="reports",
            result=result,
            year=year,
            years=[*self._years(this)],
            months=[*self._months(year, now)],
            accounts=[(quote(a, safe=""), known.name) for a, known in accounts.items()],
            findings=findings,
            draft=draft,
            this=this,
        )

    def _years(self, this: int) -> Iterator[YearLine]:
        for number in range(this, this - YEARS, -1):
            kept = self._parts.store.figures.snapshots(number)
            yield YearLine(number, [(one.version, self._frozen(one)) for one in reversed(kept)])

    def _frozen(self, one: Snapshot) -> str:
        said = self._words.text("Version {n}, frozen {at}")
        return said.format(n=one.version, at=self._words.moment(one.made_at, year=True))

    def _months(self, year: int, now: datetime) -> Iterator[MonthLine]:
        local = now.astimezone(self._zone)
        last = local.month if year == local.year else 12
        for month in range(last, 0, -1):
            label = self._words.text("{year}-{month}").format(year=year, month=month)
            yield MonthLine(f"{year}-{month:02}", label, [*self._mailed(year, month)])

    def _mailed(self, year: int, month: int) -> Iterator[str]:
        for person, state in self._parts.monthly.mailings(year, month).items():
            if state is not None and state.sent_at is not None:
                said = self._words.text("sent to {name}, {at}")
                at = self._words.moment(state.sent_at, year=True)
                yield said.format(name=self._parts.register.name(person), at=at)

    def _counted(self, kinds: Sequence[str]) -> str:
        said = self._words.text("{error} errors, {warning} warnings, {unsure} to be checked")
        return said.format(**{kind: kinds.count(kind) for kind in ("error", "warning", "unsure")})

    def _in_form(self, document: str, form: str, now: datetime) -> bytes:
        if form == "json":
            return document.encode()
        found = json.loads(document)
        if form == "txt":
            from monitor.reports.year.text import year_text  # noqa: PLC0415 - rarely asked for

            return year_text(found, self._words, self._why(found, now)).encode()
        if form == "docx":
            from monitor.reports.office import documents  # noqa: PLC0415 - rarely asked for

            return documents.annual(found, None, self._words)
        from monitor.reports.office import workbooks  # noqa: PLC0415 - rarely asked for

        return workbooks.yearly(found, self._reporting.proofs(found, now), self._words)

    def _missing(self, visitor: Visitor) -> Response:
        words = self._words
        text = words.text("There is no such report.")
        return self._frame.sorry(visitor, words.text("There is nothing here"), text, 404)


def read(name: str, content: bytes) -> Document:
    """Return what stands in an uploaded file. Raises `ReportFileError`."""
    from monitor.reports.reading import read_document  # noqa: PLC0415 - its readers load long

    suffix = Path(name).suffix.lower()
    with TemporaryDirectory() as folder:
        # Never under the name that a stranger gave it.
        kept = Path(folder, f"draft{suffix if re.fullmatch('[.][a-z]{1,8}', suffix) else ''}")
        kept.write_bytes(content)
        return read_document(kept)


def file(content: bytes, name: str, form: str) -> Response:
    """Return *content* as a file to keep, or to read where a browser shows such files itself."""
    if form == "txt":
        content = directed(content.decode()).encode()
    way = "inline" if form in READABLE else "attachment"
    headers = {"Content-Disposition": f'{way}; filename="{name}.{form}"'}
    return Response(content, media_type=TYPES[form], headers=headers)


def _saved(form: str, year: int, filled: Mapping[str, Any], parts: Parts) -> bytes:
    if form == "toml":
        return figures_form.toml_template(year, parts.words, filled).encode()
    from monitor.reports.office.figures_book import figures_workbook  # noqa: PLC0415 - the same

    return figures_workbook(year, parts.words, filled)


def _key_of(problem: str) -> str:
    """The key that a line `form: KEY: …` names; of a table, the field itself."""
    key = problem.partition(": ")[2].partition(": ")[0]
    while key and key not in figures_form.FIELDS:
        key = key.rpartition(".")[0]
    return key
