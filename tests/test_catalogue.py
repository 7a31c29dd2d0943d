"""Every sentence the code says has one Chinese translation, and no translation is left over."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CHINESE = ROOT / "alerts" / "locale" / "zh_CN" / "LC_MESSAGES"
# Findings carry their sentences as values; tests/reports/check/test_words.py holds these.
HELD_ELSEWHERE = {"check.po"}
SPEAKERS = {"words", "_words"}  # what the catalogue is called where it is used
ERRORS = {"UsageError", "StoreError", "SettingsError", "ImportFileError", "Line"}
# Lines of other things: a place in a file, a row of a comparison.
OTHER_LINES = {"monitor/settings/documents.py", "monitor/ledger/reconcile.py"}
PLACEHOLDER = re.compile(r"\{[^{}]*\}")

Where = str
Sentence = tuple[str, str | None]  # message id, and its plural if it has one
Code = tuple[dict[Sentence, Where], list[Where]]  # what it says, and where that cannot be told
Said = list[tuple[Sentence, Message, str]]  # with the translation, and its catalogue's name


def is_words(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in SPEAKERS
    return False


def constants(node: ast.expr, loops: dict[str, list[ast.expr]]) -> list[str] | None:
    """The strings *node* may be, or None if that cannot be told by reading."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            both = [constants(one, loops), constants(other, loops)]
            return [*both[0], *both[1]] if both[0] is not None and both[1] is not None else None
        case ast.Name(id=name) if name in loops:
            found = [constants(element, {}) for element in loops[name]]
            return [text for texts in found for text in texts or ()]
    return None


def loops_of(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """Names bound by `for name in (a, b, …)`, with what they are bound to in turn."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.For(target=ast.Name(id=name), iter=ast.Tuple(elts=elements)):
                found.setdefault(name, []).extend(elements)
    return found


def tables_of(tree: ast.Module) -> Iterator[str]:
    """The sentences of tables: `NAME: Table = {key: sentence, …}`."""
    for node in tree.body:
        match node:
            case ast.AnnAssign(annotation=ast.Name(id="Table"), value=ast.Dict(values=values)):
                yield from (str(v.value) for v in values if isinstance(v, ast.Constant))


def spoken(tree: ast.Module, of_words: bool) -> Iterator[tuple[int, list[str] | None, bool]]:
    """Each call of `text` or `plural`, and each `Told`, which is said by another: its line, the
    sentences it may say, whether a plural."""
    loops = loops_of(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Told"), args=[sentence]):
                yield node.lineno, constants(sentence, loops), False
            case ast.Call(func=ast.Attribute(value=who, attr="text" | "plural" as how), args=args):
                own = of_words and isinstance(who, ast.Name) and who.id == "self"
                if own or is_words(who):
                    said = args[:2] if how == "plural" else args[:1]
                    texts = [constants(a, loops) for a in said]
                    flat = None if None in texts else [t for ts in texts for t in ts or ()]
                    yield node.lineno, flat, how == "plural"


@cache
def modules() -> Sequence[tuple[str, ast.Module]]:
    paths = [p for package in ("monitor", "alerts") for p in sorted((ROOT / package).rglob("*.py"))]
    return [(p.relative_to(ROOT).as_posix(), ast.parse(p.read_text("utf-8"))) for p in paths]


def used() -> Code:
    """Every sentence the code says, with a place; and places where one cannot be told."""
    found: dict[Sentence, Where] = {}
    unknown = []
    for name, tree in modules():
        for sentence in tables_of(tree):
            found[sentence, None] = name
        for line, texts, plural in spoken(tree, name == "alerts/words.py"):
            where = f"{name}:{line}"
            if texts is None:
                unknown.append(where)
            elif plural:
                found[texts[0], texts[1]] = where
            else:
                found.update({(text, None): where for text in texts})
    return found, unknown


def catalogues() -> Iterator[tuple[str, Catalog]]:
    for path in sorted(CHINESE.glob("*.po")):
        with path.open("rb") as file:
            yield path.name, read_po(file, locale="zh_CN", abort_invalid=True)


def sentence_of(message: Message) -> Sentence:
    if isinstance(message.id, str):
        return message.id, None
    one, many = message.id
    return one, many


def forms(message: Message) -> tuple[str, ...]:
    said = message.string or ""
    return (said,) if isinstance(said, str) else tuple(said)


def translated() -> Said:
    """Every sentence of the catalogues, with its translation and the catalogue's name."""
    return [
        (sentence_of(message), message, name)
        for name, catalogue in catalogues()
        for message in catalogue
        if message.id
    ]


@pytest.fixture(scope="module", name="code")
def code_read_once() -> Code:
    return used()


@pytest.fixture(scope="module", name="said")
def catalogues_read_once() -> Said:
    return translated()


def test_every_sentence_can_be_told_by_reading_the_code(code: Code) -> None:
    # `Words` itself looks a table's sentence up by its key.
    assert [w for w in code[1] if not w.startswith("alerts/words.py:")] == []


def test_no_sentence_lacks_its_translation(code: Code, said: Said) -> None:
    known = {sentence for sentence, message, _ in said if all(forms(message))}
    assert {s: where for s, where in code[0].items() if s not in known} == {}


def test_no_translation_is_left_over(code: Code, said: Said) -> None:
    left = [(name, s) for s, _, name in said if s not in code[0]]
    assert [one for one in left if one[0] not in HELD_ELSEWHERE] == []


def test_no_sentence_is_translated_twice(said: Said) -> None:
    counted = Counter(sentence[0] for sentence, _, _ in said)
    assert [sentence for sentence, times in counted.items() if times > 1] == []


def test_no_translation_is_empty_or_uncertain(said: Said) -> None:
    assert [s for s, message, _ in said if message.fuzzy or not all(forms(message))] == []


def placeholders(form: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(form))


def test_a_translation_has_the_placeholders_of_its_sentence(said: Said) -> None:
    wrong = {
        sentence: forms(message)
        for sentence, message, _ in said
        if any(placeholders(f) != placeholders(sentence[1] or sentence[0]) for f in forms(message))
    }
    assert wrong == {}


def sentence(node: ast.expr) -> bool:
    """Whether *node* is a sentence in itself, which no catalogue knows."""
    match node:
        case ast.Constant(value=str(text)):
            return any(c.isalpha() for c in text)
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.BoolOp(values=parts):
            return any(sentence(part) for part in parts)
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            return sentence(one) or sentence(other)
        case ast.ListComp(elt=one):
            return sentence(one)
    return False


def test_no_error_of_ours_speaks_beside_the_catalogue() -> None:
    bare = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in ERRORS and any(map(sentence, node.args)) and name not in OTHER_LINES
    ]
    assert bare == []
