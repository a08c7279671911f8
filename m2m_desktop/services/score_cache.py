"""Probabilities that a model has once given, kept between runs.

A base-size model takes a second or more for a phrase; hospitals code the same phrases again and
again. What is kept is no readable text: `score_seal` says what is hidden and from whom.

It is only a cache. Whatever is wrong with its files (damaged, foreign, locked, on a full or a
read-only disk), coding goes on: with the cache begun anew where the files are damaged, without it
otherwise, and with one line in the log that quotes nothing. A probability that is given is the one
that was put, bit by bit.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.score_rows import ScoreRows, Trouble, trouble_of
from m2m_desktop.services.score_seal import (
    NO_PAIRS,
    SECRET_FILE,
    Digests,
    Pairs,
    Probabilities,
    ScoreScope,
    Seal,
    look_up,
    make_secret,
    merged,
    pairs_of,
    read_secret,
    row_key,
)

__all__ = ["MAX_BYTES", "ScopedScores", "ScoreCache", "ScoreScope"]

MAX_BYTES = 256 * 1024 * 1024
"""About 110,000 phrases of 100 candidates."""

WRITE_AFTER_S = 2.0
"""Within a batch, the work of so many seconds is lost where the program is killed."""
MAX_WAITING = 4096
"""Phrases that wait while another program is writing; beyond that they are given up."""
NEARLY_FULL = 0.9
"""The share of the space from which old rows go."""
MAX_BEGUN_ANEW = 3
"""A file that is damaged more often than that is on a disk not to be relied on."""
REMEMBERED_TEXTS = 16_384

Questions = Sequence[tuple[str, Sequence[str]]]
"""Phrases, each with the texts of its candidates."""
Answers = Sequence[tuple[str, Sequence[str], Probabilities]]
"""Phrases, each with the texts of its candidates and their probabilities."""

Done = TypeVar("Done")

_log = logging.getLogger(__name__)


def _today() -> int:
    return date.today().toordinal()


class ScoreCache:
    """Keeps probabilities below ``folder`` in ``max_bytes`` or little more.

    Nothing is opened or made before the first use. To be used by one thread (the engine has but
    one); several programs may use one folder at the same time. Where space runs out, the phrases
    go that were of no use for longest: of the time of use, only the day is kept.
    """

    def __init__(
        self, folder: Path, *, max_bytes: int = MAX_BYTES, today: Callable[[], int] = _today
    ) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._today = today
        self._open: _Open | None = None
        self._waiting: dict[bytes, _Waiting] = {}
        self._touched: set[int] = set()
        self._batches = 0
        self._last_write = 0.0
        self._is_off = False
        self._is_read_only = False
        self._begun_anew = 0

    def scoped(self, scope: ScoreScope) -> "ScopedScores":
        """Give the part of the cache for one model, template and terminology."""
        return ScopedScores(self, scope)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Gather what is put within, and write it every two seconds.

        Without this, each `put` is a transaction of its own. What was put is there for `get` at
        once; the last of it is written at the end, also where that comes by an exception.
        """
        if not self._batches:
            self._last_write = time.monotonic()
        self._batches += 1
        try:
            yield
        finally:
            self._batches -= 1
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        self._last_write = time.monotonic()
        if self._waiting or self._touched:
            self._attempt(self._write, None, is_writing=True)
        is_too_much = len(self._waiting) + len(self._touched) > MAX_WAITING
        if self._is_off or self._is_read_only or is_too_much:
            self._waiting.clear()
            self._touched.clear()

    def close(self) -> None:
        """Write what waits and close the files; the next use opens them again."""
        self.flush()
        self._leave()

    def clear(self) -> None:
        """Delete everything and the secret with it; the next use makes a new one.

        Another program that has the cache open notices when it next writes, and begins anew too.
        Raises OutputUnwritable where a file cannot be deleted (on Windows: because another program
        has it open). The secret goes first: without it, what is left can be read by nobody.
        """
        try:
            self._erase()
        except OSError as error:
            detail = error.strerror or type(error).__name__
            raise OutputUnwritable(path=error.filename or self._folder, detail=detail) from error
        self._is_off = self._is_read_only = False
        self._begun_anew = 0

    def forget_model(self, model_hash: str) -> None:
        """Delete all that a model gave. Where that fails, the log says so."""
        self._forget("model", model_hash)

    def forget_terminology(self, terminology_id: str) -> None:
        """Delete all that was scored with a terminology. Where that fails, the log says so."""
        self._forget("terminology", terminology_id)

    def count(self) -> int:
        """Count the phrases (once for each scope) that are kept; 0 where the files are unusable."""
        if not self._is_there():
            return 0
        self.flush()
        return self._attempt(lambda opened: opened.rows.count(), 0)

    def size_bytes(self) -> int:
        """Give the size of all files."""
        total = 0
        for path in self._files():
            with suppress(OSError):
                total += path.stat().st_size
        return total

    # -- for ScopedScores ------------------------------------------------------------------------

    def _get(self, scope: bytes, questions: Questions) -> list[Probabilities]:
        def read(opened: _Open) -> list[Probabilities]:
            addresses = [opened.seal.address(scope, phrase) for phrase, _ in questions]
            rows = opened.rows.read([row_key(address) for address in addresses])
            known, today = [], self._today()
            for address, (day, sealed), (_, texts) in zip(addresses, rows, questions, strict=True):
                pairs = opened.seal.unseal(address, sealed)
                if pairs is not None and day != today:
                    self._touched.add(row_key(address))
                pairs = NO_PAIRS if pairs is None else pairs
                if address in self._waiting:
                    pairs = merged(self._waiting[address].pairs, pairs)
                known.append(look_up(pairs, opened.digests(texts)))
            return known

        nothing = [np.full(len(texts), np.nan) for _, texts in questions]
        answers = self._attempt(read, nothing)
        if len(self._touched) > MAX_WAITING:
            self.flush()
        return answers

    def _put(self, scope: ScoreScope, encoded: bytes, answers: Answers) -> None:
        def gather(opened: _Open) -> None:
            for phrase, texts, probabilities in answers:
                pairs = pairs_of(opened.digests(texts), probabilities)
                if len(pairs):
                    address = opened.seal.address(encoded, phrase)
                    if address in self._waiting:
                        pairs = merged(pairs, self._waiting[address].pairs)
                    self._waiting[address] = _Waiting(scope, pairs)

        self._attempt(gather, None, is_writing=True)
        if not self._batches or time.monotonic() - self._last_write > WRITE_AFTER_S:
            self.flush()

    # -- writing ---------------------------------------------------------------------------------

    def _write(self, opened: "_Open") -> None:
        if read_secret(self._folder) != opened.seal.secret:
            self._leave()  # another program cleared the cache: what waits belonged to the old one
            return
        today, rows = self._today(), opened.rows
        with rows.change():
            scopes = {waiting.scope for waiting in self._waiting.values()}
            numbers = {scope: opened.seal.scope_id(scope.encoded()) for scope in scopes}
            for scope, number in numbers.items():
                rows.put_scope(number, scope.model_hash, scope.terminology_id)
            for address, waiting in self._waiting.items():
                key = row_key(address)
                kept = opened.seal.unseal(address, rows.sealed(key))
                pairs = waiting.pairs if kept is None else merged(waiting.pairs, kept)
                rows.put(key, numbers[waiting.scope], today, opened.seal.seal(address, pairs))
            for key in self._touched:
                rows.touch(key, today)
            self._make_room(rows, len(self._waiting))
        self._waiting.clear()
        self._touched.clear()

    def _make_room(self, rows: ScoreRows, came: int) -> None:
        """Delete as many old rows as came, where space runs out, and twice as many beyond.

        So nobody ever waits for a great clean-up. Pages empty more slowly than rows go, hence the
        two steps, and a third of all rows at most.
        """
        used = rows.used_bytes()
        if used > NEARLY_FULL * self._max_bytes:
            go = came if used <= self._max_bytes else 2 * came
            rows.drop_oldest(min(go, rows.count() // 3))

    def _forget(self, column: Literal["model", "terminology"], value: str) -> None:
        def forget(opened: _Open) -> int:
            with opened.rows.change():
                opened.rows.forget(column, value)
            return opened.rows.count()

        if self._is_there():
            self.flush()
            left = self._attempt(forget, -1, is_writing=True)
            if left == 0:
                self._attempt(lambda _: self._erase(), None)  # the space goes back to the disk
            elif left < 0:
                _log.info("the kept scores of one %s could not be deleted", column)

    # -- opening, and all that can go wrong ------------------------------------------------------

    def _attempt(
        self, work: Callable[["_Open"], Done], otherwise: Done, *, is_writing: bool = False
    ) -> Done:
        """Do ``work``, and give ``otherwise`` where the files do not allow it."""
        if self._is_off or (is_writing and self._is_read_only):
            return otherwise
        try:
            if self._open is None:
                self._open = self._opened()
            return work(self._open)
        except sqlite3.ProgrammingError:
            raise  # another thread: a mistake of the program and not of the files
        except sqlite3.Error as error:
            self._meet(error, is_writing)
        except OSError as error:
            self._switch_off(error)
        return otherwise

    def _opened(self) -> "_Open":
        seal = Seal(read_secret(self._folder) or make_secret(self._folder))
        rows = ScoreRows(self._folder / seal.file_name())
        self._sweep(seal)
        return _Open(seal, rows)

    def _meet(self, error: sqlite3.Error, is_writing: bool) -> None:
        trouble = trouble_of(error)
        if trouble is Trouble.BUSY:
            _log.debug("the kept scores are in use by another program")
        elif trouble is Trouble.UNUSABLE and is_writing and self._open is not None:
            _log.info("no more scores can be kept: %s", _name(error))
            self._is_read_only = True
        elif trouble is Trouble.UNUSABLE or self._begun_anew == MAX_BEGUN_ANEW:
            self._switch_off(error)
        else:
            _log.info("the kept scores are damaged and are begun anew: %s", _name(error))
            self._begun_anew += 1
            try:
                self._erase()
            except OSError as failure:
                # without the old secret the old file is not met again
                if (self._folder / SECRET_FILE).exists():
                    self._switch_off(failure)

    def _switch_off(self, error: Exception) -> None:
        _log.info("scores are not kept: %s", _name(error))
        self._leave()
        self._is_off = True

    def _leave(self) -> None:
        """Close the files; what waits is lost, for it was meant for them."""
        self._waiting.clear()
        self._touched.clear()
        if self._open is not None:
            self._open.rows.close()
            self._open = None

    def _erase(self) -> None:
        """Delete the secret, then all other files. Raises the first OSError, after the last file."""
        self._leave()
        failures = []
        for path in self._files():
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _sweep(self, seal: Seal) -> None:
        """Delete the databases of former secrets, unless a newer secret has come meanwhile."""
        own = seal.file_name()
        former = [path for path in self._folder.glob("scores-*.db*") if own not in path.name]
        if former and read_secret(self._folder) == seal.secret:
            for path in former:
                with suppress(OSError):  # another program may have it open still
                    path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        """Find all files of the cache, the secret before the others."""
        patterns = (SECRET_FILE, "scores-*.db*")
        return [path for pattern in patterns for path in self._folder.glob(pattern)]

    def _is_there(self) -> bool:
        return bool(self._open or self._files())


class ScopedScores:
    """The kept probabilities of one model, template and terminology.

    Same rules as `ScoreCache`: no file error ever comes out of here.
    """

    def __init__(self, cache: ScoreCache, scope: ScoreScope) -> None:
        self._cache = cache
        self._scope = scope
        self._encoded = scope.encoded()

    def get(self, phrase: str, candidates: Sequence[str]) -> Probabilities:
        """Give the probability of each candidate text, NaN where it is not known."""
        return self.get_many([(phrase, candidates)])[0]

    def get_many(self, questions: Questions) -> list[Probabilities]:
        """Give the same as `get` for each phrase, in their order; one look into the file for all."""
        return self._cache._get(self._encoded, questions)

    def put(self, phrase: str, candidates: Sequence[str], probabilities: Probabilities) -> None:
        """Keep the probabilities of some candidates, and those of others known before.

        NaN and what else is no probability is left out. Raises ValueError for another number of
        probabilities than candidates.
        """
        self.put_many([(phrase, candidates, probabilities)])

    def put_many(self, answers: Answers) -> None:
        """Do the same as `put` for each phrase; one transaction for all."""
        for _, candidates, probabilities in answers:
            if np.shape(probabilities) != (len(candidates),):
                raise ValueError("one probability per candidate")
        self._cache._put(self._scope, self._encoded, answers)


class _Open:
    """A database and its seal, with the digests of texts that come again and again."""

    def __init__(self, seal: Seal, rows: ScoreRows) -> None:
        self.seal = seal
        self.rows = rows
        self._digest = lru_cache(maxsize=REMEMBERED_TEXTS)(seal.candidate)

    def digests(self, texts: Sequence[str]) -> Digests:
        return np.fromiter(map(self._digest, texts), np.uint64, len(texts))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is to be written for one phrase."""

    scope: ScoreScope
    pairs: Pairs


def _name(error: Exception) -> str:
    """Name an error without its text."""
    return str(getattr(error, "sqlite_errorname", "") or type(error).__name__)
