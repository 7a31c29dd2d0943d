"""Why a text is no TOML: what the parser says, as sentences of the catalogue. Pure.

The parser's reasons never quote a value. What is not listed, of another version of Python, stays
as it says it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.errors import Told

if TYPE_CHECKING:
    from alerts.words import Table

AT = re.compile(r"(?P<reason>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of .*)\)")
# By the parser's own words, with what it names in braces.
REASONS: Table = {
    "Cannot declare {what} twice": "the table {what} stands there twice",
    "Cannot redefine namespace {what}": "the table {what} stands there twice",
    "Cannot mutate immutable namespace {what}": "the table {what} stands there already",
    "Cannot overwrite a value": "this key stands in its table twice",
    "Duplicate inline table key {what}": "the key {what} stands in its table twice",
    "Illegal character {what}": "this character cannot stand here, or a quotation mark is missing",
    "Found invalid character {what}": "this character cannot stand here",
    "Unterminated string": "the closing quotation mark is missing",
    "Expected newline or end of document after a statement": "something stands behind the value",
    "Expected '=' after a key in a key/value pair": "an = is missing behind the key",
    "Expected ']' at the end of a table declaration": "a ] is missing",
    "Expected ']]' at the end of an array declaration": "]] is missing",
    "Unclosed array": "a ] is missing, or a comma between values",
    "Unclosed inline table": "a closing brace is missing, or a comma between values",
    "Invalid value": "a value was expected; text stands in quotation marks",
    "Invalid statement": "a key, or a table in [ ], was expected",
    "Invalid initial character for a key part": "a key was expected",
    "Invalid date or datetime": "this date or time does not exist",
    "Unescaped '\\' in a string": "a \\ has to be written as \\\\",
}
WIDE = dict(zip("“”‘’，＝：［］｛｝＃", "\"\"'',=:[]{}#", strict=True))
PATTERNS = [
    (re.compile(re.escape(said).replace(r"\{what\}", "(?P<what>.*)")), sentence)
    for said, sentence in REASONS.items()
]


def broken(error: str, text: str) -> Told:
    """Return what is wrong with *text*, of which the parser says *error*."""
    found = AT.fullmatch(error)
    if found is None:
        return Told("this is no valid TOML: {why}", why=_reason(error))
    if found["line"] is None:
        return Told("at the end: this is no valid TOML: {why}", why=_reason(found["reason"]))
    line, column = int(found["line"]), int(found["column"])
    return Told(
        "line {line}, column {column}: this is no valid TOML: {why}",
        line=line,
        column=column,
        why=_wide(text, line, column) or _reason(found["reason"]),
    )


def _reason(said: str) -> str:
    for pattern, sentence in PATTERNS:
        if found := pattern.fullmatch(said):
            return Told.of(sentence, **{k: _named(what) for k, what in found.groupdict().items()})
    return said


def _named(what: str) -> str:
    """A table's name as it stands in the file, of the parts that the parser lists."""
    return ".".join(re.findall(r"'([^']*)'", what)) or what


def _wide(text: str, line: int, column: int) -> str | None:
    """What to type instead, where a mark of Chinese typing stands at the place."""
    char = text.split("\n")[line - 1][column - 1 : column]
    if char not in WIDE:
        return None
    return Told("{wide} is a Chinese mark; type {plain} instead", wide=char, plain=WIDE[char])
