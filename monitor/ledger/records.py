"""What the ledger keeps besides posts: imports, follower counts, statistics, frozen years.

Values only.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.counted import DayCount
from monitor.model import SeenPost

IMPORT = "import:"  # how the source of an imported post begins; the import's number follows
BY_EYE = "by hand:"  # how the key of an update begins that a person saw


@dataclass(frozen=True, slots=True)
class FollowerCount:
    """Followers and posts of one account as counted by the platform at the end of one day.

    *provenance* says where that comes from: `import:<id>`, or the id of the source that was
    read last on that day. *exact*: whether *followers* is.
    """

    account: str
    day: date
    followers: int | None = None
    posts: int | None = None
    provenance: str | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class KnownDay:
    """What the platform's statistics say of one day of an account, asked through *source*.

    *learned_at*: since when they say so; *asked_at*: when they were last asked.
    """

    account: str
    count: DayCount
    source: str
    learned_at: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class ImportedPost:
    """One post row of a console export or of a manual confirmation."""

    account: str
    post: SeenPost


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did, or would do."""

    id: int | None
    new: int
    known: int
    changed: int


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import as it is kept. *partial*: it does not claim to hold every post of its time.

    *covers_from*, *covers_until*: the time the file was exported for, where that was said.
    """

    id: int
    name: str
    imported_at: datetime
    new: int
    known: int
    changed: int
    partial: bool = False
    undone_at: datetime | None = None
    covers_from: datetime | None = None
    covers_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedSpan:
    """What one import holds of an account, and of which time: from *start* to *end*.

    From the first of its dated posts to the last, or as far as the file was exported for. It
    claims to hold every post of that time unless it is *partial*. *dates*: of the posts that it
    lists, by key.
    """

    import_id: int
    name: str
    imported_at: datetime
    start: datetime
    end: datetime
    dates: Mapping[str, datetime | None] = field(default_factory=dict)
    partial: bool = False

    @property
    def keys(self) -> Set[str]:
        """The keys of the posts that it lists."""
        return self.dates.keys()


@dataclass(frozen=True, slots=True)
class Declared:
    """One figure of an account's year that somebody published. *source*: where, in words."""

    account: str
    year: int
    figure: str
    value: int
    source: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Frozen figures of one year. *document* is printed as it is, bit for bit.

    *digest* is of the document. *evidence*, by account id: what the figures rest on; it is
    given when a snapshot is saved and asked for apart.
    """

    year: int
    version: int
    made_at: datetime
    document: str
    digest: str
    evidence: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """From *since* on an account was judged by *policy* (the canonical text given to `sync`)."""

    since: datetime
    policy: str
