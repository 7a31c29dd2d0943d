"""What commands cost: N accounts with a year of history, each command a process of its own.

    python benchmarks/commands.py [--accounts 5000] [--posts 150] [--json]

Prints processor time, time on the wall and the peak of memory of each command, and each as a
ratio to a limit measured in the same run: what `import sqlalchemy` alone costs, and a plain
SELECT, by `sqlite3`, of the rows that a status is made of. Only ratios travel from one machine
to another. The history is made up, inside the database, and is deleted at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.one_person import PEOPLE

ROOT = Path(__file__).resolve().parent.parent
DAYS = 365
END = "2025-03-04 01:00:00.000000"  # nine o'clock in China: the instant the database lives at
PAST = "2024-09-02T09:00+08:00"
QUIET = 12  # days: how long the accounts of the second history have been silent
RUNS = 3  # of each command; the quickest counts
MONITOR = """
[service]
database = "sqlite:///bench.db"

[policies.default]
limit = "14d"
every_day = true
ladder = [
    {after = "7d", tell = ["custodian"]},
    {after = "12d", tell = ["custodian", "duty"]},
    {after = "14d", tell = ["custodian", "duty", "deputy"]},
]

[gateways.rsshub]
kind = "rsshub"
url = "http://127.0.0.1:9"
"""
ACCOUNT = """
[[accounts]]
id = "a{n}"
name = "账号{n}"
platform = "weibo"
custodian = "zhang"
sources = [{{gateway = "rsshub", locator = "weibo/user/{uid}"}}]
"""

MEMORY = """{"etag": null, "last_modified": null, "body_hash": null, "window": [], "identity": null,
"missing_since": null, "missing_count": 0, "ever_good": true}"""

# The history. Instants are text that sorts by time, but in posts and readings microseconds.
FORMAT = "'%Y-%m-%d %H:%M:%f000'"
MICROSECONDS = "CAST(strftime('%s', {}) AS INTEGER) * 1000000"
HISTORY = f"""
CREATE TEMP TABLE days AS
    WITH RECURSIVE n(day) AS (SELECT 0 UNION ALL SELECT day + 1 FROM n WHERE day < {DAYS})
    SELECT day, strftime({FORMAT}, :end, '-' || day || ' days') AS at FROM n;
CREATE TEMP TABLE said AS
    WITH RECURSIVE n(post) AS (SELECT 0 UNION ALL SELECT post + 1 FROM n WHERE post < :posts - 1)
    SELECT post,
           strftime({FORMAT}, :end, '-' || ((post + 0.5) * {DAYS} / :posts + :quiet) || ' days')
           AS at
    FROM n;
CREATE TEMP TABLE seen AS
    SELECT post, at, strftime({FORMAT}, at, '+2 hours') AS first,
           min(strftime({FORMAT}, at, '+10 days'), :end) AS last FROM said;
UPDATE accounts SET watched_since = strftime({FORMAT}, :end, '-{DAYS + 1} days');
UPDATE policies SET since = strftime({FORMAT}, :end, '-{DAYS + 1} days');
INSERT INTO posts (account, key, kind, title, url, published_at, dating, first_seen_at, source,
                   stated_at, last_seen_at, on_first_reading, said)
    SELECT s.account, s.account || '-' || p.post, 'original', '社区老年食堂本周菜单 ' || p.post,
           'https://weibo.com/' || s.account || '/' || p.post, {MICROSECONDS.format("p.at")},
           'stated', {MICROSECONDS.format("p.first")}, s.number, {MICROSECONDS.format("p.at")},
           {MICROSECONDS.format("p.last")}, 0, x'0123456789abcdef'
    FROM sources s, seen p;
INSERT INTO reading_rows (source, started_at, outcome, as_of, pulse, unconditional, status, detail,
                      items, fresh)
    SELECT s.number, {MICROSECONDS.format("d.at")}, 'ok', {MICROSECONDS.format("d.at")}, 'full',
           1, 200, '10 items', 10, 0
    FROM sources s, days d;
UPDATE sources SET next_read_at = strftime({FORMAT}, :end, '+1 hour'), last_tried_at = :end,
    last_outcome = 'ok', last_detail = '10 items', last_good_at = :end, full_as_of = :end,
    weak_as_of = :end, unconditional_at = :end, memory = :memory;
UPDATE gateways SET healthy = 1, last_tried_at = :end, last_pulse_at = :end, last_outcome = 'ok';
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
INSERT INTO alerts (kind, subject, opened_at, since, rung, told, called_at, resolved_at, resolution)
    SELECT 'silence', a.id, d.at, d.at, 7, '["7"]', d.at, d.at, 'posted'
    FROM accounts a, n JOIN days d ON d.day = n.i * 60;
INSERT INTO notices (id, alert, kind, subject, occasion, reason, event, rung, person, channel,
                     address, facts, created_at, not_before, state, attempts, sent_at)
    SELECT 'n' || id, id, kind, subject, '7', 'rung', 'alert', 7, 'zhang', 'console', '',
           '{{"name": "某局"}}', opened_at, opened_at, 'sent', 1, opened_at FROM alerts;
INSERT INTO notes VALUES ('driven_by', 'tick');
INSERT INTO heartbeats (id, last_tick_at, awake_since)
    VALUES (1, :end, strftime({FORMAT}, :end, '-1 days'));
ANALYZE;
"""
# What a status is made of: every account and source, its newest post, and the year's counts.
PLAIN = """
import sqlite3, sys
found = sqlite3.connect(sys.argv[1])
found.execute("SELECT * FROM accounts").fetchall()
found.execute("SELECT * FROM sources").fetchall()
found.execute('''SELECT p.* FROM accounts a JOIN posts p ON p.id = (SELECT id FROM posts
    WHERE account = a.id ORDER BY published_at DESC LIMIT 1)''').fetchall()
found.execute("SELECT account, kind, count(*) FROM posts GROUP BY account, kind").fetchall()
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process cost: seconds and MB."""

    name: str
    cpu: float
    wall: float
    peak: float


def measured(name: str, arguments: Sequence[str], folder: Path) -> Cost:
    """Return what `python ARGUMENTS` costs at its quickest."""
    return min((_once(name, arguments, folder) for _ in range(RUNS)), key=lambda cost: cost.cpu)


def _once(name: str, arguments: Sequence[str], folder: Path) -> Cost:
    began = time.perf_counter()
    with (folder / "out.txt").open("wb") as out:
        # A child's peak is never below what its parent held: this file imports nothing big.
        child = os.posix_spawn(
            sys.executable,
            [sys.executable, *arguments],
            {**os.environ, "PYTHONPATH": str(ROOT)},
            file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), fd) for fd in (1, 2)],
        )
        _, status, used = os.wait4(child, 0)
    said = (folder / "out.txt").read_bytes()
    if os.waitstatus_to_exitcode(status) not in (0, 1) or b"Traceback" in said:
        raise SystemExit(f"{name}: failed; see {folder / 'out.txt'}")
    wall = time.perf_counter() - began
    return Cost(name, used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def prepared(folder: Path, accounts: int, posts: int, quiet: int) -> Path:
    """Write a configuration and a year of history to *folder*; return the configuration's."""
    config = folder / "config"
    config.mkdir(parents=True)
    (config / "monitor.toml").write_text(MONITOR, encoding="utf-8")
    (config / "people.toml").write_text(PEOPLE, encoding="utf-8")
    texts = [ACCOUNT.format(n=n, uid=1_900_000_000 + n) for n in range(accounts)]
    (config / "accounts.toml").write_text("".join(texts), encoding="utf-8")
    command(config, "duty", "show")  # makes the tables and enters the accounts
    given = {"end": END, "posts": posts, "quiet": quiet, "memory": MEMORY}
    database = sqlite3.connect(folder / "bench.db", isolation_level=None)
    database.execute("BEGIN")
    for statement in HISTORY.split(";\n"):
        if statement.strip():
            database.execute(statement, given)
    database.execute("COMMIT")
    database.close()
    return config


def main() -> None:
    """Make both histories, run the commands and print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--accounts", type=int, default=5000)
    options.add_argument("--posts", type=int, default=150, help="a year, of each account")
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="freshness-bench-") as name:
        folder = Path(name)
        regular = prepared(folder / "regular", asked.accounts, asked.posts, 0)
        silent = prepared(folder / "silent", asked.accounts * 2 // 5, asked.posts, QUIET)
        limits = [
            measured("limit: import sqlalchemy", ["-c", "import sqlalchemy"], folder),
            measured(
                "limit: sqlite3, the rows of a status",
                ["-c", PLAIN, str(folder / "regular" / "bench.db")],
                folder,
            ),
        ]
        costs = [
            command(regular, "--help"),
            command(regular, "status", "--json"),
            command(regular, "status", "--json", "--at", PAST),
            command(regular, "explain", "a7"),
            command(regular, "tick", label="tick, nothing due"),
            opening(silent),
            command(silent, "tick", label="tick, an open alert on each of 2/5 as many"),
        ]
    show(limits, costs, asked.json)


def command(config: Path, *arguments: str, label: str = "") -> Cost:
    """Return what one command costs."""
    whole = ["-m", "monitor", "--config", str(config), *arguments]
    return measured(label or " ".join(arguments), whole, config.parent)


def opening(config: Path) -> Cost:
    """Return what the pass costs that finds every account silent; it can be made only once."""
    whole = ["-m", "monitor", "--config", str(config), "tick"]
    return _once("tick that opens them, and tells", whole, config.parent)


def show(limits: Sequence[Cost], costs: Sequence[Cost], as_json: bool) -> None:
    """Print what was measured, and the ratios to the limits."""
    ratios = {c.name: [round(c.cpu / limit.cpu, 2) for limit in limits] for c in costs}
    if as_json:
        found = {c.name: {"cpu": c.cpu, "wall": c.wall, "peak": c.peak} for c in (*limits, *costs)}
        print(json.dumps({"costs": found, "ratios": ratios}, ensure_ascii=False, indent=2))
        return
    print(f"{'':<46} {'CPU s':>7} {'wall s':>7} {'peak MB':>8} {'× import':>9} {'× SELECT':>9}")
    for cost in (*limits, *costs):
        line = f"{cost.name:<46} {cost.cpu:>7.2f} {cost.wall:>7.2f} {cost.peak:>8.0f}"
        print(line, *(f"{ratio:>9.1f}" for ratio in ratios.get(cost.name, ())))


if __name__ == "__main__":
    main()
