"""Sheets of our own put into a workbook that is copied: new parts, and links to them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from m2m_desktop.services.export.cell_xml import CellStyles
from m2m_desktop.services.export.package import (
    CONTENT_TYPES,
    RELATIONS,
    WorkbookPackage,
    relations_name,
)
from m2m_desktop.services.export.sheet_xml import sheet_xml
from m2m_desktop.services.export.sheets import NewSheet
from m2m_desktop.services.export.skeleton import CHART, drawing_of
from m2m_desktop.services.export.xml_bytes import appended, attribute_value, attributes, root_of

_TYPES = "application/vnd.openxmlformats-officedocument."
_SHEET_TYPE = _TYPES + "spreadsheetml.worksheet+xml"
_DRAWING_TYPE = _TYPES + "drawing+xml"
_CHART_TYPE = _TYPES + "drawingml.chart+xml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True, slots=True)
class AddedParts:
    """Parts of a workbook by name: ``changed`` ones, ``new`` ones (made when they are written).

    ``sheets`` are the sheets among the new ones.
    """

    changed: dict[str, bytes]
    new: dict[str, Callable[[], Iterator[bytes]]]
    sheets: dict[str, NewSheet]


def added_sheets(
    package: WorkbookPackage, sheets: Sequence[NewSheet], styles: CellStyles, bold: CellStyles
) -> AddedParts:
    """The parts that put the sheets at the end of the workbook. Their titles must be free."""
    taken, number = {name.lower() for name in package.source.names}, 0
    new: dict[str, Callable[[], Iterator[bytes]]] = {}
    types: dict[str, str] = {}
    names = []
    for sheet in sheets:
        number += 1
        while f"xl/worksheets/m2m{number}.xml" in taken:
            number += 1
        name = f"xl/worksheets/m2m{number}.xml"
        names.append(name)
        types[name] = _SHEET_TYPE
        drawing_id = ""
        if sheet.chart is not None:
            drawing_id = "rId1"
            _add_drawing(sheet, number, name, new, types)
        new[name] = _maker(sheet, styles, bold, drawing_id)
    by_name = dict(zip(names, sheets, strict=True))
    return AddedParts(_changed(package, by_name, types), new, by_name)


def _maker(
    sheet: NewSheet, styles: CellStyles, bold: CellStyles, drawing_id: str
) -> Callable[[], Iterator[bytes]]:
    return lambda: sheet_xml(sheet, styles, bold, drawing_id)


def _add_drawing(
    sheet: NewSheet,
    number: int,
    sheet_name: str,
    new: dict[str, Callable[[], Iterator[bytes]]],
    types: dict[str, str],
) -> None:
    parts = drawing_of(sheet)
    drawing, chart = f"xl/drawings/m2m{number}.xml", f"xl/charts/m2m{number}.xml"
    links = parts.links.replace(CHART, b"/" + chart.encode())
    new[drawing] = lambda: iter((parts.drawing,))
    new[relations_name(drawing)] = lambda: iter((links,))
    new[chart] = lambda: iter((parts.chart,))
    types[drawing], types[chart] = _DRAWING_TYPE, _CHART_TYPE
    link = _relation("", "rId1", "drawing", drawing)
    whole = f'<Relationships xmlns="{_PACKAGE}">'.encode() + link + b"</Relationships>"
    new[relations_name(sheet_name)] = lambda: iter((whole,))


def _changed(
    package: WorkbookPackage, sheets: dict[str, NewSheet], types: dict[str, str]
) -> dict[str, bytes]:
    links_name = relations_name(package.workbook_name)
    links, workbook = package.part(links_name), package.workbook
    content_types = package.part(CONTENT_TYPES)
    prefix, type_prefix = root_of(links)[0].decode(), root_of(content_types)[0].decode()
    book_prefix = root_of(workbook)[0]
    used_ids = {link.relation_id for link in package.relations}
    new_links, new_sheets = b"", b""
    sheet_id = _highest_sheet_id(workbook, book_prefix)
    for name, sheet in sheets.items():
        sheet_id += 1
        link_id = f"m2m{sheet_id}"
        while link_id in used_ids:
            link_id += "x"
        new_links += _relation(prefix, link_id, "worksheet", name)
        new_sheets += b'<%ssheet xmlns:r="%s" name="%s" sheetId="%d" r:id="%s"/>' % (
            book_prefix, RELATIONS.encode(), attribute_value(sheet.title), sheet_id,
            link_id.encode(),
        )  # fmt: skip
    overrides = "".join(
        f'<{type_prefix}Override PartName="/{name}" ContentType="{content_type}"/>'
        for name, content_type in types.items()
    )
    return {
        package.workbook_name: appended(workbook, book_prefix + b"sheets", new_sheets),
        links_name: appended(links, root_of(links)[0] + b"Relationships", new_links),
        CONTENT_TYPES: appended(content_types, type_prefix.encode() + b"Types", overrides.encode()),
    }


def _relation(prefix: str, link_id: str, kind: str, target: str) -> bytes:
    return (
        f'<{prefix}Relationship Id="{link_id}" Type="{RELATIONS}/{kind}" Target="/{target}"/>'
    ).encode()


def _highest_sheet_id(workbook: bytes, prefix: bytes) -> int:
    tags = re.findall(rb"<%ssheet\s[^<>]*>" % re.escape(prefix), workbook)
    return max((int(attributes(tag).get(b"sheetId", b"0")) for tag in tags), default=0)
