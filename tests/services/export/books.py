"""Workbooks as users have them: full of features, from other writers, protected, odd."""

import io
import re
import warnings
import zipfile
import zlib
from xml.etree import ElementTree

import openpyxl
import xlsxwriter

TITLE = "国家中心导出文件"
COLUMNS = ("报告表编码", "通用名称", "不良反应名称")


def plain_rows(texts, *, start=1):
    return [(f"R{number}", "某药", text) for number, text in enumerate(texts, start)]


def simple_book(path, texts, *, sheet="导出"):
    """A title, the headers in row 2, one text a row from row 3 on."""
    with xlsxwriter.Workbook(str(path)) as book:
        made = book.add_worksheet(sheet)
        made.write(0, 0, TITLE)
        made.write_row(1, 0, COLUMNS)
        for number, row in enumerate(plain_rows(texts), 2):
            made.write_row(number, 0, row)
    return path


def rich_book(path, texts, *, macros=b""):
    """Everything XlsxWriter can make that a careless copy would lose."""
    book = xlsxwriter.Workbook(str(path))
    if macros:
        book.add_vba_project(io.BytesIO(macros), is_stream=True)
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
    red = book.add_format({"font_color": "red"})
    boxed = book.add_format({"border": 1, "valign": "top", "font_name": "宋体", "font_size": 9})
    made = book.add_worksheet("导出")
    other = book.add_worksheet("图 & 表")
    made.merge_range("A1:D1", TITLE, bold)
    made.write_row(1, 0, COLUMNS, bold)
    made.write(1, 3, "数量", bold)
    for number, row in enumerate(plain_rows(texts), 2):
        made.write_row(number, 0, row, boxed)
        made.write(number, 3, number)
    last = len(texts) + 2
    made.write_formula(last, 3, f"=SUM(D3:D{last})", None, 4321)
    made.write_rich_string(last, 0, "合", red, "计", "行")
    made.write_comment("C3", "一条批注")
    made.conditional_format(2, 3, last, 3, {"type": "3_color_scale"})
    made.data_validation("B3:B9", {"validate": "list", "source": ["甲", "乙"]})
    made.write_url(last + 1, 0, "internal:'图 & 表'!A1", string="跳转")
    made.freeze_panes(2, 0)
    made.set_column("A:A", 15)
    made.autofilter(1, 0, last - 1, 3)
    made.insert_textbox(last + 3, 0, "说明")
    made.insert_image(last + 3, 3, "点.png", {"image_data": io.BytesIO(png())})
    other.add_table("A1:B3", {"columns": [{"header": "甲"}, {"header": "乙"}]})
    other.add_sparkline("D1", {"range": "'导出'!D3:D5"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"='导出'!$D$3:$D${last}"})
    other.insert_chart("F2", chart)
    line = book.add_chart({"type": "line"})
    line.add_series({"values": f"='导出'!$D$3:$D${last}"})
    book.add_chartsheet("整页图").set_chart(line)
    book.define_name("数量", f"='导出'!$D$3:$D${last}")
    book.set_custom_property("部门", "药剂科")
    book.close()
    return path


def png():
    def chunk(kind, data):
        return (
            len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        )

    head = (1).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    pixel = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def edited(source, target, edit, *, extra=None):
    """A copy of a workbook with some parts changed: ``edit`` gives new bytes by name and bytes."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return target


def prefixed(data):
    """The same XML with every element of the main namespace under the prefix ``x:``."""
    data = re.sub(rb"<(/?)(?![?!])(?![\w]+:)([A-Za-z])", rb"<\1x:\2", data)
    return data.replace(b'xmlns="http', b'xmlns:x="http')


def load(path, **options):
    """Open a workbook; openpyxl warns of what it does not know in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, **options)


def raw_parts(path):
    """The whole entry of every part as it stands in the file: header, data, descriptor."""
    from m2m_desktop.services.export.zip_source import ZipSource

    with path.open("rb") as stream:
        source = ZipSource(stream)
        return {part.name: b"".join(source.raw(part)) for part in source.parts}


def assert_in_order(path, part):
    """What Excel repairs and openpyxl forgives: order and number of rows, cells and columns."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read(part))
    row_number, last_column = 0, 0
    for row in root.iter(f"{main}row"):
        before, row_number = row_number, int(row.get("r", row_number + 1))
        assert before < row_number
        column = 0
        for cell in row.iter(f"{main}c"):
            before = column
            column = before + 1
            if "r" in cell.attrib:
                letters, number = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r")).groups()
                column = openpyxl.utils.column_index_from_string(letters)
                assert int(number) == row_number
            assert before < column
        last_column = max(last_column, column)
        if "spans" in row.attrib:
            first, last = map(int, row.get("spans").split(":"))
            assert first <= 1
            assert column <= last
    end = 0
    for column in root.iter(f"{main}col"):
        assert end < int(column.get("min")) <= int(column.get("max"))
        end = int(column.get("max"))
    dimension = root.find(f"{main}dimension")
    if dimension is not None:
        letters, number = re.fullmatch(r"A1:([A-Z]+)(\d+)", dimension.get("ref")).groups()
        assert openpyxl.utils.column_index_from_string(letters) >= last_column
        assert int(number) == row_number
