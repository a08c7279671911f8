"""Mutated tables: whatever the bytes, only our errors may come out of the readers.

``python -m tests.fuzz.fuzz_tables --cases 10000 [--seed 1]`` mutates workbooks, old workbooks and
text files in memory, by bytes and by parts, reads each, and prints what became of the cases. What
opens must hold together: its counts add up, and its rows stand in the order of the file.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import Message
from m2m_desktop.services.tables.reading import read_pasted, read_table
from m2m_desktop.services.tables.records import ReadTable
from m2m_desktop.services.tables.sniffing import sniff, sniff_text
from tests.toy.bad_tables import good_xls
from tests.toy.old_workbooks import OldSheet, compound_file, workbook_stream
from tests.toy.tables import (
    HEADER_ROW,
    MAIN,
    book_parts,
    national_rows,
    row_xml,
    sheet_xml,
    text_cell,
    zip_of,
)

_SNIPPETS = [
    b"<", b">", b"</row>", b"<row>", b"<c>", b"</c>", b'r="0"', b'r="B2"', b't="s"', b"<v>99</v>",
    b"<v>-1</v>", b"<v>1e999</v>", b"<f>", b"</f>", b"<is>", b"<t>", b"<!--", b"-->", b"<![CDATA[",
    b"]]>", b"&#0;", b"&amp;", b"<!DOCTYPE a>", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    b'"', b'""', b",", b"\t", b";", b"\r", b"\n", b"=", b"9" * 400, b"A" * 300, b"../", b"\\",
    "痛".encode(), "痛".encode("gb18030"), b'<mergeCell ref="A1:XFD1048576"/>', b"<rPh>", b"{", b"%",
]  # fmt: skip


def base_parts() -> dict[str, bytes]:
    """A workbook that uses most of what a sheet can hold."""
    data = HEADER_ROW
    for number in range(2, 30):
        data += row_xml(
            number, f'<c r="A{number}" s="1"><v>{45000 + number}</v></c>',
            f'<c r="B{number}" t="s"><v>{number % 5}</v></c>', f'<c r="C{number}" t="b"><v>1</v></c>',
            f'<c r="D{number}" t="str"><f>A1</f><v>x_x000D_</v></c>', f'<c r="E{number}"><f>A1</f></c>',
            text_cell(f"F{number}", "说明"), f'<c r="G{number}" t="e"><v>#N/A</v></c>',
        )  # fmt: skip
    strings = "".join(f"<si><r><t>反应{n}</t></r><rPh><t>x</t></rPh></si>" for n in range(5))
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    after = '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    return book_parts(
        sheet_xml(data, after=after), strings=f'<sst xmlns="{MAIN}">{strings}</sst>', styles=styles
    )


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes or lines."""
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        kind, at = chance.randrange(7), chance.randrange(len(data) + 1)
        if kind == 0 and data:
            at = chance.randrange(len(data))
            data = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + chance.choice(_SNIPPETS) + data[at:]
        elif kind == 2:
            data = data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[at:]
        elif kind == 3:
            data = data[:at] + data[at + chance.randrange(1, 60) :]
        elif kind == 4:
            data = data[:at]
        elif kind == 5:
            end = min(len(data), at + chance.randrange(1, 400))
            data = data[:end] + data[at:end] + data[end:]
        else:
            pieces = data.split(b">")
            first, second = chance.randrange(len(pieces)), chance.randrange(len(pieces))
            pieces[first], pieces[second] = pieces[second], pieces[first]
            data = b">".join(pieces)
    return data


def make_case(chance: random.Random) -> tuple[str, bytes]:
    """A suffix and a content."""
    kind = chance.randrange(10)
    if kind < 5:
        parts = base_parts()
        weights = {"xl/worksheets/sheet1.xml": 6, "xl/sharedStrings.xml": 3, "xl/styles.xml": 2}
        names = sorted(parts)
        (name,) = chance.choices(names, [weights.get(name, 1) for name in names])
        parts[name] = mutated(parts[name], chance)
        if chance.random() < 0.02:
            del parts[chance.choice(names)]
        return ".xlsx", zip_of(parts)
    if kind == 5:
        return ".xlsx", mutated(zip_of(base_parts()), chance)
    if kind == 6:
        return ".xls", mutated(good_xls(), chance)
    if kind == 7:
        stream = workbook_stream({"导出": OldSheet(national_rows(6), merged=[(2, 3, 0, 0)])})
        return ".xls", compound_file(mutated(stream, chance))
    rows = ["编号,不良反应名称", '1,"皮疹\n""瘙痒"""', "2,头痛", "3,恶心"] * chance.choice((1, 50))
    encoding = chance.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"))
    suffix = chance.choice((".csv", ".txt", ".tsv", ".xls"))
    return suffix, mutated("\n".join(rows).encode(encoding), chance)


def check(read: ReadTable) -> None:
    """What was read must hold together."""
    counts = read.counts
    assert counts.rows == counts.kept + counts.merged + counts.empty + counts.unreadable
    assert counts.kept == len(read.rows)
    places = [(row.sheet, row.row) for row in read.rows]
    assert len(set(places)) == len(places)
    assert [row for _sheet, row in places] == sorted(row for _sheet, row in places)
    assert all(row.reactions and row.row <= read.last_rows[row.sheet] for row in read.rows)


def run(cases: int, seed: int) -> Counter[str]:
    """Try ``cases`` mutations; AssertionError or any foreign exception is a find."""
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(cases):
            chance = random.Random(f"{seed}-{number}")
            suffix, content = make_case(chance)
            path = Path(folder) / f"case{suffix}"
            path.write_bytes(content)
            try:
                outcomes[_outcome(path)] += 1
                if suffix != ".xlsx":
                    text = content.decode("utf-8", "replace")
                    check(read_pasted(text, sniff_text(text).layout))
            except CodingToolError as error:
                str(error)
                detail = error.fields["detail"]
                kind = detail.fields.get("kind", "") if isinstance(detail, Message) else ""
                outcomes[f"{type(error).__name__} {kind}".strip()] += 1
            except BaseException:
                print(f"case {seed}-{number}")
                raise
    return outcomes


def _outcome(path: Path) -> str:
    table = sniff(path)
    if not table.layout.sheets:
        return "opened, no column"
    read = read_table(path, table.layout)
    check(read)
    return "read, with problems" if read.counts.problems else "read"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.perf_counter()
    outcomes = run(arguments.cases, arguments.seed)
    seconds = time.perf_counter() - start
    print(f"{arguments.cases} cases in {seconds:.0f} s, {arguments.cases / seconds:.0f} a second")
    for outcome, count in outcomes.most_common():
        print(f"{count:8}  {outcome}")


if __name__ == "__main__":
    main()
