"""A cell comes apart where something separates, and nowhere inside a name."""

from collections.abc import Callable

import pytest

from m2m_desktop.core.known_phrases import known_phrases
from m2m_desktop.core.pieces import CellSplit, Piece, PieceKind, SuggestedCut
from m2m_desktop.core.splitting import joined, split_by_hand, split_cell, with_cut
from m2m_desktop.core.text import match_key

MANY = 200_000


def texts(split: CellSplit) -> list[str]:
    return [piece.text for piece in split.pieces]


def words(cell: str) -> list[str]:
    return [suggestion.word for suggestion in split_cell(cell).suggestions]


def known(*phrases: str) -> Callable[[str], bool]:
    return known_phrases({match_key(phrase) for phrase in phrases})


def test_a_piece_knows_its_place_without_numbering_and_severity() -> None:
    cell = "1、皮疹（一般）；2、过敏性休克 (严重)"
    assert split_cell(cell).pieces == (
        Piece(2, 4, "皮疹", severity="一般"),
        Piece(11, 16, "过敏性休克", severity="严重"),
    )


@pytest.mark.parametrize(
    "cell", ["", " ", "\n\r\n", "；、，。", "（）", "......", "\u200b", "——、"]
)
def test_a_cell_that_says_nothing_has_no_pieces(cell: str) -> None:
    assert split_cell(cell) == CellSplit(())


@pytest.mark.parametrize("cell", ["\ud83d", "\ufffd\ufffd", "↑↓", "①", "1、", "😀"])
def test_what_may_have_been_a_word_is_kept_to_be_looked_at(cell: str) -> None:
    assert len(split_cell(cell).pieces) == 1


def test_half_characters_and_invisible_ones_shift_no_place() -> None:
    cell = "\ufeff皮\u200b疹\ud800；😀瘙痒\u200d、\u200e恶心"
    split = split_cell(cell)
    assert texts(split) == ["皮\u200b疹\ud800", "😀瘙痒", "恶心"]
    assert all(cell[piece.start : piece.end] == piece.text for piece in split.pieces)


def test_the_longest_known_phrase_is_kept_whole() -> None:
    cell = "头晕、恶心、呕吐、腹泻"
    assert texts(split_cell(cell, is_known=known("恶心、呕吐"))) == ["头晕", "恶心、呕吐", "腹泻"]
    both = known("恶心、呕吐", "恶心、呕吐、腹泻")
    assert texts(split_cell(cell, is_known=both)) == ["头晕", "恶心、呕吐、腹泻"]


def test_a_known_phrase_is_neither_cut_nor_set_aside_nor_suggested_to_be_cut() -> None:
    for cell in ("无皮疹", "好转", "头痛伴恶心", "皮疹（轻度）", "1、2、皮疹、瘙痒"):
        split = split_cell(cell, is_known=known(cell))
        assert split == CellSplit((Piece(0, len(cell), cell),))


def test_known_phrases_do_not_join_over_numbering_or_line_breaks() -> None:
    names = known("恶心呕吐")
    assert texts(split_cell("头晕\n恶心\n呕吐", is_known=names)) == ["头晕", "恶心", "呕吐"]
    assert texts(split_cell("1.恶心2.呕吐", is_known=names)) == ["恶心", "呕吐"]
    assert texts(split_cell("头晕；恶心，呕吐", is_known=names)) == ["头晕", "恶心，呕吐"]


def test_a_known_part_of_one_reaction_does_not_cut_it() -> None:
    for cell in ("穿刺点红、肿、痛", "面部、颈部皮疹"):
        assert texts(split_cell(cell, is_known=known("肿痛", "颈部皮疹"))) == [cell]


def test_known_phrases_are_asked_for_a_bounded_number_of_times() -> None:
    asked: list[str] = []

    def count(text: str) -> bool:
        asked.append(text)
        return False

    pieces = split_cell("、".join(["恶心伴头晕"] * 200), is_known=count).pieces
    assert len(pieces) == 200
    assert len(asked) <= 7 * len(pieces)
    assert max(map(len, asked)) <= 240


def test_a_negation_goes_on_over_a_list_and_no_further() -> None:
    kinds = [piece.kind for piece in split_cell("无恶心、呕吐、腹泻，头晕").pieces]
    assert kinds == [PieceKind.NEGATED] * 3 + [PieceKind.REACTION]
    asserted = split_cell("无恶心、呕吐（一般）、有头晕", is_known=known("呕吐"))
    kinds = [piece.kind for piece in asserted.pieces]
    assert kinds == [PieceKind.NEGATED, PieceKind.REACTION, PieceKind.REACTION]
    denied = split_cell("无恶心、呕吐", is_known=known("呕吐"))
    assert [piece.kind for piece in denied.pieces] == [PieceKind.NEGATED] * 2


@pytest.mark.parametrize(
    ("cell", "suggested"),
    [
        ("头痛伴恶心", ["伴"]),
        ("皮疹并伴有瘙痒", ["并伴有"]),
        ("恶心及呕吐", ["及"]),
        ("皮疹和瘙痒", ["和"]),
        ("肺炎合并呼吸衰竭", ["合并"]),
        ("发热伴发热性惊厥", ["伴"]),
        ("头晕以及乏力，皮疹与瘙痒", ["以及", "与"]),
        ("头晕 恶心", [" "]),
        ("皮疹&瘙痒", ["&"]),
        ("血氧饱和度下降", []),
        ("及时停药", []),
        ("糖尿病并发症", []),
        ("手术合并症", []),
        ("和胃不适", []),
        ("累及皮肤", []),
        ("与用药有关的皮疹", []),
        ("双手及面部皮疹", []),
        ("ALT和AST升高", []),
        ("不伴皮疹", []),
        ("伴瘙痒", []),
        ("皮疹伴", []),
        ("阿莫西林和克拉维酸钾片", []),
    ],
)
def test_joining_words_are_suggested_and_never_cut(cell: str, suggested: list[str]) -> None:
    assert words(cell) == suggested
    assert len(split_cell(cell).pieces) == cell.count("，") + 1


def test_a_suggested_cut_is_made_and_taken_back() -> None:
    cell = "无恶心；头痛伴恶心及呕吐（严重）"
    split = split_cell(cell)
    assert split.suggestions == (SuggestedCut(6, 7, "伴"), SuggestedCut(9, 10, "及"))
    cut = with_cut(split, cell, split.suggestions[0])
    assert [(piece.text, piece.severity) for piece in cut.pieces] == [
        ("无恶心", ""),
        ("头痛", "严重"),
        ("恶心及呕吐", "严重"),
    ]
    assert cut.suggestions == split.suggestions[1:]
    assert joined(cut, cell, 1) == split


def test_both_parts_of_a_denied_phrase_are_denied() -> None:
    cell = "无恶心及呕吐"
    cut = with_cut(split_cell(cell), cell, SuggestedCut(3, 4, "及"))
    assert [(piece.text, piece.kind) for piece in cut.pieces] == [
        ("无恶心", PieceKind.NEGATED),
        ("呕吐", PieceKind.NEGATED),
    ]


def test_a_cut_that_no_piece_holds_is_refused() -> None:
    split = split_cell("头痛伴恶心")
    with pytest.raises(ValueError, match="no piece"):
        with_cut(split, "头痛伴恶心", SuggestedCut(7, 8, "伴"))
    with pytest.raises(ValueError, match="no two pieces"):
        joined(split, "头痛伴恶心", 0)
    with pytest.raises(ValueError, match="no two pieces"):
        joined(split, "头痛伴恶心", -1)


def test_a_person_marks_pieces_and_the_rest_is_found_as_usual() -> None:
    cell = "1、头痛恶心（一般）；停药后好转。"
    assert split_by_hand(cell, [(10, 17), (4, 10), (0, 4), (10, 10)]).pieces == (
        Piece(2, 4, "头痛", severity="一般"),
        Piece(4, 6, "恶心", severity="一般"),
        Piece(11, 16, "停药后好转", PieceKind.OUTCOME),
    )
    assert split_by_hand(cell, []).pieces == ()
    assert split_by_hand("；皮疹", [(0, 1)]).pieces == ()


def test_pieces_marked_by_hand_may_hold_separators() -> None:
    assert texts(split_by_hand("恶心、呕吐、", [(0, 6)])) == ["恶心、呕吐"]


@pytest.mark.parametrize("spans", [[(0, 3), (2, 4)], [(-1, 2)], [(0, 9)], [(3, 2)]])
def test_spans_that_overlap_or_lie_outside_are_refused(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="span"):
        split_by_hand("皮疹瘙痒", spans)


def test_known_phrases_match_in_any_width_case_and_punctuation() -> None:
    names = known("AST升高", "恶心、呕吐")
    assert names("ＡＳＴ 升高")
    assert names("ast升高")
    assert names("恶心,呕吐")
    assert not names("恶心；呕吐")
    assert not names("AST")
    assert not names("恶心" * 1000)
    assert not known_phrases(())("恶心")
    assert known_phrases({"恶心"}, is_name={"头痛"}.__contains__)("头痛")


@pytest.mark.parametrize(
    "unit",
    ["(", "（(", "1", "无", " ", "面部及", "等症状", "片", "“", "-", "皮疹("],
)
def test_no_text_takes_longer_than_in_proportion_to_its_length(unit: str) -> None:
    # What grew with the square of the length took minutes here, beyond the time limit of a test.
    text = unit * (MANY // len(unit))
    for piece in split_cell(text).pieces:
        assert text[piece.start : piece.end] == piece.text
