"""In which order the schemas of ECMA-376 (transitional) want the children of each element.

For the elements that our Word files and workbooks write; a name of a child stands for any number
of it. Word and Excel call a file damaged whose order is another. Where a schema lets children
come in any order, they are one step: names joined by |.
"""

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
D = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"

_RUN_PROPERTIES = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd "
    "fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
)
_PARAGRAPH_PROPERTIES = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
    "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
    "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
    "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr "
    "sectPr pPrChange"
)
_WORD = {
    "document": "background body",
    "body": "p|tbl sectPr",
    "ftr": "p|tbl",
    "p": "pPr r|bookmarkStart|bookmarkEnd|hyperlink",
    "r": "rPr t|br|tab|fldChar|instrText",
    "pPr": _PARAGRAPH_PROPERTIES,
    "rPr": _RUN_PROPERTIES,
    "tbl": "tblPr tblGrid tr",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize "
    "tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook "
    "tblCaption tblDescription",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "tblGrid": "gridCol",
    "tr": "tblPrEx trPr tc",
    "trPr": "cnfStyle|divId|gridBefore|gridAfter|wBefore|wAfter|cantSplit|trHeight|tblHeader|"
    "tblCellSpacing|jc|hidden",
    "tc": "tcPr p|tbl",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection "
    "tcFitText vAlign hideMark",
    "sectPr": "headerReference|footerReference footnotePr endnotePr type pgSz pgMar paperSrc "
    "pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi "
    "rtlGutter docGrid printerSettings",
    "styles": "docDefaults latentStyles style",
    "docDefaults": "rPrDefault pPrDefault",
    "rPrDefault": "rPr",
    "latentStyles": "lsdException",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden "
    "unhideWhenUsed qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr "
    "tcPr tblStylePr",
    "settings": "zoom evenAndOddHeaders characterSpacingControl compat themeFontLang",
    "compat": "useFELayout compatSetting",
    "fonts": "font",
    "font": "altName panose1 charset family notTrueType pitch sig",
}
_BOOK = {
    "workbook": "fileVersion workbookPr bookViews sheets definedNames calcPr",
    "bookViews": "workbookView",
    "sheets": "sheet",
    "definedNames": "definedName",
    "sst": "si",
    "si": "t r",
    "styleSheet": "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles "
    "colors extLst",
    "numFmts": "numFmt",
    "fonts": "font",
    "font": "b i strike condense extend outline shadow u vertAlign sz color name family charset "
    "scheme",
    "fills": "fill",
    "fill": "patternFill",
    "patternFill": "fgColor bgColor",
    "borders": "border",
    "border": "left right top bottom diagonal",
    **dict.fromkeys(("left", "right", "top", "bottom"), "color"),
    "cellStyleXfs": "xf",
    "cellXfs": "xf",
    "xf": "alignment protection",
    "cellStyles": "cellStyle",
    "worksheet": "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr "
    "sheetProtection protectedRanges scenarios autoFilter sortState dataConsolidate "
    "customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks "
    "printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties "
    "cellWatches ignoredErrors smartTags drawing legacyDrawing tableParts extLst",
    "sheetPr": "tabColor outlinePr pageSetUpPr",
    "sheetViews": "sheetView",
    "sheetView": "pane selection",
    "cols": "col",
    "sheetData": "row",
    "row": "c",
    "c": "f v is",
    "mergeCells": "mergeCell",
    "hyperlinks": "hyperlink",
}
_CHART = {
    "chartSpace": "date1904 lang roundedCorners style clrMapOvr protection chart spPr txPr "
    "externalData printSettings userShapes",
    "chart": "title autoTitleDeleted pivotFmts view3D floor sideWall backWall plotArea legend "
    "plotVisOnly dispBlanksAs",
    "title": "tx layout overlay spPr txPr",
    "tx": "strRef rich v",
    "rich": "bodyPr lstStyle p",
    "txPr": "bodyPr lstStyle p",
    "strRef": "f strCache",
    "numRef": "f numCache",
    "multiLvlStrRef": "f multiLvlStrCache",
    "multiLvlStrCache": "ptCount lvl",
    "lvl": "pt",
    "strCache": "ptCount pt",
    "numCache": "formatCode ptCount pt",
    "pt": "v",
    "plotArea": "layout barChart catAx|valAx dTable spPr",
    "barChart": "barDir grouping varyColors ser dLbls gapWidth overlap serLines axId",
    "ser": "idx order tx spPr invertIfNegative pictureOptions dPt dLbls trendline errBars cat val "
    "shape",
    "dLbls": "dLbl numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName "
    "showPercent showBubbleSize separator showLeaderLines",
    "cat": "strRef numRef multiLvlStrRef",
    "val": "numRef",
    "catAx": "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark "
    "minorTickMark tickLblPos spPr txPr crossAx crosses auto lblAlgn lblOffset noMultiLvlLbl",
    "valAx": "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark "
    "minorTickMark tickLblPos spPr txPr crossAx crosses crossBetween majorUnit minorUnit",
    "scaling": "logBase orientation max min",
    "majorGridlines": "spPr",
    "spPr": "xfrm prstGeom noFill solidFill ln",
    "legend": "legendPos legendEntry layout overlay spPr txPr",
    "printSettings": "headerFooter pageMargins pageSetup",
}
_DRAWN = {
    "wsDr": "twoCellAnchor",
    "twoCellAnchor": "from to graphicFrame clientData",
    "from": "col colOff row rowOff",
    "to": "col colOff row rowOff",
    "graphicFrame": "nvGraphicFramePr xfrm graphic",
    "nvGraphicFramePr": "cNvPr cNvGraphicFramePr",
    "xfrm": "off ext",
    "cNvGraphicFramePr": "graphicFrameLocks",
}
_TEXT = {
    "p": "pPr r endParaRPr",
    "pPr": "defRPr",
    "r": "rPr t",
    "ln": "noFill solidFill prstDash",
    "solidFill": "srgbClr",
    "graphic": "graphicData",
    "graphicData": "chart",
    "xfrm": "off ext",
}

Steps = tuple[frozenset[str], ...]
CHILDREN: dict[tuple[str, str], Steps] = {
    (space, parent): tuple(frozenset(step.split("|")) for step in said.split())
    for space, known in ((W, _WORD), (S, _BOOK), (C, _CHART), (D, _DRAWN), (A, _TEXT))
    for parent, said in known.items()
}


def out_of_order(space: str, parent: str, children: list[str]) -> str:
    """Return what is wrong with *children* of *parent* in *space*; nothing if they may be so."""
    steps = CHILDREN.get((space, parent))
    if steps is None:
        return f"{parent} is not in the table"
    places = [next((n for n, step in enumerate(steps) if c in step), -1) for c in children]
    if -1 in places:
        return f"{children[places.index(-1)]} is no child of {parent}"
    return "" if places == sorted(places) else f"{parent} has {' '.join(children)}"
