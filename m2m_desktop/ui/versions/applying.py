"""Where the window's process writes an upgrade into a project, and reads the earlier ones."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from m2m_desktop.core.versions.effects import EffectKind, Standing
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, ReleaseStamp
from m2m_desktop.services.project.upgrades import stamp_from_json
from m2m_desktop.services.versions.upgrading import Applied, apply_effects
from m2m_desktop.services.versions.wire import effect_from_json
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.versions.records import LogRow


def upgrade_project(
    project: Project,
    told: Sequence[Json],
    ticked: Collection[str],
    *,
    actor: Actor,
    when: datetime,
    release: Mapping[str, object],
) -> Applied:
    """Put what is proposed in the place of the ticked decisions, as one step that can be undone.

    ``told`` are all effects as the engine gave them, ``release`` the new release likewise. What the
    upgrade log has no place for (no effect, no decision) is not even read. Raises as
    `services.versions.upgrading.apply_effects` does.
    """
    passed_by = (EffectKind.NONE.value, Standing.PROPOSED.value)
    effects = [
        effect_from_json(one)
        for one in told
        if one["kind"] not in passed_by and one["status"] not in passed_by
    ]
    return apply_effects(
        project, effects, ticked, actor=actor, when=when, release=stamp_from_json(release)
    )


def upgrades_of(project: Project, names: Mapping[str, str]) -> tuple[LogRow, ...]:
    """Give the upgrades of a project, the newest first. Raises: CodingToolError.

    ``names``: what the releases that are loaded are called, by id. A project that was never coded
    knows the id of its release only.
    """
    return tuple(
        LogRow(
            one.utc,
            one.actor.reviewer or one.actor.os_user,
            _called(one.before, names),
            _called(one.after, names),
            len(one.changed),
            len(one.kept),
            one.is_undone,
        )
        for one in reversed(project.upgrades())
    )


def _called(stamp: ReleaseStamp, names: Mapping[str, str]) -> str:
    return stamp.name or names.get(stamp.terminology_id, stamp.terminology_id)
