"""An analysis as plain JSON, its sentences in the current language."""

from m2m_desktop.core.analysis.records import CountRow, Remark, SmqCount
from m2m_desktop.services.analysis.sources import Found
from m2m_desktop.services.analysis.words import judged_sentence
from m2m_desktop.services.engine_requests import Json
from m2m_desktop.services.language import _
from m2m_desktop.services.wire import info_to_json


def found_to_json(found: Found) -> Json:
    """All figures. ``place`` of a row of SOCs is that of the international order, from 0."""
    analysis = found.analysis
    return {
        "given": analysis.given,
        "used": analysis.used,
        "refused": analysis.refused,
        "terms": analysis.terms,
        "cases": analysis.cases if analysis.has_cases else 0,
        "has_cases": analysis.has_cases,
        "unit": analysis.unit.value,
        "all_paths": analysis.all_paths,
        "decided_only": found.wish.decided_only,
        "terminology": info_to_json(found.release),
        "source_name": found.source,
        "judged": judged_sentence(analysis),
        "notes": [note.text(_) for note in analysis.notes],
        "bad": [remark_to_json(remark) for remark in analysis.remarks],
        "severities": list(analysis.severities),
        "levels": {
            level.name.lower(): [row_to_json(row, has_cases=analysis.has_cases) for row in rows]
            for level, rows in analysis.levels.items()
        },
        "smqs": [smq_to_json(smq) for smq in analysis.smqs],
    }


def remark_to_json(remark: Remark) -> Json:
    """One thing that was not counted, or (``is_used``) otherwise than it stands there."""
    return {
        "row": remark.row,
        "text": remark.text,
        "code": remark.reason.value,
        "reason": remark.sentence.text(_),
        "suggestion": remark.suggestion,
        "count": remark.count,
        "is_used": remark.is_used,
    }


def row_to_json(row: CountRow, *, has_cases: bool) -> Json:
    """One term of a level with what falls under it; ``reports`` 0 where none are known."""
    return {
        "code": row.term.code,
        "name": row.term.name if row.term.code else _(row.term.name),
        "name2": row.term.name2,
        "soc_name": row.soc_name,
        "counts": dict(row.counts),
        "total": row.total,
        "terms": row.terms,
        "reports": row.cases if has_cases else 0,
        "place": row.place,
    }


def smq_to_json(smq: SmqCount) -> Json:
    """One SMQ with its reported terms."""
    return {
        "code": smq.code,
        "name": smq.name,
        "name2": smq.name2,
        "level": smq.level,
        "algorithm": smq.algorithm,
        "narrow_terms": smq.narrow_terms,
        "broad_terms": smq.broad_terms,
        "narrow_count": smq.narrow_count,
        "broad_count": smq.broad_count,
        "narrow_cases": smq.narrow_cases,
        "broad_cases": smq.broad_cases,
        "algorithm_met": smq.algorithm_met,
        "cases_met": smq.cases_met,
        "terms": [
            {
                "level": one.term.level.name.lower(),
                "code": one.term.code,
                "name": one.term.name,
                "name2": one.term.name2,
                "is_narrow": one.is_narrow,
                "category": one.categories,
                "count": one.count,
            }
            for one in smq.terms
        ],
    }
