"""The lines of the engine process: answers out, requests in, and which are no longer wanted."""

import json
import logging
import os
import queue
import threading
from typing import BinaryIO

from m2m_desktop.core.errors import BadRequest, CodingToolError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.engine_requests import Json, Params, Request, bad_parameter
from m2m_desktop.services.language import CHINESE, ENGLISH, explain

SUPERSEDED_METHODS = frozenset({"code", "search", "dictionary_search"})


class Channel:
    """Writes answers, one JSON object a line, from any thread.

    The lines are pure ASCII: no console setting and no lone surrogate can spoil them.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, answer: Json) -> None:
        """Write one line; when nobody listens any more, the process ends."""
        line = json.dumps(answer, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
        try:
            with self._lock:
                self._stream.write(line)
                self._stream.flush()
        except (OSError, ValueError):
            leave(0)

    def send_error(self, request_id: int | None, error: CodingToolError) -> None:
        """Answer a request with an error, in both languages."""
        texts = {"code": error.code, "en": explain(error, ENGLISH), "zh": explain(error, CHINESE)}
        self.send({"id": request_id, "error": texts})


class Desk:
    """The requests that wait or are worked on, and which of them are no longer wanted."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._open: dict[int, str] = {}
        self._cancelled: set[int] = set()
        self._lock = threading.Lock()

    def add(self, request: Request, *, supersedes: bool) -> None:
        """Take a request in."""
        with self._lock:
            if request.request_id in self._open:
                raise bad_parameter("id")
            if supersedes:
                older = (i for i, method in self._open.items() if method in SUPERSEDED_METHODS)
                self._cancelled.update(older)
            self._open[request.request_id] = request.method
        self._waiting.put(request)

    def cancel(self, request_id: object) -> None:
        """Mark a request as unwanted; nothing happens if it is already answered."""
        with self._lock:
            if isinstance(request_id, int) and request_id in self._open:
                self._cancelled.add(request_id)

    def is_cancelled(self, request_id: int) -> bool:
        """Whether nobody wants the answer any more."""
        return request_id in self._cancelled

    def take(self, patience: float | None = None) -> Request | None:
        """Wait for the next request; None where none came within ``patience`` seconds."""
        try:
            return self._waiting.get(timeout=patience)
        except queue.Empty:
            return None

    def close(self, request_id: int) -> None:
        """Forget an answered request."""
        with self._lock:
            self._open.pop(request_id, None)
            self._cancelled.discard(request_id)


def read_requests(stream: BinaryIO, desk: Desk, channel: Channel) -> None:
    """Read lines until stdin ends, then end the process."""
    try:
        for line in iter(stream.readline, b""):
            if line.strip():
                read_line(line, desk, channel)
    except (OSError, ValueError):
        pass  # stdin was closed under us: the same as its end
    finally:
        leave(0)


def read_line(line: bytes, desk: Desk, channel: Channel) -> None:
    """Take one line in; one that cannot be understood is answered, never fatal."""
    request_id = None
    try:
        message_in = json.loads(line.decode("utf-8"))
        if not isinstance(message_in, dict):
            raise TypeError
        if "cancel" in message_in:
            desk.cancel(message_in["cancel"])
            return
        request_id = message_in.get("id")
        method, params = message_in.get("method"), message_in.get("params", {})
        if not isinstance(request_id, int) or isinstance(request_id, bool):
            request_id = None
            raise TypeError
        if not isinstance(method, str) or not isinstance(params, dict):
            raise TypeError
        request = Request(request_id, method, Params(params))
        desk.add(request, supersedes=message_in.get("supersedes") is True)
    except BadRequest as error:
        channel.send_error(request_id, error)
    except (ValueError, TypeError, RecursionError):
        detail = message(N_("the line is not a request."))
        channel.send_error(request_id, BadRequest(detail=detail))


def leave(status: int) -> None:
    """End the process at once, whatever other threads are doing."""
    logging.shutdown()
    os._exit(status)
