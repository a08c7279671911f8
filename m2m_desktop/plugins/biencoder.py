"""A dense retriever: one encoder for phrases and names, exact search over the names' vectors."""

from collections.abc import Sequence

from m2m_desktop.core.encoding import TextEncoder
from m2m_desktop.core.name_vectors import Multiply, NameVectors
from m2m_desktop.core.records import Source
from m2m_desktop.core.retrieval import Proposal
from m2m_desktop.core.text import normalise


class BiEncoder:
    """Finds PTs by meaning (`core.dense.DenseRetriever`).

    ``vectors`` were made with the same ``encoder``. For one calling thread at a time.
    """

    def __init__(self, encoder: TextEncoder, vectors: NameVectors, multiply: Multiply) -> None:
        self._encoder = encoder
        self._vectors = vectors
        self._multiply = multiply

    def search(self, text: str, k: int) -> list[Proposal]:
        """Give the ``k`` nearest PTs, nearest first; equally near ones in the order of rows."""
        return self.search_all([text], k)[0]

    def search_all(self, texts: Sequence[str], k: int) -> list[list[Proposal]]:
        """Search for several texts at once: vectors and names are read once for all of them."""
        if not texts:
            return []
        questions = self._encoder.encode([normalise(text) for text in texts])
        found = self._vectors.search(questions, k, self._multiply)
        return [
            [
                Proposal(near.pt_row, near.llt_row, near.similarity, Source.DENSE, text)
                for near in one
            ]
            for text, one in zip(texts, found, strict=True)
        ]
