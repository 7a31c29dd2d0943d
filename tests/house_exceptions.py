"""What does not keep the rules of the house yet, word for word as its tests tell it.

The lists only shrink: what is mended has to leave them.
"""

from collections.abc import Sequence

MISSING: list[str] = []
ORDER: list[str] = [
    "alerts/channels/http.py imports requests outside its home",
    "alerts/channels/http.py imports urllib3 outside its home",
    "alerts/common/deadline.py imports alerts.message, which does not stand below",
    "monitor/sources/http.py imports requests outside its home",
    "monitor/sources/http.py imports urllib3 outside its home",
]
UNUSED: list[str] = [
    "requests in alerts/common/http.py",
    "urllib3 in alerts/common/http.py",
]
SIZES: list[str] = [
    "monitor/desk/accounts.py: the file is too long",
    "monitor/desk/accounts.py: Desk is too long",
    "monitor/desk/answers.py: Counter is too long",
    "monitor/desk/chat.py: Conversation is too long",
    "monitor/desk/custody.py: CustodyDesk is too long",
    "alerts/channels/telegram_updates.py: Hearing is too long",
]
SILENT: list[str] = [
    "monitor/desk/__init__.py",
    "monitor/reports/__init__.py",
    "monitor/polling/__init__.py",
    "monitor/sources/__init__.py",
    "alerts/channels/__init__.py",
    "alerts/common/__init__.py",
]
DEAD: list[str] = [
    "alerts/channels/base.py: variable 'Channels'",
    "alerts/rules/calendar.py: method 'day_number'",
    "monitor/imports/calendar_file.py: function 'calendar_tables'",
    "monitor/sources/kind.py: variable 'expects'",
    "monitor/store/base.py: method 'backup_to'",
    "monitor/store/sql.py: method 'backup_to'",
]
TWICE: list[str] = [
    "monitor/reports/check/rules/identities.py: _applicants and "
    "monitor/reports/check/rules/identities.py: _proceedings",
    "monitor/reports/office/year_account.py: _date and monitor/sources/weibo.py: _real",
    "monitor/sources/http.py: _Deadline.watch and alerts/common/deadline.py: Deadline.watch",
    "monitor/sources/http.py: _causes and alerts/channels/http.py: _causes",
]


def changed(found: Sequence[str], expected: Sequence[str]) -> list[str]:
    """Return what was *found* and not *expected*, and what was expected and not found."""
    new = [f"new: {line}" for line in found if line not in expected]
    return new + [f"mended, so take it off the list: {e}" for e in expected if e not in found]


def expect(found: Sequence[str], expected: Sequence[str]) -> None:
    """Fail, naming every difference, unless *found* is what was *expected*."""
    differences = changed(found, expected)
    assert not differences, "\n".join(["", *differences])
