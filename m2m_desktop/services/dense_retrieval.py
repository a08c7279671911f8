"""Which encoder proposes candidates by meaning, its vectors of a terminology, and both together."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from m2m_desktop.core.dense import DEFAULT_FUSION, DenseRetriever, FusedRetriever, FusionSettings
from m2m_desktop.core.encoding import TextEncoder
from m2m_desktop.core.errors import ModelError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.name_vectors import Names, NameVectors, names_to_encode, naming
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever
from m2m_desktop.core.steps import SpareWork, Steps
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.services.bundle_files import ModelInfo, ModelUnsupported
from m2m_desktop.services.integer_product import open_product
from m2m_desktop.services.model_kinds import ENCODER, spoken_language
from m2m_desktop.services.model_store import ModelStore, NoModel
from m2m_desktop.services.registry import load_plugin
from m2m_desktop.services.vector_store import VectorName, VectorStore

NO_ENCODER = "none"

QUICK_WORK = 3e9
"""Names times layers times the square of the width: vectors that take no more than that are computed
when they are first needed, in some seconds, as the other indexes are."""

SPARE_STEP = 16
"""Names computed in one step of spare time: some ten milliseconds, so that no request waits long."""

NOT_READY = N_(
    "Candidates were looked for by wording only: what the names mean to the encoder {name} is not "
    "computed yet for this terminology. The window does so while it has nothing else to do; "
    "m2m terminology embed does it at once."
)


@dataclass(frozen=True, slots=True)
class OpenDense:
    """An encoder that was chosen for a terminology.

    Without a ``retriever`` its vectors are yet to be computed, or ``problem`` says why it cannot
    be used.
    """

    info: ModelInfo | None
    retriever: DenseRetriever | None = None
    problem: ModelError | None = None


class VectorState(Enum):
    """Whether an encoder can take part: ``QUICK`` are vectors made in seconds when first needed."""

    READY = "ready"
    QUICK = "quick"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors that there are of a terminology: how many names, with how many numbers each."""

    encoder_id: str
    terminology_id: str
    names: int
    columns: int
    bytes: int


class DenseRetrieval:
    """Opens dense retrievers and keeps them open; computes vectors. Not for several threads.

    ``spare`` are the vectors that were lacking: to be computed while there is nothing else to do.
    """

    def __init__(
        self,
        models: ModelStore,
        vectors: VectorStore,
        default: Callable[[], str] = lambda: "",
        *,
        fusion: FusionSettings = DEFAULT_FUSION,
        quick_work: float = QUICK_WORK,
    ) -> None:
        self.fusion = fusion
        self._models = models
        self._vectors = vectors
        self._default = default
        self._quick_work = quick_work
        self._encoders: dict[str, tuple[ModelInfo, TextEncoder]] = {}
        self._open: dict[tuple[str, str], DenseRetriever] = {}
        self.spare = SpareWork()

    def choose(self, name: str, info: ReleaseInfo) -> str:
        """Give the id of the encoder to use, "" for none.

        "" means what the settings say, and without that an encoder that ships and knows a language
        of the terminology.
        """
        wanted = name or self._default()
        if wanted == NO_ENCODER:
            return ""
        return wanted or self.shipped_for(info)

    def shipped_for(self, info: ReleaseInfo) -> str:
        """Give the id of the encoder that ships for a language of a terminology, "" without one."""
        return next((one.model_id for one in self._shipped() if _knows(one, info)), "")

    def state(self, name: str, terminology: Terminology) -> VectorState:
        """Tell whether an encoder has its vectors of a terminology; raises ModelError.

        Only manifests and folders are looked at: no model is opened, nothing is computed.
        """
        chosen = self.choose(name, terminology.info)
        if not chosen:
            raise NoModel
        info = self._models.info(chosen)
        if (terminology.info.terminology_id, info.hash) in self._open:
            return VectorState.READY
        if self._vectors.open(_vector_name(info, terminology)) is not None:
            return VectorState.READY
        return VectorState.QUICK if self._is_quick(info, terminology) else VectorState.MISSING

    def open(self, name: str, terminology: Terminology, progress: Progress = silent) -> OpenDense:
        """Open what `choose` gives, with its vectors where there are any, or they are quickly made."""
        chosen = self.choose(name, terminology.info)
        if not chosen:
            return OpenDense(None)
        try:
            info, encoder = self._encoder(chosen)
            key = (terminology.info.terminology_id, info.hash)
            if key not in self._open:
                vectors = self._vectors.open(_vector_name(info, terminology))
                if vectors is None and self._is_quick(info, terminology):
                    vectors = self._compute(info, encoder, terminology, progress)
                if vectors is None:
                    self.spare.want(key, lambda: self._computing(key, info, encoder, terminology))
                    return OpenDense(info)
                self._open[key] = load_plugin("biencoder")(encoder, vectors, open_product())
            return OpenDense(info, self._open[key])
        except ModelError as error:
            return OpenDense(None, problem=error)

    def embed(self, name: str, terminology: Terminology, progress: Progress = silent) -> Embedded:
        """Compute the vectors of a terminology, where there are none yet; raises ModelError.

        A cancel keeps what is done: the next call goes on from there.
        """
        chosen = self.choose(name, terminology.info)
        if not chosen:
            raise NoModel
        info, encoder = self._encoder(chosen)
        self.spare.drop()  # the same slices
        vectors = self._vectors.open(_vector_name(info, terminology))
        if vectors is None:
            vectors = self._compute(info, encoder, terminology, progress)
        size = vectors.vectors.nbytes + vectors.codes.nbytes
        return Embedded(
            info.model_id, terminology.info.terminology_id, len(vectors.pt), vectors.columns, size
        )

    def fused(self, lexical: LexicalRetriever, dense: DenseRetriever) -> FusedRetriever:
        """Join a dense retriever to a lexical one."""
        return FusedRetriever(lexical, dense, self.fusion)

    def close_terminology(self, terminology_id: str) -> None:
        """Let go of the vectors of a terminology: its files are to be deleted."""
        self.spare.drop(lambda key: isinstance(key, tuple) and key[0] == terminology_id)
        self._open = {key: one for key, one in self._open.items() if key[0] != terminology_id}

    def close_models(self) -> None:
        """Let go of all encoders: what is installed changed."""
        self.spare.drop()
        self._encoders.clear()
        self._open.clear()

    def forget_model(self, encoder_hash: str) -> None:
        """Delete the vectors that an encoder made; raises OutputUnwritable."""
        self.close_models()
        self._vectors.forget_model(encoder_hash)

    def _shipped(self) -> list[ModelInfo]:
        return [
            one
            for one in self._models.list()
            if one.is_shipped and one.kind == ENCODER and one.problem is None
        ]

    def _encoder(self, name: str) -> tuple[ModelInfo, TextEncoder]:
        if name not in self._encoders:
            info, model = self._models.open_any(name)
            if not isinstance(model, TextEncoder):
                detail = message(N_("it is no encoder; names cannot be compared by it"))
                raise ModelUnsupported(path=info.path, detail=detail)
            self._encoders[name] = info, model
        return self._encoders[name]

    def _is_quick(self, info: ModelInfo, terminology: Terminology) -> bool:
        languages = sum(_columns(info, terminology.info))
        work = languages * terminology.count(TermLevel.LLT) * info.layers * info.hidden**2
        return 0 < work <= self._quick_work

    def _compute(
        self, info: ModelInfo, encoder: TextEncoder, terminology: Terminology, progress: Progress
    ) -> NameVectors:
        name = _vector_name(info, terminology)
        names: Names = names_to_encode(terminology, first=name.first, second=name.second)
        return self._vectors.compute(name, names, encoder.encode, progress)

    def _computing(
        self, key: tuple[str, str], info: ModelInfo, encoder: TextEncoder, terminology: Terminology
    ) -> Steps[None]:
        name = _vector_name(info, terminology)
        names = yield from naming(terminology, first=name.first, second=name.second)
        vectors = yield from self._vectors.steps(name, names, encoder.encode, size=SPARE_STEP)
        self._open[key] = load_plugin("biencoder")(encoder, vectors, open_product())


def _vector_name(info: ModelInfo, terminology: Terminology) -> VectorName:
    first, second = _columns(info, terminology.info)
    return VectorName(terminology.info.terminology_id, info.hash, first, second)


def _columns(info: ModelInfo, release: ReleaseInfo) -> tuple[bool, bool]:
    """Which languages of a terminology an encoder reads; all where it knows none of them."""
    spoken, second = spoken_language(info.model_id), bool(release.language2)
    own = (release.language == spoken, second and release.language2 == spoken)
    return own if spoken and any(own) else (True, second)


def _knows(info: ModelInfo, release: ReleaseInfo) -> bool:
    return spoken_language(info.model_id) in ("", release.language, release.language2)
