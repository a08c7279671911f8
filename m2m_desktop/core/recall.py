"""How coding asks the memory, and how what was remembered joins the candidates."""

from dataclasses import replace

from m2m_desktop.core.memory import Memory, MemoryEntry
from m2m_desktop.core.memory_check import may_answer
from m2m_desktop.core.records import Source, TermLevel
from m2m_desktop.core.retrieval import FirstStage, Proposal
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key


def recall(
    memory: Memory, text: str, first: FirstStage, terminology: Terminology
) -> MemoryEntry | None:
    """Give the entry that answers a phrase; None where there is none, or a name comes before it.

    A phrase that is itself the name of one PT needs no memory. A name of several PTs does, and so
    does a phrase that is made of several names: a person may have said what the whole means.
    """
    if first.is_whole_exact and first.part_count == 1 and not first.is_ambiguous:
        return None
    key = match_key(text)
    entry = memory.recall(key) if key else None
    return entry if entry is not None and may_answer(entry, terminology) else None


def remembered_first(
    first: FirstStage, entry: MemoryEntry, terminology: Terminology, *, k: int
) -> FirstStage:
    """Put the remembered PTs before all proposals, in their order; at most ``k`` remain.

    A PT that was proposed anyway keeps its score; one that was not gets a score of 0.
    """
    proposed = {proposal.pt_row: proposal for proposal in first.proposals}
    text = first.proposals[0].text if first.proposals else first.normalised
    ahead: dict[int, Proposal] = {}
    for term in entry.terms:
        row = terminology.index(TermLevel.PT, term.pt_code)
        llt = terminology.index(TermLevel.LLT, term.llt_code) if term.llt_code else -1
        known = proposed.get(row, Proposal(row, llt, 0.0, Source.MEMORY, text))
        llt = llt if llt >= 0 else known.llt_row
        ahead[row] = replace(known, llt_row=llt, source=Source.MEMORY)
    others = [proposal for proposal in first.proposals if proposal.pt_row not in ahead]
    return replace(first, proposals=tuple([*ahead.values(), *others][: max(k, len(ahead))]))
