"""Bring decisions of a project to another release: only those a person chose, as one step.

The window does this itself, as it writes every decision: nothing here needs a terminology.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from m2m_desktop.core.review import Action, Change, CodedTerm, ReviewState, Target, upgraded
from m2m_desktop.core.versions.effects import Effect, EffectKind, Standing
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, ReleaseStamp
from m2m_desktop.services.project.upgrades import upgrade_note
from m2m_desktop.services.versions.errors import EffectsOutdated, EffectUnknown

if TYPE_CHECKING:
    from m2m_desktop.core.terminology import ReleaseInfo

_SHOWN_KEYS = 10


@dataclass(frozen=True, slots=True)
class Applied:
    """What an upgrade did, by keys; ``seq`` is the number of its last event.

    ``kept`` are decisions that the release says something else of and that were left as they are.
    """

    changed: tuple[str, ...]
    kept: tuple[str, ...]
    seq: int


def apply_effects(
    project: Project,
    effects: Sequence[Effect],
    chosen_keys: Collection[str],
    *,
    actor: Actor,
    when: datetime,
    release: ReleaseStamp,
) -> Applied:
    """Put the proposals of the chosen effects in the place of what was decided, all or none.

    ``effects`` are all that were shown (see `deciding.project_effects`): what was not chosen is
    listed in the upgrade log, and nothing of it changes. From then on the project says that its
    decisions are made in ``release``. Undo takes all of it back.

    Raises EffectUnknown, EffectsOutdated (a decision has changed since), and what
    `Project.upgrade` raises; nothing has changed then.
    """
    by_key = {effect.key: effect for effect in effects}
    wanted = frozenset(chosen_keys)
    chosen = [effect for effect in effects if effect.key in wanted]
    bad = [key for key in chosen_keys if key not in by_key or not by_key[key].can_apply]
    if bad:
        raise EffectUnknown(keys=", ".join(sorted(bad)[:_SHOWN_KEYS]))
    changes = list(_changes(project, chosen, actor, when))
    kept = [
        effect
        for effect in effects
        if effect.verdict.kind is not EffectKind.NONE
        and effect.standing is not Standing.PROPOSED
        and effect.key not in wanted
    ]
    before = project.info.release or ReleaseStamp("")
    note = upgrade_note(before, release, map(_told, chosen), map(_told, kept))
    seq = project.upgrade(changes, note, actor=actor, now=when)
    return Applied(
        tuple(effect.key for effect in chosen), tuple(effect.key for effect in kept), seq
    )


def stamp_of(info: "ReleaseInfo") -> ReleaseStamp:
    """A release as a project names it."""
    return ReleaseStamp(
        info.terminology_id, info.name, info.version, info.language, info.hashes, info.is_demo
    )


def certain_keys(effects: Sequence[Effect]) -> list[str]:
    """Give the keys of what may be applied without a look: same codes, new names or places."""
    return [one.key for one in effects if one.verdict.is_certain and one.can_apply]


def _changes(
    project: Project, chosen: Sequence[Effect], actor: Actor, when: datetime
) -> Iterator[Change]:
    states = _states(project)
    outdated = [one for one in chosen if not _is_as_shown(states.get(one.key), one.terms)]
    if outdated:
        raise EffectsOutdated(count=len(outdated))
    who = actor.reviewer or actor.os_user
    for effect in chosen:
        target = Target.PHRASE if effect.key.startswith("p") else Target.ITEM
        after = upgraded(states[effect.key], effect.verdict.proposal or (), who, when)
        yield Change(target, int(effect.key[1:]), Action.UPGRADE, after)


def _states(project: Project) -> Mapping[str, ReviewState]:
    """What holds now, by key."""
    found = {f"p{row.phrase_id}": row.state for row in project.phrases()}
    for item in project.all_items():
        if item.state is not None:
            found[f"i{item.item_id}"] = item.state
    return found


def _is_as_shown(state: ReviewState | None, terms: Sequence[CodedTerm]) -> bool:
    if state is None or not (state.is_locked or state.is_draft):
        return False
    return _codes(state.terms) == _codes(terms)


def _codes(terms: Sequence[CodedTerm]) -> list[tuple[str, str]]:
    return [(term.pt_code, term.llt_code) for term in terms]


def _told(effect: Effect) -> tuple[str, str]:
    return effect.key, effect.verdict.kind.value
