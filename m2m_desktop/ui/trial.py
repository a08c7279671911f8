"""The window tries itself: started with ``--try FILE`` it codes a phrase, shows its pages and closes.

For whoever built or installed a stand-alone program and wants to know that window, engine, font and
dictionary work together there, on a machine without anybody at it. What was seen goes into FILE as
JSON, for a windowed program on Windows has nowhere to print to; beside it, as PNG, the answer.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QImageReader
from PySide6.QtWidgets import QApplication

from m2m_desktop.ui.engine_client import EngineState
from m2m_desktop.ui.places import PHRASES, PLACES

if TYPE_CHECKING:
    from m2m_desktop.ui.app import Program

ARGUMENT = "--try"
PHRASE = "拉肚子"
FAILED = 3
TICK_MS = 50
PATIENCE_S = 120
CALM_S = 0.3
"""A page asks the engine a moment after it is shown."""

Wait = tuple[str, Callable[[], bool]]


def begin_trial(app: QApplication, program: "Program", arguments: Sequence[str]) -> None:
    """Try the window where the program was started with ``--try FILE``; nothing else otherwise."""
    if ARGUMENT in arguments[:-1]:
        Trial(app, program, Path(arguments[arguments.index(ARGUMENT) + 1]))


class Trial(QObject):
    """Does the steps one after the other; the program ends with status 0, or `FAILED`."""

    def __init__(self, app: QApplication, program: "Program", target: Path) -> None:
        super().__init__(program)
        self._app, self._program, self._target = app, program, target
        self._seen: dict[str, object] = {"platform": app.platformName(), "problem": ""}
        self._steps = self._try_all()
        self._wait: Wait = ("the start", lambda: True)
        self._since = time.monotonic()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _try_all(self) -> Iterator[Wait]:
        window, client = self._program.window, self._program.client
        yield "the dictionary", window.bar.terminology.isEnabled
        window.show_place(PHRASES)
        page = window.page
        page.mentions.box.set_text(PHRASE)
        model = page.mentions.model
        yield "an answer", lambda: model.provisional_count() == 0 and model.result(0) is not None
        yield "rest", lambda: client.state is EngineState.READY
        result = model.result(0)
        self._seen["phrase"] = PHRASE
        self._seen["candidates"] = [one.pt.name for one in result.candidates[:3]] if result else []
        self._seen["model"] = result.run.model_id if result else ""
        self._seen["encoder"] = result.run.encoder_id if result else ""
        self._seen["font"] = QGuiApplication.font().family()
        self._seen["pictures"] = sorted(
            bytes(one.data()).decode() for one in QImageReader.supportedImageFormats()
        )
        window.grab().save(str(self._target.with_suffix(".png")))
        for place in range(len(PLACES)):
            window.show_place(place)
            end = time.monotonic() + CALM_S
            yield f"page {place}", lambda end=end: time.monotonic() > end  # type: ignore[misc]
            yield f"the engine on page {place}", lambda: client.state is EngineState.READY
        self._seen["pages"] = len(PLACES)
        self._seen["notices"] = window.notices.texts()
        self._seen["restarts"] = client.restart_count

    def _tick(self) -> None:
        what, is_so = self._wait
        if not is_so():
            if time.monotonic() - self._since > PATIENCE_S:
                self._end(f"waited {PATIENCE_S} s in vain for {what}")
            return
        try:
            wait = next(self._steps, None)
        except Exception as error:
            self._end(type(error).__name__)
            raise  # to the log, as whatever goes wrong in a window
        if wait is None:
            self._end("")
        else:
            self._wait, self._since = wait, time.monotonic()

    def _end(self, problem: str) -> None:
        self._timer.stop()
        self._seen["problem"] = problem
        self._target.write_text(json.dumps(self._seen, ensure_ascii=False), encoding="utf-8")
        if problem:
            self._app.exit(FAILED)
        else:
            self._program.window.close()
