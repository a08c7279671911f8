"""Workbooks: one is written with awkward texts and read back by the process that reads tables."""

from collections.abc import Iterator

from m2m_desktop.core.coded_items import CellPlace, CodedItem, CodedSource
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import CodedTerm, ReviewStatus
from m2m_desktop.services.export.new_workbook import write_workbook
from m2m_desktop.services.selftest.records import Finding, bad, good
from m2m_desktop.services.selftest.scene import Scene
from m2m_desktop.services.tables.table_reader import TableReader

TEXTS = ("皮疹、瘙痒", "=1+1", "#N/A", "0012", "𠮷 ≥39℃ “引号”", "+头晕", "@呕吐", "第一行\n第二行")
"""What spreadsheets like to take for something else."""

_SAME = N_("A workbook with awkward texts ({count}) was written, and read back the same.")
_OTHER = N_("Texts that were read back differently: {count}")
_ADVICE = N_("Do not export with this installation. Install the program again, then test again.")


def check_workbook(scene: Scene) -> Iterator[Finding]:
    """Write and read."""
    path = scene.folder("工作簿") / "自检结果.xlsx"
    write_workbook(path, source_of(TEXTS, scene.now().isoformat(timespec="seconds")))
    scene.cancel()
    with TableReader() as reader:
        table = reader.sniff(path, progress=lambda _done, _total, _note="": scene.cancel())
    read = {cell for row in table.sheets[0].rows for cell in row}
    lost = [text for text in TEXTS if text not in read]
    if lost:
        yield bad(message(_OTHER, count=len(lost)), message(_ADVICE))
    else:
        yield good(message(_SAME, count=len(TEXTS)))


def source_of(texts: tuple[str, ...], made_at: str) -> CodedSource:
    """A coded file with these mentions."""
    term = CodedTerm("90100096", "腹泻", "90100096", "腹泻")
    items = [
        CodedItem(
            place=CellPlace("1", row, 1),
            start=0,
            end=len(text),
            text=text,
            kind=PieceKind.REACTION,
            severity="",
            report_id=f"R{row}",
            status=ReviewStatus.ACCEPTED,
            is_flagged=False,
            terms=(term,),
            band=Band.CERTAIN,
            source=Source.EXACT,
            reviewer="",
            decided_at=made_at,
            comment="",
        )
        for row, text in enumerate(texts, 2)
    ]
    return CodedSource("selftest", "0" * 64, items, {"1": 1}, None, "0" * 64, made_at)
