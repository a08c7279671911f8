"""How a row of the score cache is hidden and checked: all that is done with its secret.

The secret is 32 random bytes in a file of its own beside the database. Under it

- a phrase becomes an address: a keyed hash of phrase and scope, from which neither comes back;
- a candidate text becomes a keyed hash of 8 bytes;
- the pairs of candidate and probability are masked with a key stream that is new at each writing,
  so that rows do not show which phrases have candidates in common;
- masked pairs and address together get a check of 16 bytes, so that nothing which was changed,
  moved to another row or written under another secret is ever taken for a probability.

What this protects from: whoever gets the database without the secret (a copy sent along for
support, a backup of large files) learns how many rows there are, how many candidates each has and
on which day it was last of use, and nothing else. What it does not protect from: whoever has both
files can hash a guessed phrase and see whether it was ever scored. Both lie in the user's own
profile and are as safe as that is.
"""

import json
import os
import uuid
from dataclasses import astuple, dataclass, field
from hashlib import blake2b, shake_256
from hmac import compare_digest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SECRET_FILE = "scores.key"
SECRET_BYTES = 32
FORMAT = b"1"

PAIR = np.dtype([("candidate", "<u8"), ("probability", "<f8")])
MAX_PAIRS = 4096
"""Of one row; a phrase has some hundred candidates, and more than one set only where texts change."""

Pairs = NDArray[np.void]
"""Of dtype `PAIR`, sorted by candidate, each candidate once."""
Digests = NDArray[np.uint64]
Probabilities = NDArray[np.float64]

NO_PAIRS: Pairs = np.empty(0, PAIR)

_NONCE_BYTES = 16
_CHECK_BYTES = 16
_HEAD = _NONCE_BYTES + _CHECK_BYTES

# What a keyed hash is for: hashes of one purpose never meet those of another.
_FILE, _SCOPE, _PHRASE, _CANDIDATE, _MASK, _ROW = (
    b"file", b"scope", b"phrase", b"candidate", b"mask", b"row",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoreScope:
    """What a probability depends on besides the phrase and the text of the candidate."""

    model_hash: str
    template: str
    """Name, number of aliases and their order, in one string."""
    max_length: int
    """Tokens of a pair."""
    terminology_id: str

    def encoded(self) -> bytes:
        """Give the same bytes for equal scopes only; no such bytes begin those of another."""
        return json.dumps(astuple(self)).encode("ascii")


@dataclass(frozen=True, slots=True)
class Seal:
    """Addresses, digests and sealed rows under one secret."""

    secret: bytes = field(repr=False)

    def file_name(self) -> str:
        """Name the database of this secret: a new secret never meets rows of an old one."""
        return f"scores-{self._hash(_FILE, FORMAT, 8).hex()}.db"

    def scope_id(self, scope: bytes) -> int:
        """Number an encoded scope: 64 bits, signed."""
        return int.from_bytes(self._hash(_SCOPE, scope, 8), "little", signed=True)

    def address(self, scope: bytes, phrase: str) -> bytes:
        """Give the 32 bytes that stand for a phrase within an encoded scope."""
        return self._hash(_PHRASE, scope + phrase.encode("utf-8", "surrogatepass"), 32)

    def candidate(self, text: str) -> int:
        """Give the 64 bits that stand for a candidate text."""
        digest = self._hash(_CANDIDATE, text.encode("utf-8", "surrogatepass"), 8)
        return int.from_bytes(digest, "little")

    def seal(self, address: bytes, pairs: Pairs) -> bytes:
        """Mask the pairs of an address and add nonce and check."""
        nonce = os.urandom(_NONCE_BYTES)
        masked = self._masked(nonce, pairs.tobytes())
        return nonce + self._check(address, nonce, masked) + masked

    def unseal(self, address: bytes, sealed: object) -> Pairs | None:
        """Give the pairs, or None for anything but what `seal` gave for this address."""
        if not isinstance(sealed, bytes) or (len(sealed) - _HEAD) % PAIR.itemsize:
            return None
        nonce, masked = sealed[:_NONCE_BYTES], sealed[_HEAD:]
        check = self._check(address, nonce, masked)
        if not compare_digest(check, sealed[_NONCE_BYTES:_HEAD]):
            return None
        return np.frombuffer(self._masked(nonce, masked), PAIR)

    def _check(self, address: bytes, nonce: bytes, masked: bytes) -> bytes:
        return self._hash(_ROW, address + nonce + masked, _CHECK_BYTES)

    def _masked(self, nonce: bytes, content: bytes) -> bytes:
        """Take content exclusive-or a key stream; twice with one nonce gives the content again."""
        stream = shake_256(self._hash(_MASK, nonce, 32)).digest(len(content))
        return (np.frombuffer(content, np.uint8) ^ np.frombuffer(stream, np.uint8)).tobytes()

    def _hash(self, purpose: bytes, message: bytes, size: int) -> bytes:
        return blake2b(message, digest_size=size, key=self.secret, person=purpose).digest()


def row_key(address: bytes) -> int:
    """Give the number of the row of an address: 64 bits of it, signed.

    Rows lie in the order of these numbers, so the database does not show in which order phrases
    came. Were two addresses ever to share a row, the check would make it unknown to one of them.
    """
    return int.from_bytes(address[:8], "little", signed=True)


# -- pairs -----------------------------------------------------------------------------------------


def pairs_of(digests: Digests, probabilities: NDArray[np.floating[Any]]) -> Pairs:
    """Pair candidates with their probabilities; what is no probability (NaN, 1.5) is left out."""
    pairs = np.empty(len(digests), PAIR)
    pairs["candidate"], pairs["probability"] = digests, probabilities
    is_known = (pairs["probability"] >= 0) & (pairs["probability"] <= 1)
    return merged(pairs[is_known], NO_PAIRS)


def merged(newer: Pairs, older: Pairs) -> Pairs:
    """Join two sets of pairs; ``newer`` decides where both know a candidate.

    Beyond `MAX_PAIRS` the older set is given up.
    """
    together = np.concatenate([newer, older]) if len(older) else newer
    _, first = np.unique(together["candidate"], return_index=True)
    if len(first) > MAX_PAIRS and len(older):
        return newer[:MAX_PAIRS]
    return together[first[:MAX_PAIRS]]


def look_up(pairs: Pairs, digests: Digests) -> Probabilities:
    """Give the probability of each candidate, NaN where ``pairs`` does not know it."""
    if not len(pairs):
        return np.full(len(digests), np.nan)
    candidates = pairs["candidate"]
    places = np.searchsorted(candidates, digests)
    places[places == len(candidates)] = 0
    is_known = candidates[places] == digests
    return np.where(is_known, pairs["probability"][places], np.nan)


# -- the secret ------------------------------------------------------------------------------------


def read_secret(folder: Path) -> bytes | None:
    """Read the secret; None where there is none or one of the wrong length. Raises OSError."""
    try:
        secret = (folder / SECRET_FILE).read_bytes()
    except FileNotFoundError:
        return None
    return secret if len(secret) == SECRET_BYTES else None


def make_secret(folder: Path) -> bytes:
    """Make a new secret in the place of any old one, and give the one that is then there.

    Only the user may read the file, where the system knows such a thing. It is there whole or not
    at all; of two programs that do this at once one wins, and both go on with its secret (or see
    the change when they next write). Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{SECRET_FILE}.{uuid.uuid4().hex}.part"
    secret = os.urandom(SECRET_BYTES)
    try:
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_bytes(secret)
        draft.replace(folder / SECRET_FILE)
    finally:
        draft.unlink(missing_ok=True)
    return read_secret(folder) or secret
