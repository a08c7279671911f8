"""The computer: processor, memory, clock."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.bundle_session import core_count, worker_count
from m2m_desktop.services.selftest.records import Finding, bad, doubtful, good
from m2m_desktop.services.selftest.scene import Scene

NEEDED = frozenset({"SSE42"})
"""Of an Intel or AMD processor; the libraries end at once where it is missing."""
QUICK = frozenset({"AVX2", "ASIMD", "NEON"})
"""One of these, or the models take several times as long."""
SHOWN = ("SSE42", "AVX2", "AVX512F", "AVX512VNNI", "ASIMD", "NEON", "VSX")

LEAST_MEMORY = 2 << 30
ENOUGH_MEMORY = int(3.5 * (1 << 30))
"""A PC of 4 GB has a little less than that for programs."""

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
LATEST = datetime(2060, 1, 1, tzinfo=UTC)
WIDEST = timedelta(hours=14)

_CPU = N_("Logical processors: {cores}, for computing: {threads}; features: {features}")
_SLOW_CPU = N_("The processor has neither AVX2 nor an equal of it: {features}.")
_SLOW = N_("The program works, but models take several times as long.")
_OLD_CPU = N_("The processor lacks instructions that the libraries need (SSE4.2).")
_NEWER = N_("Use a computer of 2011 or later.")
_MEMORY = N_("{gigabytes} GB of memory")
_LITTLE = N_("{gigabytes} GB of memory is little.")
_LESS_AT_ONCE = N_("Close other programs before coding large workbooks.")
_TOO_LITTLE = N_("The program needs a computer with 2 GB of memory, better 4 GB.")
_NOT_TOLD = N_("The system does not say how much memory it has.")
_CLOCK = N_("{time} (UTC {offset})")
_WRONG_CLOCK = N_("The clock shows {time}, which cannot be.")
_ODD_ZONE = N_("The time zone is {offset} from UTC, which no place on earth has.")
_SET_CLOCK = N_(
    "Set date, time and time zone of the computer: every decision is written down with its time."
)


def check_processor(scene: Scene) -> Iterator[Finding]:  # noqa: ARG001 (as all checks)
    """Look at features and threads."""
    yield judge_processor(processor_features())


def judge_processor(features: frozenset[str]) -> Finding:
    """Judge a processor by its features."""
    shown = ", ".join(name for name in SHOWN if name in features) or "-"
    is_intel = "SSE" in features or "SSE2" in features
    if is_intel and not features >= NEEDED:
        return bad(message(_OLD_CPU), message(_NEWER))
    if not features & QUICK:
        return doubtful(message(_SLOW_CPU, features=shown), message(_SLOW))
    return good(message(_CPU, cores=core_count(), threads=worker_count(), features=shown))


def processor_features() -> frozenset[str]:
    """Give what the processor can do, by numpy's names for it."""
    # there is no public name for it; `numpy.show_runtime` prints the same
    inner = import_module("numpy._core._multiarray_umath")
    known: dict[str, bool] = getattr(inner, "__cpu_features__", {})
    return frozenset(name for name, is_there in known.items() if is_there)


def check_memory_size(scene: Scene) -> Iterator[Finding]:  # noqa: ARG001 (as all checks)
    """Look at the memory of the computer."""
    yield judge_memory(memory_bytes())


def judge_memory(count: int) -> Finding:
    """Judge an amount of memory; 0 where it is not known."""
    told = f"{count / (1 << 30):.1f}"
    if not count:
        return good(message(_NOT_TOLD))
    if count < LEAST_MEMORY:
        return bad(message(_LITTLE, gigabytes=told), message(_TOO_LITTLE))
    if count < ENOUGH_MEMORY:
        return doubtful(message(_LITTLE, gigabytes=told), message(_LESS_AT_ONCE))
    return good(message(_MEMORY, gigabytes=told))


def memory_bytes() -> int:
    """Give the memory of the computer; 0 where the system does not say."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return 0


def _windows_memory() -> int:
    import ctypes

    kilobytes = ctypes.c_ulonglong(0)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - other systems have no such name
    is_told = kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value * 1024 if is_told else 0


def check_clock(scene: Scene) -> Iterator[Finding]:
    """Look at date, time and time zone."""
    yield judge_clock(scene.now())


def judge_clock(now: datetime) -> Finding:
    """Judge what a clock shows; without an offset it is taken for UTC."""
    offset = now.utcoffset() or timedelta()
    told = now.isoformat(sep=" ", timespec="seconds")
    if abs(offset) > WIDEST:
        return bad(message(_ODD_ZONE, offset=_offset(offset)), message(_SET_CLOCK))
    if not EARLIEST <= now.astimezone(UTC) <= LATEST:
        return bad(message(_WRONG_CLOCK, time=told), message(_SET_CLOCK))
    return good(message(_CLOCK, time=told[:19], offset=_offset(offset)))


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
