"""One start of a window, for `startup`: `_startup_child.py bare|program [PHRASE]`.

Prints ``at_shown`` and ``at_answered`` with the moment on the clock that all processes share.
The program is started through its own entry point; only its event loop is another one.
"""

import sys
import time


def tell(name: str) -> None:
    print(f"at_{name} {time.monotonic()}", flush=True)


def run_until_painted() -> None:
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    class Eye(QObject):
        has_seen = False

        def eventFilter(self, watched, event):  # noqa: N802, ARG002 - Qt's name and signature
            if event.type() == QEvent.Type.Paint:
                self.has_seen = True
            return False

    eye = Eye()
    window = next(w for w in QApplication.topLevelWidgets() if w.isVisible())
    window.installEventFilter(eye)
    while not eye.has_seen:
        QApplication.processEvents()
    QApplication.sendPostedEvents()
    tell("shown")


def bare() -> None:
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1400, 860)
    window.show()
    run_until_painted()
    app.quit()


def program(phrase: str) -> None:
    sys.argv = sys.argv[:1]
    from m2m_desktop.__main__ import main

    def run_once(*_ignored: object) -> int:
        from PySide6.QtWidgets import QApplication

        run_until_painted()
        if phrase:
            wait_for_answer(phrase)
        window = next(w for w in QApplication.topLevelWidgets() if w.isVisible())
        window.close()
        return 0

    import m2m_desktop.ui.without_qt  # noqa: F401 - as `main` does before it imports Qt

    import PySide6.QtWidgets  # isort: skip

    PySide6.QtWidgets.QApplication.exec = run_once
    main()


def wait_for_answer(phrase: str) -> None:
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    from m2m_desktop.ui.main_window import MainWindow

    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    window.page.mentions.box.set_text(phrase)
    while not sum(window.page.mentions.model.band_counts().values()):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
    tell("answered")


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare()
    else:
        program(sys.argv[2] if len(sys.argv) > 2 else "")
