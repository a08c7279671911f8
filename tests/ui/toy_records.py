"""Records made by hand for tests of models; all terms are invented."""

from m2m_desktop.core.records import (
    Band,
    Candidate,
    CodingResult,
    Evidence,
    HierarchyPath,
    Mention,
    PreferredTerm,
    Run,
    Source,
    Term,
    TermLevel,
)
from m2m_desktop.ui.engine_protocol import TreeTerm

SOC_CODES = {"皮肤": "91000001", "免疫": "91000002", "心脏": "91000003"}


def path(soc: str, *, is_primary: bool) -> HierarchyPath:
    code = SOC_CODES[soc]
    return HierarchyPath(
        Term(TermLevel.SOC, code, soc),
        Term(TermLevel.HLGT, f"92{code[2:]}", f"{soc}组"),
        Term(TermLevel.HLT, f"93{code[2:]}", f"{soc}类"),
        is_primary,
    )


def pt(name: str, code: str = "94000001") -> PreferredTerm:
    return PreferredTerm(
        code, name, (path("皮肤", is_primary=True), path("免疫", is_primary=False))
    )


def llt(name: str, *, is_current: bool = True) -> TreeTerm:
    return TreeTerm(Term(TermLevel.LLT, f"95{abs(hash(name)) % 10**6:06}", name), 0, is_current)


def root(name: str) -> TreeTerm:
    return TreeTerm(Term(TermLevel.SOC, SOC_CODES[name], name), 2)


def make_result(text: str, probabilities=(0.93, 0.71, 0.2), threshold: float = 0.3) -> CodingResult:
    candidates = tuple(
        Candidate(
            pt=pt("甲乙丙丁"[row], f"9400000{row}"),
            evidence=Evidence(f"9500000{row}", f"{'甲乙丙丁'[row]}一", Source.BM25),
            retrieval_rank=row + 1,
            retrieval_score=1.0,
            probability=probability,
            rank=row + 1,
        )
        for row, probability in enumerate(probabilities)
    )
    selected = tuple(c.pt.code for c in candidates if (c.probability or 0) >= threshold)
    run = Run("t", "toy", "1", "zh", (), True, "m", "0", "", "", "default", threshold, 100, "0", "")
    return CodingResult(
        Mention("1", text), text, candidates, selected, Band.CERTAIN, Source.MODEL, run
    )
