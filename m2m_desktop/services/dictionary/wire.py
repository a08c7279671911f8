"""Terms, cards and SMQs as plain JSON values for the window and for ``--json``."""

from collections.abc import Sequence
from typing import Any

from m2m_desktop.core.smqs import SmqMembership
from m2m_desktop.services.dictionary.bin_import import BinImport
from m2m_desktop.services.dictionary.browsing import OpenedRoute, TermRow
from m2m_desktop.services.dictionary.cards import TermCard
from m2m_desktop.services.dictionary.second_language import SecondLanguage
from m2m_desktop.services.dictionary.smqs import MemberRow, SmqRow, algorithm_words
from m2m_desktop.services.language import _

Json = dict[str, Any]


def term_row_to_json(row: TermRow) -> Json:
    """One term as a list or a tree shows it."""
    return {
        "level": row.level.name.lower(),
        "code": row.code,
        "name": row.name,
        "name2": row.name2,
        "is_current": row.is_current,
        "child_count": row.child_count,
        "is_primary": row.is_primary,
    }


def term_rows_to_json(rows: Sequence[TermRow]) -> Json:
    """Terms in their order."""
    return {"terms": [term_row_to_json(row) for row in rows]}


def route_to_json(opened: OpenedRoute) -> Json:
    """A place, and the steps to it."""
    return {
        "route": list(opened.route),
        "steps": [
            {"route": list(step.route), **term_rows_to_json(step.terms)} for step in opened.steps
        ],
    }


def card_to_json(card: TermCard) -> Json:
    """The card of a term."""
    return {
        "term": term_row_to_json(card.term),
        "pt": term_row_to_json(card.pt) if card.pt else None,
        "names": [{"language": language, "name": name} for language, name in card.names],
        "paths": [
            {
                "soc": term_row_to_json(path.soc),
                "hlgt": term_row_to_json(path.hlgt),
                "hlt": term_row_to_json(path.hlt),
                "primary": path.is_primary,
            }
            for path in card.paths
        ],
        "parents": list(map(term_row_to_json, card.parents)),
        "children": list(map(term_row_to_json, card.children)),
        "child_total": card.child_total,
        "smqs": list(map(membership_to_json, card.smqs)),
        "history": [
            {
                "version": event.version,
                "level": event.level,
                "currency": event.currency,
                "action": event.action,
                "name": event.name,
            }
            for event in card.history
        ],
        "same_name": list(map(term_row_to_json, card.same_name)),
    }


def membership_to_json(membership: SmqMembership) -> Json:
    """An SMQ that holds a term."""
    return {
        "code": membership.smq.code,
        "name": membership.smq.name,
        "name2": membership.smq.name2,
        "narrow": membership.is_narrow,
        "direct": membership.is_direct,
        "is_active": membership.smq.is_active,
    }


def smq_row_to_json(row: SmqRow) -> Json:
    """An SMQ in the list."""
    return {
        "code": row.smq.code,
        "name": row.smq.name,
        "name2": row.smq.name2,
        "level": row.smq.level,
        "is_active": row.smq.is_active,
        "algorithm": row.smq.algorithm,
        "parents": list(row.parents),
        "children": list(row.children),
        "member_count": row.member_count,
    }


def smq_card_to_json(row: SmqRow) -> Json:
    """An SMQ with its description, and its algorithm in words of the current language."""
    return {
        "smq": {**smq_row_to_json(row), "description": row.smq.description},
        "algorithm_text": algorithm_words(row.smq.algorithm),
    }


def members_to_json(rows: Sequence[MemberRow]) -> Json:
    """The terms of an SMQ."""
    return {"members": list(map(_member_to_json, rows)), "total": len(rows)}


def _member_to_json(row: MemberRow) -> Json:
    term = row.member.term
    return {
        "level": term.level.name.lower(),
        "code": term.code,
        "name": term.name,
        "name2": term.name2,
        "is_narrow": row.member.is_narrow,
        "category": row.member.category,
        "weight": row.member.weight,
        "via_code": row.member.via,
        "via_name": row.via_name,
        "via_name2": row.via_name2,
        "is_current": row.is_current,
        "pt_code": row.pt_code,
    }


def import_to_json(found: BinImport) -> Json:
    """What became of an imported list of terms, with the reasons in the current language."""
    return {
        "items": list(map(term_row_to_json, found.items)),
        "bad": [
            {
                "row": bad.row,
                "text": bad.text,
                "reason": bad.reason.text(_),
                "is_taken": bad.is_taken,
            }
            for bad in found.bad
        ],
    }


def second_language_to_json(choice: SecondLanguage) -> Json:
    """Where second names come from."""
    return {
        "terminology_id": choice.terminology_id,
        "language": choice.language,
        "candidates": [
            {
                "terminology_id": info.terminology_id,
                "name": info.name,
                "language": info.language,
            }
            for info in choice.candidates
        ],
        "problem": choice.problem.text(_) if choice.problem else "",
    }
