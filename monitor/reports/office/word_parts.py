"""What a .docx holds beside its text: the parts of python-docx's template, made ours. Edge.

Of the template stay the styles that are used, the theme, and the settings that matter.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.document import Document
from docx.opc.part import Part
from docx.opc.rel import _Relationship
from docx.oxml.ns import nsdecls, qn

# As python-docx's template calls the styles in its file.
KEPT = {
    "Normal",
    "Default Paragraph Font",
    "Normal Table",
    "No List",
    "footer",
    "Title",
    "heading 1",
    "heading 2",
    "Body Text",
}
UNUSED = ("/stylesWithEffects", "/customXml", "/numbering", "/webSettings", "/thumbnail")
SETTINGS = {
    qn(f"w:{name}")
    for name in ("zoom", "evenAndOddHeaders", "characterSpacingControl", "compat", "themeFontLang")
}
MODE = "15"  # of Word 2013 and later; an older one opens the file as "compatible"
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
ABOUT = (
    f"{HEADER}<Properties "
    'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Account Freshness Monitor</Application></Properties>"
)
_ZIPPED_AT = (1980, 1, 1, 0, 0, 0)  # one content, one file: when it was packed is no part of it


def emptied(word: Document) -> None:
    """Take away what the template has and we do not use."""
    styles = word.styles.element
    for style in list(styles.style_lst):
        if style.name_val not in KEPT:
            styles.remove(style)
    for rels in (word.part.rels, word.part.package.rels):
        for number, rel in list(rels.items()):
            if rel.reltype.endswith(UNUSED):
                rels.pop(number)
    _fewer_settings(word)
    _part(word.part.package.rels, "/extended-properties")._blob = ABOUT.encode()


def described(word: Document, title: str, author: str, made_at: datetime) -> None:
    """Say in the file what it is called, whose it is, and when it was made."""
    about = word.core_properties
    about.title, about.author, about.last_modified_by, about.comments = title, author, author, ""
    about.created = about.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    about.language = "zh-CN"


def second_names(word: Document, names: Mapping[str, str]) -> None:
    """Declare which font is the same under another name."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{second}"/><w:charset w:val="86"/></w:font>'
        for name, second in names.items()
    )
    found = f"{HEADER}<w:fonts {nsdecls('w')}>{fonts}</w:fonts>"
    _part(word.part.rels, "/fontTable")._blob = found.encode()


def packed(word: Document) -> bytes:
    """Return the .docx file: the same bytes of the same document, whenever it is packed."""
    loose, tight = io.BytesIO(), io.BytesIO()
    word.save(loose)
    with ZipFile(loose) as given, ZipFile(tight, "w") as made:
        for name in given.namelist():
            made.writestr(ZipInfo(name, _ZIPPED_AT), given.read(name), ZIP_DEFLATED)
    return tight.getvalue()


def _fewer_settings(word: Document) -> None:
    settings = word.settings.element
    for child in list(settings):
        if child.tag not in SETTINGS:
            settings.remove(child)
    zoom = settings.find(qn("w:zoom"))
    zoom.attrib.clear()
    zoom.set(qn("w:percent"), "100")
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")
    for one in settings.iter(qn("w:compatSetting")):
        if one.get(qn("w:name")) == "compatibilityMode":
            one.set(qn("w:val"), MODE)


def _part(rels: Mapping[str, _Relationship], kind: str) -> Part:
    return next(rel.target_part for rel in rels.values() if rel.reltype.endswith(kind))
