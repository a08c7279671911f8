"""An installation described for support: versions, folders, hashes. No phrase, no term."""

import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

from m2m_desktop import __version__
from m2m_desktop.core.errors import CodingToolError, ModelError
from m2m_desktop.core.messages import message
from m2m_desktop.core.terminology import ReleaseInfo
from m2m_desktop.services.language import _, explain
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.model_store import ModelInfo, ModelStore
from m2m_desktop.services.registry import list_plugins
from m2m_desktop.services.score_cache import ScoreCache
from m2m_desktop.services.terminology_store import TerminologyStore

PACKAGES = ("numpy", "onnxruntime", "tokenizers", "jieba", "rank-bm25", "openpyxl")


def describe_installation(
    locations: Locations,
    models: ModelStore,
    scores: ScoreCache,
    imported: TerminologyStore,
    list_terminologies: Callable[[], Sequence[ReleaseInfo]],
) -> dict[str, object]:
    """Describe everything; what is damaged is described as such.

    ``list_terminologies`` gives the demo dictionary too, and fails where that is damaged; then
    those ``imported`` are described alone.
    """
    return {
        "app_version": __version__,
        "python": sys.version.split()[0],
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "packages": {name: _package_version(name) for name in PACKAGES},
        "telemetry_disabled": os.environ.get("ORT_DISABLE_TELEMETRY") == "1",
        "folders": {
            "data": str(locations.data),
            "config": str(locations.config),
            "logs": str(locations.logs),
            "resources": str(locations.resources),
        },
        "terminologies": _terminologies(imported, list_terminologies),
        "kept_scores": {"phrases": scores.count(), "bytes": scores.size_bytes()},
        "models": [_examined(models, info) for info in models.list()],
        "plugins": {one.name: one.problem for one in list_plugins()},
    }


def _terminologies(
    imported: TerminologyStore, list_terminologies: Callable[[], Sequence[ReleaseInfo]]
) -> list[dict[str, object]]:
    try:
        infos, problem = list_terminologies(), ""
    except CodingToolError as error:  # a damaged demo dictionary must not silence the doctor
        infos, problem = imported.list(), explain(error)
    found: list[dict[str, object]] = [
        {"id": info.terminology_id, "version": info.version, "hashes": dict(info.hashes)}
        for info in infos
    ]
    return [*found, {"id": "demo", "problem": problem}] if problem else found


def _examined(models: ModelStore, info: ModelInfo) -> dict[str, str]:
    """Open a bundle as coding would, since a listed one may still be damaged inside."""
    problem = info.problem
    if problem is None:
        try:
            models.open_any(info.path)
        except ModelError as error:
            problem = message(error.what, **error.fields)
    said = problem.text(_) if problem else ""
    return {"id": info.model_id, "hash": info.hash, "problem": said}


def _package_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"
