"""Tables as users bring them: the layouts of exports, by several writers, and workbooks by hand."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[object]]

NATIONAL_TITLE = "国家中心导出文件"
NATIONAL_HEADER = (
    "报告表编码", "报告类型-新的", "报告类型-严重程度", "怀疑/并用", "通用名称", "用药开始时间",
    "原患疾病", "不良反应名称", "不良反应过程描述", "不良反应结果",
)  # fmt: skip
REACTION_AT, ID_AT = 8, 1
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def national_rows(reports: int = 4, *, drugs: int = 2) -> list[list[object]]:
    """A national export: title, header, and one row a drug, so the reactions of a report repeat."""
    rows: list[list[object]] = [[NATIONAL_TITLE], list(NATIONAL_HEADER)]
    for report in range(1, reports + 1):
        for drug in range(drugs):
            rows.append([
                f"示例{report:08}", "是", "严重" if report % 3 == 0 else "一般",
                "怀疑" if drug == 0 else "并用", f"示例药{drug}", "2024-05-01", "示例病",
                f"示例反应{report}（一般）；示例反应甲{report}（严重）", "示例过程", "好转",
            ])  # fmt: skip
    return rows


def national_cells(reports: int = 4, *, drugs: int = 2, first_row: int = 3) -> dict[int, str]:
    """The cells of reactions of `national_rows` that count, by row."""
    return {
        first_row + (report - 1) * drugs: f"示例反应{report}（一般）；示例反应甲{report}（严重）"
        for report in range(1, reports + 1)
    }


# -- real writers --------------------------------------------------------------------------------


def by_openpyxl(path: Path, sheets: Mapping[str, Rows], *, write_only: bool = False) -> Path:
    """A workbook as openpyxl writes it; every text is a text, even one that begins with =."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=write_only)
    if not write_only:
        book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value)
                if isinstance(value, str) and value[:1] in "=#":
                    cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
    book.save(path)
    return path


def by_xlsxwriter(path: Path, sheets: Mapping[str, Rows], *, constant_memory: bool = False) -> Path:
    """A workbook as XlsxWriter writes it: shared strings, or texts inside the cells."""
    import xlsxwriter

    with xlsxwriter.Workbook(
        path,
        {"constant_memory": constant_memory, "strings_to_formulas": False, "in_memory": True},
    ) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, column, value)
                    elif value is not None:
                        sheet.write(number, column, value)
    return path


# -- zips and parts ------------------------------------------------------------------------------


def zip_parts(content: bytes) -> dict[str, bytes]:
    """The parts of a zip by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(parts: Mapping[str, bytes]) -> bytes:
    """A zip of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def patched(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Change one part of a workbook in its file."""
    parts = zip_parts(path.read_bytes())
    changed = change(parts[part])
    assert changed != parts[part]
    path.write_bytes(zip_of({**parts, part: changed}))
    return path


# -- workbooks by hand ---------------------------------------------------------------------------


def sheet_xml(data: str, *, before: str = "", after: str = "", root: str = "worksheet") -> str:
    """A sheet around the XML of its rows."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{MAIN}">{before}'
        f"<sheetData>{data}</sheetData>{after}</{root}>"
    )


def text_cell(place: str, text: str) -> str:
    """A cell with its text inside."""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def row_xml(number: int, *cells: str) -> str:
    """A row of cells."""
    return f'<row r="{number}">{"".join(cells)}</row>'


HEADER_ROW = row_xml(1, text_cell("A1", "编号"), text_cell("B1", "不良反应名称"))
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_KINDS = {
    "workbook": "sheet.main",
    "worksheets/sheet1": "worksheet",
    "sharedStrings": "sharedStrings",
}


def _types(*names: str) -> str:
    return "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{_CONTENT}.{_KINDS[name]}+xml"/>'
        for name in names
    )


def book_parts(
    sheet: str | bytes,
    *,
    strings: str | bytes | None = None,
    styles: str | bytes | None = None,
    name: str = "Sheet1",
    target: str = "worksheets/sheet1.xml",
) -> dict[str, bytes]:
    """The parts of a workbook with one sheet, all by hand."""
    extra = ""
    types = _types("workbook", "worksheets/sheet1")
    if strings is not None:
        types += _types("sharedStrings")
        extra += (
            f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        )
    if styles is not None:
        extra += f'<Relationship Id="rId3" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/>{types}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{name}" '
            'sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/worksheet" Target="{target}"/>{extra}</Relationships>'
        ),
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = strings
    if styles is not None:
        parts["xl/styles.xml"] = styles
    return {key: _bytes(part) for key, part in parts.items()}


def _bytes(part: str | bytes) -> bytes:
    return part if isinstance(part, bytes) else part.encode("utf-8")


def hand_made(path: Path, sheet: str | bytes, **options: str) -> Path:
    """A workbook by hand, written to a file."""
    path.write_bytes(zip_of(book_parts(sheet, **options)))
    return path
