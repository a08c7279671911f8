"""The labelled cells: written in the style of national exports and of small hospitals' free text.

``tests/golden/split_cells.tsv``: a cell (``\\n``, ``\\t``, ``\\u200b`` stand for what they name), its
pieces in order, joined by `` ¦ ``, each as ``text=kind!severity`` (a reaction without kind), and
the phrases that are known. ``develop`` was there while the rules were written; ``held_out`` and
``later`` were written before the rules were tried on them.
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from m2m_desktop.core.known_phrases import known_phrases
from m2m_desktop.core.pieces import Piece, PieceKind
from m2m_desktop.core.splitting import split_cell
from m2m_desktop.core.text import match_key

PATH = Path(__file__).parents[1] / "golden" / "split_cells.tsv"
SETS = ("develop", "held_out", "later")
MIN_PRECISION, MIN_RECALL = 0.97, 0.95
JOINED = " ¦ "
ESCAPED = re.compile(r"\\(?:u([0-9a-f]{4})|([nrt]))")
PIECE = re.compile(r"(?P<text>.+?)(?:=(?P<kind>[a-z]+))?(?:!(?P<severity>\S+))?")


@dataclass(frozen=True)
class LabelledCell:
    cell: str
    pieces: tuple[Piece, ...]
    known: tuple[str, ...]


def unescaped(text: str) -> str:
    signs = {"n": "\n", "r": "\r", "t": "\t"}
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else signs[match[2]], text)


def read_labelled(name: str) -> list[LabelledCell]:
    rows = [line.split("\t") for line in PATH.read_text("utf-8").splitlines()[1:]]
    return [labelled(*row[1:]) for row in rows if row[0] == name]


def labelled(cell: str, pieces: str, known: str) -> LabelledCell:
    cell = unescaped(cell)
    found, place = [], 0
    for written in filter(None, pieces.split(JOINED)):
        match = PIECE.fullmatch(written)
        assert match is not None
        text = unescaped(match["text"])
        place = cell.index(text, place) + len(text)
        kind = PieceKind(match["kind"] or "reaction")
        found.append(Piece(place - len(text), place, text, kind, match["severity"] or ""))
    return LabelledCell(cell, tuple(found), tuple(filter(None, known.split(JOINED))))


def split(labelled: LabelledCell) -> tuple[Piece, ...]:
    known = known_phrases({match_key(phrase) for phrase in labelled.known})
    return split_cell(labelled.cell, is_known=known).pieces


def cuts(pieces: tuple[Piece, ...]) -> set[tuple[int, int]]:
    """A cut is where one piece ends and the next one begins: numbering and severity count."""
    return {(a.end, b.start) for a, b in pairwise(pieces)}


def kinds(pieces: tuple[Piece, ...]) -> set[tuple[int, int, PieceKind]]:
    return {(piece.start, piece.end, piece.kind) for piece in pieces}


@pytest.mark.parametrize("name", SETS)
def test_cuts_and_kinds_of_the_labelled_cells_are_found(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = read_labelled(name)
    lines = [f"{name}: {len(cells)} cells"]
    figures = []
    for what, of in (("cuts", cuts), ("kinds", kinds)):
        counts: Counter[str] = Counter()
        for cell in cells:
            wanted, found = of(cell.pieces), of(split(cell))
            counts += Counter(right=len(wanted & found), found=len(found), wanted=len(wanted))
        precision, recall = counts["right"] / counts["found"], counts["right"] / counts["wanted"]
        figures.append((what, precision, recall))
        lines.append(f"{what} {precision:.4f} precision {recall:.4f} recall {counts['wanted']}")
    with capsys.disabled():
        print("\n" + ", ".join(lines))
    for what, precision, recall in figures:
        assert precision >= MIN_PRECISION, what
        assert recall >= MIN_RECALL, what


def test_the_cells_that_the_rules_were_written_on_are_split_exactly_as_labelled() -> None:
    for cell in read_labelled("develop"):
        assert split(cell) == cell.pieces


def test_the_severity_of_every_rightly_cut_piece_is_the_labelled_one() -> None:
    for name in SETS:
        for cell in read_labelled(name):
            severities = {(piece.start, piece.end): piece.severity for piece in cell.pieces}
            for piece in split(cell):
                assert severities.get((piece.start, piece.end), piece.severity) == piece.severity


def test_there_are_three_hundred_labelled_cells_and_none_twice() -> None:
    cells = [(cell.cell, cell.known) for name in SETS for cell in read_labelled(name)]
    assert len(cells) >= 300
    assert [cell for cell, count in Counter(cells).items() if count > 1] == []
