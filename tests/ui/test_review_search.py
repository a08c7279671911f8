"""Another term is searched for without losing the phrase, and the tree follows."""

import pytest
from PySide6.QtCore import Qt

from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.review.hits import HitColumn
from m2m_desktop.ui.review.keys import Command
from tests.ui.helpers import commit
from tests.ui.review_bench import KEY, MODIFIER, Bench, bench_of

ENTER, ALT = KEY.Key_Return, MODIFIER.AltModifier


@pytest.fixture
def bench(tmp_path, qtbot, monkeypatch):
    monkeypatch.setenv("M2M_TOY_FLAG", str(tmp_path / "flag"))
    with bench_of(tmp_path, qtbot) as made:
        made.start_engine()
        yield made


def search(bench: Bench, text: str) -> None:
    bench.page.answer.search.begin()
    bench.page.answer.search.field.clear()
    commit(bench.page.answer.search.field, text)
    bench.press(ENTER, on=bench.page.answer.search.field)
    note = bench.page.answer.search.note
    bench.qtbot.waitUntil(lambda: note.text() not in {"", "Searching…"}, timeout=5000)


def hits(bench: Bench) -> list[tuple[str, ...]]:
    model = bench.page.answer.search.model
    return [
        tuple(model.index(row, column).data() for column in list(HitColumn)[:3])
        for row in range(model.rowCount())
    ]


def test_hits_stand_in_groups_in_place_of_the_candidates(bench):
    answer = bench.page.answer
    search(bench, "皮疹")
    bench.qtbot.waitUntil(lambda: ("similar", "PT", "恶心") in hits(bench), timeout=5000)
    assert hits(bench)[:3] == [
        ("the same", "PT", "皮疹"),
        ("contains it", "LLT", "皮疹样"),
        ("", "LLT", "皮疹（旧名） *"),
    ]
    assert not answer.candidates.isVisible()
    assert bench.in_hand == bench.head.phrase.text() == "起皮疹"
    assert not any("系统" in name for _reason, _level, name in hits(bench)), "wide terms: no codes"


def test_enter_takes_a_hit_into_the_set_and_esc_goes_back(bench):
    answer = bench.page.answer
    search(bench, "恶心")
    bench.press(ENTER, on=answer.search.field)
    assert answer.search.table.hasFocus()
    bench.press(ENTER, on=answer.search.table)
    bench.qtbot.waitUntil(lambda: len(bench.head.chips.chips()) == 2, timeout=5000)
    assert bench.state("起皮疹") == ("unreviewed", "皮疹 恶心")
    term = bench.stored("起皮疹").state.terms[1]
    assert (term.pt_code, term.soc_name, term.hlt_name) == ("90000004", "胃肠病", "胃肠病类")
    assert term.llt_name == "恶心", "a PT stands for the phrase by its own name"
    bench.page.run(Command.BACK)
    assert answer.candidates.isVisible()
    assert bench.table.hasFocus()
    bench.press(ENTER)
    assert bench.state("起皮疹") == ("changed", "皮疹 恶心")


def test_a_double_click_takes_an_llt_with_its_pt(bench):
    search(bench, "荨麻疹")
    view = bench.page.answer.search.table
    row = next(n for n, (_r, level, _n) in enumerate(hits(bench)) if level == "LLT")
    at = view.visualRect(view.model().index(row, HitColumn.NAME)).center()
    bench.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    bench.qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    bench.qtbot.waitUntil(lambda: len(bench.head.chips.chips()) == 2, timeout=5000)
    term = bench.stored("起皮疹").state.terms[1]
    assert (term.pt_code, term.llt_name) == ("90000003", "荨麻疹样")


def test_what_is_not_current_is_refused_with_the_reason(bench):
    search(bench, "皮疹")
    view = bench.page.answer.search.table
    row = next(n for n, (_r, _l, name) in enumerate(hits(bench)) if name.endswith("*"))
    view.selectRow(row)
    view.setFocus()
    bench.press(ENTER, on=view)
    assert "not current" in bench.head.refusal()
    assert bench.state("起皮疹") == ("unreviewed", "皮疹")


def test_what_is_in_the_set_already_is_said(bench):
    search(bench, "皮疹")
    bench.page.answer.search.table.setFocus()
    bench.press(ENTER, on=bench.page.answer.search.table)
    bench.qtbot.waitUntil(lambda: "in the set already" in bench.head.refusal(), timeout=5000)
    assert bench.state("起皮疹") == ("unreviewed", "皮疹")


def test_a_code_is_found(bench):
    search(bench, "90000003")
    assert hits(bench) == [("code", "PT", "荨麻疹")]


def test_alt_and_arrows_go_through_the_searches(bench):
    field = bench.page.answer.search.field
    for text in ("恶心", "瘙痒", "荨麻疹"):
        search(bench, text)
    seen = []
    for key in (KEY.Key_Left, KEY.Key_Left, KEY.Key_Left, KEY.Key_Right, KEY.Key_Right):
        bench.press(key, ALT, on=field)
        seen.append(field.text())
    assert seen == ["瘙痒", "恶心", "恶心", "瘙痒", "荨麻疹"]
    bench.press(KEY.Key_Right, ALT, on=field)
    assert field.text() == ""
    bench.table.setFocus()
    bench.press(KEY.Key_Left, ALT)
    assert field.text() == "荨麻疹"


def test_a_search_that_fails_says_why_and_the_phrase_stays(bench):
    search(bench, "trouble")
    assert "M2M-207" in bench.page.answer.search.note.text()
    assert bench.in_hand == "起皮疹"


def test_an_answer_for_an_older_text_is_not_shown(bench):
    answer = bench.page.answer.search
    search(bench, "瘙痒")
    before = hits(bench)
    answer.field.setText("恶心")
    answer.ask()
    answer.field.setText("恶心呕")
    answer._pause.stop()
    bench.qtbot.wait(300)
    assert hits(bench) == before
    answer.field.clear()
    assert hits(bench) == []


def test_a_term_that_comes_late_is_not_given_to_another_phrase(bench):
    search(bench, "恶心")
    answer = bench.page.answer.search
    answer.wanted.emit(answer.model.hit(0))
    bench.go("说不清")
    bench.qtbot.wait(300)
    assert bench.state("起皮疹") == ("unreviewed", "皮疹")
    assert bench.state("说不清") == ("unreviewed", "")


def test_another_phrase_closes_the_search(bench):
    search(bench, "恶心")
    bench.go("想吐")
    assert not bench.page.answer.search.is_open
    assert bench.page.answer.candidates.isVisible()


def test_the_tree_follows_the_candidate_and_the_hit(bench):
    tree = bench.page.answer.tree
    bench.qtbot.waitUntil(lambda: "Rash" in tree._second.text(), timeout=5000)
    bench.page.answer.candidates.table.selectRow(2)
    bench.qtbot.waitUntil(lambda: "Urticaria" in tree._second.text(), timeout=5000)
    assert tree.model.rowCount() == 2, "all routes of the PT"
    search(bench, "恶心")
    bench.qtbot.waitUntil(lambda: "Nausea" in tree._second.text(), timeout=5000)
    bench.page.run(Command.BACK)
    bench.qtbot.waitUntil(lambda: "Urticaria" in tree._second.text(), timeout=5000)


def test_a_double_click_in_the_tree_takes_its_pt_or_llt(bench):
    tree = bench.page.answer.tree
    bench.page.answer.candidates.table.selectRow(1)
    bench.qtbot.waitUntil(lambda: tree.model.rowCount(tree.model.pt_index()) == 2, timeout=5000)
    at = tree.model.index(1, 0, tree.model.pt_index())
    assert tree.model.tree_term(at).term.level is TermLevel.LLT
    tree.tree.doubleClicked.emit(at)
    bench.qtbot.waitUntil(lambda: len(bench.head.chips.chips()) == 2, timeout=5000)
    assert bench.stored("起皮疹").state.terms[1].llt_name == "瘙痒样"
