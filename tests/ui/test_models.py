from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from m2m_desktop.core.records import Mention
from m2m_desktop.ui.candidate_model import LINE_ROLE, CandidateColumn, CandidateModel
from m2m_desktop.ui.mention_model import MentionColumn, MentionModel
from m2m_desktop.ui.soc_tree_model import SocTreeModel
from tests.ui.toy_records import llt, make_result, pt, root

Display = Qt.ItemDataRole.DisplayRole


def tree_lines(model: SocTreeModel, parent=None, depth: int = 0) -> list[str]:
    lines = []
    args = (parent,) if parent is not None else ()
    for row in range(model.rowCount(*args)):
        index = model.index(row, 0, *args)
        lines.append("  " * depth + index.data())
        lines += tree_lines(model, index, depth + 1)
    return lines


def test_mention_model_keeps_qts_rules(qtmodeltester):
    model = MentionModel()
    qtmodeltester.check(model)
    model.set_mentions([Mention("1", "头痛"), Mention("2", "皮疹"), Mention("3", "头痛")], {})
    model.set_result(make_result("头痛"))
    qtmodeltester.check(model)


def test_an_answer_fills_every_row_with_that_phrase():
    model = MentionModel()
    model.set_mentions([Mention("1", "头痛"), Mention("2", "皮疹"), Mention("3", "头痛")], {})
    model.set_result(make_result("头痛"))
    bands = [model.index(row, MentionColumn.BAND).data() for row in range(3)]
    assert bands[0] == bands[2] != bands[1]
    assert model.index(0, MentionColumn.SELECTED).data().startswith("甲")


def test_candidate_model_keeps_qts_rules(qtmodeltester):
    model = CandidateModel()
    qtmodeltester.check(model)
    model.set_result(make_result("头痛"))
    qtmodeltester.check(model)
    model.set_result(None)
    assert model.rowCount() == 0


def test_the_threshold_runs_above_the_first_candidate_below_it():
    model = CandidateModel()
    model.set_result(make_result("头痛", probabilities=(0.9, 0.31, 0.299, 0.1)))
    lines = [model.index(row, 0).data(LINE_ROLE) for row in range(4)]
    assert lines == [False, False, True, False]


def test_a_probability_just_below_the_threshold_does_not_read_like_it():
    model = CandidateModel()
    model.set_result(make_result("头痛", probabilities=(0.9999, 0.299)))
    texts = [model.index(row, CandidateColumn.PROBABILITY).data() for row in range(2)]
    assert texts == ["0.99", "0.29"]


def test_a_lexical_answer_has_no_probability():
    model = CandidateModel()
    model.set_result(make_result("头痛", probabilities=(None, None)))
    assert not model.has_probabilities
    assert model.index(0, CandidateColumn.PROBABILITY).data() == ""
    assert not any(model.index(row, 0).data(LINE_ROLE) for row in range(2))


def test_a_newer_answer_changes_figures_but_moves_no_row():
    model = CandidateModel()
    early = make_result("头痛", probabilities=(0.9, 0.4, 0.2))
    model.set_result(early)
    one, two, _three = early.candidates
    four = make_result("头痛", probabilities=(0, 0, 0, 0.3)).candidates[3]
    late = replace(
        early, selected=(two.pt.code,),
        candidates=tuple(
            replace(candidate, probability=probability, rank=rank)
            for rank, (candidate, probability) in enumerate(((two, 0.8), (four, 0.3), (one, 0.1)), 1)
        ),
    )  # fmt: skip
    model.renew(late, {one.pt.code})
    assert model.is_out_of_order
    rows = [[model.index(row, column).data() for column in CandidateColumn][:5] for row in range(4)]
    assert [(row[2], row[0], row[4]) for row in rows] == [
        ("甲", "3", "0.10"), ("乙", "1", "0.80"), ("丙", "", "0.20"), ("丁", "2", "0.30"),
    ]  # fmt: skip
    assert [bool(row[1]) for row in rows] == [False, True, False, False]
    lines = [model.index(row, 0).data(LINE_ROLE) for row in range(4)]
    assert not any(lines), "a line says nothing about rows that stand in another order"
    model.set_result(late)
    assert not model.is_out_of_order
    assert [model.index(row, CandidateColumn.PT).data() for row in range(3)] == ["乙", "丁", "甲"]


def test_a_candidate_model_that_is_renewed_keeps_qts_rules(qtmodeltester):
    model = CandidateModel()
    model.set_result(make_result("头痛", probabilities=(0.9, 0.4)))
    model.renew(make_result("头痛", probabilities=(0.1, 0.4, 0.5)))
    qtmodeltester.check(model)


def test_bands_are_counted_only_where_they_are_final():
    model = MentionModel()
    model.set_mentions([Mention("1", "头痛"), Mention("2", "皮疹")], {})
    model.set_result(replace(make_result("头痛"), is_final=False))
    assert (sum(model.band_counts().values()), model.provisional_count()) == (0, 1)
    model.set_result(make_result("头痛"))
    assert (sum(model.band_counts().values()), model.provisional_count()) == (1, 0)


def test_selection_is_said_in_words_and_to_screen_readers():
    model = CandidateModel()
    model.set_result(make_result("头痛", probabilities=(0.9, 0.1)))
    first, second = (model.index(row, CandidateColumn.SELECTED) for row in range(2))
    assert first.data()
    assert not second.data()
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == first.data()


def test_tree_model_keeps_qts_rules(qtmodeltester):
    model = SocTreeModel()
    qtmodeltester.check(model)
    model.set_pt(pt("甲"), [llt("甲一"), llt("甲旧", is_current=False)])
    qtmodeltester.check(model)
    model.set_roots([root("皮肤"), root("心脏"), root("免疫")])
    qtmodeltester.check(model)


def test_the_tree_shows_all_routes_of_a_pt_the_primary_one_first():
    model = SocTreeModel()
    model.set_pt(pt("甲"), [llt("甲一"), llt("甲旧", is_current=False)])
    assert [line.replace(" (secondary path)", " §") for line in tree_lines(model)] == [
        "皮肤", "  皮肤组", "    皮肤类", "      甲", "        甲一",
        "免疫 §", "  免疫组", "    免疫类", "      甲", "        甲一",
    ]  # fmt: skip
    assert model.pt_index().parent().data() == "皮肤类"


def test_llts_that_are_not_current_are_hidden_until_asked_for_and_starred():
    model = SocTreeModel()
    model.set_pt(pt("甲"), [llt("甲一"), llt("甲旧", is_current=False)])
    assert not any("甲旧" in line for line in tree_lines(model))
    model.set_shows_old(True)
    assert any(line.strip() == "甲旧 *" for line in tree_lines(model))


def test_the_whole_tree_keeps_the_route_open_and_asks_for_the_rest(qtbot):
    model = SocTreeModel()
    model.set_pt(pt("甲"))
    model.set_roots([root("心脏"), root("皮肤"), root("免疫")])
    assert [model.index(row, 0).data().split()[0] for row in range(3)] == ["皮肤", "免疫", "心脏"]
    skin = model.index(0, 0)
    assert model.canFetchMore(skin)
    with qtbot.waitSignal(model.children_wanted) as asked:
        model.fetchMore(skin)
    assert not model.canFetchMore(skin)
    level, code = asked.args
    known = model.tree_term(model.index(0, 0, skin))
    model.set_children(
        level, code, [known, replace(known, term=replace(known.term, code="7", name="新组"))]
    )
    assert [model.index(row, 0, skin).data() for row in range(2)] == ["皮肤组", "新组"]


@pytest.mark.parametrize("secondary", [False, True])
def test_a_screen_reader_hears_level_code_and_kind_of_route(secondary: bool):
    model = SocTreeModel()
    model.set_pt(pt("甲"))
    spoken = model.index(int(secondary), 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("SOC")
    assert ("secondary" in spoken) is secondary
