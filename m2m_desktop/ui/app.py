"""Puts the program together: QApplication, language, theme, engine, window."""

import gc
import logging
import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QLibraryInfo,
    QMessageLogContext,
    QObject,
    QTimer,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from m2m_desktop import __version__
from m2m_desktop.services.language import CHINESE, current_language, use_language
from m2m_desktop.services.locations import Locations, default_locations
from m2m_desktop.services.logs import start_logging
from m2m_desktop.services.settings import load_settings
from m2m_desktop.ui import clipboard, fonts, style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.main_window import MainWindow
from m2m_desktop.ui.messages import install_excepthook

logger = logging.getLogger(__name__)


class Program(QObject):
    """The window with its engine, in a language and a theme that can be changed at any time."""

    def __init__(
        self, app: QApplication, locations: Locations, command: Sequence[str] | None = None
    ) -> None:
        super().__init__()
        self._app, self._translator = app, QTranslator(self)
        settings = load_settings(locations)
        fonts.choose_font(app)
        self._speak(settings.language)
        style.apply_colours(app, settings.theme)
        self.client, self.lookup_client = EngineClient(command), EngineClient(command)
        self.window = MainWindow(self.client, self.lookup_client, locations, settings)
        style.apply_sheet(app)
        self.window.menus.language_chosen.connect(self.set_language)
        self.window.menus.theme_chosen.connect(self.set_theme)
        app.styleHints().colorSchemeChanged.connect(self._scheme_changed)
        self.client.start()
        self.window.ask_status()

    def set_language(self, language: str) -> None:
        """Speak another language from now on; empty: that of the system."""
        before = current_language()
        self._speak(language)
        self.window.change_settings(language=language)
        self.window.retranslate()
        if current_language() != before:
            self.client.renew()
            self.window.lookup.renew()

    def set_theme(self, theme: str) -> None:
        """Change the colours: "light", "dark" or "system"."""
        style.apply_theme(self._app, theme)
        self.window.change_settings(theme=theme)
        self.window.retranslate()

    def close(self) -> None:
        """Close window and engine."""
        self._app.styleHints().colorSchemeChanged.disconnect(self._scheme_changed)
        self._app.removeTranslator(self._translator)
        self.window.close()

    def _speak(self, language: str) -> None:
        spoken = use_language(language or None)
        self._app.removeTranslator(self._translator)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if spoken == CHINESE and self._translator.load("qtbase_zh_CN", folder):
            self._app.installTranslator(self._translator)
        style.set_locale(spoken)

    def _scheme_changed(self) -> None:
        if self.window.settings.theme == "system":
            style.apply_theme(self._app, "system")
            self.window.retranslate()


def route_qt_messages(on_fatal: Callable[[str], object]) -> None:
    """Send what Qt says to the log; where Qt cannot go on, tell the user why and leave at once.

    Qt would end the process with a core dump, for instance for want of a platform plug-in.
    """

    def heard(kind: QtMsgType, _context: QMessageLogContext, text: str | None) -> None:
        if kind == QtMsgType.QtFatalMsg:
            on_fatal(" ".join((text or "").split()))
            os._exit(1)
        logger.debug("Qt: %s", text)

    qInstallMessageHandler(heard)


def _collect_again() -> None:
    """The window stands: from now on rubbish is looked for, but not among what it is made of."""
    gc.freeze()
    gc.enable()


def run(arguments: Sequence[str], *, on_fatal: Callable[[str], object]) -> int:
    """Open the window and give the exit status when it was closed.

    ``on_fatal`` is told why no window can be opened, where only Qt itself finds that out.
    """
    locations = default_locations()
    start_logging(locations, "window")
    route_qt_messages(on_fatal)
    app = QApplication(list(arguments))
    app.setApplicationName("m2m_desktop")
    app.setApplicationDisplayName("mention2meddra Desktop")
    app.setApplicationVersion(__version__)
    install_excepthook()
    gc.disable()  # nothing of what is made now is rubbish: looking for it takes a tenth of the time
    program = Program(app, locations)
    program.window.show()
    app.aboutToQuit.connect(clipboard.let_go)
    QTimer.singleShot(0, _collect_again)
    if "--try" in arguments:
        from m2m_desktop.ui.trial import begin_trial

        begin_trial(app, program, arguments)
    status = app.exec()
    program.client.close()
    return status
