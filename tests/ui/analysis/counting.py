"""The stand-in engine as a client, what it was asked with, and pages over it."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy

from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import TerminologyChoice

ENGINE = [sys.executable, str(Path(__file__).with_name("counting_engine.py"))]
TOY = TerminologyChoice("toy", "Toy", "27.1", "zh", is_demo=False)
OTHER = TerminologyChoice("other", "Toy", "28.0", "zh", is_demo=False)
BARE = TerminologyChoice("bare", "Bare", "1.0", "zh", is_demo=False)
BROKEN = TerminologyChoice("broken", "Broken", "1.0", "zh", is_demo=False)
WAIT = 20_000


class Counting:
    """The client, and the requests the engine has had."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "asked.txt"
        os.environ["M2M_TOY_LOG"] = str(self._log)
        self.client = EngineClient(ENGINE)
        self.client.start()

    def asked(self, method: str) -> list[dict]:
        """The parameters of the requests for a method, in their order."""
        lines = self._log.read_text("utf-8").splitlines() if self._log.exists() else []
        told = map(json.loads, lines)
        return [
            {k: v for k, v in one.items() if k != "method"}
            for one in told
            if one["method"] == method
        ]


@contextmanager
def counting(folder: Path) -> Iterator[Counting]:
    """A stand-in engine for one test or for several."""
    made = Counting(folder)
    try:
        yield made
    finally:
        made.client.close()
        del os.environ["M2M_TOY_LOG"]


def settings(folder: Path) -> QSettings:
    """What a window remembers, in a file of the test."""
    return QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)


def column(table, number: int) -> list[str]:
    """What stands in a column of a table."""
    model = table.model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def titles(table) -> list[str]:
    """The titles of the columns that are shown."""
    return [
        table.rows.title(number)
        for number in range(table.rows.columnCount())
        if not table.isColumnHidden(number)
    ]


def pasted() -> list[list[str]]:
    """The clipboard as a spreadsheet would take it."""
    return [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]


def emitted(signal) -> QSignalSpy:
    """What a signal says from now on."""
    return QSignalSpy(signal)
