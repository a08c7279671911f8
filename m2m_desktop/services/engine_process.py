"""The engine as a child process: JSON lines on stdin and stdout.

    request   {"id": 7, "method": "code", "params": {...}, "supersedes": true?}
    control   {"cancel": 7}
    answers   {"ready": {...}}   once, at the start
              {"id": 7, "progress": {"done": 3, "total": 10, "note": ""}}
              {"id": 7, "partial": {...}}
              {"id": 7, "result": ...}   or   {"id": 7, "error": {"code", "en", "zh"}}
              {"spare": {"done": 3, "total": 10}}   of work that nobody waits for

Requests are worked on one after the other, in the main thread; a second thread reads stdin, so that
a cancel is heard at any time. A request with "supersedes" cancels all unfinished ``code`` and
``search`` requests before it. While there is no request, a process that was asked to ``warm`` up does
what coding lacked (`Engine.spare`), half of the time and in steps of some ten milliseconds; the
last ``spare`` line has ``done`` equal to ``total``, also where the work was given up. When stdin ends, the process ends at once: whatever it writes to disk
is moved into place whole or not at all.
"""

# ruff: noqa: E402 - nothing is imported before the libraries are silenced
from m2m_desktop.services.quiet import silence_libraries

silence_libraries()

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

from m2m_desktop import __version__
from m2m_desktop.core.errors import BadRequest, Cancelled, CodingToolError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress
from m2m_desktop.services.engine_lines import Channel, Desk, read_requests
from m2m_desktop.services.engine_methods import METHODS, Methods
from m2m_desktop.services.engine_requests import Request
from m2m_desktop.services.language import use_language
from m2m_desktop.services.locations import Locations, default_locations
from m2m_desktop.services.logs import start_logging
from m2m_desktop.services.offline_guard import refuse_network

logger = logging.getLogger(__name__)

SPARE_AFTER_S = 2.0
"""Spare time begins when nothing was asked for so long."""

SPARE_LINE_PAUSE_S = 0.5

PROGRESS_PAUSE_S = 0.05
"""At most one progress line in this time; the last one of a request always passes."""


class Worker:
    """Carries requests out, one after the other."""

    def __init__(self, locations: Locations, desk: Desk, channel: Channel) -> None:
        self._methods = Methods(locations)
        self._desk = desk
        self._channel = channel
        self._spare = SpareTime(self._methods, channel)

    def work(self) -> None:
        """Answer requests until the process ends."""
        while True:
            request = self._desk.take(self._spare.patience)
            if request is None:
                self._spare.use()
                continue
            try:
                self._channel.send({"id": request.request_id, "result": self._carry_out(request)})
            except CodingToolError as error:
                self._channel.send_error(request.request_id, error)
            except Exception as error:
                logger.exception("unexpected error in %s", request.method)
                unexpected = CodingToolError(detail=type(error).__name__)
                self._channel.send_error(request.request_id, unexpected)
            finally:
                self._desk.close(request.request_id)
                self._spare.note(request.method)

    def _carry_out(self, request: Request) -> Any:
        method = METHODS.get(request.method)
        if method is None:
            detail = message(N_("there is no method {name}."), name=request.method[:40])
            raise BadRequest(detail=detail)
        progress = self._progress(request.request_id)
        progress(0, 0)  # cancelled while it waited
        answer = method(self._methods, request.params, progress)
        if not isinstance(answer, Iterator):
            return answer
        count = 0
        for partial in answer:
            self._channel.send({"id": request.request_id, "partial": partial})
            count += 1
            if self._desk.is_cancelled(request.request_id):
                raise Cancelled
        return {"count": count}

    def _progress(self, request_id: int) -> Progress:
        sent_at = 0.0

        def progress(done: int, total: int, note: str = "") -> None:
            nonlocal sent_at
            if self._desk.is_cancelled(request_id):
                raise Cancelled
            now = time.monotonic()
            if (done or total) and (done == total or now - sent_at >= PROGRESS_PAUSE_S):
                sent_at = now
                step = {"done": done, "total": total, "note": note}
                self._channel.send({"id": request_id, "progress": step})

        return progress


class SpareTime:
    """Does the engine's spare work between requests, and tells how far it is.

    The process that is asked to ``warm`` up is the one that codes; others do none.
    """

    def __init__(self, methods: Methods, channel: Channel) -> None:
        self._methods = methods
        self._channel = channel
        self._is_allowed = False
        self._rest = SPARE_AFTER_S
        self._told_at = 0.0
        self._total = 0

    @property
    def patience(self) -> float | None:
        """How long to wait for a request before spare work goes on; None where there is none."""
        if not (self._is_allowed and self._methods.engine.spare.is_wanted):
            return None
        return self._rest

    def note(self, method: str) -> None:
        """A request was answered."""
        self._is_allowed = self._is_allowed or method == "warm"
        self._rest = SPARE_AFTER_S
        if self._total and self.patience is None:
            self._tell_end()

    def use(self) -> None:
        """Do one step."""
        began = time.monotonic()
        try:
            at = self._methods.engine.spare.step()
        except CodingToolError as error:
            logger.warning("spare work was given up: %s", error.code)
            at = None
        except Exception:
            logger.exception("unexpected error in spare work")
            at = None
        now = time.monotonic()
        self._rest = now - began  # no more than half of a processor is used
        if at is None:
            self._tell_end()
        elif at[0] < at[1] and now - self._told_at >= SPARE_LINE_PAUSE_S:
            self._told_at, self._total = now, at[1]
            self._channel.send({"spare": {"done": at[0], "total": at[1]}})

    def _tell_end(self) -> None:
        if self._total:
            self._channel.send({"spare": {"done": self._total, "total": self._total}})
            self._total = 0


def own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Take stdin and stdout for the protocol: a stray print goes to stderr from now on."""
    stdin = os.fdopen(os.dup(0), "rb")
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout = sys.stderr
    return stdin, stdout


def main() -> None:
    """Serve requests until stdin ends."""
    refuse_network()
    stdin, stdout = own_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is for the window
    locations = default_locations()
    start_logging(locations, "engine")
    use_language()
    channel, desk = Channel(stdout), Desk()
    channel.send({"ready": {"app_version": __version__, "pid": os.getpid()}})
    reader = threading.Thread(
        target=read_requests, args=(stdin, desk, channel), name="requests", daemon=True
    )
    reader.start()
    Worker(locations, desk, channel).work()


if __name__ == "__main__":
    main()
