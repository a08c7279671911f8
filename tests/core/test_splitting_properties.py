"""What holds for the pieces of every cell, whatever stands in it."""

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from m2m_desktop.core.known_phrases import known_phrases
from m2m_desktop.core.pieces import CellSplit
from m2m_desktop.core.splitting import joined, split_by_hand, split_cell, with_cut
from m2m_desktop.core.text import match_key

EXAMPLES = 100
WORDS = (
    "皮疹 瘙痒 恶心 呕吐 无 未见 有 面部 颈部 ALT AST T 红 肿 热 痛 伴 及 和 与 并 g 片 注射液 每日 次 天 后 "
    "好转 停药 阿莫西林 胶囊 第 度 a B rash no 度 出现"
)
SIGNS = (
    "1 2 3 12 38.5 一 二 十 ① ② (1) （2） （一般） (严重) （轻度） (轻度 ） ( ) （ [ 】 “ ” 「 」 、 ， , ; ； 。 . ： "
    ': / + ！ | - • * % ℃ ↑ \u200b \ufeff \ud83d 😀 … "'
)
BITS = st.sampled_from([*WORDS.split(), *SIGNS.split(" "), " ", "\u3000", "\n", "\r\n", "\t"])
CELLS = st.one_of(
    st.lists(BITS, max_size=14).map("".join),
    st.text(max_size=30),
    st.lists(BITS | st.text(max_size=3), max_size=10).map("".join),
)
NUMBERING_AND_SEVERITY = frozenset(
    "一二三四五六七八九十abcdefghABCDEFGH①②③一般严重轻中重度微较新的危"
)


def check_pieces(cell: str, split: CellSplit) -> None:
    for piece in split.pieces:
        assert cell[piece.start : piece.end] == piece.text
        assert split_by_hand(piece.text, [(0, len(piece.text))]).pieces, "says nothing"
    assert all(first.end <= second.start for first, second in pairwise(split.pieces))
    for cut in split.suggestions:
        assert cell[cut.start : cut.end] == cut.word
        assert any(piece.start < cut.start and cut.end < piece.end for piece in split.pieces)


@settings(max_examples=EXAMPLES)
@given(CELLS)
def test_pieces_are_ordered_apart_and_as_they_stand_in_the_cell(cell: str) -> None:
    check_pieces(cell, split_cell(cell))


@settings(max_examples=EXAMPLES)
@given(CELLS)
def test_between_pieces_stand_separators_numbering_and_severity_only(cell: str) -> None:
    left = set(range(len(cell)))
    for piece in split_cell(cell).pieces:
        left.difference_update(range(piece.start, piece.end))
    for place in left:
        character = cell[place]
        is_numbering = character.isnumeric() or character in NUMBERING_AND_SEVERITY
        assert is_numbering or not character.isalnum()


@settings(max_examples=EXAMPLES)
@given(CELLS)
@example("皮疹(轻度（一般）")
@example("1、、2、(皮疹）；-“恶心”")
def test_a_piece_split_again_is_that_piece(cell: str) -> None:
    for piece in split_cell(cell).pieces:
        again = split_cell(piece.text).pieces
        assert [(one.start, one.end) for one in again] == [(0, len(piece.text))]


@settings(max_examples=EXAMPLES)
@given(CELLS)
def test_a_known_cell_is_one_piece(cell: str) -> None:
    pieces = split_cell(cell, is_known=lambda _text: True).pieces
    assert len(pieces) == (1 if split_cell(cell).pieces else len(pieces))
    assert len(pieces) <= 1


@settings(max_examples=EXAMPLES)
@given(CELLS, st.sets(st.sampled_from(WORDS.split())), st.sets(st.tuples(BITS, BITS, BITS)))
def test_what_is_known_only_joins_pieces(
    cell: str, names: set[str], joins: set[tuple[str, str, str]]
) -> None:
    is_known = known_phrases({match_key(name) for name in [*names, *map("".join, joins)]})
    split = split_cell(cell, is_known=is_known)
    check_pieces(cell, split)
    for piece in split.pieces:
        again = split_cell(piece.text, is_known=is_known).pieces
        assert [one.text for one in again] == [piece.text]


@settings(max_examples=EXAMPLES)
@given(CELLS)
def test_the_same_spans_marked_by_hand_give_the_same_pieces(cell: str) -> None:
    split = split_cell(cell)
    by_hand = split_by_hand(cell, [(piece.start, piece.end) for piece in split.pieces])
    assert by_hand.pieces == split.pieces


@settings(max_examples=EXAMPLES)
@given(CELLS, st.data())
def test_any_cuts_by_hand_give_pieces_that_say_something(cell: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(cell)), max_size=8)))
    split = split_by_hand(cell, list(zip(places[::2], places[1::2], strict=False)))
    check_pieces(cell, split)


@settings(max_examples=EXAMPLES)
@given(CELLS)
def test_every_suggested_cut_can_be_made_and_taken_back(cell: str) -> None:
    split = split_cell(cell)
    for cut in split.suggestions:
        made = with_cut(split, cell, cut)
        check_pieces(cell, made)
        assert len(made.pieces) == len(split.pieces) + 1
        index = next(i for i, piece in enumerate(made.pieces) if piece.end > cut.start) - 1
        back = joined(made, cell, index)
        check_pieces(cell, back)
        assert [piece.text for piece in back.pieces] == [piece.text for piece in split.pieces]
