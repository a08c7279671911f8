"""The parts of an .xlsx file: which sheets it has, and where each part stands in the zip.

Only what is needed to read cells is opened. Document properties, themes, drawings and the like may
be as odd as they want: many exporters write them badly, and no cell depends on them.
"""

import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.tables.errors import TableDamaged
from m2m_desktop.services.tables.zip_guard import forbidden_doctype, zip_damage

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_SMALL_PART = 16 * 1024 * 1024
"""Parts that are read as a whole: the workbook, its relations, its styles."""
_RELATION_ID = "}id"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet and the part of the zip that holds it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Package:
    """Where everything is. ``strings`` and ``styles`` are empty where the workbook has none."""

    sheets: tuple[SheetPart, ...]
    strings: str
    styles: str
    is_1904: bool


def read_package(archive: zipfile.ZipFile, path: Path) -> Package:
    """Find the sheets of a workbook, in their order. Sheets that are only a chart are left out.

    Raises: TableDamaged, TableRefused.
    """
    parts = {name.casefold(): name for name in archive.namelist()}
    workbook = _workbook_part(archive, parts, path)
    root = small_part(archive, workbook, path)
    relations = _relations(archive, parts, workbook, path)
    sheets = []
    for element in root.iter():
        if _local(element.tag) != "sheet":
            continue
        name = element.get("name", "")
        key = next((value for at, value in element.attrib.items() if at.endswith(_RELATION_ID)), "")
        kind, target = relations.get(key, ("", ""))
        if kind and kind != "worksheet":
            continue
        part = parts.get(target.casefold())
        if part is None or not name:
            detail = message(N_("the sheet {sheet} is missing in it."), sheet=name)
            raise TableDamaged(path=path, detail=detail)
        sheets.append(SheetPart(name, part, element.get("state", "visible") != "visible"))
    if len({sheet.name for sheet in sheets}) != len(sheets):
        detail = message(N_("two of its sheets have the same name."))
        raise TableDamaged(path=path, detail=detail)
    by_kind = dict(relations.values())
    properties = next((e for e in root.iter() if _local(e.tag) == "workbookPr"), None)
    return Package(
        tuple(sheets),
        parts.get(by_kind.get("sharedStrings", "").casefold(), ""),
        parts.get(by_kind.get("styles", "").casefold(), ""),
        properties is not None and properties.get("date1904", "0") in {"1", "true"},
    )


def small_part(archive: zipfile.ZipFile, part: str, path: Path) -> "Element":
    """Read a small part as a whole. Raises: TableDamaged, TableRefused for a document type."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        if archive.getinfo(part).file_size > MAX_SMALL_PART:
            raise TableDamaged(path=path, detail=_unreadable_part(part))
        with zip_damage(path):
            content = archive.read(part)
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise forbidden_doctype(path) from error
    except (ParseError, ValueError, LookupError) as error:
        raise TableDamaged(path=path, detail=_unreadable_part(part)) from error
    return root


def _unreadable_part(part: str) -> object:
    return message(N_("its part {part} cannot be read."), part=posixpath.basename(part))


def _workbook_part(archive: zipfile.ZipFile, parts: Mapping[str, str], path: Path) -> str:
    """Follow the relation of the package; where it leads nowhere, take the usual place."""
    known = _relations(archive, parts, "", path) if "_rels/.rels" in parts else {}
    target = next((target for kind, target in known.values() if kind == "officeDocument"), "")
    part = parts.get(target.casefold()) or parts.get("xl/workbook.xml")
    if part is None:
        detail = message(N_("the part that lists its sheets is missing."))
        raise TableDamaged(path=path, detail=detail)
    return part


def _relations(
    archive: zipfile.ZipFile, parts: Mapping[str, str], source: str, path: Path
) -> dict[str, tuple[str, str]]:
    """Kind and target of each relation of a part; external ones are nothing to us."""
    folder, name = posixpath.split(source)
    part = parts.get(posixpath.join(folder, "_rels", f"{name}.rels").casefold())
    if part is None:
        detail = message(N_("the part that lists its sheets is missing."))
        raise TableDamaged(path=path, detail=detail)
    found = {}
    for element in small_part(archive, part, path):
        if element.get("TargetMode", "").casefold() == "external":
            continue
        target = element.get("Target", "").replace("\\", "/")
        whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], whole)
    return found


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
