"""What the engine process is asked about versions, as methods of the protocol.

A project that a window works on is open there: what is asked about it here is a snapshot of it. The
window applies effects to its project itself (`services.versions.upgrading`).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from m2m_desktop.core.progress import Progress
from m2m_desktop.services.engine_requests import Json, Params, bad_parameter

if TYPE_CHECKING:
    from m2m_desktop.core.versions.comparing import Comparison
    from m2m_desktop.core.versions.effects import Effect
    from m2m_desktop.services.engine_methods import Methods

PAGE = 200
Kind = TypeVar("Kind", bound=Enum)


def versions_compare(methods: "Methods", params: Params, progress: Progress) -> Json:
    """How much differs between two releases, by kind and level."""
    from m2m_desktop.services.versions.wire import comparison_to_json

    return comparison_to_json(_compared(methods, params, progress))


def versions_changes(methods: "Methods", params: Params, progress: Progress) -> Json:
    """One page of what differs: of some kinds and levels, with a text in a name or code."""
    from m2m_desktop.core.versions.changes import LEVELS, ChangeKind
    from m2m_desktop.services.versions.wire import change_to_json

    levels = _texts(params, "levels")
    if not set(levels) <= set(LEVELS):
        raise bad_parameter("levels")
    found = _compared(methods, params, progress).select(
        _values(params, "kinds", ChangeKind), levels, params.text("text", "")
    )
    start, count = int(params.number("offset", 0)), int(params.number("limit", PAGE))
    if start < 0 or count < 0:
        raise bad_parameter("offset")
    page = found[start : start + count]
    return {"changes": [change_to_json(change) for change in page], "total": len(found)}


def versions_export(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Write everything that differs to a workbook."""
    from m2m_desktop.services.versions.change_sheets import export_changes

    found = _compared(methods, params, progress)
    written, rows = export_changes(found, params.path("path"), progress=progress)
    return {"path": str(written), "rows": rows}


def versions_effects(methods: "Methods", params: Params, progress: Progress) -> Json:
    """What a new release means for each decision of a project, or each entry of the memory."""
    from m2m_desktop.services.versions.deciding import counts_of
    from m2m_desktop.services.versions.wire import effect_to_json

    found = _effects(methods, params, progress)
    return {
        "effects": [effect_to_json(effect) for effect in found],
        "counts": counts_of(found),
        "total": len(found),
    }


def versions_apply_memory(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Bring chosen entries of the memory to a new release."""
    from m2m_desktop.services.memory.wire import entry_to_json
    from m2m_desktop.services.versions.remembering import apply_to_memory

    done = apply_to_memory(
        methods.engine.memory,
        methods.engine.terminology(params.text("old"), progress),
        methods.engine.terminology(params.text("new"), progress),
        _texts(params, "keys"),
        reviewer=params.text("reviewer", ""),
        decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return {
        "changed": len(done.changed),
        "entries": [entry_to_json(entry) for entry in done.changed],
        "kept": list(done.kept),
    }


def versions_log(methods: "Methods", params: Params, progress: Progress) -> Json:  # noqa: ARG001
    """The upgrades of a project."""
    from m2m_desktop.services.project.project import Project
    from m2m_desktop.services.versions.upgrade_log import upgrade_log
    from m2m_desktop.services.versions.wire import upgrade_to_json

    with Project.open(params.path("project"), read_only=True) as project:
        return {"upgrades": [upgrade_to_json(one) for one in upgrade_log(project)]}


def versions_log_export(methods: "Methods", params: Params, progress: Progress) -> Json:  # noqa: ARG001
    """Write the upgrades of a project with every change they made to a workbook."""
    from m2m_desktop.services.project.project import Project
    from m2m_desktop.services.versions.upgrade_log import export_log

    with Project.open(params.path("project"), read_only=True) as project:
        written, rows = export_log(project, params.path("path"))
    return {"path": str(written), "rows": rows}


VERSIONS_METHODS: Mapping[str, Callable[["Methods", Params, Progress], Any]] = {
    method.__name__: method
    for method in (
        versions_compare, versions_changes, versions_export, versions_effects,
        versions_apply_memory, versions_log, versions_log_export,
    )
}  # fmt: skip


def _compared(methods: "Methods", params: Params, progress: Progress) -> "Comparison":
    from m2m_desktop.services.versions.comparing import compared

    return compared(methods.engine, params.text("old"), params.text("new"), progress)


def _effects(methods: "Methods", params: Params, progress: Progress) -> "list[Effect]":
    from m2m_desktop.services.project.project import Project
    from m2m_desktop.services.versions.deciding import memory_effects, project_effects

    target = params.values.get("target")
    if not isinstance(target, Mapping):
        raise bad_parameter("target")
    chosen = Params(target)
    old = methods.engine.terminology(params.text("old"), progress)
    new = methods.engine.terminology(params.text("new"), progress)
    if chosen.flag("memory", default=False):
        return memory_effects(methods.engine.memory.entries(), old, new, progress)
    with Project.open(chosen.path("project"), read_only=True) as project:
        return project_effects(project, old, new, progress)


def _texts(params: Params, name: str) -> list[str]:
    told = params.values.get(name) or []
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        raise bad_parameter(name)
    return told


def _values(params: Params, name: str, kind: type[Kind]) -> list[Kind]:
    try:
        return [kind(one) for one in _texts(params, name)]
    except ValueError:
        raise bad_parameter(name) from None
