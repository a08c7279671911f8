"""A PT and the LLT that stands for a phrase, described in full by a terminology."""

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.core.terminology import Terminology


def describe_term(terminology: Terminology, pt_code: str, llt_code: str = "") -> CodedTerm | None:
    """Give a PT with its primary path, and the LLT where it is one of this PT's.

    None where the terminology has no such PT. An ``llt_code`` of another PT is left out.
    """
    pt = terminology.preferred_term(pt_code)
    if pt is None:
        return None
    llt = terminology.llt(llt_code) if llt_code else None
    if llt is not None and llt.pt_code != pt_code:
        llt = None
    path = pt.paths[0] if pt.paths else None
    return CodedTerm(
        pt_code=pt.code,
        pt_name=pt.name,
        llt_code=llt.code if llt else "",
        llt_name=llt.name if llt else "",
        hlt_code=path.hlt.code if path else "",
        hlt_name=path.hlt.name if path else "",
        hlgt_code=path.hlgt.code if path else "",
        hlgt_name=path.hlgt.name if path else "",
        soc_code=path.soc.code if path else "",
        soc_name=path.soc.name if path else "",
        is_current=llt.is_current if llt else True,
    )


def own_names(terminology: Terminology, level: TermLevel, code: str) -> tuple[str, ...]:
    """Give what a terminology calls a term, in each of its languages; nothing for an unknown code."""
    term = terminology.term(level, code)
    return tuple(filter(None, (term.name, term.name2))) if term else ()
