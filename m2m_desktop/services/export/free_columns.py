"""Which columns of a sheet are taken by something other than the content of its cells."""

import re

from m2m_desktop.services.export.package import WorkbookPackage
from m2m_desktop.services.export.sheet_scan import column_of
from m2m_desktop.services.export.xml_bytes import element, root_of

_AREA = re.compile(rb'ref="\$?[A-Za-z]{1,3}\$?\d+:\$?([A-Za-z]{1,3})\$?(\d+)"')
_ANCHOR_END = re.compile(rb"<(?:\w+:)?to>.*?<(?:\w+:)?col>(\d+)<.*?<(?:\w+:)?row>(\d+)<", re.DOTALL)


def last_taken_column(package: WorkbookPackage, part: str, sheet: bytes, first_row: int) -> int:
    """The last column that merged cells, tables or drawings reach, in ``first_row`` or below.

    What ends above ``first_row`` (a title over the whole sheet) is in nobody's way.
    """
    taken = 0
    merged = element(sheet, root_of(sheet)[0] + b"mergeCells")
    if merged is not None:
        taken = _areas(sheet[merged.tag_end : merged.content_end], first_row)
    for link in package.relations_of(part):
        if link.kind == "table":
            data = package.part(link.target)
            found = element(data, root_of(data)[0] + b"table")
            if found is not None:
                taken = max(taken, _areas(data[found.start : found.tag_end], first_row))
        elif link.kind == "drawing":
            for column, row in _ANCHOR_END.findall(package.part(link.target)):
                if int(row) + 1 >= first_row:
                    taken = max(taken, int(column) + 1)
    return taken


def _areas(data: bytes, first_row: int) -> int:
    ends = [
        column_of(b' r="%s1"' % column, 0)
        for column, row in _AREA.findall(data)
        if int(row) >= first_row
    ]
    return max(ends, default=0)
