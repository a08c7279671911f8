"""Owns the engine process: starts it, asks it, notices at once when it dies, and starts it again.

Everything happens on the window's thread, through signals of `QProcess`; nothing here waits, except
`close`, for a moment, at the very end. A request has callbacks; they are called at most once each
(`on_partial` and `on_progress` any number of times before the end), and never again after the
request was cancelled or superseded by a newer one.
"""

import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from m2m_desktop.core.errors import Cancelled, CodingToolError, EngineCrashed
from m2m_desktop.services.language import LANGUAGE_VARIABLE, current_language
from m2m_desktop.ui import engine_protocol as protocol
from m2m_desktop.ui.engine_protocol import Failure, Json
from m2m_desktop.ui.messages import EngineFailure

logger = logging.getLogger(__name__)

STARTS_WITHOUT_ANSWER = 3
"""So many starts in a row that never became ready, and the engine is given up."""

REPEATABLE = frozenset(
    {"status", "code", "search", "roots", "children", "term"}
    | {f"dictionary_{what}" for what in ("search", "roots", "children", "route", "card")}
    | {"smq_list", "smq_card", "smq_members", "second_language"}
    | {"narrative_read", "narrative_code"}
)
"""What changes nothing, and is not itself a likely reason of a crash: asked again after one."""

HANG_MS = 30_000
"""A cancelled request that is not answered for so long holds up the rest: the engine is killed."""


class EngineState(Enum):
    """What the status bar says about the engine."""

    STARTING = "starting"
    READY = "ready"
    WORKING = "working"
    STOPPED = "stopped"


@dataclass
class _Call:
    method: str
    params: Mapping[str, object]
    supersedes: bool
    on_answer: Callable[[Json], None]
    on_error: Callable[[CodingToolError], None]
    on_partial: Callable[[Json], None] = field(default=lambda _value: None)
    on_progress: Callable[[int, int, str], None] = field(default=lambda _done, _total, _note: None)
    is_wanted: bool = True
    is_called_off: bool = False
    was_repeated: bool = False


def engine_command() -> list[str]:
    """The program of the engine: this same executable where the application is frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--engine"]
    return [sys.executable, "-m", "m2m_desktop.services.engine_process"]


class EngineClient(QObject):
    """Asks the engine process; see the module."""

    state_changed = Signal()
    renewed = Signal()
    """The process was started afresh because `renew` asked for it."""
    restarted = Signal()
    """The process ended unexpectedly and is being started again."""
    given_up = Signal(object)
    """The process cannot be started; carries the `CodingToolError`."""

    def __init__(self, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = list(command or engine_command())
        self._process: QProcess | None = None
        self._buffer = b""
        self._calls: dict[int, _Call] = {}
        self._last_id = 0
        self._unready_starts = 0
        self._is_ready = self._is_closed = self._is_stale = False
        self.restart_count = 0
        self.spare: protocol.Spare | None = None
        """Work that goes on between requests, where there is any."""
        self._hang_timer = QTimer(self, singleShot=True, interval=HANG_MS)
        self._hang_timer.timeout.connect(self._kill_if_hanging)

    # -- asking ----------------------------------------------------------------------------------

    @property
    def state(self) -> EngineState:
        """What the engine is doing."""
        if self._process is None:
            return EngineState.STOPPED
        if not self._is_ready:
            return EngineState.STARTING
        return EngineState.WORKING if self._calls else EngineState.READY

    @property
    def process_id(self) -> int:
        """The process, or 0 where there is none."""
        return self._process.processId() if self._process else 0

    def request(
        self,
        method: str,
        params: Mapping[str, object],
        *,
        on_answer: Callable[[Json], None],
        on_error: Callable[[CodingToolError], None],
        on_partial: Callable[[Json], None] | None = None,
        on_progress: Callable[[int, int, str], None] | None = None,
        supersedes: bool = False,
    ) -> int:
        """Ask for something and give the number of the request.

        ``supersedes``: every unfinished request that was made with it is dropped; its callbacks are
        never called again.
        """
        if supersedes:
            for older, call in self._calls.items():
                if call.supersedes:
                    self._drop(older)
        self._last_id += 1
        call = _Call(method, params, supersedes, on_answer, on_error)
        call.on_partial = on_partial or call.on_partial
        call.on_progress = on_progress or call.on_progress
        if self._is_closed:
            return self._last_id
        if self._process is None:  # given up: nothing would ever answer
            QTimer.singleShot(0, self, lambda: on_error(EngineCrashed(detail="-")))
            return self._last_id
        self._calls[self._last_id] = call
        self._send(protocol.encode_request(self._last_id, method, params, supersedes=supersedes))
        self.state_changed.emit()
        return self._last_id

    def cancel(self, request_id: int) -> None:
        """Call a request off; it ends with the error `Cancelled`, or with its answer if it had one."""
        if request_id in self._calls:
            self._calls[request_id].is_called_off = True
            self._send(protocol.encode_cancel(request_id))
            self._watch()

    def _drop(self, request_id: int) -> None:
        if self._calls[request_id].is_wanted:
            self._calls[request_id].is_wanted = False
            self.cancel(request_id)

    def _watch(self) -> None:
        """Run the clock as long as a request that was called off has not ended."""
        if not any(call.is_called_off for call in self._calls.values()):
            self._hang_timer.stop()
        elif not self._hang_timer.isActive():
            self._hang_timer.start()

    def _send(self, line: bytes) -> None:
        # Before the process stands, QProcess keeps what is written; after a crash, `_restart` asks again.
        if self._process is not None:
            self._process.write(line)

    # -- the process -----------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process; requests may be made at once."""
        self._is_ready, self._is_stale, self._buffer = False, False, b""
        self.spare = None
        self._unready_starts += 1
        process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.setProgram(self._command[0])
        process.setArguments(self._command[1:])
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._could_not_start)
        self._process = process
        process.start()
        self.state_changed.emit()

    def retry(self) -> None:
        """Start again after the engine was given up."""
        if self._process is None:
            self._unready_starts = 0
            self.start()

    def renew(self) -> None:
        """Start afresh as soon as there is nothing to do, in the language of now."""
        self._is_stale = True
        self._renew_if_idle()

    def _renew_if_idle(self) -> None:
        if self._is_stale and self.state is EngineState.READY:
            self._end(self._retired())
            self.start()
            self.renewed.emit()

    def close(self) -> None:
        """End the process for good: first by closing its stdin, then by force."""
        self._is_closed = True
        self._calls.clear()
        self._end(self._retired())

    def _retired(self) -> QProcess | None:
        process, self._process = self._process, None
        self._is_ready = False
        self._hang_timer.stop()
        if process is not None:
            process.blockSignals(True)
            process.deleteLater()
        return process

    def _end(self, process: QProcess | None) -> None:
        if process is None or process.state() == QProcess.ProcessState.NotRunning:
            return
        process.waitForStarted(2000)
        process.closeWriteChannel()
        if not process.waitForFinished(1500):
            process.kill()
            process.waitForFinished(2000)

    def _finished(self) -> None:
        if self._process is None:
            return
        self._read()
        code = self._process.exitCode()
        self._retired()
        logger.info("the engine process ended unexpectedly (%s)", code)
        self._restart(EngineCrashed(detail=code))

    def _could_not_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._retired()
            self._give_up(EngineCrashed(detail=reason))

    def _restart(self, error: CodingToolError) -> None:
        open_calls, self._calls = self._calls, {}
        if self._unready_starts >= STARTS_WITHOUT_ANSWER:
            self._calls = open_calls
            self._give_up(error)
            return
        self.restart_count += 1
        self.start()
        self.restarted.emit()
        for number, call in open_calls.items():
            if not call.is_wanted:
                continue
            if call.was_repeated or not _may_be_repeated(call):
                call.on_error(error)
                continue
            call.was_repeated = True
            self._calls[number] = call
            self._send(
                protocol.encode_request(
                    number, call.method, call.params, supersedes=call.supersedes
                )
            )
        self.state_changed.emit()

    def _give_up(self, error: CodingToolError) -> None:
        calls, self._calls = self._calls, {}
        self.state_changed.emit()
        for call in calls.values():
            if call.is_wanted:
                call.on_error(error)
        self.given_up.emit(error)

    def _kill_if_hanging(self) -> None:
        if self._process is not None and self._calls:
            logger.info("the engine process does not answer and is ended")
            self._process.kill()

    # -- what it says ----------------------------------------------------------------------------

    def _read(self) -> None:
        if self._process is None:
            return
        self._buffer += bytes(self._process.readAllStandardOutput().data())
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            try:
                told = protocol.decode(line)
            except protocol.ProtocolError as error:
                logger.info("a line of the engine cannot be read (%s)", error)
            else:
                self._heard(told)

    def _read_errors(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data())
            logger.debug("engine: %s", text.decode("utf-8", "replace").rstrip())

    def _heard(self, told: protocol.Incoming) -> None:
        if isinstance(told, protocol.Ready):
            self._is_ready = True
            self._unready_starts = 0
            QTimer.singleShot(0, self, self._renew_if_idle)
            self.state_changed.emit()
            return
        if isinstance(told, protocol.Spare):
            self.spare = told if told.done < told.total else None
            self.state_changed.emit()
            return
        call = self._calls.get(told.request_id)
        if call is None:
            return
        if isinstance(told, protocol.Progressed):
            if call.is_wanted:
                call.on_progress(told.done, told.total, told.note)
            return
        if isinstance(told, protocol.Partial):
            if call.is_wanted:
                call.on_partial(told.value)
            return
        del self._calls[told.request_id]
        self._hang_timer.stop()
        self._watch()
        QTimer.singleShot(0, self, self._renew_if_idle)
        if call.is_wanted and isinstance(told, Failure):
            call.on_error(_error(told))
        elif call.is_wanted and isinstance(told, protocol.Answer):
            call.on_answer(told.value)
        self.state_changed.emit()


def _may_be_repeated(call: _Call) -> bool:
    return call.method in REPEATABLE


def _error(told: Failure) -> CodingToolError:
    return Cancelled() if told.code == Cancelled.code else EngineFailure(told)


def _environment() -> QProcessEnvironment:
    """Ours, and the place of this package for a checkout that is not installed."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert(LANGUAGE_VARIABLE, current_language())
    if not getattr(sys, "frozen", False):
        root = str(Path(__file__).absolute().parents[2])
        known = environment.value("PYTHONPATH", "")
        environment.insert("PYTHONPATH", os.pathsep.join(filter(None, (root, known))))
    return environment
