import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.versions.effects_model import DECIDED, KIND, PHRASE, PICK, PROPOSAL, WHY
from m2m_desktop.ui.versions.records import Group
from tests.ui.review_project import make_project
from tests.ui.workbench import decide, places, snapshots

LONG = 10_000
MEMORY = 2


@pytest.fixture
def memory(compared, qtbot):
    """The tab of the memory, with the six kinds of effects."""
    compared.tabs.setCurrentIndex(MEMORY)
    qtbot.waitUntil(lambda: compared.memory.model.rowCount() == 6, timeout=LONG)
    return compared.memory


def phrases(tab):
    return [tab.model.index(row, PHRASE).data() for row in range(tab.model.rowCount())]


def ticked(tab):
    return {
        tab.model.effect(n).phrase for n in range(tab.model.rowCount()) if tab.model.is_ticked(n)
    }


def row_of(tab, phrase):
    return phrases(tab).index(phrase)


def choose(tab, *wanted):
    model = tab.table.selectionModel()
    model.clearSelection()
    for phrase in wanted:
        index = tab.model.index(row_of(tab, phrase), PHRASE)
        model.setCurrentIndex(index, model.SelectionFlag.NoUpdate)
        model.select(index, model.SelectionFlag.Select | model.SelectionFlag.Rows)


def cell(tab, phrase, column):
    return tab.model.index(row_of(tab, phrase), column).data()


def test_what_a_person_must_decide_comes_first_and_only_the_certain_is_ticked(memory):
    assert phrases(memory) == ["发风团", "上腹难受", "想吐", "起皮疹", "皮疹伴瘙痒", "说不清"]
    assert ticked(memory) == {"起皮疹", "皮疹伴瘙痒"}
    chips = {group: chip.text() for group, chip in memory.chips.items() if chip.isVisible()}
    assert chips == {
        None: "All  6",
        Group.PERSON: "A person must decide  2",
        Group.PROPOSAL: "Proposal  1",
        Group.CERTAIN: "Certain  2",
        Group.UNCHANGED: "Unchanged  1",
    }
    assert memory.preview.text() == "Decisions that will change: 2 of 6. Unchanged: 4."


def test_each_line_says_what_happened_why_and_what_it_would_become(memory):
    assert cell(memory, "想吐", DECIDED) == "恶心 (LLT 想吐)"
    assert cell(memory, "想吐", KIND) == "LLT moved"
    assert cell(memory, "想吐", PROPOSAL) == "欲吐 (LLT 想吐)"
    assert cell(memory, "想吐", WHY) == "The LLT “想吐” belongs to the PT “欲吐” now."
    assert cell(memory, "发风团", PROPOSAL) == "none: code it again"
    assert cell(memory, "皮疹伴瘙痒", PROPOSAL) == "the same term, in its new place"
    assert cell(memory, "说不清", PROPOSAL) == ""
    choose(memory, "想吐")
    assert "The LLT keeps what was meant." in memory.detail.text()
    said = memory.model.index(0, KIND).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "removed · A person must decide"


def test_the_model_is_sound_while_it_narrows_and_ticks(memory):
    tester = QAbstractItemModelTester(
        memory.model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    memory.model.narrow(Group.CERTAIN, "")
    memory.model.tick_shown(on=False)
    memory.model.narrow(None, "皮疹")
    memory.model.set_effects(())
    assert tester


def test_space_ticks_the_chosen_lines_and_passes_by_what_cannot_be_applied(memory):
    choose(memory, "想吐", "发风团")
    memory.table.setFocus()
    QTest.keyClick(memory.table, Qt.Key.Key_Space)
    assert ticked(memory) == {"起皮疹", "皮疹伴瘙痒", "想吐"}
    assert memory.preview.text() == "Decisions that will change: 3 of 6. Unchanged: 3."
    QTest.keyClick(memory.table, Qt.Key.Key_Space)
    assert ticked(memory) == {"起皮疹", "皮疹伴瘙痒"}


def test_a_click_on_the_box_ticks_and_its_state_is_told_in_words(memory):
    index = memory.model.index(row_of(memory, "想吐"), PICK)
    words = Qt.ItemDataRole.AccessibleTextRole
    assert index.data(words) == "Stays as it is"
    QTest.mouseClick(
        memory.table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        memory.table.visualRect(index).center(),
    )
    assert index.data(words) == "Will be applied"
    assert (
        memory.model.index(row_of(memory, "发风团"), PICK).data(words)
        == "There is nothing to apply"
    )


def test_ticking_all_shown_never_ticks_what_a_person_must_decide(memory):
    memory.tick_button.click()
    assert ticked(memory) == {"起皮疹", "皮疹伴瘙痒", "想吐"}
    choose(memory, "上腹难受")  # one line at a time a person may
    memory.toggle_chosen()
    assert "上腹难受" in ticked(memory)
    memory.untick_button.click()
    assert ticked(memory) == set()
    assert not memory.apply_button.isEnabled()


def test_chips_and_the_search_narrow_and_ticking_holds_for_what_is_shown(memory, qtbot):
    memory.untick_button.click()
    memory.chips[Group.CERTAIN].click()
    assert sorted(phrases(memory)) == ["皮疹伴瘙痒", "起皮疹"]
    assert "codes stay the same" in memory.explanation.text()
    memory.search.setText("瘙痒")
    qtbot.waitUntil(lambda: phrases(memory) == ["皮疹伴瘙痒"])
    memory.tick_button.click()
    memory.search.setText("90000006")
    memory.chips[None].click()
    qtbot.waitUntil(lambda: phrases(memory) == ["想吐"])  # by the code of its proposal
    memory.search.setText("没有的")
    qtbot.waitUntil(lambda: not phrases(memory))
    assert memory.detail.text() == "Nothing is like this."
    memory.search.clear()
    qtbot.waitUntil(lambda: len(phrases(memory)) == 6)
    assert ticked(memory) == {"皮疹伴瘙痒"}


def test_chosen_lines_are_copied_with_their_reasons(memory, clipboard):
    choose(memory, "想吐")
    memory.copy_button.click()
    head, line, _rest = clipboard.text().split("\r\n")
    assert head == "Phrase\tRows\tDecided\tWhat happened\tWould become\tWhy"
    assert line.split("\t")[2:5] == ["恶心 (LLT 想吐)", "LLT moved", "欲吐 (LLT 想吐)"]


def test_nothing_is_written_before_it_was_agreed(memory, asked):
    memory.apply_button.click()
    assert memory.confirm.isVisible()
    assert memory.confirm.question() == (
        "2 remembered decisions get the terms of MedDRA 28.1 zh. You can take it back right afterwards."
    )
    assert memory.confirm.keep_button.hasFocus()
    memory.confirm.keep_button.click()
    assert not memory.confirm.isVisible()
    assert memory.apply_button.isVisible()
    assert asked.all("versions_apply_memory") == []


def test_a_question_is_not_agreed_to_once_other_lines_are_ticked(memory):
    memory.apply_button.click()
    memory.model.tick([row_of(memory, "想吐")], on=True)
    assert not memory.confirm.isVisible()


def test_the_memory_is_written_by_the_engine_and_can_be_put_back(
    memory, compared, shared, asked, qtbot
):
    store = memory._memory
    entry = MemoryEntry("起皮疹", "起皮疹", (CodedTerm("90000001", "皮疹"),), reviewer="王药师")
    store.put([entry])
    compared.set_reviewer("李药师")
    memory.apply_button.click()
    with qtbot.waitSignal(compared.memory_changed, timeout=LONG):
        memory.confirm.do_button.click()
    (told,) = asked.all("versions_apply_memory")
    assert (told["old"], told["new"], told["reviewer"]) == ("28.0", "28.1", "李药师")
    assert sorted(told["keys"]) == ["皮疹伴瘙痒", "起皮疹"]
    said = "2 remembered decisions now hold terms of MedDRA 28.1 zh."
    assert shared.texts() == {"upgrade": said}
    store.clear()
    shared._notices["upgrade"]._action.click()
    assert store.recall("起皮疹") == entry
    assert shared.texts() == {}


def test_effects_are_asked_when_they_are_looked_at_and_once(compared, asked, qtbot):
    qtbot.wait(50)
    assert asked.all("versions_effects") == []
    compared.tabs.setCurrentIndex(MEMORY)
    qtbot.waitUntil(lambda: compared.memory.model.rowCount() == 6, timeout=LONG)
    compared.tabs.setCurrentIndex(0)
    compared.tabs.setCurrentIndex(MEMORY)
    qtbot.wait(50)
    assert len(asked.all("versions_effects")) == 1
    assert compared.tabs.tabText(MEMORY) == "Effect on the memory (5)"
    compared.head.swap_button.click()
    qtbot.waitUntil(lambda: len(asked.all("versions_effects")) == 2, timeout=LONG)


def test_ticks_of_a_person_stay_when_the_same_is_asked_again(memory, compared, qtbot):
    memory.model.tick([row_of(memory, "想吐")], on=True)
    memory.model.tick([row_of(memory, "起皮疹")], on=False)
    memory.reload()
    qtbot.waitUntil(memory.apply_button.isEnabled, timeout=LONG)
    assert ticked(memory) == {"皮疹伴瘙痒", "想吐"}
    compared.head.swap_button.click()
    qtbot.waitUntil(lambda: ticked(memory) == {"皮疹伴瘙痒", "起皮疹"}, timeout=LONG)


# -- the project -----------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path):
    path = make_project(tmp_path / "a.m2mproject")
    with Project.open(path) as made:
        decide(made, {"起皮疹": "accept", "想吐": "accept"})
        yield made


def shown(compared, qtbot):
    qtbot.waitUntil(lambda: compared.project.model.rowCount() == 6, timeout=LONG)
    return compared.project


def test_the_engine_reads_a_copy_of_the_project_that_is_gone_afterwards(
    compared, project, tmp_path, asked, qtbot
):
    compared.tabs.setCurrentIndex(1)
    compared.set_project(project)
    tab = shown(compared, qtbot)
    (told,) = asked.all("versions_effects")
    assert told["target"]["project"] != str(project.path)
    assert snapshots(places(tmp_path / "user")) == []
    assert "Ctrl+Z on the workbook page" in tab._question(2)


def test_a_decision_made_meanwhile_is_looked_at_anew(compared, project, asked, qtbot):
    compared.tabs.setCurrentIndex(1)
    compared.set_project(project)
    shown(compared, qtbot)
    compared.start()
    assert len(asked.all("versions_effects")) == 1
    decide(project, {"发风团": "none"})
    compared.start()
    qtbot.waitUntil(lambda: len(asked.all("versions_effects")) == 2, timeout=LONG)


def test_nothing_can_be_applied_to_a_project_for_reading_only(compared, tmp_path, qtbot):
    path = make_project(tmp_path / "b.m2mproject")
    with Project.open(path, read_only=True) as project:
        compared.tabs.setCurrentIndex(1)
        compared.set_project(project)
        tab = shown(compared, qtbot)
        assert not tab.apply_button.isEnabled()
        assert tab.preview.text() == "This project is open for reading only."


def test_a_closed_project_leaves_nothing_behind(compared, project, qtbot):
    compared.tabs.setCurrentIndex(1)
    compared.set_project(project)
    tab = shown(compared, qtbot)
    compared.set_project(None)
    assert tab.model.rowCount() == 0
    assert "No project is open" in tab.blank.text()
