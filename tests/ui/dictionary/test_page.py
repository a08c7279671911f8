"""The page over a stand-in for the engine: what a person types, presses and clicks."""

import json

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.dictionary.bin_store import BinStore
from m2m_desktop.services.language import use_language
from m2m_desktop.ui.dictionary.bad_rows_dialog import BadRowsDialog
from m2m_desktop.ui.dictionary.page import DictionaryPage
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.term_names import NamesShown
from tests.ui.dictionary.bench_page import KEY, MODIFIER, page_bench
from tests.ui.helpers import commit, compose

ALT, CTRL = MODIFIER.AltModifier, MODIFIER.ControlModifier
ENTER = KEY.Key_Return


@pytest.fixture
def bench(tmp_path, qtbot, monkeypatch):
    monkeypatch.setenv("M2M_TOY_FLAG", str(tmp_path / "flag"))
    with page_bench(tmp_path / "home", qtbot) as made:
        made.begin()
        yield made


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


# -- searching ------------------------------------------------------------------------------------


def test_hits_stand_in_groups_and_tree_and_card_follow_the_first(bench):
    bench.type("皮疹")
    assert bench.lines() == [
        "The same name · 2",
        "  PT 皮疹",
        "  LLT 皮疹",
        "Contains it · 2",
        "  PT Ｐ型皮疹",
        "  LLT Ｐ型皮疹",
    ]
    bench.looks_at("皮疹")
    assert bench.tree_at() == ["皮肤病", "表皮反应", "皮疹类", "皮疹"]


def test_the_arrows_move_in_the_hits_while_the_keyboard_stays_in_the_line(bench):
    bench.type("皮疹")
    for _press in range(2):
        bench.press(KEY.Key_Down)
    assert bench.page.finder.line.hasFocus()
    bench.looks_at("Ｐ型皮疹")
    bench.press(KEY.Key_Up)
    bench.press(KEY.Key_Up)
    bench.looks_at("皮疹")


def test_only_the_term_one_rests_on_is_asked_for(bench):
    bench.type("皮疹")
    bench.looks_at("皮疹")
    before = len(bench.asked("dictionary_card"))
    for _press in range(3):
        bench.press(KEY.Key_Down)
    bench.wait(lambda: bench.page.card.term().level is TermLevel.LLT)
    assert len(bench.asked("dictionary_card")) == before + 1


def test_enter_goes_from_the_line_to_the_hits_and_on_to_the_tree(bench):
    bench.type("恶心")
    bench.press(ENTER)
    assert bench.page.finder.hits.hasFocus()
    bench.press(ENTER)
    assert bench.page.tree.tree.hasFocus()
    bench.looks_at("恶心")
    bench.press(KEY.Key_Escape)
    assert bench.page.finder.line.hasFocus()
    assert bench.page.finder.line.selectedText() == "恶心"
    bench.press(KEY.Key_Escape)
    assert bench.page.finder.line.text() == ""
    assert bench.lines() == []
    assert bench.page.card.term().name == "恶心", "what was looked at stays"


def test_enter_at_once_after_typing_waits_for_the_hits_of_that_text(bench):
    line = bench.page.finder.line
    line.setFocus()
    commit(line, "荨麻疹")
    bench.press(ENTER, on=line)
    bench.wait(bench.page.finder.hits.hasFocus)
    bench.looks_at("荨麻疹")


def test_nothing_is_asked_while_an_input_method_composes(bench):
    line = bench.page.finder.line
    line.setFocus()
    commit(line, "皮")
    compose(line, "zhen")
    bench.qtbot.wait(200)
    assert bench.asked("dictionary_search") == []
    commit(line, "疹")
    bench.wait(lambda: bool(bench.asked("dictionary_search")))
    assert [asked["text"] for asked in bench.asked("dictionary_search")] == ["皮疹"]


def test_fast_typing_asks_once_and_an_older_answer_is_not_shown(bench, tmp_path):
    line = bench.page.finder.line
    line.setFocus()
    bench.type("恶心")
    before = bench.lines()
    line.clear()
    commit(line, "slow 皮疹")
    bench.wait(lambda: bench.asked("dictionary_search")[-1]["text"] == "slow 皮疹")
    line.clear()
    for letter in "瘙痒":
        commit(line, letter)
    bench.wait(lambda: bench.asked("dictionary_search")[-1]["text"] == "瘙痒")
    assert bench.lines() == before
    (tmp_path / "flag.go").touch()
    bench.wait(lambda: bench.lines()[:2] == ["The same name · 2", "  PT 瘙痒"])
    assert "瘙" not in [asked["text"] for asked in bench.asked("dictionary_search")]


def test_an_answer_that_comes_after_the_line_was_emptied_is_not_shown(bench, tmp_path):
    line = bench.page.finder.line
    line.setFocus()
    commit(line, "slow 皮疹")
    bench.wait(lambda: bool(bench.asked("dictionary_search")))
    bench.press(KEY.Key_Escape, on=line)
    (tmp_path / "flag.go").touch()
    bench.qtbot.wait(150)
    assert bench.lines() == []
    assert bench.page.finder.examples.isVisible()


def test_match_levels_soc_and_chips_go_into_the_question(bench):
    filters = bench.page.finder.filters
    bench.wait(lambda: filters.soc.count() == 4)
    bench.type("疹")
    filters.match.setCurrentIndex(filters.match.findData("contains"))
    filters.levels[TermLevel.PT].click()
    filters.primary_only.click()
    filters.shows_old.click()
    filters.soc.setCurrentIndex(filters.soc.findText("免疫病"))
    bench.wait(lambda: not bench.page.finder.asking.is_waiting)
    asked = bench.asked("dictionary_search")[-1]
    assert asked == {
        "terminology": "toy",
        "text": "疹",
        "match": "contains",
        "levels": ["pt"],
        "socs": ["91000002"],
        "primary_only": True,
        "shows_old": True,
        "limit": 100,
    }
    assert bench.lines() == ["Contains it · 1", "  PT 荨麻疹"]
    assert not filters.levels[TermLevel.PT].icon().isNull(), "not by colour alone"


def test_a_group_that_was_not_sent_whole_is_asked_for_whole(bench):
    bench.type("many")
    assert len(bench.lines()) == 102
    hits = bench.page.finder.hits
    row = bench.lines().index("Show 30 more")
    hits.scrollToBottom()
    at = hits.visualRect(bench.page.finder.hits.hits.index(row, 0)).center()
    QTest.mouseClick(hits.viewport(), Qt.MouseButton.LeftButton, pos=at)
    bench.wait(lambda: len(bench.lines()) == 131)
    assert bench.lines()[-1] == "  LLT many 129"


def test_no_hit_says_what_was_searched_and_offers_ways_out(bench):
    bench.page.finder.filters.levels[TermLevel.HLT].click()
    bench.type("疹子病")
    nothing = bench.page.finder.nothing
    assert nothing.isVisible()
    assert "疹子病" in nothing.text()
    assert "HLT" in nothing.text()
    offered = [offer.text() for offer in nothing.offers]
    assert offered == [
        "Look for similar terms", "Also those not current", "In the whole dictionary"
    ]  # fmt: skip
    nothing.offers[2].click()
    bench.wait(lambda: not bench.page.finder.asking.is_waiting)
    assert bench.asked("dictionary_search")[-1]["levels"] == []
    nothing.offers[0].click()
    bench.wait(lambda: "Similar" in "".join(bench.lines()))
    assert bench.asked("dictionary_search")[-1]["match"] == "fuzzy"


def test_a_problem_in_the_query_is_told_beside_the_hits(bench):
    bench.type("(皮疹")
    assert bench.page.finder.problem.isVisible()
    assert "bracket" in bench.page.finder.problem.text()
    assert bench.lines()
    bench.type("皮疹")
    assert not bench.page.finder.problem.isVisible()


def test_a_search_that_fails_says_so_in_its_place_and_can_be_repeated(bench):
    bench.type("broken")
    assert "M2M-207" in bench.page.finder.nothing.text()
    asked = len(bench.asked("dictionary_search"))
    bench.page.finder.nothing.offers[0].click()
    assert len(bench.asked("dictionary_search")) == asked + 1


def test_an_empty_line_offers_examples_that_can_be_clicked(bench):
    examples = bench.page.finder.examples
    assert examples.isVisible()
    examples.buttons[1].click()
    bench.wait(lambda: bool(bench.lines()))
    assert bench.page.finder.line.text() == "rash"
    assert not examples.isVisible()


# -- tree and card --------------------------------------------------------------------------------


def test_the_tree_closes_what_it_opened_and_keeps_what_a_person_opened(bench):
    tree, model = bench.page.tree.tree, bench.page.tree.model
    bench.wait(lambda: model.rowCount() == 3)
    tree.expand(model.index(2, 0))
    bench.wait(lambda: model.rowCount(model.index(2, 0)) > 0)
    bench.type("荨麻疹")
    bench.looks_at("荨麻疹")
    immune = model.index(1, 0)
    assert tree.isExpanded(immune)
    bench.type("皮疹")
    bench.looks_at("皮疹")
    assert not tree.isExpanded(immune)
    assert tree.isExpanded(model.index(2, 0))


def test_expanding_keeps_the_place_of_what_is_shown(bench):
    tree, model = bench.page.tree.tree, bench.page.tree.model
    bench.window.resize(1300, 420)
    for text in ("荨麻疹", "皮疹"):
        bench.type(text)
        bench.looks_at(text)
    tree.expand(model.index(1, 0))
    bench.wait(lambda: model.rowCount(model.index(1, 0)) > 0)
    bench.qtbot.wait(30)
    place = model.index(2, 0)
    before = tree.visualRect(model.index(1, 0)).top()
    tree.expand(place)
    bench.wait(lambda: model.rowCount(place) > 0)
    bench.qtbot.wait(30)
    assert tree.visualRect(model.index(1, 0)).top() == before


def test_a_click_in_the_tree_shows_the_card_of_that_place(bench):
    bench.type("荨麻疹")
    bench.looks_at("荨麻疹")
    bench.page.tree.tree.setCurrentIndex(bench.page.tree.tree.currentIndex().parent())
    bench.wait(lambda: bench.page.card.term().level is TermLevel.HLT)
    assert "过敏反应" in bench.page.card.text.toPlainText()


def test_the_card_tells_names_paths_smqs_history_and_same_names(bench):
    bench.page.show_term(TermLevel.PT, "90000001")
    bench.looks_at("皮疹")
    told = bench.page.card.text.toPlainText()
    for words in (
        "中文", "English", "Rash", "皮肤病 › 表皮反应 › 皮疹类", "primary path",
        "免疫病 › 过敏反应 › 过敏类", "secondary path", "过敏性反应 narrow scope", "through a sub-SMQ",
        "皮疹（旧名） *", "The same name at other levels", "3.0",
    ):  # fmt: skip
        assert words in told, words


def links(bench) -> list[str]:
    """Where the links of the card lead, in their order."""
    found, block = [], bench.page.card.text.document().begin()
    while block.isValid():
        for piece in block:
            link = piece.fragment().charFormat().anchorHref()
            if link and link not in found:
                found.append(link)
        block = block.next()
    return found


def follow(bench, part: str) -> None:
    link = next(link for link in links(bench) if part in link)
    bench.page.card.text.anchorClicked.emit(QUrl(link))


def test_links_of_the_card_lead_to_terms_places_and_smqs(bench):
    bench.page.show_term(TermLevel.PT, "90000001")
    bench.looks_at("皮疹")
    follow(bench, "PT/90000001/91000002")
    bench.wait(lambda: bench.tree_at() == ["免疫病", "过敏反应", "过敏类", "皮疹 (secondary)"])
    follow(bench, "LLT/95000001")
    bench.looks_at("起疹子")
    assert "PT of this LLT" in bench.page.card.text.toPlainText()
    wanted = []
    bench.page.smq_wanted.connect(wanted.append)
    bench.page.show_term(TermLevel.PT, "90000001")
    bench.looks_at("皮疹")
    follow(bench, "smq:29990002")
    assert wanted == ["29990002"]


def test_a_term_that_is_wanted_while_a_search_runs_is_not_left_again(bench, tmp_path):
    line = bench.page.finder.line
    commit(line, "slow 皮疹")
    bench.wait(lambda: bool(bench.asked("dictionary_search")))
    bench.page.show_term(TermLevel.PT, "90000004")
    (tmp_path / "flag.go").touch()
    bench.looks_at("恶心")
    bench.wait(lambda: bool(bench.lines()))
    bench.qtbot.wait(200)
    assert bench.page.card.term().name == "恶心"


def test_an_old_llt_is_hidden_until_it_is_asked_for_or_looked_at(bench):
    bench.type("皮疹（旧名）")
    assert bench.lines() == []
    bench.page.show_term(TermLevel.PT, "90000001")
    bench.looks_at("皮疹")
    follow(bench, "LLT/95000002")
    bench.looks_at("皮疹（旧名）")
    assert bench.tree_at()[-1] == "皮疹（旧名） *"
    bench.page.finder.filters.shows_old.click()
    bench.wait(lambda: bench.lines() == ["The same name · 1", "  LLT 皮疹（旧名） *"])
    assert bench.asked("dictionary_route")[-1]["shows_old"]


def test_a_term_that_is_not_there_is_said_in_tree_and_card(bench):
    bench.page.show_term(TermLevel.PT, "99999999")
    bench.wait(lambda: "M2M-207" in bench.page.card.trouble())
    bench.wait(lambda: "M2M-207" in bench.page.tree.trouble())
    bench.page.show_term(TermLevel.PT, "90000004")
    bench.looks_at("恶心")
    assert not bench.page.tree.trouble()


# -- back and forward -----------------------------------------------------------------------------


def test_alt_and_arrows_go_through_terms_and_searches(bench):
    finder = bench.page.finder
    assert not finder.back_button.isEnabled()
    bench.type("恶心")
    bench.looks_at("恶心")
    bench.type("瘙痒")
    bench.looks_at("瘙痒")
    bench.press(ENTER)
    follow(bench, "LLT/95000003")
    bench.looks_at("身痒")
    bench.press(KEY.Key_Left, ALT, on=bench.page.tree.tree)
    bench.looks_at("瘙痒")
    assert finder.line.text() == "瘙痒"
    bench.press(KEY.Key_Left, ALT, on=finder.line)
    bench.looks_at("恶心")
    bench.wait(lambda: "  PT 恶心" in bench.lines())
    assert (finder.line.text(), finder.back_button.isEnabled()) == ("恶心", False)
    bench.press(KEY.Key_Right, ALT, on=finder.hits)
    bench.looks_at("瘙痒")
    finder.forward_button.click()
    bench.looks_at("身痒")
    assert not finder.forward_button.isEnabled()


def test_back_brings_the_filters_of_that_search_too(bench):
    filters = bench.page.finder.filters
    filters.levels[TermLevel.LLT].click()
    bench.type("皮疹")
    bench.press(ENTER)
    bench.looks_at("皮疹")
    filters.levels[TermLevel.LLT].click()
    bench.type("恶心")
    bench.press(ENTER)
    bench.looks_at("恶心")
    bench.press(KEY.Key_Left, ALT)
    bench.wait(lambda: bench.lines()[1:2] == ["  LLT 皮疹"])
    assert filters.levels[TermLevel.LLT].isChecked()


# -- copying and the bin --------------------------------------------------------------------------


def test_term_and_code_are_copied_from_line_hits_tree_and_card(bench):
    bench.type("瘙痒")
    bench.looks_at("瘙痒")
    bench.press(KEY.Key_C, CTRL)
    assert clipboard() == "瘙痒"
    bench.press(KEY.Key_C, CTRL | MODIFIER.ShiftModifier, on=bench.page.finder.hits)
    assert clipboard() == "90000002"
    bench.page.finder.line.selectAll()
    QGuiApplication.clipboard().clear()
    bench.press(KEY.Key_C, CTRL, on=bench.page.finder.line)
    assert clipboard() == "瘙痒", "text that is marked in the line is copied as anywhere"
    bench.page.set_names_shown(NamesShown.SECOND)
    bench.press(KEY.Key_C, CTRL, on=bench.page.tree.tree)
    assert clipboard() == "Pruritus"
    bench.press(KEY.Key_C, CTRL | MODIFIER.ShiftModifier, on=bench.page.card.text)
    assert clipboard() == "90000002"
    assert bench.said[-1] == "Copied: 90000002"


def collected(bench) -> list[str]:
    return [f"{row.level.name} {row.name}" for row in bench.page.bin.model.terms]


def test_terms_are_collected_from_hits_tree_and_card_several_at_once(bench):
    bench.type("皮疹")
    bench.press(ENTER)
    bench.looks_at("皮疹")
    bench.page.finder.hits.selectAll()
    bench.press(KEY.Key_B)
    assert collected(bench) == ["PT 皮疹", "LLT 皮疹", "PT Ｐ型皮疹", "LLT Ｐ型皮疹"]
    bench.type("")
    QTest.keyClicks(bench.page.finder.line, "b")
    assert bench.page.finder.line.text() == "b", "letters are typed where text is"
    bench.type("恶心")
    bench.looks_at("恶心")
    bench.press(KEY.Key_Insert)
    bench.page.card.collect_button.click()
    assert collected(bench)[4:] == ["PT 恶心"]
    assert bench.said[-1] == "In the bin already"


def test_the_bin_is_there_again_after_a_start(bench, tmp_path):
    bench.type("恶心")
    bench.press(KEY.Key_Insert)
    bench.page.bin.toggle.click()
    bench.page.save_layout(bench.stored)
    kept = BinStore(bench.locations).load()
    assert [one.term.name for one in kept] == ["恶心"]
    bench.page.finder.line.setFocus()
    again = DictionaryPage(bench.client, bench.notices, bench.locations, bench.stored)
    bench.qtbot.addWidget(again)
    assert [row.name for row in again.bin.model.terms] == ["恶心"]
    assert again.bin.toggle.isChecked()


def test_the_bin_is_emptied_and_that_is_undone(bench):
    bench.type("皮疹")
    bench.press(ENTER)
    bench.page.finder.hits.selectAll()
    bench.press(KEY.Key_B)
    bench.page.bin.toggle.click()
    table = bench.page.bin.table
    table.selectRow(1)
    bench.press(KEY.Key_Delete, on=table)
    before = collected(bench)
    assert before == ["PT 皮疹", "PT Ｐ型皮疹", "LLT Ｐ型皮疹"]
    bench.page.bin.clear_button.click()
    assert collected(bench) == []
    bench.notices._notices["dictionary-bin"]._action.click()
    assert collected(bench) == before
    wanted = []
    bench.page.analyse_wanted.connect(wanted.append)
    bench.page.bin.analyse_button.click()
    assert [row.name for row in wanted[0]] == ["皮疹", "Ｐ型皮疹", "Ｐ型皮疹"]


def test_the_bin_is_copied_as_a_table_with_codes_as_text(bench):
    bench.type("恶心")
    bench.press(KEY.Key_Insert)
    bench.page.bin.copy_all()
    data = QGuiApplication.clipboard().mimeData()
    assert data.text().splitlines()[1] == "PT\t90000004\t恶心\tNausea"
    assert "mso-number-format:'\\@'\">90000004<" in data.html()


def test_a_file_is_taken_in_and_its_bad_rows_are_shown_with_reasons(bench, tmp_path):
    bench.page.bin.files.import_from("terms.xlsx")
    bench.wait(lambda: "dictionary-bin-bad" in bench.notices.texts())
    assert collected(bench) == ["PT 皮疹", "LLT 身痒"]
    assert "row 3" in bench.notices.texts()["dictionary-bin-bad"]
    bench.notices._notices["dictionary-bin-bad"]._action.click()
    dialog = bench.page.findChild(BadRowsDialog)
    dialog.copy_button.click()
    assert "没有的名字" in clipboard()
    dialog.done(0)
    target = tmp_path / "out.xlsx"
    bench.page.bin.files.export_to(str(target), bench.page.bin.model.terms)
    bench.wait(lambda: "out.xlsx" in bench.notices.texts().get("dictionary-bin", ""))
    assert json.loads(target.read_text(encoding="utf-8"))[1] == {"level": "llt", "code": "95000003"}
    bench.page.bin.files.import_from("missing.xlsx")
    bench.wait(lambda: "M2M-207" in bench.notices.texts().get("dictionary-bin-error", ""))


# -- languages and terminologies ------------------------------------------------------------------


def test_names_are_shown_in_both_languages_everywhere(bench):
    bench.type("rash")
    assert "  PT 皮疹 · Rash" in bench.lines(), "a name it was found by is always there"
    bench.press(KEY.Key_Insert)
    bench.page.set_names_shown(NamesShown.BOTH)
    bench.looks_at("皮疹")
    assert bench.tree_at()[0] == "皮肤病 · Skin disorders"
    assert "皮肤病 · Skin disorders" in bench.page.card.text.toPlainText()
    assert bench.page.finder.filters.soc.itemText(1) == "皮肤病 · Skin disorders"
    assert bench.page.bin.model.index(0, 2).data() == "皮疹 · Rash"


def test_another_language_of_the_window_changes_every_word(bench):
    bench.type("皮疹")
    bench.looks_at("皮疹")
    use_language("zh_CN")
    bench.page.retranslate()
    assert bench.page.finder.hits.accessibleName() != "Terms that were found"
    use_language("en")
    bench.page.retranslate()
    assert bench.lines()[0] == "The same name · 2"


def test_another_terminology_empties_the_page_and_asks_anew(bench):
    bench.type("皮疹")
    bench.looks_at("皮疹")
    bench.page.set_terminology(TerminologyChoice("other", "Other", "2", "zh", False))
    assert bench.page.card.term() is None
    bench.wait(lambda: bench.asked("dictionary_search")[-1]["terminology"] == "other")
    bench.looks_at("皮疹")
    assert bench.asked("dictionary_route")[-1]["terminology"] == "other"
    assert not bench.page.finder.back_button.isEnabled()
    roots = len(bench.asked("dictionary_roots"))
    bench.page.start()
    assert len(bench.asked("dictionary_roots")) == roots, "asked once a terminology"


def test_the_parts_can_be_reached_and_every_part_has_a_name(bench):
    bench.page.bin.toggle.setChecked(True)
    panes = bench.page.panes()
    assert len(panes) == 5
    for part in panes:
        assert part.accessibleName()
    names = [chip.accessibleName() for chip in bench.page.finder.filters.chips()]
    assert len(set(names)) == len(names)
