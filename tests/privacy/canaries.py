"""Fifty strings that stand for patients, planted where real ones stand, and the files that hold them.

None of them is a real name, number or address: names are of characters that no name has.
"""

import random
import re
import zipfile
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment

HEADER = (
    "报告表编码", "报告类型-严重程度", "怀疑/并用", "通用名称", "不良反应名称", "不良反应结果",
    "病历号", "患者姓名", "身份证号", "联系电话", "家庭住址", "不良反应过程描述",
)  # fmt: skip
RARE = "龘靐齉爨麤灪籱鱻馕虋饢鸞癵驫麣纞讟钃厵灩"
WORDS = ("浑身刺痒还起红疹子", "拉肚子", "头痛", "皮疹", "心慌胸闷", "吐得厉害")
SHEET = "报告导出"
REACTIONS_PART = "xl/worksheets/sheet1.xml"


class Place(Enum):
    """Where a string is planted."""

    PHRASE = "a reaction"
    REPORT = "the number of a report"
    COLUMN = "a column that is not mapped"
    NARRATIVE = "the narrative"
    DAMAGED = "a damaged file"
    COMMENT = "a comment of the reviewer"
    REMEMBERED = "a memory from another PC"


def _made() -> dict[str, Place]:
    chance = random.Random(50)

    def name() -> str:
        return "".join(chance.sample(RARE, 4))

    def digits(start: str, count: int) -> str:
        return start + "".join(chance.choice("0123456789") for _ in range(count - len(start)))

    def identity() -> str:
        return digits("990000", 17) + "X"

    def phone() -> str:
        return digits("199", 11)

    places = {
        Place.PHRASE: [*(name() for _ in range(10)), *(identity() for _ in range(3)),
                       *(phone() for _ in range(3))],
        Place.REPORT: [digits("9900", 16) for _ in range(6)],
        Place.COLUMN: [digits("BL99", 12), digits("BL99", 12), *(name() for _ in range(4)),
                       *(identity() for _ in range(3)), *(phone() for _ in range(3)),
                       *(f"{name()}路99号" for _ in range(2))],
        Place.NARRATIVE: [name(), name(), identity(), phone()],
        Place.DAMAGED: [name(), name(), identity(), phone()],
        Place.COMMENT: [name(), name(), phone()],
        Place.REMEMBERED: [name(), name(), phone()],
    }  # fmt: skip
    return {text: place for place, texts in places.items() for text in texts}


CANARIES: Mapping[str, Place] = _made()


def planted(place: Place) -> list[str]:
    """The strings that are planted in a place."""
    return [text for text, where in CANARIES.items() if where is place]


def phrases() -> list[str]:
    """The reactions of the export: a planted string with what happened."""
    return [f"{text}{WORDS[n % len(WORDS)]}" for n, text in enumerate(planted(Place.PHRASE))]


def write_export(path: Path, more_rows: int = 0) -> Path:
    """A national export full of them; also in notes of cells, and as a number that is no date.

    ``more_rows`` repeat the last report under other numbers, so that the work takes longer.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(["国家中心导出文件"])
    sheet.append(list(HEADER))
    reports, reactions = planted(Place.REPORT), phrases()
    stories, others = planted(Place.NARRATIVE), planted(Place.COLUMN)
    records, names, identities = others[:2], others[2:6], others[6:9]
    phones, streets = others[9:12], others[12:]
    for number, report in enumerate(reports):
        cells = "；".join([*reactions[number * 3 : number * 3 + 3], "头痛"])
        for drug in ("示例药甲", "示例药乙"):
            sheet.append([
                report, "一般", "怀疑", drug, cells, "好转", records[number % 2],
                names[number % 3], identities[number % 3], phones[number % 2],
                streets[number % 2], f"患者{stories[number % 4]}服药后起疹",
            ])  # fmt: skip
    last = [cell.value for cell in sheet[sheet.max_row]]
    for number in range(more_rows):
        sheet.append([f"{last[0]}{number}", *last[1:]])
    sheet["J3"] = int(phones[2])
    sheet["J3"].number_format = "yyyy-mm-dd"
    sheet["A3"].comment = Comment(names[3], "x")
    book.save(path)
    return path


def write_bad_cell(path: Path, source: Path) -> Path:
    """The export with a number among its reactions that is none: that row cannot be read."""
    bad, count = planted(Place.DAMAGED)[0].encode(), 0

    def spoil(content: bytes) -> bytes:
        nonlocal count
        cell = rb'<c r="E5"[^>]*>.*?</c>'
        content, count = re.subn(cell, b'<c r="E5"><v>%s</v></c>' % bad, content, count=1)
        return content

    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, spoil(content) if name == REACTIONS_PART else content)
    assert count == 1
    return path


def write_broken(path: Path, source: Path) -> Path:
    """The export whose sheet ends in the middle of a row."""
    bad = planted(Place.DAMAGED)[1].encode()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == REACTIONS_PART:
                content = content[: len(content) // 2] + b'<c t="inlineStr"><is><t>' + bad
            new.writestr(name, content)
    return path


def write_open_quote(path: Path) -> Path:
    """A text file with a quotation mark that does not close."""
    third, fourth = planted(Place.DAMAGED)[2:]
    lines = ["不良反应名称,病历号", f"皮疹,{fourth}", f'"{third}头痛,1', "恶心,2"]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    return path


def write_memory(path: Path, pt_code: str) -> Path:
    """A memory from another PC; one of its rows names a code that does not exist."""
    book = openpyxl.Workbook()
    book.active.append(["短语", "PT编码"])
    *good, bad = planted(Place.REMEMBERED)
    for text in good:
        book.active.append([f"{text}皮疹", pt_code])
    book.active.append([f"{bad}皮疹", "1"])
    book.save(path)
    return path
