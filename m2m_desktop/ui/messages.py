"""From an error to a sentence for a person; the only place that opens message boxes."""

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import ENGLISH, _, current_language, explain
from m2m_desktop.ui.engine_protocol import Failure

logger = logging.getLogger(__name__)


class EngineFailure(CodingToolError):
    """An error of the engine process, which sends it in both languages."""

    def __init__(self, failure: Failure) -> None:
        self.code = failure.code  # type: ignore[misc]  # each instance stands for another error
        self.failure = failure
        super().__init__(detail=failure.code)


def sentence(error: CodingToolError) -> str:
    """What happened, where, and what to do, with the code that can be read out over the phone."""
    if isinstance(error, EngineFailure):
        told = error.failure
        text = told.english if current_language() == ENGLISH else told.chinese or told.english
    else:
        text = explain(error)
    return joined(text, f"[{error.code}]")


def joined(*sentences: str) -> str:
    """Sentences one after the other; Chinese ones without a gap. Empty ones are left out."""
    text = " ".join(filter(None, sentences))
    return text.replace("。 ", "。").replace("？ ", "？")


def show_error(parent: QWidget | None, error: CodingToolError) -> None:
    """Open a box; only for what has no better place in the window."""
    box = QMessageBox(QMessageBox.Icon.Warning, _("Something went wrong"), sentence(error))
    box.setParent(parent, box.windowFlags())
    box.open()


def is_agreed(parent: QWidget | None, title: str, text: str, action: str) -> bool:
    """Ask before something that cannot be undone; the safe answer is the default one."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, text, parent=parent)
    agree = box.addButton(action, QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is agree


def install_excepthook() -> None:
    """Send what nobody caught to the log and tell the user; the window goes on working."""
    sys.excepthook = _unexpected


def _unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logger.error("unexpected error", exc_info=(kind, error, trace))
    app = QApplication.instance()
    if isinstance(app, QApplication) and threading.current_thread() is threading.main_thread():
        show_error(QApplication.activeWindow(), CodingToolError(detail=kind.__name__))
