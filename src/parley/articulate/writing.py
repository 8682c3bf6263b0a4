"""A document in the forms people work with: Akoma Ntoso, Word, a page, Markdown; the same document, the same bytes.

Numbers are written out as they are printed, so that no program counts them anew. A copy proves nothing.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import escape
from io import BytesIO
from typing import Literal

from parley.articulate.writing_akn import cells_of, write
from parley.document import Document, Provision
from parley.identifiers import Kind

Form = Literal["akn", "docx", "html", "md"]
ENDINGS: dict[Form, str] = {"akn": "akn.xml", "docx": "docx", "html": "html", "md": "md"}
MAX_LEVEL = 6
_WORDED = (Kind.PARAGRAPH, Kind.POINT, Kind.RECITAL, Kind.CHAPEAU, Kind.WRAP_UP, Kind.TABLE)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
# What would open a list, a heading or a rule in Markdown; a number of ours is left as it is, to be one again.
_OPENS = re.compile(r"^([-+=])", re.MULTILINE)


def write_as(document: Document, form: Form) -> bytes:
    """The document in one of these forms, in UTF-8."""
    if form == "akn":
        return write(document)
    if form == "docx":
        return _docx(document)
    return (_page(document) if form == "html" else _markdown(document)).encode("utf-8")


def _pieces(document: Document) -> Iterator[tuple[Provision, int, str, str]]:
    """Each provision with how deep it stands, its heading line, and its words with the number before them."""
    for each in document.provisions:
        depth = len(document.lineage(each.number))
        mark = "" if each.label.endswith(".") else "."
        both = f"{each.label}{mark} {each.heading}" if each.label and each.heading else each.name
        if each.kind is Kind.TABLE:
            yield each, depth, "", each.words
        elif each.kind in _WORDED:
            yield each, depth, both if each.heading else "", each.words if each.heading else _numbered(each)
        else:
            yield each, depth, both, each.words


def _numbered(provision: Provision) -> str:
    return f"{provision.label} {provision.words}".strip()


def _rows(provision: Provision) -> tuple[str, list[list[str]], str]:
    """What stands over a table, its rows, and the words below it."""
    rows, _, rest = provision.words.partition("\n\n")
    over = ". ".join(part for part in (provision.label.rstrip("."), provision.heading) if part)
    return over, [cells_of(row) for row in rows.split("\n")], rest


# --- a page -------------------------------------------------------------------------------------------------------


def _page(document: Document) -> str:
    title, language = escape(document.title), document.languages[0].language
    lines = [
        f'<!DOCTYPE html>\n<html lang="{language}" dir="auto">\n<head>\n<meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">',
        f"<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>",
    ]
    for each, depth, heading, words in _pieces(document):
        place = f' id="{each.language}_{each.e_id}" lang="{each.language}" dir="auto"'
        level = min(depth + 1, MAX_LEVEL)
        if heading:
            lines.append(f"<h{level}{place}>{escape(heading)}</h{level}>")
            place = ""
        if each.kind is Kind.TABLE:
            over, rows, words = _rows(each)
            lines += [f"<p>{escape(over)}</p>"] if over else []
            cells = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
            lines.append(f"<table{place}>\n" + "\n".join(f"<tr>{row}</tr>" for row in cells) + "\n</table>")
            place = ""
        for paragraph in words.split("\n\n") if words else ():
            lines.append(f"<p{place}>" + "<br>\n".join(map(escape, paragraph.split("\n"))) + "</p>")
            place = ""
    return "\n".join([*lines, "</body>\n</html>\n"])


# --- Markdown -----------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Text in which no sign means anything to a reader of Markdown."""
    return _OPENS.sub(r"\\\1", _SPECIAL.sub(r"\\\1", text))


def _markdown(document: Document) -> str:
    blocks = [f"# {_plain(document.title)}"] if document.title else []
    for each, depth, heading, words in _pieces(document):
        if heading:
            blocks.append(f"{'#' * min(depth + 1, MAX_LEVEL)} {_plain(heading)}")
        if each.kind is Kind.TABLE:
            over, rows, words = _rows(each)
            blocks += [_plain(over)] if over else []
            width = max(map(len, rows))
            lines = [f"| {' | '.join(map(_plain, [*row, *[''] * (width - len(row))]))} |" for row in rows]
            blocks.append("\n".join([lines[0], "|" + " --- |" * width, *lines[1:]]))
        blocks += [_plain(each).replace("\n", "  \n") for each in words.split("\n\n") if each]
    return "\n\n".join(blocks) + "\n"


# --- a Word file --------------------------------------------------------------------------------------------------


def _docx(document: Document) -> bytes:
    """Two parts and what names them: paragraphs with styles for title and headings, and tables. No names, no dates."""
    body = [_paragraph(document.title, style="Title")] if document.title else []
    for each, depth, heading, words in _pieces(document):
        if heading:
            body.append(_paragraph(heading, style=f"Heading{min(depth, MAX_LEVEL)}"))
        if each.kind is Kind.TABLE:
            over, rows, words = _rows(each)
            body += [_paragraph(over)] if over else []
            body.append(_table(rows))
        body += [_paragraph(paragraph) for paragraph in words.split("\n\n") if paragraph]
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{id_}"><w:name w:val="{name}"/><w:pPr>{level}</w:pPr>'
        f'<w:rPr><w:b/><w:sz w:val="{size}"/></w:rPr></w:style>'
        for id_, name, level, size in (
            ("Title", "Title", "", 36),
            *(
                (f"Heading{n}", f"heading {n}", f'<w:keepNext/><w:outlineLvl w:val="{n - 1}"/>', 30 - 2 * n)
                for n in range(1, MAX_LEVEL + 1)
            ),
        )
    )
    relation = f'<Relationship Id="r1" Type="{_OFFICE}/{{}}" Target="{{}}"/>'
    relations = f'<Relationships xmlns="{_PACKAGE}/relationships">{relation}</Relationships>'
    types = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_MAIN}.{part}{kind}+xml"/>'
        for part, kind in (("document", ".main"), ("styles", ""))
    )
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{default}{types}</Types>',
        "_rels/.rels": relations.format("officeDocument", "word/document.xml"),
        "word/document.xml": f"<w:document {_W}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>",
        "word/_rels/document.xml.rels": relations.format("styles", "styles.xml"),
        "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            entry = zipfile.ZipInfo(name)  # without the clock: the same document gives the same bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
    return file.getvalue()


def _paragraph(text: str, *, style: str = "") -> str:
    ppr = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    lines = [f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")]
    return f"<w:p>{ppr}<w:r>{'<w:br/>'.join(lines)}</w:r></w:p>"


def _table(rows: list[list[str]]) -> str:
    sides = "".join(f'<w:{side} w:val="single"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    cells = ["".join(f"<w:tc><w:tcPr/>{_paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    grid = "<w:gridCol/>" * max(map(len, rows))
    written = "".join(f"<w:tr>{row}</w:tr>" for row in cells)
    borders = f"<w:tblPr><w:tblBorders>{sides}</w:tblBorders></w:tblPr>"
    return f"<w:tbl>{borders}<w:tblGrid>{grid}</w:tblGrid>{written}</w:tbl>"
