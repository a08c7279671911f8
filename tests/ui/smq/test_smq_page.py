import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import use_language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.smq.members_model import CODE, LEVEL, NAME, SCOPE, VIA
from m2m_desktop.ui.smq.page import SmqPage
from m2m_desktop.ui.smq.records import SmqRow
from m2m_desktop.ui.smq.tree_model import SmqTreeModel
from m2m_desktop.ui.term_names import NamesShown
from tests.ui.analysis.counting import (
    BARE,
    BROKEN,
    OTHER,
    TOY,
    WAIT,
    column,
    counting,
    emitted,
    pasted,
    settings,
)

LIVER, SKIN, ALLERGY, OLD = "20000001", "20000002", "20000003", "20000004"
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture(scope="module")
def engine(tmp_path_factory, qapp):
    with counting(tmp_path_factory.mktemp("engine")) as made:
        yield made


@pytest.fixture
def page(engine, home, qtbot):
    made = SmqPage(engine.client, NoticeArea(), default_locations(), settings(home))
    qtbot.addWidget(made)
    made.set_terminology(TOY)
    made.resize(900, 600)
    made.show()
    made.start()
    qtbot.waitUntil(lambda: made.list.model.total() > 0, timeout=WAIT)
    yield made
    made.stop_asking()


def opened(page, code, qtbot):
    page.show_smq(code)
    qtbot.waitUntil(lambda: page.card.isVisible() and page.card.code() == code, timeout=WAIT)
    return page.card


def shown_tree(model: QAbstractItemModel) -> list:
    def below(parent):
        found = []
        for row in range(model.rowCount(parent)):
            here = model.index(row, 0, parent)
            found.append((here.data(), below(here)) if model.rowCount(here) else here.data())
        return found

    return below(model.index(-1, -1))


def test_the_tree_shows_an_smq_below_each_of_its_parents_and_hides_what_is_inactive(page):
    model = page.list.model
    model.set_names_shown(NamesShown.FIRST)
    child = "过敏样反应（玩具SMQ）"
    assert shown_tree(model) == [
        ("肝损害（玩具SMQ）", [child]),
        ("皮肤反应（玩具SMQ）", [child]),
    ]
    page.list.old_box.setChecked(True)
    assert shown_tree(model)[-1] == "旧查询（玩具SMQ） (inactive)"
    assert page.list.count.text() == "4 of 4"


def test_searching_keeps_the_way_to_what_was_found(page):
    page.list.line.setText("allergy")
    page.list.flush()
    page.set_names_shown(NamesShown.SECOND)
    child = "Allergy-like (toy SMQ)"
    assert shown_tree(page.list.model) == [
        ("Liver damage (toy SMQ)", [child]),
        ("Skin reactions (toy SMQ)", [child]),
    ]
    page.list.line.setText(SKIN)
    page.list.flush()
    assert shown_tree(page.list.model) == ["Skin reactions (toy SMQ)"]


def test_the_model_of_the_tree_obeys_qt_and_survives_a_release_with_circles(qapp):
    model = SmqTreeModel()
    tester = QAbstractItemModelTester(model, FATAL)

    def smq(code, parents, children):
        return SmqRow(code, f"N{code}", "", 1, True, "", parents, children, 0)

    model.set_smqs(
        [smq("1", (), ("2",)), smq("2", ("1", "3"), ("3",)), smq("3", ("2",), ("2",)),
         smq("8", ("9",), ("9",)), smq("9", ("8",), ("8",))]
    )  # fmt: skip
    assert shown_tree(model) == [("N1", [("N2", ["N3"])]), ("N8", ["N9"])]
    model.set_filter("N3")
    assert shown_tree(model) == [("N1", [("N2", ["N3"])])]
    model.set_names_shown(NamesShown.SECOND)
    model.set_smqs(())
    assert model.rowCount() == 0
    assert tester.model() is model


def test_a_card_tells_the_smq_and_lists_its_members(page, qtbot):
    card = opened(page, LIVER, qtbot)
    page.set_names_shown(NamesShown.BOTH)
    assert card.name.full_text() == "肝损害（玩具SMQ） · Liver damage (toy SMQ)"
    assert card.state.text() == f"{LIVER} · Level 1 · active"
    assert "编造的说明" in card.description.toPlainText()
    assert not card.algorithm.isVisible()
    assert column(card.table, NAME)[:3] == [
        "肝损伤 · Liver injury", "肝坏了 · Liver bad *", "黄疸 · Jaundice",
    ]  # fmt: skip
    assert column(card.table, SCOPE)[:3] == ["narrow", "narrow", "broad"]
    assert column(card.table, VIA)[:3] == ["", "", ""]  # they are its own
    assert column(card.table, VIA)[3:] == ["过敏样反应（玩具SMQ）"] * 3
    assert card.count.text() == "6 members"


def test_an_algorithm_is_shown_with_its_categories_and_in_words(page, qtbot):
    card = opened(page, ALLERGY, qtbot)
    text = card.algorithm.text()
    assert text.startswith("Algorithm: A or (B and C) · terms of each category: A 1, B 1, C 1")
    assert "有一个A类术语" in text
    assert "weights" in text
    assert not card.table.isColumnHidden(4)
    card = opened(page, SKIN, qtbot)
    assert not card.algorithm.isVisible()
    assert card.table.isColumnHidden(4)


def test_scope_and_the_smqs_below_are_asked_for_and_levels_and_words_are_filtered(
    page, engine, qtbot
):
    card = opened(page, LIVER, qtbot)
    card.narrow.click()
    qtbot.waitUntil(lambda: set(column(card.table, SCOPE)) == {"narrow"}, timeout=WAIT)
    card.children_box.click()
    qtbot.waitUntil(lambda: card.model.row_count() == 2, timeout=WAIT)
    asked = engine.asked("smq_members")[-1]
    assert (asked["scope"], asked["with_children"]) == ("narrow", False)
    card.pt_chip.click()
    assert column(card.table, LEVEL) == ["LLT"]
    assert card.count.text() == "1 of 2 members"
    card.pt_chip.click()
    card.line.setText("liver injury")
    card.flush()
    assert column(card.table, CODE) == ["90000010"]


def test_a_title_sorts_and_the_chosen_row_moves_along(page, qtbot):
    card = opened(page, LIVER, qtbot)
    card.table.setCurrentIndex(card.model.row_of("90000012"))
    card.table.sortByColumn(CODE, Qt.SortOrder.DescendingOrder)
    codes = column(card.table, CODE)
    assert codes == sorted(codes, reverse=True)
    assert card.model.record(card.table.current_row()).code == "90000012"
    card.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert column(card.table, CODE)[:2] == ["90000010", "94000011"]


def test_members_go_to_the_dictionary_the_clipboard_and_the_analysis(page, qtbot):
    card = opened(page, LIVER, qtbot)
    page.set_names_shown(NamesShown.FIRST)
    wanted, said, analysed = map(emitted, (page.term_wanted, page.said, page.analyse_wanted))
    card.table.setFocus()
    card.table.selectRow(1)
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    assert (wanted.at(0)[0], wanted.at(0)[1]) == (TermLevel.LLT, "94000011")
    card.table.copy_code.trigger()
    assert pasted() == [["94000011"]]
    card.table.copy_term.trigger()
    assert pasted() == [["肝坏了"]]  # without the mark of what is not current
    card.copy_button.click()
    assert pasted()[0][:3] == ["Level", "Term", "Code"]
    assert pasted()[1][:3] == ["PT", "肝损伤", "90000010"]
    assert pasted()[-1] == ["肝损害（玩具SMQ） · 20000001 · narrow and broad"]
    assert said.count() == 3
    card.analyse_button.click()
    (terms,) = analysed.at(0)
    assert len(terms) == 6
    assert terms[1] == TermRow(TermLevel.LLT, "94000011", "肝坏了", "Liver bad", is_current=False)


def test_the_export_writes_the_scope_in_hand(page, engine, qtbot, tmp_path):
    card = opened(page, LIVER, qtbot)
    card.narrow.click()
    said = emitted(page.said)
    page.export(str(tmp_path / "肝.xlsx"))
    qtbot.waitUntil(lambda: said.count() == 1, timeout=WAIT)
    asked = engine.asked("smq_export")[-1]
    assert asked == {
        "terminology": "toy", "code": LIVER, "scope": "narrow", "with_children": True,
        "path": str(tmp_path / "肝.xlsx"),
    }  # fmt: skip
    assert said.at(0)[0].startswith("Written: ")


def test_an_smq_that_is_filtered_away_or_inactive_is_shown_when_it_is_wanted(page, qtbot):
    page.list.line.setText("skin")
    page.list.flush()
    opened(page, OLD, qtbot)
    assert page.list.line.text() == ""
    assert page.list.old_box.isChecked()
    assert page.list.model.smq(page.list.tree.currentIndex()).code == OLD
    page.show_smq("29999999")
    assert "29999999" in page._notices.texts()["smq"]


def test_another_release_shows_the_same_smq_or_says_that_it_has_none(page, engine, qtbot):
    opened(page, LIVER, qtbot)
    page.set_terminology(BARE)
    qtbot.waitUntil(lambda: not page._lists.is_busy, timeout=WAIT)
    assert not page.card.isVisible()
    assert "smq_list.asc" in page.blank.text()
    page.set_terminology(TOY)
    qtbot.waitUntil(lambda: page.list.model.total() == 4, timeout=WAIT)
    assert engine.asked("smq_list")[-1] == {"terminology": "toy"}
    page.show_smq(LIVER)
    qtbot.waitUntil(page.card.isVisible, timeout=WAIT)
    page.set_terminology(OTHER)
    qtbot.waitUntil(page.card.isVisible, timeout=WAIT)
    assert engine.asked("smq_card")[-1] == {"terminology": "other", "code": LIVER}


def test_an_error_is_said_in_place_and_the_list_is_asked_for_again(page, qtbot):
    page.set_terminology(BROKEN)
    qtbot.waitUntil(lambda: "smq" in page._notices.texts(), timeout=WAIT)
    assert "[M2M-204]" in page._notices.texts()["smq"]
    assert page.blank.text() == ""
    page._terminology = TOY
    page._try_again()
    qtbot.waitUntil(lambda: page.list.model.total() == 4, timeout=WAIT)
    assert page._notices.texts() == {}


def test_an_engine_of_another_language_is_asked_for_the_card_again(page, engine, qtbot):
    opened(page, ALLERGY, qtbot)
    before = len(engine.asked("smq_card"))
    engine.client.renew()
    qtbot.waitUntil(lambda: len(engine.asked("smq_card")) == before + 1, timeout=WAIT)
    page.hide()
    qtbot.waitUntil(lambda: not page._members.is_busy and not page._cards.is_busy, timeout=WAIT)
    engine.client.renew()
    assert len(engine.asked("smq_card")) == before + 1
    page.show()
    page.start()
    qtbot.waitUntil(lambda: len(engine.asked("smq_card")) == before + 2, timeout=WAIT)


def test_nothing_is_asked_before_the_page_is_shown(engine, home, qtbot):
    before = len(engine.asked("smq_list"))
    page = SmqPage(engine.client, NoticeArea(), default_locations(), settings(home))
    qtbot.addWidget(page)
    page.set_terminology(TOY)
    page.show_smq(SKIN)  # as the dictionary page asks before the window shows this one
    qtbot.waitUntil(lambda: page.card.code() != "", timeout=WAIT)
    assert page.card.code() == SKIN
    page.start()
    assert len(engine.asked("smq_list")) == before + 1
    page.stop_asking()


def test_layout_and_scope_come_back(page, home, qtbot, engine):
    opened(page, LIVER, qtbot).narrow.click()
    stored = settings(home)
    page.save_layout(stored)
    stored.sync()
    again = SmqPage(engine.client, NoticeArea(), default_locations(), settings(home))
    qtbot.addWidget(again)
    assert again.card.wish().scope == "narrow"


def test_every_part_has_a_name_in_the_language_of_now(page, qtbot):
    opened(page, ALLERGY, qtbot)
    use_language("zh_CN")
    page.retranslate()
    nameless = [
        type(one).__name__
        for one in page.findChildren(QWidget)
        if one.isVisible()
        and one.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not one.objectName().startswith("qt_")
        and not one.accessibleName()
        and not getattr(one, "text", str)()
    ]
    assert nameless == []
    assert page.panes()[-1] is page.card.table
