"""The tables. Migrations make them; a test holds both to be the same.

Registry (what is configured), reading (sources, readings, posts with one sighting a source),
notifying (alerts, notices, deliveries), the imports that can be taken back, what platforms count,
yearly figures, and keeping (who holds an account, handovers, recorded dates of the roster,
summaries of shifts).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
    true,
)

from alerts.model import Event, Kind, NoticeState, Reason
from monitor.model import AccountState, Dating, Outcome, PostKind, Pulse
from monitor.store.types import (
    Choice,
    CompactDay,
    CompactInstant,
    DetailText,
    Digest,
    OccasionText,
    PlainText,
    UtcDateTime,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# Which posts a year's figures are in doubt about, or count by themselves; those that are dated by
# more than an hour, as either database says it.
UNDATED, DELETED = text("dating = 'unknown'"), text("deleted_at IS NOT NULL")
NAMELESS = text("key >= 'title:' AND key < 'title;'")
OPEN = {
    "sqlite": text("published_until - published_at > 3600000000"),
    "postgresql": text("published_until - published_at > interval '1 hour'"),
}

accounts = Table(
    "accounts",
    metadata,
    Column("id", PlainText, primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("platform", PlainText, nullable=False),
    Column("organisation", PlainText),
    Column("state", Choice(AccountState), nullable=False),
    Column("count_reposts", Boolean, nullable=False),
    Column("configured", Boolean, nullable=False),
    Column("watched_since", UtcDateTime, nullable=False),
    # Since when it has been missing from the configuration without being closed there.
    Column("missing_since", UtcDateTime),
    Column("dropped_at", UtcDateTime),
    Column("dropped_by", PlainText),
    # Few are: looking for them must not mean going through every account.
    Index(
        "ix_accounts_missing",
        "missing_since",
        sqlite_where=text("missing_since IS NOT NULL"),
        postgresql_where=text("missing_since IS NOT NULL"),
    ),
)

# How each account stood when it was last judged, and when that is over: what is not due is not
# looked at. `due_at` in the year 1970: something of it was stored since.
standings = Table(
    "standings",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    # How often something of it was stored: what changes while it is judged is judged again.
    Column("changes", Integer, nullable=False, server_default="0"),
    Column("verdict", PlainText),
    Column("reason", PlainText),
    Column("rung", Integer),
    Column("since", UtcDateTime),
    Column("breach_at", UtcDateTime),
    Column("changes_at", UtcDateTime),
    Column("weak", Boolean),
    # Until when what is shown of it holds, if nothing of it is stored.
    Column("holds_until", UtcDateTime, nullable=False),
    Index(None, "due_at"),
    Index(None, "holds_until"),
    # What gateways are judged by.
    Index(
        "ix_standings_blind",
        "account",
        sqlite_where=text("verdict = 'blind'"),
        postgresql_where=text("verdict = 'blind'"),
    ),
)

# What readers see of each account that is watched: what it is sorted and found by, and all of it.
shown_accounts = Table(
    "shown_accounts",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    # The place of its look among all, the most urgent first.
    Column("urgency", Integer, nullable=False),
    Column("breach_at", UtcDateTime, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("platform", PlainText, nullable=False),
    Column("searched", PlainText, nullable=False),
    Column("read_at", UtcDateTime),
    Column("said", PlainText, nullable=False),
    Index(None, "urgency", "breach_at", "account"),
    Index(None, "urgency", "platform"),
    Index(None, "name", "account"),
    Index(None, "read_at"),
)

policies = Table(
    "policies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", PlainText, ForeignKey("accounts.id"), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("policy", PlainText, nullable=False),
    Index(None, "account"),
    sqlite_autoincrement=True,
)

gateways = Table(
    "gateways",
    metadata,
    Column("id", PlainText, primary_key=True),
    Column("kind", PlainText, nullable=False),
    Column("configured", Boolean, nullable=False),
    Column("healthy", Boolean, nullable=False),
    Column("failing_since", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("last_tried_at", UtcDateTime),
    Column("last_pulse_at", UtcDateTime),
    Column("last_outcome", Choice(Outcome)),
    Column("last_detail", DetailText, nullable=False),
    Column("not_before", UtcDateTime),
    Column("ends_at", UtcDateTime),
    Column("well_since", UtcDateTime),
    # JSON: lists of lines, of what is known of each canary, and of each family of routes.
    Column("warnings", PlainText, nullable=False, server_default="[]"),
    Column("canaries", PlainText, nullable=False, server_default="[]"),
    Column("families", PlainText, nullable=False, server_default="[]"),
    # The asking for what past days had.
    Column("days_not_before", UtcDateTime),
    Column("days_refusal", PlainText, nullable=False, server_default=""),
)

sources = Table(
    "sources",
    metadata,
    Column("id", PlainText, primary_key=True),
    Column("account", PlainText, ForeignKey("accounts.id"), nullable=False),
    Column("gateway", PlainText, nullable=False),
    Column("locator", PlainText, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("configured", Boolean, nullable=False),
    # Whether it is to be read: configured, and its account not closed.
    Column("watched", Boolean, nullable=False),
    Column("next_read_at", UtcDateTime),
    Column("last_tried_at", UtcDateTime),
    Column("last_outcome", Choice(Outcome)),
    Column("last_detail", DetailText, nullable=False),
    Column("last_good_at", UtcDateTime),
    Column("full_as_of", UtcDateTime),
    Column("weak_as_of", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("unconditional_at", UtcDateTime),
    Column("memory", PlainText, nullable=False),
    Column("decisive_at", UtcDateTime),
    # When the next reading was planned.
    Column("planned_at", UtcDateTime),
    # By which readings and posts name it.
    Column("number", Integer, nullable=False, server_default="0"),
    Index(None, "account"),
    Index(None, "gateway"),
    Index(None, "number", unique=True),
    Index(None, "next_read_at"),
    Index(None, "planned_at"),
    # Nothing is read by a clock that is right: whether one was ahead is asked all the time.
    Index(None, "last_tried_at"),
)

# Requests made through a gateway that has a quota, by local day: a day that begins has none.
spending = Table(
    "spending",
    metadata,
    Column("gateway", PlainText, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("requests", Integer, nullable=False),
)

# Account and gateway are those of the source. The key is the table: there are millions of rows.
# Who asks by SQL finds them legible in the view `readings`, of which the program knows nothing.
readings = Table(
    "reading_rows",
    metadata,
    Column("source", Integer, ForeignKey("sources.number"), primary_key=True, autoincrement=False),
    Column("started_at", CompactInstant, primary_key=True),
    Column("outcome", Choice(Outcome), nullable=False),
    Column("as_of", CompactInstant),
    Column("pulse", Choice(Pulse), nullable=False),
    Column("unconditional", Boolean, nullable=False),
    Column("status", Integer),
    Column("detail", DetailText, nullable=False),
    Column("items", Integer, nullable=False),
    Column("fresh", Integer, nullable=False),
    Column("covers_from", CompactInstant),
    Column("gap_from", CompactInstant),
    Column("unseen", Integer, nullable=False, server_default="0"),
    Column("risen_at", CompactInstant),
    # What the account is called, where that was new at this reading.
    Column("title", PlainText),
    # Of one that stands for others before it: since when, how many, and how they ended.
    Column("first_at", CompactInstant),
    Column("tried", Integer),
    Column("longest_pause", Integer),
    Column("outcomes", PlainText),
    # Gaps are rare; looking for them must not mean going through every reading.
    Index(
        "ix_reading_rows_gap_from",
        "gap_from",
        sqlite_where=text("gap_from IS NOT NULL"),
        postgresql_where=text("gap_from IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

# What is known of a post follows from its sightings alone. Of one that a single source shows, the
# sighting stands in the same row, what both would say once (`packing.py`); there are no others.
posts = Table(
    "posts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", PlainText, ForeignKey("accounts.id"), nullable=False),
    Column("key", PlainText, nullable=False),
    Column("kind", Choice(PostKind), nullable=False),
    Column("title", PlainText, nullable=False),
    Column("url", PlainText, nullable=False),
    Column("push", PlainText),
    Column("published_at", CompactInstant, nullable=False),
    Column("dating", Choice(Dating), nullable=False),
    Column("first_seen_at", CompactInstant, nullable=False),
    # A source's number; below nought, an import's.
    Column("source", Integer, nullable=False),
    Column("deleted_at", CompactInstant),
    # When the time ends that its date leaves open: that of a minute, or of a local day.
    Column("published_until", CompactInstant),
    # JSON: everything besides its key by which it was ever found.
    Column("marks", PlainText),
    # Its one sighting, as far as that says more; without `last_seen_at` it has rows of its own.
    Column("last_seen_at", CompactInstant),
    Column("on_first_reading", Boolean),
    Column("said", Digest),
    Column("stated_at", CompactInstant),
    # Where it is another instant than `first_seen_at`.
    Column("stated_first_at", CompactInstant),
    Column("stated_until", CompactInstant),
    Column("unseen_at", CompactInstant),
    # The key comes first: a batch looks up thousands of keys of a hundred accounts.
    UniqueConstraint("key", "account"),
    Index(None, "account", "published_at"),
    Index(None, "published_at"),
    # What an import showed is looked for only when it is taken back.
    Index(
        "ix_posts_imported",
        "source",
        sqlite_where=text("source < 0"),
        postgresql_where=text("source < 0"),
    ),
    # What a year's figures are in doubt about is rare: nobody goes through every post for it.
    *(
        Index(name, "account", "published_at", sqlite_where=which, postgresql_where=which)
        for name, which in (
            ("ix_posts_undated", UNDATED),
            ("ix_posts_deleted", DELETED),
            ("ix_posts_nameless", NAMELESS),
        )
    ),
    Index(
        "ix_posts_open",
        *("account", "published_at", "published_until"),
        sqlite_where=OPEN["sqlite"],
        postgresql_where=OPEN["postgresql"],
    ),
    sqlite_autoincrement=True,
)

# Where posts are that bear a mark, but for their keys, by its digest (`merging.digest_of`). What
# leads to two posts of an account is no key.
marks = Table(
    "marks",
    metadata,
    Column("digest", BigInteger, primary_key=True, autoincrement=False),
    # No foreign key: without an index of its own it could not be looked after.
    Column("post", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Of a post that several sources show; kind, title and link only where they are others than its own.
sightings = Table(
    "sightings",
    metadata,
    Column("post", Integer, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    # As in `posts`.
    Column("source", Integer, primary_key=True, autoincrement=False),
    Column("kind", Choice(PostKind)),
    Column("title", PlainText),
    Column("url", PlainText),
    Column("push", PlainText),
    Column("stated_at", CompactInstant),
    Column("stated_first_at", CompactInstant),
    Column("first_seen_at", CompactInstant, nullable=False),
    Column("last_seen_at", CompactInstant, nullable=False),
    Column("on_first_reading", Boolean, nullable=False),
    # A digest of the last reading: one comparison shows that a new one says nothing new.
    Column("said", Digest, nullable=False),
    Column("deleted_at", CompactInstant),
    Column("stated_until", CompactInstant),
    # The last good reading that did not show what has no date.
    Column("unseen_at", CompactInstant),
    Index(
        "ix_sightings_imported",
        "source",
        sqlite_where=text("source < 0"),
        postgresql_where=text("source < 0"),
    ),
    sqlite_with_rowid=False,
)

# How many posts of each kind an account has on a day of Beijing's calendar, but for those without a
# date: kept with the posts (`counting.py`), so that a period is counted without reading them.
post_days = Table(
    "post_days",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("day", CompactDay, primary_key=True),
    Column("kind", Choice(PostKind), primary_key=True),
    Column("posts", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# How many articles of each push an account has on a day, but for those without a date or a push:
# kept with the posts (`articles.py`), so that pushes are counted without reading them.
push_days = Table(
    "push_days",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("day", CompactDay, primary_key=True),
    Column("push", PlainText, primary_key=True),
    Column("posts", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The days on which an account has articles of one title under two keys.
doubled_days = Table(
    "doubled_days",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("day", CompactDay, primary_key=True),
    sqlite_with_rowid=False,
)

# Which stretches of time the good readings of a source cover, with a weak pulse and without: kept
# with the readings (`covering.py`). `read_at`: when the last of them was made.
stretches = Table(
    "stretches",
    metadata,
    Column("source", Integer, ForeignKey("sources.number"), primary_key=True, autoincrement=False),
    Column("weak", Boolean, primary_key=True),
    Column("since", CompactInstant, primary_key=True),
    Column("until", CompactInstant, nullable=False),
    Column("read_at", CompactInstant, nullable=False),
    sqlite_with_rowid=False,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Choice(Kind), nullable=False),
    Column("subject", PlainText, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("rung", Integer),
    Column("told", PlainText, nullable=False),
    Column("called_at", UtcDateTime),
    Column("acknowledged_by", PlainText),
    Column("acknowledged_at", UtcDateTime),
    Column("promised_by", PlainText),
    Column("promised_at", UtcDateTime),
    Column("promised_until", UtcDateTime),
    Column("promise_scheduled", Boolean),
    Column("resolved_at", UtcDateTime),
    Column("resolution", Choice(Reason)),
    Index(None, "subject"),
    Index(
        "uq_alerts_open",
        "subject",
        "kind",
        unique=True,
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", PlainText, nullable=False),
    # No foreign key: 0 is a notice that belongs to no alert, such as a summary.
    Column("alert", Integer, nullable=False),
    Column("kind", Choice(Kind), nullable=False),
    Column("subject", PlainText, nullable=False),
    Column("occasion", OccasionText, nullable=False),
    Column("reason", Choice(Reason), nullable=False),
    Column("event", Choice(Event), nullable=False),
    Column("rung", Integer),
    Column("person", PlainText, nullable=False),
    Column("channel", PlainText, nullable=False),
    Column("address", PlainText, nullable=False),
    Column("facts", PlainText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("state", Choice(NoticeState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("error", DetailText),
    # When `not_before` was set.
    Column("planned_at", UtcDateTime),
    UniqueConstraint("id"),
    UniqueConstraint("alert", "occasion", "person", "channel"),
    Index(None, "state", "not_before"),
    sqlite_autoincrement=True,
)

# One row an attempt, written when it begins: an attempt without an end was cut off.
deliveries = Table(
    "deliveries",
    metadata,
    Column("notice", PlainText, ForeignKey("notices.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("channel", PlainText, nullable=False),
    Column("address", PlainText, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("state", Choice(NoticeState)),
    Column("error", DetailText),
)

exceptions = Table(
    "exceptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", PlainText, ForeignKey("accounts.id"), nullable=False),
    Column("by", PlainText, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("document", PlainText),
    Index(None, "until"),
    sqlite_autoincrement=True,
)

notes = Table(
    "notes",
    metadata,
    Column("key", PlainText, primary_key=True),
    Column("value", PlainText, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_tick_at", UtcDateTime, nullable=False),
    Column("awake_since", UtcDateTime, nullable=False),
    Column("slept_at", UtcDateTime),
    # When, and from when, the clock was last set back; until it has come past that again.
    Column("back_at", UtcDateTime),
    Column("back_from", UtcDateTime),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("digest", PlainText, nullable=False),
    Column("partial", Boolean, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("new", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("undone_at", UtcDateTime),
    # The time the file was exported for, where somebody said it; wider than its rows.
    Column("covers_from", UtcDateTime),
    Column("covers_until", UtcDateTime),
    Index(None, "digest"),
    sqlite_autoincrement=True,
)

counters = Table(
    "counters",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("provenance", PlainText, primary_key=True),
    Column("followers", Integer),
    Column("posts", Integer),
    # Whether the followers are: a platform that says "145.5万" does not count them one by one.
    Column("exact", Boolean, nullable=False, server_default=true()),
    Index(None, "provenance"),
)

# What a platform's statistics say of a day of Beijing's calendar; a later answer replaces it.
day_counts = Table(
    "day_counts",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("articles", Integer, nullable=False),
    Column("notified", Integer, nullable=False),
    Column("pushes", Integer, nullable=False),
    Column("source", PlainText, nullable=False),
    Column("learned_at", UtcDateTime, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
)

# Frozen figures: written once, never changed. What each rests on is kept beside it, because
# an import may be taken back later.
snapshots = Table(
    "snapshots",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("document", PlainText, nullable=False),
    Column("digest", PlainText, nullable=False),
)

snapshot_evidence = Table(
    "snapshot_evidence",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    # No foreign key: it outlives whatever becomes of the registry.
    Column("account", PlainText, primary_key=True),
    Column("document", PlainText, nullable=False),
)

# What somebody published of a year, to be held against the ledger.
declared = Table(
    "declared",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("figure", PlainText, primary_key=True),
    Column("source", PlainText, primary_key=True),
    Column("value", Integer, nullable=False),
    Column("declared_at", UtcDateTime, nullable=False),
)

# Every stretch of custody; the newest of an account is the one that runs.
custody = Table(
    "custody",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("since", UtcDateTime, primary_key=True),
    Column("person", PlainText, nullable=False),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("by", PlainText, nullable=False),
)

# Whom the configuration named when it was last looked at.
configured_custodians = Table(
    "configured_custodians",
    metadata,
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("person", PlainText, nullable=False),
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("giver", PlainText, nullable=False),
    Column("taker", PlainText, nullable=False),
    Column("due", Date, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("started_by", PlainText, nullable=False),
    Column("giver_accepted_at", UtcDateTime),
    Column("taker_accepted_at", UtcDateTime),
    Column("cancelled_at", UtcDateTime),
    Column("cancelled_by", PlainText),
    sqlite_autoincrement=True,
)

handover_accounts = Table(
    "handover_accounts",
    metadata,
    Column("handover", Integer, ForeignKey("handovers.id"), primary_key=True),
    Column("account", PlainText, ForeignKey("accounts.id"), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("proven_at", UtcDateTime),
)

handover_checks = Table(
    "handover_checks",
    metadata,
    Column("handover", Integer, ForeignKey("handovers.id"), primary_key=True),
    Column("item", PlainText, primary_key=True),
    Column("checked_at", UtcDateTime, nullable=False),
)

# The newest row of a day is the one that counts. Origin: `swap`, or the imported file's name.
duty_days = Table(
    "duty_days",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("duty", PlainText, nullable=False),
    Column("leader", PlainText),
    Column("origin", PlainText, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# Whose take-over on which day has been summed up for them.
shift_sheets = Table(
    "shift_sheets",
    metadata,
    Column("day", Date, primary_key=True),
    Column("person", PlainText, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
)

# Who may log in to the page. Without a password: not yet, or through a proxy alone.
users = Table(
    "users",
    metadata,
    Column("name", PlainText, primary_key=True),
    Column("role", PlainText, nullable=False),
    Column("password", PlainText),
    Column("created_at", UtcDateTime, nullable=False),
)

# What lets a user in, by its digest: a session, or the token of a script.
passes = Table(
    "passes",
    metadata,
    Column("digest", PlainText, primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("scope", PlainText, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)

# Rows that no longer read as they were written: what they held, and where. `noted_at` is when
# judging first took note.
damages = Table(
    "damages",
    metadata,
    Column("id", Integer, primary_key=True),
    # The account, gateway or note that the row was about; empty for none.
    Column("subject", PlainText, nullable=False),
    Column("place", PlainText, nullable=False),
    Column("columns", PlainText, nullable=False),
    Column("found", PlainText, nullable=False),
    Column("noted_at", UtcDateTime),
    Index(None, "noted_at"),
    sqlite_autoincrement=True,
)

# The machines that work on the database: what each last said of itself.
machines = Table(
    "machines",
    metadata,
    Column("id", PlainText, primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("work", PlainText, nullable=False),
    Column("zones", PlainText, nullable=False),
    Column("version", PlainText, nullable=False),
    Column("configuration", PlainText, nullable=False),
    Column("loaded_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("off_seconds", Float, nullable=False),
    Column("idle", PlainText),
)

# What one machine at a time holds, and until when.
leases = Table(
    "leases",
    metadata,
    Column("name", PlainText, primary_key=True),
    Column("machine", PlainText, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# The end of each gateway's last visit, and when the gateway may be asked again.
visits = Table(
    "visits",
    metadata,
    Column("gateway", PlainText, primary_key=True),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    Column("free_at", UtcDateTime, nullable=False),
)
