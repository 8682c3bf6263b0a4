"""Word files for tests, written part by part as Word writes them: nothing here is taken from a program."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ROOTS = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def run(text: str, properties: str = "") -> str:
    """A run; `properties` is XML, as in <w:vanish/>."""
    rpr = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{rpr}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*inside: str, style: str = "", number: tuple[int, int] | None = None, properties: str = "") -> str:
    """A paragraph of text or XML; `number` is a list and a level in it."""
    runs = "".join(each if each.startswith("<") else run(each) for each in inside)
    ppr = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number is not None:
        ppr += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    return f"<w:p><w:pPr>{ppr}{properties}</w:pPr>{runs}</w:p>"


def table(*rows: Sequence[str]) -> str:
    """A table; a cell is text, or the XML of its paragraphs."""

    def cell(inside: str) -> str:
        return f"<w:tc><w:tcPr/>{inside if inside.startswith('<') else p(inside)}</w:tc>"

    return "<w:tbl><w:tblPr/>" + "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


def level(at: int, text: str, format_: str = "decimal", start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{format_}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*lists: Sequence[str], more: str = "") -> str:
    """Lists from 1, each with a definition of its own; `more` are further w:num elements."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{place}">{"".join(levels)}</w:abstractNum>'
        for place, levels in enumerate(lists, start=1)
    )
    made = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(1, len(lists) + 1))
    return f"<w:numbering {_ROOTS}>{abstract}{made}{more}</w:numbering>"


def style(
    name: str, *, id_: str = "", based_on: str = "", ppr: str = "", rpr: str = "", kind: str = "paragraph"
) -> str:
    based = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{id_ or name.replace(" ", "")}"><w:name w:val="{name}"/>{based}'
        f"<w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>"
    )


def styles(*each: str) -> str:
    return f"<w:styles {_ROOTS}>{''.join(each)}</w:styles>"


HEADINGS = styles(
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>',
    style("Title", id_="Titel"),
    *(style(f"heading {n}", id_=f"berschrift{n}", ppr=f'<w:outlineLvl w:val="{n - 1}"/>') for n in range(1, 4)),
)
"""As in a German Word: ids are translated, names are not."""


def notes(kind: str, *texts: str) -> str:
    """Footnotes or endnotes, numbered from 1 as ids, after the two that Word keeps for lines."""
    lines = "".join(f'<w:{kind} w:type="separator" w:id="{n}"><w:p/></w:{kind}>' for n in (-1, 0))
    said = "".join(
        f'<w:{kind} w:id="{n}"><w:p><w:r><w:{kind}Ref/></w:r>{run(" " + text)}</w:p></w:{kind}>'
        for n, text in enumerate(texts, start=1)
    )
    return f"<w:{kind}s {_ROOTS}>{lines}{said}</w:{kind}s>"


def note(number: int, kind: str = "footnote") -> str:
    """The place in the words where a note is called."""
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def part(root: str, inside: str) -> str:
    return f"<w:{root} {_ROOTS}>{inside}</w:{root}>"


def docx(*body: str, main: str = MAIN, raw: Mapping[str, bytes] | None = None, **parts: str) -> bytes:
    """A file with these paragraphs and parts (`numbering=`, `styles=`, `footnotes=`, …); `raw` are further members."""
    kinds = dict.fromkeys(parts)
    document = f'<?xml version="1.0"?><w:document {_ROOTS}><w:body>{"".join(body)}<w:sectPr/></w:body></w:document>'
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{kind}.xml"/>' for n, kind in enumerate(kinds)
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="b" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
        "word/document.xml": document,
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        **{f"word/{kind}.xml": xml for kind, xml in parts.items()},
    }
    return archive({name: text.encode() for name, text in members.items()} | dict(raw or {}))


def archive(members: Mapping[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


LEGAL = [
    level(0, "Article %1"),
    level(1, "%2."),
    level(2, "(%3)", "lowerLetter"),
    level(3, "(%4)", "lowerRoman"),
]
"""A treaty's numbering: Article 1, 1., (a), (i)."""
