"""What the program writes of its accounts passes its own check, whatever the figures."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.ledger.coverage import Gap, GapReason
from monitor.ledger.judgement import Judged
from monitor.ledger.lapses import Lapse, Quiet
from monitor.ledger.totals import Followers, Level, Totals
from monitor.reports.check import AccountFigures, Figures, LapseFigure, as_json, check
from monitor.reports.check.document import Document
from monitor.reports.office.documents import annual
from monitor.reports.reading import read_document
from monitor.reports.reading.html import from_html
from monitor.reports.reading.text import from_text
from monitor.reports.reading.word import from_word
from monitor.reports.year.document import document
from monitor.reports.year.figures import AccountYear
from monitor.reports.year.report_form import Remaining
from monitor.reports.year.sentences import sections
from tests.report_values import AFTER, CHINESE, FORTNIGHT, MZ_WECHAT, MZ_WEIBO, YEAR, at
from tests.reports.check.papers import CIVIL_AFFAIRS, FIGURES, Paper, quiet
from tests.reports.paper_values import remaining

FEBRUARY = Lapse(at("2024-02-02T10:00"), at("2024-02-19T16:00"), 17, at("2024-02-16T10:00"))
AUGUST = Lapse(at("2024-08-02T10:00"), at("2024-08-22T16:00"), 20, at("2024-08-16T10:00"))
APRIL = Gap(at("2024-04-03T08:00"), at("2024-04-05T09:00"), GapReason.UNREADABLE)
GROWN = Followers(
    Level(4877, date(2023, 12, 31), exact=True), Level(7959, date(2024, 12, 31), exact=True), None
)
FELL = replace(GROWN, start=GROWN.end, end=GROWN.start)


def account(n: int = 0, platform: str = "weibo", **figures: object) -> AccountYear:
    """Return one account's year: *n* tells it from the others."""
    usual = Totals(
        posts=284 + n,
        originals=284 + n if platform == "weibo" else 0,
        reposts=0,
        articles=0 if platform == "weibo" else 284 + n,
        pushes=0,
        deleted=0,
        undated=0,
        active_days=100,
        gaps=(),
        longest_gap=Quiet(9, date(2024, 10, 1), date(2024, 10, 10)),
        lapses=(),
        days_in_breach=0,
        followers=Followers(None, None, None),
        judged=Judged.KEPT,
        ever_posted=True,
    )
    one = MZ_WEIBO if platform == "weibo" else MZ_WECHAT
    named = replace(one, id=f"{platform}{n}", name=f"青石民政{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n}")
    return AccountYear(
        named,
        replace(usual, **figures),  # type: ignore[arg-type]
        (0,) * 12,
        FORTNIGHT,
        refused="unknown_before",
    )


def lapsed(*lapses: Lapse, gaps: tuple[Gap, ...] = ()) -> AccountYear:
    """Return an account with *lapses*, and what came after them."""
    one = account(
        lapses=lapses,
        judged=Judged.LAPSED,
        longest_gap=Quiet(20, date(2024, 8, 2), date(2024, 8, 22)),
        gaps=gaps,
    )
    return replace(one, after_lapses=Quiet(6, date(2024, 10, 1), date(2024, 10, 7)))


def compared(before: int) -> AccountYear:
    """Return an account whose year before is known to the last post."""
    return replace(account(), before=before, refused=None)


SHAPES = {
    "one account": [account()],
    "two accounts": [account(), account(1, "wechat")],
    "three accounts": [account(), account(1, "wechat"), account(2)],
    "forty accounts": [account(n, ("weibo", "wechat")[n % 2]) for n in range(40)],
    "originals and reposts": [account(originals=243, reposts=41), account(1, "wechat")],
    "reposts that do not count": [
        replace(account(posts=243, originals=243, reposts=41), count_reposts=False),
        account(1, "wechat"),
    ],
    "at least, of one of them": [account(gaps=(APRIL,)), account(1, "wechat")],
    "at least, of forty": [account(n, gaps=(APRIL,)) for n in range(40)],
    "a lapse": [lapsed(FEBRUARY), account(1, "wechat")],
    "two lapses": [lapsed(FEBRUARY, AUGUST), account(1, "wechat")],
    "a lapse, and not all of the year was seen": [lapsed(FEBRUARY, gaps=(APRIL,))],
    "followers that grew": [account(followers=GROWN)],
    "followers that fell": [account(1, "wechat", followers=FELL)],
    "followers at the end only": [account(followers=replace(GROWN, start=None))],
    "more than in the year before": [compared(200), account(1, "wechat")],
    "fewer than in the year before": [compared(400)],
    "nothing in the year": [
        account(posts=0, originals=0, longest_gap=None, judged=Judged.NOT_JUDGED, ever_posted=False)
    ],
    "not all was seen, and nothing can be said": [account(gaps=(APRIL,), judged=Judged.NOT_JUDGED)],
    "nothing is known of the time before": [account(judged=Judged.NOT_JUDGED)],
    "nothing is known at all": [
        account(posts=0, known=False, gaps=(APRIL,), judged=Judged.NOT_JUDGED)
    ],
    "lapses, of forty": [
        lapsed(FEBRUARY),
        *(account(n, ("weibo", "wechat")[n % 2]) for n in range(1, 38)),
        account(38, gaps=(APRIL,), judged=Judged.NOT_JUDGED),
        replace(account(39), limit=timedelta(days=7)),
    ],
    "not judged, of forty": [account(n, judged=Judged.NOT_JUDGED) for n in range(40)],
}
FILES: dict[str, Callable[[Paper], Document]] = {
    "text": lambda paper: from_text(paper.text()),
    "html": lambda paper: from_html(paper.html()),
}


def known(one: AccountYear) -> AccountFigures:
    """Return what the ledger lets the check hold the report against."""
    found = one.totals
    followers = [
        level.value if level else None for level in (found.followers.start, found.followers.end)
    ]
    return AccountFigures(
        one.account.name,
        one.account.platform,
        found.posts,
        found.originals,
        found.reposts,
        found.articles,
        found.pushes,
        complete=found.complete,
        followers_start=followers[0],
        followers_end=followers[1],
        lapses=tuple(
            LapseFigure(lapse.began_at.date(), lapse.ended_at and lapse.ended_at.date(), lapse.days)
            for lapse in found.lapses
        ),
        all_lapses=found.judged is not Judged.NOT_JUDGED,
        longest_gap=found.longest_gap.days if found.longest_gap and found.complete else None,
    )


@pytest.mark.parametrize("read", FILES.values(), ids=FILES)
@pytest.mark.parametrize("accounts", SHAPES.values(), ids=SHAPES)
def test_nothing_is_said_against_our_own_sentences(
    accounts: list[AccountYear], read: Callable[[Paper], Document]
) -> None:
    told, problems = sections(2024, accounts, YEAR, CHINESE, AFTER)
    paper = quiet(
        "青石市民政局2024年政府信息公开工作年度报告",
        2024,
        "（四）政府信息公开平台建设",
        "".join(told.sentences),
    ).but(problems=problems.sentences)
    figures = Figures(2024, tuple(map(known, accounts)))
    found = [
        one for one in as_json(check(read(paper), 2024, figures)) if one["severity"] != "unsure"
    ]
    assert found == []


def complaints(accounts: list[AccountYear], beside: Remaining | None) -> set[str]:
    """Return the rules that speak against our own Word file."""
    made = annual(document(2024, accounts, YEAR, CHINESE, AFTER), beside, CHINESE)
    found = check(from_word(made), 2024, Figures(2024, tuple(map(known, accounts))))
    return {one["rule"] for one in as_json(found) if one["severity"] != "unsure"}


# A sentence is the same in a Word file; what differs is where it stands and how long it is.
@pytest.mark.parametrize(
    "shape",
    [
        "one account",
        "originals and reposts",
        "forty accounts",
        "at least, of one of them",
        "two lapses",
        "a lapse, and not all of the year was seen",
        "more than in the year before",
        "nothing is known at all",
        "not judged, of forty",
    ],
)
def test_nothing_is_said_against_our_own_word_file(shape: str) -> None:
    assert complaints(SHAPES[shape], remaining()) == set()


# The tables are blank in the same way whatever the ledger says.
@pytest.mark.parametrize("shape", ["two accounts", "nothing is known at all"])
def test_nothing_but_blanks_is_said_of_a_word_file_still_to_be_filled_in(shape: str) -> None:
    assert complaints(SHAPES[shape], None) == {"blank-cells"}


# What LibreOffice makes of them, all in one go: starting it takes longer than all the rest.
PRINTED = {
    "two accounts": remaining(),
    "lapses, of forty": remaining(),
    "a lapse": None,
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports of `PRINTED`, and somebody else's, as PDF files."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not here: nothing is known of our reports as PDF")
    folder = tmp_path_factory.mktemp("printed")
    (folder / "somebody else's.docx").write_bytes(CIVIL_AFFAIRS.word())
    for name, beside in PRINTED.items():
        year = document(2024, SHAPES[name], YEAR, CHINESE, AFTER)
        (folder / f"{name}.docx").write_bytes(annual(year, beside, CHINESE))
    home = f"-env:UserInstallation=file://{folder}/home"
    made = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    files = map(str, sorted(folder.glob("*.docx")))
    subprocess.run([*made, *files], check=True, capture_output=True, timeout=300)
    return folder


@pytest.mark.long
@pytest.mark.parametrize("name", PRINTED)
def test_nothing_but_blanks_is_said_of_our_report_as_a_pdf(name: str, printed: Path) -> None:
    paper = read_document(printed / f"{name}.pdf")
    found = as_json(check(paper, 2024, Figures(2024, tuple(map(known, SHAPES[name])))))
    blanks = {"blank-cells"} if PRINTED[name] is None else set()
    assert {one["rule"] for one in found if one["severity"] != "unsure"} == blanks


def test_a_whole_report_saved_as_pdf_reads_as_the_word_file_does(printed: Path) -> None:
    assert as_json(check(read_document(printed / "somebody else's.pdf"), 2025, FIGURES)) == []


def test_of_forty_accounts_a_reader_survives_what_is_said() -> None:
    [_, problems] = sections(2024, SHAPES["lapses, of forty"], YEAR, CHINESE, AFTER)
    assert problems.sentences[2:] == (
        "年内其余38个账号未发生超过两周不更新的情况。",
        "有1个账号数据不全，尚不能判断，待核实。",
    )


def test_the_shapes_differ() -> None:
    said = sorted(
        "".join(part.sentences)
        for accounts in SHAPES.values()
        for part in sections(2024, accounts, YEAR, CHINESE, AFTER)[:1]
    )
    assert sum(a == b for a, b in pairwise(said)) <= 5
