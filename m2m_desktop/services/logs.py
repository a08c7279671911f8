"""The log file: small, rotating, and free of patient data.

Phrases are patient data. They are logged at DEBUG at most, and DEBUG is never written to the file;
an exception is written with its frames and its type but without its text, which may quote a phrase.
"""

import copy
import logging
import threading
import traceback
from pathlib import Path
from types import TracebackType

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.locations import Locations

MAX_BYTES = 800_000
"""Of one file. Three programs (window, engine, command line) with one old file each: 4.8 MB."""

_Raised = tuple[type[BaseException], BaseException, TracebackType | None]


class PrivateFormatter(logging.Formatter):
    """Writes exceptions by frames and type, never by their text."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; what another formatter made of its exception is not taken over."""
        own = copy.copy(record)
        own.exc_text = None
        return super().format(own)

    def formatException(  # noqa: N802 - logging's name
        self, ei: _Raised | tuple[None, None, None]
    ) -> str:
        """Give the frames of the exception and of those it came from, oldest first."""
        error, parts = ei[1], list[str]()
        while error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"{frames}{describe(error)}")
            error = error.__cause__ or error.__context__
        return "\nwhich led to:\n".join(reversed(parts))


def describe(error: BaseException) -> str:
    """Name an exception without its text: its type, and the code where it is one of ours."""
    kind = type(error).__name__
    return f"{kind} ({error.code})" if isinstance(error, CodingToolError) else kind


class LogFile(logging.Handler):
    """A rotating file that is opened with its first record: most starts write none.

    What rotates it is imported then, too; it brings the library of sockets with it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(logging.INFO)
        self.path = path
        self._opened: logging.Handler | None = None
        self.setFormatter(
            PrivateFormatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s")
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        if self._opened is None:
            from logging.handlers import RotatingFileHandler

            self._opened = RotatingFileHandler(
                self.path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8", errors="replace"
            )
            self._opened.setFormatter(self.formatter)
        self._opened.emit(record)

    def close(self) -> None:
        """Close the file."""
        if self._opened is not None:
            self._opened.close()
        super().close()


def start_logging(locations: Locations, name: str) -> Path:
    """Send the records of this process, from INFO up, to ``logs/NAME.log``, and give its path.

    ``name`` is one per kind of program: two processes must not rotate the same file. The file is
    made with the first record. Warnings and exceptions of threads are logged too. Calling it again
    changes nothing.
    """
    path = locations.logs / f"{name}.log"
    root = logging.getLogger()
    if any(isinstance(handler, LogFile) and handler.path == path for handler in root.handlers):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return path  # no place for a log is no reason not to work
    root.addHandler(LogFile(path))
    root.setLevel(min(root.level or logging.INFO, logging.INFO))
    logging.raiseExceptions = False  # a full disk must not print tracebacks over the answers
    logging.captureWarnings(True)
    threading.excepthook = _log_thread_exception
    return path


def _log_thread_exception(raised: threading.ExceptHookArgs) -> None:
    if raised.exc_value is None or isinstance(raised.exc_value, SystemExit):
        return
    logging.getLogger(__name__).error(
        "a thread ended unexpectedly",
        exc_info=(raised.exc_type, raised.exc_value, raised.exc_traceback),
    )


def stop_logging() -> None:
    """Close the files that `start_logging` opened (tests; before a hard exit)."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, LogFile):
            root.removeHandler(handler)
            handler.close()
    logging.captureWarnings(False)
    threading.excepthook = threading.__excepthook__
