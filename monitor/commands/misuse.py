"""What is wrong with how a command was called, said as everything else is: the library that takes
the command line apart words it in English alone."""

from __future__ import annotations

import re

from alerts.words import Table
from monitor.errors import Told

# The library's own sentences, by what each is about; the first that fits counts.
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "meant_option",
        re.compile(r"No such option: (?P<name>.*) \(Possible options: (?P<near>.*)\)"),
    ),
    ("option", re.compile(r"No such option: (?P<name>.*)")),
    ("meant", re.compile(r"No such command '(?P<name>.*)'\. Did you mean '(?P<near>.*)'\?")),
    ("command", re.compile(r"No such command '(?P<name>.*)'")),
    ("bare", re.compile(r"Option '(?P<name>.*)' requires an argument")),
    ("flag", re.compile(r"Option '(?P<name>.*)' does not take a value")),
    ("missing", re.compile(r"Missing (?:argument|option|parameter) '(?P<name>[^']*)'.*")),
    ("more", re.compile(r"Got unexpected extra argument\(s\) \((?P<name>.*)\)")),
)
SENTENCES: Table = {
    "meant_option": "there is no option {name}; did you mean {near}?",
    "option": "there is no option {name}",
    "meant": 'there is no command "{name}"; did you mean "{near}"?',
    "command": 'there is no command "{name}"',
    "bare": "{name} needs a value",
    "flag": "{name} takes no value",
    "missing": "{name} is missing",
    "more": "there is more than it takes: {name}",
}
VALUE = re.compile(r"Invalid value for '(?P<name>[^']*)': (?P<why>.*)")
VALUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r".*valid integer.*")),
    ("most", re.compile(r".*less than or equal to (?P<n>\d+)")),
    ("least", re.compile(r".*greater than or equal to (?P<n>\d+)")),
    ("choice", re.compile(r"(?:Value error, )?'(?P<found>.*)' is not one of (?P<choices>.*)")),
)
EXPECTED: Table = {
    "number": "a whole number was expected",
    "most": "at most {n} was expected",
    "least": "at least {n} was expected",
    "choice": '"{found}" is none of {choices}',
}


def misuse(reason: str) -> str:
    """Return what the library says is wrong, its sentence *reason*, as one of the catalogue's; one
    that is not known as it is."""
    value = VALUE.fullmatch(reason)
    if value is None:
        return _told(reason, SHAPES, SENTENCES)
    return Told("{name}: {why}", name=value["name"], why=_told(value["why"], VALUES, EXPECTED))


def _told(reason: str, shapes: tuple[tuple[str, re.Pattern[str]], ...], sentences: Table) -> str:
    for code, shape in shapes:
        if (found := shape.fullmatch(reason)) is not None:
            return Told.of(sentences[code], **found.groupdict())
    return reason
