"""The engine as a child process: JSON lines on stdin and stdout.

    request   {"id": 7, "method": "code", "params": {...}, "supersedes": true?}
    control   {"cancel": 7}
    answers   {"ready": {...}}   once, at the start
              {"id": 7, "progress": {"done": 3, "total": 10, "note": ""}}
              {"id": 7, "partial": {...}}
              {"id": 7, "result": ...}   or   {"id": 7, "error": {"code", "en", "zh"}}

Requests are worked on one after the other, in the main thread; a second thread reads stdin, so that
a cancel is heard at any time. A request with "supersedes" cancels all unfinished ``code`` and
``search`` requests before it. When stdin ends, the process ends at once: whatever it writes to disk
is moved into place whole or not at all.
"""

# ruff: noqa: E402 - nothing is imported before the libraries are silenced
from m2m_desktop.services.quiet import silence_libraries

silence_libraries()

import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from m2m_desktop import __version__
from m2m_desktop.core.errors import BadRequest, Cancelled, CodingToolError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress
from m2m_desktop.core.records import (
    DEFAULT_THRESHOLD,
    DEFAULT_TOP_K,
    Mention,
    TermLevel,
)
from m2m_desktop.services import wire
from m2m_desktop.services.language import CHINESE, ENGLISH, explain, use_language
from m2m_desktop.services.locations import Locations, default_locations
from m2m_desktop.services.logs import start_logging
from m2m_desktop.services.settings import load_settings

if TYPE_CHECKING:
    from m2m_desktop.core.terminology import ReleaseInfo, Terminology
    from m2m_desktop.services.engine import CodingOptions, Engine
    from m2m_desktop.services.import_report import ImportReport

logger = logging.getLogger(__name__)

Json = dict[str, Any]

SUPERSEDED_METHODS = frozenset({"code", "search"})
PROGRESS_PAUSE_S = 0.05
"""At most one progress line in this time; the last one of a request always passes."""


@dataclass(frozen=True)
class Request:
    """One line that asks for work."""

    request_id: int
    method: str
    params: "Params"


@dataclass(frozen=True)
class Params:
    """The parameters of a request; a value of the wrong kind is a `BadRequest`."""

    values: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        """Give a string; without ``default`` it must be there."""
        return str(self._get(name, default, str))

    def number(self, name: str, default: float) -> float:
        """Give a number."""
        return float(self._get(name, default, (int, float)))

    def optional(self, name: str) -> str | None:
        """Give a string, or None where it is missing, null or empty."""
        return self.text(name, "") or None if self.values.get(name) is not None else None

    def path(self, name: str) -> Path:
        """Give a path; it must be there."""
        return Path(self.text(name))

    def mentions(self) -> list[Mention]:
        """Give the phrases to code."""
        items = self._get("mentions", None, list)
        if not all(isinstance(item, dict) for item in items):
            raise bad_parameter("mentions")
        return [
            Mention(Params(item).text("mention_id"), Params(item).text("text")) for item in items
        ]

    def level(self, name: str = "level") -> TermLevel | None:
        """Give a level by its lower-case name, or None where it is missing, null or empty."""
        wanted = self.optional(name)
        if wanted is None:
            return None
        try:
            return TermLevel[wanted.upper()]
        except KeyError:
            raise bad_parameter(name) from None

    def _get(self, name: str, default: object, kind: type | tuple[type, ...]) -> Any:
        value = self.values.get(name, default)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise bad_parameter(name)
        return value


def bad_parameter(name: str) -> BadRequest:
    """The error for a parameter that is missing or of the wrong kind."""
    return BadRequest(detail=message(N_("the parameter {name} is missing or wrong."), name=name))


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

    def take(self) -> Request:
        """Wait for the next request."""
        return self._waiting.get()

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


class Worker:
    """Carries requests out, one after the other."""

    def __init__(self, locations: Locations, desk: Desk, channel: Channel) -> None:
        self._locations = locations
        self._desk = desk
        self._channel = channel

    @cached_property
    def engine(self) -> "Engine":
        """The engine, made when it is first needed: its imports take most of the start."""
        from m2m_desktop.services.engine import Engine

        return Engine(self._locations)

    def work(self) -> None:
        """Answer requests until the process ends."""
        while True:
            request = self._desk.take()
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

    def _carry_out(self, request: Request) -> Any:
        method = METHODS.get(request.method)
        if method is None:
            detail = message(N_("there is no method {name}."), name=request.method[:40])
            raise BadRequest(detail=detail)
        progress = self._progress(request.request_id)
        progress(0, 0)  # cancelled while it waited
        answer = method(self, request.params, progress)
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

    # -- the methods -----------------------------------------------------------------------------

    def status(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """What there is to choose from, and what is used where nothing is chosen."""
        terminologies = self.engine.terminologies()
        models = [wire.model_to_json(model) for model in self.engine.models()]
        settings = load_settings(self._locations)
        return {
            "app_version": __version__,
            "terminologies": [wire.info_to_json(info) for info in terminologies],
            "models": models,
            "default_terminology": chosen_id(
                settings.terminology, [info.terminology_id for info in terminologies]
            ),
            "default_model": chosen_id(settings.model, [model["model_id"] for model in models]),
        }

    def code(self, params: Params, progress: Progress) -> Iterator[Json]:
        """Code phrases; one partial answer each, in order."""
        results = self.engine.code(params.mentions(), coding_options(params), progress)
        return (wire.result_to_json(result) for result in results)

    def search(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """Find terms by a piece of text."""
        from m2m_desktop.core.search import SearchKind

        try:
            kind = SearchKind(params.text("kind", SearchKind.CONTAINS.value))
        except ValueError:
            raise bad_parameter("kind") from None
        hits = self.engine.search(
            params.text("text"),
            terminology=params.text("terminology", ""),
            level=params.level(),
            kind=kind,
            limit=int(params.number("limit", 200)),
        )
        return {"hits": [wire.hit_to_json(hit) for hit in hits]}

    def roots(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """The SOCs, in the international order."""
        terminology = self._terminology(params)
        return {"terms": [wire.tree_term(terminology, term) for term in terminology.socs()]}

    def children(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """The terms one level below a term."""
        terminology, level = self._terminology(params), params.level()
        if level is None:
            raise bad_parameter("level")
        below = terminology.children(level, params.text("code"))
        return {"terms": [wire.tree_term(terminology, term) for term in below]}

    def term(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """One term with its paths, LLTs and SMQs; for an LLT, those of its PT."""
        terminology, level = self._terminology(params), params.level()
        if level is None:
            raise bad_parameter("level")
        return wire.describe_term(terminology, level, params.text("code"))

    def check_terminology(self, params: Params, progress: Progress) -> Json:
        """Read and check a release; keep nothing."""
        found = self.engine.check_terminology(
            params.path("path"),
            password=params.optional("password"),
            encoding=params.optional("encoding"),
            progress=progress,
        )
        return imported(found)

    def import_terminology(self, params: Params, progress: Progress) -> Json:
        """Read a release and keep it."""
        found = self.engine.import_terminology(
            params.path("path"),
            password=params.optional("password"),
            encoding=params.optional("encoding"),
            progress=progress,
        )
        return imported(found)

    def remove_terminology(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """Delete an imported release."""
        self.engine.remove_terminology(params.text("terminology_id"))
        return {}

    def install_model(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """Copy a model bundle in."""
        return {"model": wire.model_to_json(self.engine.install_model(params.path("path")))}

    def verify_model(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """Check a model bundle."""
        return {"model": wire.model_to_json(self.engine.verify_model(params.text("name")))}

    def remove_model(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """Delete an installed model bundle."""
        self.engine.remove_model(params.text("model_id"))
        return {}

    def warm(self, params: Params, progress: Progress) -> Json:
        """Open terminology, index and model, so that the first answer is quick."""
        self.engine.warm(coding_options(params), progress)
        return {}

    def doctor(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """What a support person asks for: versions, folders, hashes; no patient text."""
        report: Json = wire.plain(self.engine.doctor())
        return report

    def _terminology(self, params: Params) -> "Terminology":
        return self.engine.terminology(params.text("terminology", ""))


METHODS: Mapping[str, Callable[[Worker, Params, Progress], Any]] = {
    method.__name__: method
    for method in (
        Worker.status, Worker.code, Worker.search, Worker.roots, Worker.children, Worker.term,
        Worker.check_terminology, Worker.import_terminology, Worker.remove_terminology,
        Worker.install_model, Worker.verify_model, Worker.remove_model, Worker.warm, Worker.doctor,
    )
}  # fmt: skip


def chosen_id(chosen: str, known: list[str]) -> str:
    """The known id a setting means (whole or a unique prefix), else the first, else empty."""
    matching = [name for name in known if chosen and name.startswith(chosen)]
    if chosen in known:
        return chosen
    return matching[0] if len(matching) == 1 else next(iter(known), "")


def coding_options(params: Params) -> "CodingOptions":
    """How to code, from the parameters of a request."""
    from m2m_desktop.services.engine import CodingOptions

    return CodingOptions(
        terminology=params.text("terminology", ""),
        model=params.text("model", ""),
        top_k=int(params.number("top_k", DEFAULT_TOP_K)),
        threshold=params.number("threshold", DEFAULT_THRESHOLD),
        mode=params.text("mode", "default"),
    )


def imported(found: "list[tuple[ReleaseInfo, ImportReport]]") -> Json:
    """The answer of a check or an import."""
    return {
        "imported": [
            {"info": wire.info_to_json(info), "report": wire.report_to_json(report)}
            for info, report in found
        ]
    }


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
