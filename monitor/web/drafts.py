"""Changes that were shown to an admin and wait for a yes, in memory alone: they hold secrets."""

from __future__ import annotations

import secrets
from threading import Lock

from monitor.edits import Change, Draft, Editing

KEPT = 16  # changes that were shown and not answered yet


class Drafts:
    """Keeps what was shown. Safe to use from several threads."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._lock, self._writing = Lock(), Lock()
        self._kept: dict[str, Draft] = {}

    def shown(self, change: Change) -> tuple[Draft, str]:
        """Return what *change* would come to, and the key to it: "" where it would not do, or
        nothing would change."""
        draft = self._editing.draft(change)
        if draft.complaints or not draft.lines:
            return draft, ""
        key = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[key] = draft
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return draft, key

    def taken(self, key: str) -> Draft | None:
        """Return what was shown under *key*, once; None where nothing waits under it."""
        with self._lock:
            return self._kept.pop(key, None)

    def write(self, draft: Draft) -> None:
        """Write *draft*; one at a time. Raises what `Editing.write` raises."""
        with self._writing:
            self._editing.write(draft)
