"""What models cost, compared: which one may make the estimates for which."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from m2m_desktop.services.bundle_files import MODEL_FILE, ModelInfo


def cost_ratio(model: ModelInfo, other: ModelInfo) -> float:
    """Say how many times the work of ``other`` a token costs with ``model``.

    The work of a layer grows with the square of its width. Where a bundle does not tell its size,
    the sizes of the two files stand in.
    """
    sizes = [one.layers * one.hidden**2 for one in (model, other)]
    if not all(sizes):
        sizes = [_file_size(one) for one in (model, other)]
    return sizes[0] / sizes[1] if all(sizes) else 0.0


def estimator_for(
    model: ModelInfo, known: Sequence[ModelInfo], min_ratio: float
) -> ModelInfo | None:
    """Choose who makes the estimates for ``model``: the cheapest calibrated reranker that ships.

    None where there is none, or none ``min_ratio`` times as cheap.
    """
    able = [
        info
        for info in known
        if info.is_shipped
        and info.problem is None
        and info.kind == model.kind
        and info.calibration is not None
        and info.hash != model.hash
        and cost_ratio(model, info) >= min_ratio
    ]
    return max(able, key=lambda info: cost_ratio(model, info), default=None)


def _file_size(info: ModelInfo) -> int:
    with suppress(OSError):
        return (Path(info.path) / MODEL_FILE).stat().st_size
    return 0
