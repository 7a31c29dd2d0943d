"""The offices, for the tests of this folder."""

from tests.web.fixtures import busy, busy_file, office, shown, told_file, url

__all__ = ["busy", "busy_file", "office", "shown", "told_file", "url"]
