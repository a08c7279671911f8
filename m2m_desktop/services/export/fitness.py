"""How many texts of a project do not fit into a file as they are."""

from dataclasses import dataclass

from m2m_desktop.core.coded_items import CodedSource
from m2m_desktop.services.export.cell_text import count_unwritable, is_too_long, starts_like_formula


@dataclass(frozen=True, slots=True)
class Fitness:
    """Mentions with a text that has characters to replace, must be cut, or looks like a formula."""

    replaced: int
    cut: int
    shielded: int


def fitness_of(coded: CodedSource) -> Fitness:
    """Look at every text of every mention that is written somewhere."""
    replaced = cut = shielded = 0
    for item in coded.items:
        texts = [item.text, item.severity, item.report_id, item.reviewer, item.comment]
        for term in item.terms:
            texts += [term.pt_name, term.llt_name, term.hlt_name, term.hlgt_name, term.soc_name]
        replaced += any(map(count_unwritable, texts))
        cut += any(map(is_too_long, texts))
        shielded += any(map(starts_like_formula, texts))
    return Fitness(replaced, cut, shielded)
