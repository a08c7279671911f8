"""Coded files for the tests of export: invented phrases and terms."""

import hashlib
from pathlib import Path

from m2m_desktop.core.coded_items import CellPlace, CodedItem, CodedSource
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Run, Source
from m2m_desktop.core.review import CodedTerm, ReviewStatus

HEADERS = ("PT name", "PT code", "LLT", "Primary SOC", "HLT", "HLGT", "Probability", "Status",
           "Reviewer", "Source of the answer")  # fmt: skip
RUN = Run(
    terminology_id="toy-1", terminology_name="Toy", terminology_version="0.1",
    terminology_language="Chinese", terminology_hashes=(("llt.asc", "ab" * 32), ("pt.asc", "cd" * 32)),
    is_demo_terminology=False, model_id="small", model_hash="ef" * 32, template="full",
    alias_order="file", mode="default", threshold=0.3, top_k=100, app_version="0.1.0",
    coded_at="2026-01-01T00:00:00+00:00",
)  # fmt: skip
MADE_AT = "2026-03-04T05:06:07+00:00"


def term(name="红斑丘疹", code="90010001", probability=0.987, soc="皮肤疾病", **more):
    return CodedTerm(
        code, name, f"9{code[1:7]}9", f"{name}低", "90003333", "皮疹类", "90002222", "表皮类",
        "90001111" if soc == "皮肤疾病" else "90001112", soc, probability, **more,
    )  # fmt: skip


def item(row, text="皮疹", *, column=3, sheet="导出", start=0, terms=None, **more):
    known = {
        "kind": PieceKind.REACTION, "severity": "一般", "report_id": f"R{row}",
        "status": ReviewStatus.ACCEPTED, "is_flagged": False, "band": Band.CERTAIN,
        "source": Source.MODEL, "reviewer": "李药师", "decided_at": "2026-02-02T08:00:00+00:00",
        "comment": "",
    } | more  # fmt: skip
    if known["status"] is ReviewStatus.UNREVIEWED:
        known |= {"reviewer": "", "decided_at": ""}
    return CodedItem(
        CellPlace(sheet, row, column),
        start,
        start + len(text),
        text,
        terms=(term(),) if terms is None else tuple(terms),
        **known,
    )


def coded(items, source: Path | None = None, *, header_rows=None, run=RUN, name="", facts=()):
    digest = hashlib.sha256(source.read_bytes()).hexdigest() if source else ""
    return CodedSource(
        name=name or (source.name if source else "粘贴"), sha256=digest, items=tuple(items),
        header_rows={"导出": 2} if header_rows is None else header_rows, run=run,
        chain_head="12" * 32, made_at=MADE_AT, facts=facts,
    )  # fmt: skip
