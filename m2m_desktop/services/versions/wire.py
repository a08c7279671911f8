"""Changes and effects as plain JSON values, and effects back for whoever applies them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.messages import Message
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.core.versions.changes import Place, VersionChange, places
from m2m_desktop.core.versions.effects import Effect, EffectKind, Standing, Verdict
from m2m_desktop.services.language import _
from m2m_desktop.services.project.records import Upgrade
from m2m_desktop.services.project.upgrades import stamp_to_json
from m2m_desktop.services.project.wire import term_to_json, terms_from_json
from m2m_desktop.services.wire import info_to_json

if TYPE_CHECKING:
    from m2m_desktop.core.versions.comparing import Comparison

Json = dict[str, Any]


def comparison_to_json(found: "Comparison") -> Json:
    """How much differs, and what limits the comparison, in the current language."""
    return {
        "old": info_to_json(found.old),
        "new": info_to_json(found.new),
        "counts": {kind.value: dict(levels) for kind, levels in found.counts.items()},
        "total": len(found.changes),
        "problems": [problem.text(_) for problem in found.problems],
    }


def change_to_json(change: VersionChange) -> Json:
    """One change; its sentence in the current language."""
    return {
        "kind": change.kind.value,
        "level": change.level,
        "code": change.code,
        "name_before": change.name_before,
        "name_after": change.name_after,
        "before": places_text(change.before),
        "after": places_text(change.after),
        "detail": change.detail.text(_),
        "before_codes": [[place.level, place.code] for place in change.before],
        "after_codes": [[place.level, place.code] for place in change.after],
    }


def places_text(found: tuple[Place, ...]) -> str:
    """Places by name; nothing where there are none."""
    told = places(found) if found else ""
    return told.text(_) if isinstance(told, Message) else told


def effect_to_json(effect: Effect) -> Json:
    """One effect; its sentences in the current language."""
    verdict = effect.verdict
    proposal = verdict.proposal
    return {
        "key": effect.key,
        "phrase": effect.phrase,
        "rows": effect.rows,
        "status": effect.standing.value,
        "terms": [_term(term) for term in effect.terms],
        "kind": verdict.kind.value,
        "reason": sentences(verdict.reasons),
        "proposal": None if proposal is None else [_term(term) for term in proposal],
        "proposal_reason": sentences(verdict.proposal_reasons),
        "can_apply": effect.can_apply,
        "needs_person": verdict.needs_person,
        "is_certain": verdict.is_certain and effect.can_apply,
    }


def sentences(found: Iterable[Message]) -> str:
    """Sentences in the current language, one after the other."""
    told = ""
    for one in found:
        text = one.text(_)
        told = _("{first} {next}").format(first=told, next=text) if told else text
    return told


def effect_from_json(told: Mapping[str, Any]) -> Effect:
    """Inverse of `effect_to_json`, without the sentences.

    Raises ValueError, KeyError or TypeError for anything else.
    """
    proposal = told["proposal"]
    verdict = Verdict(
        kind=EffectKind(told["kind"]),
        proposal=None if proposal is None else terms_from_json(proposal),
        needs_person=bool(told["needs_person"]),
    )
    return Effect(
        key=str(told["key"]),
        phrase=str(told["phrase"]),
        rows=int(told["rows"]),
        standing=Standing(told["status"]),
        terms=terms_from_json(told["terms"]),
        verdict=verdict,
    )


def upgrade_to_json(upgrade: Upgrade) -> Json:
    """One upgrade of a project: when, who, from, to, what was changed and what was kept."""
    return {
        "seq": upgrade.seq,
        "when": upgrade.utc,
        "who": upgrade.actor.reviewer or upgrade.actor.os_user,
        "from": stamp_to_json(upgrade.before),
        "to": stamp_to_json(upgrade.after),
        "changed": len(upgrade.changed),
        "kept": len(upgrade.kept),
        "changed_keys": [list(one) for one in upgrade.changed],
        "kept_keys": [list(one) for one in upgrade.kept],
        "is_undone": upgrade.is_undone,
    }


def _term(term: CodedTerm) -> Json:
    return {"llt_code": "", "llt_name": "", **term_to_json(term)}
