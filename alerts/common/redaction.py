"""Strikes secrets out of every text that is shown, sent or logged, however they are spelled.

Holds no secret of its own; each channel, each gateway and the log hand in theirs.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterable, Iterator
from html.entities import codepoint2name
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from alerts.told import coded

MASK = "***"
LONGEST_DETAIL = 200
LEAST_PART = 6  # shorter parts of an address are words like "send", not keys
LEAST_BASE64 = 4  # characters that depend on nothing but the secret; fewer are found by chance
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
URL_SAFE = str.maketrans("+/", "-_")
ESCAPE = re.compile(r"[%&\\+]")  # without one of these a text spells nothing in another way
# What an address carries as a key, even one that nobody has named as a secret.
IN_QUERY = re.compile(
    r"""([?&](?:amp;){0,3}(?:key|code|k|token|access_token|secret)=)[^&\s"'<>#]+""", re.I
)


class Redactor:
    """A set of secrets, and the striking out of them. Safe to use from several threads.

    Found are: the secret as it is, quoted for an address or a form (also twice, also in lower
    case), escaped for JSON or HTML, and in base64, alone or inside a longer run of it, which is
    how `user:password` travels.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._named = {str(n): secret for n, secret in enumerate(secrets)}
        self._patterns: _Patterns | None = None
        self._filter = _Filter(self)
        self._loggers: list[logging.Logger] = []

    def hide(self, name: str, secret: str) -> None:
        """Strike out *secret* from now on, in place of the one that had this *name* before."""
        self._named = {**self._named, name: secret}
        self._patterns = None

    def strike(self, text: str) -> str:
        """Return *text* with every secret, and every key in an address, replaced by `***`."""
        patterns = self._patterns
        if patterns is None:
            patterns = self._patterns = _Patterns(self._named.values())
        struck = patterns.struck(text)
        return IN_QUERY.sub(rf"\1{MASK}", struck) if "=" in struck else struck

    def line(self, text: str) -> str:
        """Return *text* without secrets, on one line of at most 200 characters that can be seen;
        with its code, if it carries one."""
        shown = "".join(c if c.isprintable() else " " for c in self.strike(text))
        line = " ".join(shown.split())
        cut = line if len(line) <= LONGEST_DETAIL else line[: LONGEST_DETAIL - 1] + "…"
        return coded(cut, text)

    def hush(self, *loggers: str) -> None:
        """Strike the secrets out of what these libraries log, until `release`.

        Libraries log whole addresses, at DEBUG and, for a malformed answer, at WARNING.
        """
        for name in loggers:
            logger = logging.getLogger(name)
            logger.addFilter(self._filter)
            self._loggers.append(logger)

    def release(self) -> None:
        """Leave the libraries' loggers as they were."""
        for logger in self._loggers:
            logger.removeFilter(self._filter)
        self._loggers.clear()


def keys_of(url: str) -> Iterator[str]:
    """Yield what of *url* may be a secret: itself, its login, query values, long path parts."""
    try:
        parts = urlsplit(url)
        yield url
    except ValueError:
        return
    yield from login_of(url)
    values = [value for _, value in parse_qsl(parts.query)]
    yield from (p for p in [*parts.path.split("/"), *values] if len(p) >= LEAST_PART)


def login_of(url: str) -> Iterator[str]:
    """Yield the user and the password in *url*, each alone and as the pair that is sent."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    user, password = parts.username or "", parts.password or ""
    yield from filter(None, (user, password))
    if user and password:
        yield f"{unquote(user)}:{unquote(password)}"


class _Filter(logging.Filter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        written = record.getMessage()
        struck = self._redactor.strike(written)
        if struck != written:
            record.msg, record.args = struck, ()
        return True


class _Patterns:
    """How some secrets may be spelled. Those with escapes are made only once they are needed:
    most texts have none."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _unquoted(secret) if form}
        self._forms = sorted(forms, key=len, reverse=True)
        self._cores = {core for form in self._forms for core in _base64_cores(form)}
        self._escaped: re.Pattern[str] | None = None

    def struck(self, text: str) -> str:
        if self._forms and ESCAPE.search(text):
            text = self._pattern().sub(MASK, text)
        for form in self._forms:
            text = text.replace(form, MASK)
        for core in self._cores:
            text = _without_runs(text, core)
        return text

    def _pattern(self) -> re.Pattern[str]:
        if self._escaped is None:
            self._escaped = re.compile("|".join("".join(map(_spelled, f)) for f in self._forms))
        return self._escaped


def _without_runs(text: str, core: str) -> str:
    """*text* without the runs of base64 that *core* is part of."""
    while (at := text.find(core)) >= 0:
        before, after = text[:at].rstrip(BASE64), text[at + len(core) :].lstrip(BASE64 + "=")
        text = f"{before}{MASK}{after}"
    return text


def _unquoted(secret: str) -> set[str]:
    return {secret, unquote(secret), unquote_plus(secret)}


def _spelled(char: str) -> str:
    """A pattern for *char* in all its spellings, those that escape first."""
    quoted = "".join(rf"%(?:25){{0,3}}{octet:02x}" for octet in _octets(char))
    units = re.findall("....", char.encode("utf-16-be", "surrogatepass").hex())
    escaped = "".join(rf"\\{{1,8}}u{unit}" for unit in units)
    entities = [rf"#0*{ord(char)}", f"#x0*{ord(char):x}", *_entity_of(char)]
    forms = [f"(?i:{quoted}|{escaped}|&(?:amp;){{0,3}}(?:{'|'.join(entities)});)"]
    forms += [r"\\{1,8}" + re.escape(char)] if char in "\"'\\/" else []
    forms += [r"\+"] if char == " " else []
    return f"(?:{'|'.join([*forms, re.escape(char)])})"


def _entity_of(char: str) -> list[str]:
    name = "apos" if char == "'" else codepoint2name.get(ord(char))
    return [name] if name else []


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _base64_cores(secret: str) -> Iterator[str]:
    """What base64 makes of *secret* at each of the three places in a triple, without the
    characters that also depend on what stands before and after."""
    octets = _octets(secret)
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + octets).decode()
        core = coded[-(-before * 8 // 6) : (before + len(octets)) * 8 // 6]
        if len(core) >= LEAST_BASE64:
            yield from (core, core.translate(URL_SAFE))
