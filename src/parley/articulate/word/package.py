"""The parts of a Word file: a ZIP archive of XML, opened with limits and without following anything that leads out.

Source: ECMA-376 part 2 (Open Packaging Conventions) on content types, relationships and part names.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from lxml import etree

from parley.errors import Malformed

MAX_ENTRIES, MAX_PART, MAX_PARTS = 4_096, 32 << 20, 64 << 20
"""Entries of the archive; bytes of one part, and of all parts that are read, once unpacked."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_MAIN = re.compile(r"wordprocessingml\.(document|template)\.main\+xml")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """What a part points to: the last word of the relation's type, and a part's name, or an address outside."""

    kind: str
    target: str
    outside: bool


class Package:
    """A Word file, open. Macros, two parts of one name, and XML that declares entities are refused."""

    def __init__(self, data: bytes) -> None:
        """Raises: Malformed("articulate.not-docx"), Malformed("articulate.macros"), and as `part` does."""
        self._left = MAX_PARTS
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except _BROKEN as error:
            raise Malformed("articulate.not-docx") from error
        entries = self._archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise Malformed("articulate.too-much")
        self._entries = {entry.filename.casefold(): entry for entry in entries}
        if len(self._entries) != len(entries):
            raise Malformed("articulate.not-docx")  # two readers could read two texts
        self.main = self._main()

    def names(self) -> Iterator[str]:
        """The names of all parts, in lower case."""
        return iter(self._entries)

    def part(self, name: str) -> Any:
        """The root of a part's XML, or None where there is no such part.

        Raises: Malformed("articulate.not-docx"), Malformed("articulate.entities"), Malformed("articulate.too-much").
        """
        entry = self._entries.get(name.casefold())
        if entry is None:
            return None
        most = min(MAX_PART, self._left)
        try:
            with self._archive.open(entry) as file:
                data = file.read(most + 1)
        except _BROKEN as error:
            raise Malformed("articulate.not-docx") from error
        if len(data) > most:
            raise Malformed("articulate.too-much")
        self._left -= len(data)
        return transitional(parse(data))

    def relations(self, name: str) -> dict[str, Relation]:
        """What a part points to, by the id it uses for it. Raises: as `part`."""
        folder, base = posixpath.split(name)
        root = self.part(posixpath.join(folder, "_rels", f"{base}.rels"))
        found = {}
        for each in root if root is not None else ():
            target, outside = each.get("Target", ""), each.get("TargetMode") == "External"
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = each.get("Type", "").rpartition("/")[2]
            found[each.get("Id", "")] = Relation(kind=kind, target=target, outside=outside)
        return found

    def _main(self) -> str:
        """The name of the part that holds the text, once nothing in the file may run."""
        types = self.part("[Content_Types].xml")
        if types is None:
            raise Malformed("articulate.not-docx")
        said = {each.get("PartName", "").lstrip("/").casefold(): each.get("ContentType", "") for each in types}
        macros = any("macroenabled" in each.casefold() or "vbaproject" in each.casefold() for each in said.values())
        if macros or any(name.endswith("vbaproject.bin") for name in self.names()):
            raise Malformed("articulate.macros")
        for each in self.relations("").values():
            if each.kind == "officeDocument" and _MAIN.search(said.get(each.target.casefold(), "")):
                return each.target
        raise Malformed("articulate.not-docx")


def parse(data: bytes, *, broken: str = "articulate.not-docx", comments: bool = False) -> Any:
    """The root of XML from a stranger: no entities, no network, no more than the parser's own limits; no comments
    unless asked for.

    Raises: Malformed with the code `broken` where it is no XML, Malformed("articulate.entities") where it declares any.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=not comments,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
            raise Malformed("articulate.too-much") from error
        raise Malformed(broken) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("articulate.entities")
    return root


def transitional(root: Any) -> Any:
    """The same XML in the names of the common form of Word files, where it is in those of the strict form."""
    if _STRICT[1:-1] in {uri for each in root.iter(etree.Element) for uri in each.nsmap.values()}:
        for each in root.iter(etree.Element):
            each.tag = each.tag.replace(_STRICT, W)
            for name in list(each.attrib):
                if name.startswith(_STRICT):
                    each.set(name.replace(_STRICT, W), each.attrib.pop(name))
    return root


def value(element: Any, path: str, name: str = "val") -> str | None:
    """An attribute of an element inside another, as in `value(properties, "numPr/numId")`; None where there is none."""
    for step in path.split("/") if path else ():
        element = element.find(W + step) if element is not None else None
    found = element.get(W + name) if element is not None else None
    return None if found is None else str(found)


def switch(element: Any, path: str) -> bool | None:
    """A property that is on or off ("w:vanish"), None where nothing is said. Source: ECMA-376 part 1, 17.17.4."""
    for step in path.split("/"):
        element = element.find(W + step) if element is not None else None
    return None if element is None else element.get(W + "val", "true") not in ("0", "false", "off")
