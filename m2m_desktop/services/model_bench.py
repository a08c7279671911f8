"""How fast a model is on this computer, measured on a phrase with a full list of candidates."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.encoding import TextEncoder, TokenTagger
from m2m_desktop.core.records import DEFAULT_TOP_K
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.services.bundle_session import worker_count
from m2m_desktop.services.golden_answers import OpenedModel

SECONDS = 5.0
REPETITIONS = 20
"""It measures until one of these is reached, but at least twice after a first, uncounted time."""


@dataclass(frozen=True, slots=True)
class ModelSpeed:
    """The figures of one measurement.

    ``pairs`` were computed at once: a phrase with its candidates, or as many single texts.
    ``milliseconds_per_phrase`` is the median time of that. ``peak_memory_mb`` is that of the whole
    process so far, 0 where the system does not tell.
    """

    pairs: int
    milliseconds_per_phrase: float
    pairs_per_second: float
    threads: int
    cores: int
    peak_memory_mb: float


def measure_speed(
    model: OpenedModel,
    mention: str,
    candidates: Sequence[str],
    *,
    check: Check = never_cancelled,
    clock: Callable[[], float] = time.perf_counter,
) -> ModelSpeed:
    """Score ``candidates`` for ``mention`` again and again; at most `DEFAULT_TOP_K` of them."""
    texts = list(candidates[:DEFAULT_TOP_K])
    _compute(model, mention, texts, check)
    times: list[float] = []
    while len(times) < 2 or (sum(times) < SECONDS and len(times) < REPETITIONS):
        started = clock()
        _compute(model, mention, texts, check)
        times.append(clock() - started)
    middle = sorted(times)[len(times) // 2]
    return ModelSpeed(
        pairs=len(texts),
        milliseconds_per_phrase=round(middle * 1000, 1),
        pairs_per_second=round(len(texts) / middle, 1),
        threads=worker_count(),
        cores=os.cpu_count() or 1,
        peak_memory_mb=round(peak_memory_bytes() / 1e6, 1),
    )


def _compute(model: OpenedModel, mention: str, texts: Sequence[str], check: Check) -> None:
    if isinstance(model, CrossEncoder):
        model.score(mention, texts, check)
    elif isinstance(model, TextEncoder):
        model.encode(texts, check)
    elif isinstance(model, TokenTagger):
        model.tag(texts, check)


def peak_memory_bytes() -> int:
    """Give the most memory this process has held so far; 0 where the system does not tell."""
    if sys.platform == "win32":
        return _windows_peak()
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, Linux kilobytes


def _windows_peak() -> int:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = (
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            *(
                (name, ctypes.c_size_t)
                for name in (
                    "PeakWorkingSetSize",
                    "WorkingSetSize",
                    "QuotaPeakPagedPoolUsage",
                    "QuotaPagedPoolUsage",
                    "QuotaPeakNonPagedPoolUsage",
                    "QuotaNonPagedPoolUsage",
                    "PagefileUsage",
                    "PeakPagefileUsage",
                )
            ),
        )

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    windows = getattr(ctypes, "windll")  # noqa: B009 (there is none on other systems)
    process = wintypes.HANDLE(windows.kernel32.GetCurrentProcess())
    told = windows.psapi.GetProcessMemoryInfo(process, ctypes.byref(counters), counters.cb)
    return int(counters.PeakWorkingSetSize) if told else 0
