"""Size and start of a built program against a bare PySide6 window, built the same way.

Run by ``dev.py build-ratio [--runs N]`` after ``dev.py build``. The start is measured from outside: from
the moment before the process begins until the middle of its window is painted on the screen of an X
server of our own. Both are warm, and take turns; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import ctypes
import ctypes.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from _build import FOLDER
from _keyboard import NoKeyboard, Screen
from _setup import ROOT, say

GOAL = 2.0
BARE = FOLDER.parent / "bare-window"
LEAST_SIDE = 300
"""A window smaller than that is none of ours."""
PATIENCE_S = 120
Z_PIXMAP, ALL_PLANES, IS_VIEWABLE = 2, 2**32 - 1, 2


class _Attributes(ctypes.Structure):
    """The beginning of XWindowAttributes, with room for the rest."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("x", "y", "width", "height", "border", "depth")),
        ("visual", ctypes.c_void_p), ("root", ctypes.c_ulong),
        *((name, ctypes.c_int) for name in ("kind", "bit_gravity", "win_gravity", "backing")),
        ("planes", ctypes.c_ulong), ("pixel", ctypes.c_ulong), ("save_under", ctypes.c_int),
        ("colormap", ctypes.c_ulong), ("installed", ctypes.c_int), ("map_state", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    ]  # fmt: skip


class Eye:
    """Looks at the screen of an X server."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11"))
        for name in ("XOpenDisplay", "XGetImage"):
            getattr(self._x, name).restype = ctypes.c_void_p
        for name in ("XDefaultRootWindow", "XGetPixel"):
            getattr(self._x, name).restype = ctypes.c_ulong
        # a window that goes while it is looked at is no reason to end
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        self._ignore = kind(lambda _display, _error: 0)
        self._x.XSetErrorHandler(self._ignore)
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def sees_a_window(self) -> bool:
        """Whether the middle of a window is painted; the screen itself is black."""
        return any(self._pixel(x, y) & 0xFFFFFF for x, y in self._middles())

    def _middles(self) -> Iterator[tuple[int, int]]:
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        self._x.XQueryTree(
            self._display, self._root, ctypes.byref(root), ctypes.byref(parent),
            ctypes.byref(children), ctypes.byref(count),
        )  # fmt: skip
        for number in range(count.value):
            told = _Attributes()
            window = ctypes.c_ulong(children[number])
            self._x.XGetWindowAttributes(self._display, window, ctypes.byref(told))
            is_big = min(told.width, told.height) >= LEAST_SIDE
            if is_big and told.map_state == IS_VIEWABLE:
                yield told.x + told.width // 2, told.y + told.height // 2
        if count.value:
            self._x.XFree(children)

    def _pixel(self, x: int, y: int) -> int:
        image = self._x.XGetImage(
            self._display, self._root, x, y, 1, 1, ctypes.c_ulong(ALL_PLANES), Z_PIXMAP
        )
        if not image:
            return 0
        pixel = int(self._x.XGetPixel(ctypes.c_void_p(image), 0, 0))
        self._x.XFree(ctypes.c_void_p(image))  # a pixel; its few bytes go with the process
        return pixel


def started(program: Path, screen: Screen, home: str) -> float:
    """Start a program and give the seconds until its window is painted; it is ended then."""
    environ = {**os.environ, "DISPLAY": screen.name, "QT_QPA_PLATFORM": "xcb", "M2M_HOME": home}
    eye, began = Eye(screen.name), time.monotonic()
    with subprocess.Popen([program], env=environ, stdin=subprocess.DEVNULL) as process:
        try:
            while not eye.sees_a_window():
                if process.poll() is not None or time.monotonic() - began > PATIENCE_S:
                    raise SystemExit(f"{program} showed no window")
                time.sleep(0.002)
            seconds = time.monotonic() - began
        finally:
            process.kill()
    while eye.sees_a_window():  # gone, before the next one is looked for
        time.sleep(0.02)
    return seconds


def size_mb(folder: Path) -> float:
    """The size of all files below a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def measure(runs: int) -> list[str]:
    """Start both in turns and give the figures in words."""
    bare, program = BARE / "bare-window", FOLDER / "m2m-desktop"
    times: dict[Path, list[float]] = {bare: [], program: []}
    with Screen() as screen, tempfile.TemporaryDirectory(prefix="m2m-ratio-") as home:
        for number in range(runs + 1):
            for path, taken in times.items():
                seconds = started(path, screen, home)
                if number:  # the first pair warms up
                    taken.append(seconds)
    sizes = [size_mb(BARE), size_mb(FOLDER)]
    middles = [statistics.median(times[path]) for path in (bare, program)]
    pairs = sorted(ours / theirs for theirs, ours in zip(times[bare], times[program], strict=True))
    return [
        f"size   bare {sizes[0]:.0f} MB, program {sizes[1]:.0f} MB: {sizes[1] / sizes[0]:.2f}",
        f"start  bare {middles[0]:.3f} s, program {middles[1]:.3f} s: {middles[1] / middles[0]:.2f} "
        f"(goal {GOAL}; pairs {pairs[0]:.2f} to {pairs[-1]:.2f}; {runs} runs)",
    ]


def main(arguments: Sequence[str]) -> int:
    """Build the bare window, then measure."""
    parser = argparse.ArgumentParser(prog="dev.py build-ratio")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args(arguments)
    if not FOLDER.is_dir():
        print(f"dev.py: {FOLDER} is not there; first: dev.py build", file=sys.stderr)
        return 1
    spec = ROOT / "packaging" / "bare_window.spec"
    how = ("--noconfirm", "--log-level", "WARN")
    command = [sys.executable, "-m", "PyInstaller", *how, str(spec)]
    subprocess.run(command, check=True, cwd=ROOT)
    try:
        for line in measure(options.runs):
            say(line)
    except NoKeyboard as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
