"""Candidate texts of one terminology: what the cross-encoder reads for each PT."""

from dataclasses import dataclass

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.templates import Template, order_aliases, render
from m2m_desktop.core.terminology import Terminology


@dataclass(frozen=True)
class CandidateTexts:
    """Renders the PTs of ``terminology`` with ``template``.

    Hierarchy names are those of the primary path; LLTs are the current ones in file order.
    """

    terminology: Terminology
    template: Template

    def text(self, pt_row: int, matched_llt_row: int = -1) -> str:
        """Render one PT; ``matched_llt_row`` matters only to the alias order "matched_first"."""
        terminology = self.terminology
        llt_names = terminology.names(TermLevel.LLT)
        rows = terminology.pt_llts[pt_row]
        aliases = [llt_names[int(row)] for row in rows if terminology.llt_current[int(row)]]
        pt_name = terminology.names(TermLevel.PT)[pt_row]
        matched = llt_names[matched_llt_row] if matched_llt_row >= 0 else ""
        ordered = order_aliases(self.template, pt_name, aliases, matched)
        if self.template.name != "full":
            return render(self.template, pt_name, ordered)
        hlt, hlgt, soc = terminology.primary_rows(pt_row)
        return render(
            self.template,
            pt_name,
            ordered,
            hlt_name=terminology.names(TermLevel.HLT)[hlt] if hlt >= 0 else "",
            hlgt_name=terminology.names(TermLevel.HLGT)[hlgt] if hlgt >= 0 else "",
            soc_name=terminology.names(TermLevel.SOC)[soc] if soc >= 0 else "",
        )
