"""A screen nobody sees (Xvfb) and a keyboard nobody touches (XTEST): real key events for a real window.

What is sent here goes through the X server and the layout of the keyboard, as if a person had
pressed the keys; the program cannot tell the difference. Linux only; no window manager is needed.
"""

import ctypes
import ctypes.util
import os
import select
import shutil
import subprocess
from collections.abc import Callable
from typing import Any, Self

SCREEN = (1280, 800)
START_S = 20

NAMES = {
    "ctrl": "Control_L",
    "shift": "Shift_L",
    "alt": "Alt_L",
    "enter": "Return",
    "esc": "Escape",
    "del": "Delete",
    "ins": "Insert",
    "space": "space",
    "tab": "Tab",
    "home": "Home",
    "end": "End",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}
"""Keys as the manual writes them, and as X calls them; single characters are themselves."""


class NoKeyboard(Exception):
    """This machine lacks a part that is needed; says which."""


def missing() -> str:
    """What is missing here, in words; empty where all is well."""
    if shutil.which("Xvfb") is None:
        return "Xvfb is not installed (package xvfb)"
    for name, package in (("X11", "libx11-6"), ("Xtst", "libxtst6")):
        if ctypes.util.find_library(name) is None:
            return f"lib{name} is not installed (package {package})"
    return ""


class Screen:
    """An X server of our own, as long as the ``with`` block lasts; `name` is its DISPLAY."""

    def __init__(self, size: tuple[int, int] = SCREEN) -> None:
        self.name = ""
        self._size = size
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if lacking := missing():
            raise NoKeyboard(lacking)
        reading, writing = os.pipe()
        width, height = self._size
        self._server = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", "-noreset"),
                *("-screen", "0", f"{width}x{height}x24", "-dpi", "96"),
            ],
            pass_fds=(writing,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            is_told, _writing, _errors = select.select([told], [], [], START_S)
            number = told.readline().strip().decode() if is_told else ""
        if not number:
            self.close()
            raise NoKeyboard("Xvfb did not start")
        self.name = f":{number}"
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait()
            self._server = None


class Keyboard:
    """Presses keys on a display. `press` and `write` return at once: the keys are on their way."""

    def __init__(self, display: str) -> None:
        self._x11, self._xtest = _library("X11"), _library("Xtst")
        self._display = _call(self._x11, "XOpenDisplay", ctypes.c_void_p)(display.encode())
        if not self._display:
            raise NoKeyboard(f"display {display} cannot be opened")
        self._shift = self._code(NAMES["shift"])

    def close(self) -> None:
        """Leave the display."""
        self._do(self._x11, "XCloseDisplay")

    def park_pointer(self) -> None:
        """Put the pointer where nothing lies under it: what is hovered over looks different."""
        self._do(
            self._xtest, "XTestFakeMotionEvent", 0, SCREEN[0] - 1, SCREEN[1] - 1, ctypes.c_ulong(0)
        )
        self._do(self._x11, "XFlush")

    def edge(self, window: int, colour: str) -> None:
        """Draw an edge round a window (its X number), as a window manager does; ``#rrggbb``."""
        pixel = ctypes.c_ulong(int(colour.removeprefix("#"), 16))
        self._do(self._x11, "XSetWindowBorder", ctypes.c_ulong(window), pixel)
        self._do(self._x11, "XSetWindowBorderWidth", ctypes.c_ulong(window), ctypes.c_uint(1))
        self._do(self._x11, "XFlush")

    def press(self, chord: str) -> None:
        """Press and release a chord such as ``ctrl+shift+c``, ``F6``, ``enter``, ``2``."""
        *held, last = chord.split("+") if chord != "+" else ["+"]
        codes = [self._code(NAMES.get(one.casefold(), one)) for one in held]
        self._strike(codes, NAMES.get(last.casefold(), last))

    def write(self, text: str) -> None:
        """Type characters of the keyboard; others have no key (`ValueError`)."""
        for character in text:
            self._strike([], character)

    def _strike(self, held: list[int], name: str) -> None:
        code, needs_shift = self._code(name), self._needs_shift(name)
        all_held = [*held, self._shift] if needs_shift and self._shift not in held else held
        for one in all_held:
            self._fake(one, is_down=True)
        self._fake(code, is_down=True)
        self._fake(code, is_down=False)
        for one in reversed(all_held):
            self._fake(one, is_down=False)
        self._do(self._x11, "XFlush")

    def _fake(self, code: int, *, is_down: bool) -> None:
        self._do(
            self._xtest, "XTestFakeKeyEvent", ctypes.c_uint(code), int(is_down), ctypes.c_ulong(0)
        )

    def _symbol(self, name: str) -> int:
        if len(name) == 1:
            if not (name.isascii() and name.isprintable()):
                raise ValueError(f"no key for {name!r}")
            return ord(name)  # what X calls Latin characters
        return int(_call(self._x11, "XStringToKeysym", ctypes.c_ulong)(name.encode()))

    def _code(self, name: str) -> int:
        symbol = ctypes.c_ulong(self._symbol(name))
        code = self._do(self._x11, "XKeysymToKeycode", symbol, result=ctypes.c_ubyte)
        if not code:
            raise ValueError(f"no key for {name!r}")
        return int(code)

    def _needs_shift(self, name: str) -> bool:
        plain = self._do(
            self._x11, "XkbKeycodeToKeysym", ctypes.c_ubyte(self._code(name)), 0, 0,
            result=ctypes.c_ulong,
        )  # fmt: skip
        return len(name) == 1 and int(plain) != self._symbol(name)

    def _do(self, library: ctypes.CDLL, name: str, *given: Any, result: Any = ctypes.c_int) -> Any:
        return _call(library, name, result)(ctypes.c_void_p(self._display), *given)


def _library(name: str) -> ctypes.CDLL:
    found = ctypes.util.find_library(name)
    if found is None:
        raise NoKeyboard(missing() or f"lib{name} was not found")
    return ctypes.CDLL(found)


def _call(library: ctypes.CDLL, name: str, result: Any) -> Callable[..., Any]:
    function: Any = getattr(library, name)
    function.restype = result
    return function  # type: ignore[no-any-return]
