"""The nouns of coding: a mention, the terms it may mean, and the answer with its provenance."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum

DEFAULT_THRESHOLD = 0.3
DEFAULT_TOP_K = 100


class TermLevel(IntEnum):
    """The five levels of the hierarchy, widest first."""

    SOC = 0
    HLGT = 1
    HLT = 2
    PT = 3
    LLT = 4


class Band(Enum):
    """How much a person should trust an answer before looking at it."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"
    NOT_FOUND = "not_found"


class Source(Enum):
    """Which layer of the pipeline proposed a candidate or decided an answer."""

    EXACT = "exact"
    MEMORY = "memory"
    BM25 = "bm25"
    DENSE = "dense"
    MODEL = "model"
    LEXICAL = "lexical"
    MANUAL = "manual"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Mention:
    """One reported phrase to be coded; ``text`` is kept exactly as reported."""

    mention_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """One term at any level. ``name2`` is the name in the second language, or empty."""

    level: TermLevel
    code: str
    name: str
    name2: str = ""


@dataclass(frozen=True, slots=True)
class LowestLevelTerm:
    """An LLT, the PT it belongs to, and whether it may be used for new coding."""

    code: str
    name: str
    pt_code: str
    is_current: bool
    name2: str = ""


@dataclass(frozen=True, slots=True)
class HierarchyPath:
    """One SOC > HLGT > HLT route of a PT; exactly one route of a PT is primary."""

    soc: Term
    hlgt: Term
    hlt: Term
    is_primary: bool


@dataclass(frozen=True, slots=True)
class PreferredTerm:
    """A PT with all its routes, the primary one first."""

    code: str
    name: str
    paths: tuple[HierarchyPath, ...] = ()
    name2: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a PT was proposed: the LLT that matched best and the retriever that found it."""

    llt_code: str
    llt_name: str
    source: Source


@dataclass(frozen=True, slots=True)
class Candidate:
    """A PT proposed for a mention.

    ``probability`` is None when no model scored it: a lexical score is never a probability.
    ``retrieval_rank`` counts from 1; ``retrieval_score`` is the retriever's own figure.
    ``is_estimated``: the probability is the small model's; the chosen model has not scored it.
    """

    pt: PreferredTerm
    evidence: Evidence
    retrieval_rank: int
    retrieval_score: float
    probability: float | None = None
    rank: int = 0
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """The provenance stamp of an answer: everything needed to get the same answer again.

    Where a small model chose what the model scored, ``small_model_id`` names it, and
    ``cascade_error`` bounds from above the share of phrases whose selected set may differ from
    scoring everything, as measured on ``cascade_phrases`` phrases (None: not measured).

    ``encoder_id`` names the encoder that was to propose PTs by meaning, and ``fusion`` says how its
    proposals were joined to those by wording; empty where they were not, because there is no
    encoder or its vectors of this terminology are yet to be computed.
    """

    terminology_id: str
    terminology_name: str
    terminology_version: str
    terminology_language: str
    terminology_hashes: tuple[tuple[str, str], ...]
    is_demo_terminology: bool
    model_id: str
    model_hash: str
    template: str
    alias_order: str
    mode: str
    threshold: float
    top_k: int
    app_version: str
    coded_at: str
    small_model_id: str = ""
    cascade_error: float | None = None
    cascade_phrases: int = 0
    encoder_id: str = ""
    encoder_hash: str = ""
    fusion: str = ""


@dataclass(frozen=True, slots=True)
class CodingResult:
    """The answer for one mention: ranked candidates, the selected PT codes (0..n), and the run.

    ``is_final`` False: a provisional answer, another one for the same mention follows.
    ``pairs_scored`` counts the pairs of mention and PT that the model scored for this answer;
    ``pairs_kept`` those whose scores were known from before. ``left_out`` counts candidates that
    this record had and does not carry any more.
    """

    mention: Mention
    normalised: str
    candidates: Sequence[Candidate]
    selected: tuple[str, ...]
    band: Band
    source: Source
    run: Run
    warnings: tuple[str, ...] = field(default=())
    is_final: bool = True
    pairs_scored: int = 0
    pairs_kept: int = 0
    left_out: int = 0

    @property
    def candidate_count(self) -> int:
        """How many PTs were proposed in all."""
        return len(self.candidates) + self.left_out
