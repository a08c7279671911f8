"""A workbook's package: which part is which sheet, and whether it may be added to at all."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError  # the error only: defusedxml does the parsing

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.export.errors import Unpatchable
from m2m_desktop.services.export.xml_bytes import (
    attributes,
    element,
    namespace_of,
    plain_utf8,
    root_of,
)
from m2m_desktop.services.export.zip_source import ZipSource

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = "[Content_Types].xml"
MAX_SHEET_BYTES = 512 * 1024 * 1024
MAX_SMALL_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from a part to another: its id, the last word of its kind, and the part's name."""

    relation_id: str
    kind: str
    target: str


class WorkbookPackage:
    """The parts of a workbook that columns are to be added to. Raises `Unpatchable`."""

    def __init__(self, source: ZipSource) -> None:
        self.source = source
        if any(name.lower().startswith("_xmlsignatures/") for name in source.names):
            raise Unpatchable(message(N_("the workbook is signed, and a copy would not be.")))
        self.workbook_name = self._only_target("", "officeDocument")
        self.workbook = self.part(self.workbook_name)
        if namespace_of(self.workbook) != MAIN:
            raise Unpatchable(message(N_("the workbook is in the strict form of the format.")))
        self.relations = self.relations_of(self.workbook_name)
        self.sheets = self._sheets()
        self.styles_name = self._only_target(self.workbook_name, "styles")

    @property
    def is_structure_locked(self) -> bool:
        """Whether no sheet may be added."""
        return self._is_on("workbookProtection", self.workbook, b"lockStructure")

    def is_sheet_locked(self, sheet: bytes) -> bool:
        """Whether the cells of a sheet (its XML) are protected."""
        return self._is_on("sheetProtection", sheet, b"sheet")

    def part(self, name: str, max_size: int = MAX_SMALL_BYTES) -> bytes:
        """A part's XML as `plain_utf8` gives it."""
        return plain_utf8(self.source.read(name, max_size))

    def shared_strings(self) -> bytes | None:
        """The XML of the texts that cells share; None where there are none."""
        names = [link.target for link in self.relations if link.kind == "sharedStrings"]
        return self.part(names[0], MAX_SHEET_BYTES) if names else None

    def relations_of(self, name: str) -> tuple[Relation, ...]:
        """The parts that a part links to (external links aside); of the package for ``""``."""
        links = relations_name(name)
        if links not in self.source.names:
            return ()
        folder = posixpath.dirname(name)
        return tuple(
            Relation(
                link.get("Id", ""),
                link.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/"),
            )
            for link in _parsed(self.part(links))
            if link.get("TargetMode", "") != "External"
        )

    def _only_target(self, name: str, kind: str) -> str:
        targets = [link.target for link in self.relations_of(name) if link.kind == kind]
        if len(targets) != 1 or targets[0] not in self.source.names:
            raise Unpatchable(message(N_("a part of the workbook is missing.")))
        return targets[0]

    def _sheets(self) -> Mapping[str, str]:
        """The part of each sheet of cells, by the name of the sheet."""
        parts = {link.relation_id: link for link in self.relations}
        return {
            sheet.get("name", ""): parts[link].target
            for sheet in _parsed(self.workbook).iter(f"{{{MAIN.decode()}}}sheet")
            if (link := sheet.get(f"{{{RELATIONS}}}id", "")) in parts
            and parts[link].kind == "worksheet"
        }

    def sheet_names(self) -> list[str]:
        """The names of all sheets, charts as well."""
        sheets = _parsed(self.workbook).iter(f"{{{MAIN.decode()}}}sheet")
        return [sheet.get("name", "") for sheet in sheets]

    def _is_on(self, name: str, data: bytes, attribute: bytes) -> bool:
        found = element(data, root_of(data)[0] + name.encode())
        if found is None:
            return False
        values = attributes(data[found.start : found.tag_end])
        return values.get(attribute, b"0") not in {b"0", b"false", b"off"}


def relations_name(name: str) -> str:
    """The part that holds the links of a part."""
    folder, _slash, file = name.rpartition("/")
    return posixpath.join(folder, "_rels", f"{file}.rels")


def _parsed(data: bytes) -> "Element":
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unpatchable(message(N_("a part of the workbook is damaged."))) from error
    return root
