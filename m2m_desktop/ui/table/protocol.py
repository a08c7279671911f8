"""What the engine says about a table that is being opened, as records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from m2m_desktop.core.pieces import CellSplit, Piece, PieceKind, SuggestedCut

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TableSource:
    """Where a table comes from: a file, or text that was pasted."""

    path: str = ""
    pasted: str = ""

    def params(self) -> dict[str, object]:
        """The source as requests name it."""
        return {"path": self.path} if self.path else {"pasted": self.pasted}


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A distinct cell of reactions, how often it stands there, and how it is cut."""

    text: str
    count: int
    split: CellSplit


@dataclass(frozen=True, slots=True)
class TablePreview:
    """What would come out of a table: the distinct cells (the most frequent ones) and the rows.

    ``counts`` has what `ReadCounts` has; ``cell_count`` counts all distinct cells.
    """

    cells: tuple[PreviewCell, ...]
    cell_count: int
    counts: Mapping[str, int]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreatedProject:
    """A project that was made: its file, mentions and distinct phrases."""

    path: str
    items: int
    phrases: int


def preview_from_json(told: Json) -> TablePreview:
    """Read the answer of ``preview_split``."""
    counts = told["counts"]
    return TablePreview(
        tuple(
            PreviewCell(str(cell["text"]), int(cell["count"]), split_from_json(cell["split"]))
            for cell in told["cells"]
        ),
        int(told["cell_count"]),
        {name: int(value) for name, value in counts.items() if isinstance(value, int)},
        tuple(str(problem) for problem in counts.get("problems", ())),
    )


def split_from_json(told: Json) -> CellSplit:
    """Read how a cell is cut."""
    return CellSplit(
        tuple(
            Piece(
                int(piece["start"]),
                int(piece["end"]),
                str(piece["text"]),
                PieceKind(piece["kind"]),
                str(piece.get("severity", "")),
            )
            for piece in told["pieces"]
        ),
        tuple(
            SuggestedCut(int(cut["start"]), int(cut["end"]), str(cut["word"]))
            for cut in told["suggestions"]
        ),
    )


def created_from_json(told: Json) -> CreatedProject:
    """Read the answer of ``create_project``."""
    return CreatedProject(str(told["project"]), int(told["items"]), int(told["phrases"]))
