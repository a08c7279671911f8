"""What the engine process can be asked about coded terms."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.progress import Progress
from m2m_desktop.services.engine_requests import Json, Params, bad_parameter

if TYPE_CHECKING:
    from m2m_desktop.services.analysis.sources import Found
    from m2m_desktop.services.engine_methods import Methods


def analyse_terms(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Count terms of a list or a project by level, severity and SMQ."""
    from m2m_desktop.services.analysis.wire import found_to_json

    return found_to_json(_found(methods, params, progress))


def analysis_export(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Write the same figures to a workbook."""
    from m2m_desktop.core.records import TermLevel
    from m2m_desktop.services.analysis.workbook import write_analysis

    level = params.level()
    if level is TermLevel.LLT:
        raise bad_parameter("level")
    written = write_analysis(
        params.path("path"),
        _found(methods, params, progress),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        level=level,
        charts=params.flag("charts", default=True),
        progress=progress,
    )
    return {"path": str(written.path), "rows": written.rows}


def _found(methods: "Methods", params: Params, progress: Progress) -> "Found":
    from m2m_desktop.core.analysis.records import Unit
    from m2m_desktop.services.analysis.sources import Wish, analyse_source

    source = params.values.get("source")
    try:
        unit = Unit(params.text("unit", "") or Unit.ROWS.value)
    except ValueError:
        raise bad_parameter("unit") from None
    return analyse_source(
        methods.engine,
        source,
        reader=methods.reader if isinstance(source, Mapping) and "file" in source else None,
        terminology=params.text("terminology", ""),
        wish=Wish(
            unit,
            params.flag("all_paths", default=False),
            params.flag("decided_only", default=False),
        ),
        progress=progress,
    )


ANALYSIS_METHODS: Mapping[str, Callable[["Methods", Params, Progress], Any]] = {
    method.__name__: method for method in (analyse_terms, analysis_export)
}
