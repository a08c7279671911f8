"""Which cells of a workbook are dates, and which numbers are filled up with zeros."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.services.tables.errors import TableDamaged
from m2m_desktop.services.tables.values import BUILT_IN_DATE_FORMATS, is_date_format, zero_width
from m2m_desktop.services.tables.xlsx_package import small_part

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True)
class Styles:
    """Numbers of styles, as the cells name them: those of dates, and of numbers with zeros."""

    dates: frozenset[str] = frozenset()
    zeros: tuple[tuple[str, int], ...] = ()
    are_known: bool = True


def read_styles(archive: zipfile.ZipFile, part: str, path: Path) -> Styles:
    """Read the styles; without ``part``, or where it is damaged, all numbers are plain numbers.

    A workbook opens without its styles, and text cells do not depend on them.
    Raises: TableRefused for a document type.
    """
    if not part:
        return Styles()
    try:
        root = small_part(archive, part, path)
    except TableDamaged:
        return Styles(are_known=False)
    formats = {e.get("numFmtId", ""): e.get("formatCode", "") for e in _all(root, "numFmt")}
    dates, zeros = set(), []
    for place, style in enumerate(_children(root, "cellXfs")):
        number = style.get("numFmtId", "0")
        code = formats.get(number)
        if is_date_format(code) if code is not None else _is_built_in_date(number):
            dates.add(str(place))
        elif code and zero_width(code):
            zeros.append((str(place), zero_width(code)))
    return Styles(frozenset(dates), tuple(zeros))


def _is_built_in_date(number: str) -> bool:
    return number.isdigit() and len(number) < 4 and int(number) in BUILT_IN_DATE_FORMATS


def _all(root: "Element", name: str) -> Iterator["Element"]:
    return (element for element in root.iter() if str(element.tag).rpartition("}")[2] == name)


def _children(root: "Element", name: str) -> Iterator["Element"]:
    for element in _all(root, name):
        yield from element
