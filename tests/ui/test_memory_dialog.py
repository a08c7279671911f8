import openpyxl
import pytest

from m2m_desktop.core.memory import CheckReason, MemoryEntry
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.core.text import match_key
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.ui.memory.dialog import MemoryDialog
from m2m_desktop.ui.memory.model import STATE, TERMS
from tests.ui.workbench import LONG, places, real_engine, warm_home

RASH, DIARRHOEA = CodedTerm("90100001", "皮疹"), CodedTerm("90100099", "腹泻")


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as made:
        yield made


@pytest.fixture
def memory(client):
    """The memory of the engine, empty."""
    made = MemoryStore(memory_path(places(warm_home())))
    made.clear()
    return made


def entry(text, *terms, **more):
    return MemoryEntry(
        match_key(text), text, terms, reviewer="王药师",
        decided_at="2026-03-04T08:00:00+00:00", terminology_id="demo",
        terminology_version="0.1", terminology_language="zh", **more,
    )  # fmt: skip


@pytest.fixture
def opened(client, memory, qtbot):
    def make(*entries):
        memory.put(entries)
        dialog = MemoryDialog(client, memory, "", "李药师")
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def shown(dialog):
    return [one.text for one in dialog.model.entries]


def choose(dialog, *texts):
    model = dialog.table.selectionModel()
    model.clearSelection()
    for text in texts:
        index = dialog.model.index(shown(dialog).index(text), 0)
        model.select(index, model.SelectionFlag.Select | model.SelectionFlag.Rows)


def idle(dialog, qtbot):
    qtbot.waitUntil(lambda: not dialog._requests.is_busy, timeout=LONG)


def cell(dialog, text, column):
    return dialog.model.index(shown(dialog).index(text), column).data()


def test_every_entry_says_what_was_decided_and_whether_it_is_used(opened, qtmodeltester):
    dialog = opened(
        entry("起疹子", RASH, DIARRHOEA),
        entry("上火", is_stopped=True),
        entry("说不清"),
        entry("打针处红", RASH, needs_check=CheckReason.PT_GONE),
    )
    qtmodeltester.check(dialog.model)
    assert cell(dialog, "起疹子", TERMS) == "皮疹 + 腹泻"
    assert cell(dialog, "说不清", TERMS) == "no suitable term"
    states = {text: cell(dialog, text, STATE) for text in shown(dialog)}
    assert states == {
        "起疹子": "in use",
        "上火": "stopped",
        "说不清": "in use",
        "打针处红": "to be checked",
    }
    choose(dialog, "打针处红")
    assert dialog.reason.text() == "To be checked: the PT is no longer in this release"


def test_an_empty_memory_says_how_it_grows(opened):
    dialog = opened()
    assert "Nothing is remembered yet" in dialog.nothing.text()
    assert dialog.nothing.isVisible()
    assert not dialog.export_button.isEnabled()


def test_the_search_and_the_chip_narrow_the_list(opened, qtbot):
    dialog = opened(
        entry("起疹子", RASH), entry("拉肚子", DIARRHOEA, needs_check=CheckReason.RENAMED)
    )
    dialog.search.setText("腹泻")
    qtbot.waitUntil(lambda: shown(dialog) == ["拉肚子"])
    dialog.search.setText("没有的")
    qtbot.waitUntil(dialog.nothing.isVisible)
    assert dialog.nothing.text() == "No entry is like this."
    dialog.search.clear()
    dialog.check_chip.click()
    assert shown(dialog) == ["拉肚子"]


def test_what_was_forgotten_comes_back_with_undo(opened, memory, qtbot):
    dialog = opened(entry("起疹子", RASH, uses=4), entry("拉肚子", DIARRHOEA), entry("上火"))
    before = memory.recall(match_key("起疹子"))
    choose(dialog, "起疹子", "上火")
    with qtbot.waitSignal(dialog.changed):
        dialog.forget_button.click()
    assert shown(dialog) == ["拉肚子"]
    assert dialog.notices.texts() == {"done": "2 entries were forgotten."}
    dialog.notices._notices["done"]._action.click()
    assert sorted(shown(dialog)) == sorted(["起疹子", "拉肚子", "上火"])
    assert memory.recall(match_key("起疹子")) == before


def test_a_wording_can_be_stopped_and_allowed_again(opened, memory):
    dialog = opened(entry("上火", RASH))
    choose(dialog, "上火")
    dialog.stop_button.click()
    assert memory.recall(match_key("上火")).is_stopped
    choose(dialog, "上火")
    assert not dialog.stop_button.isEnabled()
    dialog.notices._notices["done"]._action.click()
    assert not memory.recall(match_key("上火")).is_stopped


def test_the_buttons_wait_for_a_choice(opened):
    dialog = opened(entry("起疹子", RASH))
    assert not dialog.forget_button.isEnabled()
    choose(dialog, "起疹子")
    assert dialog.forget_button.isEnabled()
    assert not dialog.confirm_button.isEnabled()  # it holds already


def test_entries_the_terminology_says_otherwise_are_found_and_can_be_confirmed(
    opened, memory, qtbot
):
    dialog = opened(entry("起疹子", CodedTerm("99999999", "没有的术语")), entry("说不清"))
    dialog.recheck_button.click()
    idle(dialog, qtbot)
    assert dialog.notices.texts()["done"].startswith("2 entries examined")
    assert memory.recall(match_key("起疹子")).needs_check is CheckReason.PT_GONE
    assert cell(dialog, "起疹子", STATE) == "to be checked"


def test_a_memory_goes_to_another_pc_and_conflicts_are_asked_about(opened, memory, tmp_path, qtbot):
    path = tmp_path / "memory.xlsx"
    dialog = opened(entry("起疹子", RASH), entry("说不清"))
    dialog.export_to(str(path))
    idle(dialog, qtbot)
    assert dialog.notices.texts()["done"] == "2 entries were written to memory.xlsx"
    assert openpyxl.load_workbook(path).active.max_row == 3
    memory.clear()
    memory.put([entry("起疹子")])  # here no term was suitable
    dialog.reload()
    dialog.import_from(str(path))
    idle(dialog, qtbot)
    assert dialog.notices.texts()["done"].startswith("1 new, 0 replaced")
    assert "起疹子" in dialog.notices.texts()["conflicts"]
    assert memory.recall(match_key("起疹子")).terms == ()
    dialog.notices._notices["conflicts"]._action.click()
    idle(dialog, qtbot)
    assert [term.pt_name for term in memory.recall(match_key("起疹子")).terms] == ["皮疹"]
    assert "conflicts" not in dialog.notices.texts()


def test_a_file_that_is_no_memory_is_said(opened, tmp_path, qtbot):
    path = tmp_path / "a.xlsx"
    path.write_text("nothing of the kind")
    dialog = opened(entry("起疹子", RASH))
    dialog.import_from(str(path))
    idle(dialog, qtbot)
    assert "[M2M-" in dialog.notices.texts()["error"]
    assert shown(dialog) == ["起疹子"]


def test_a_memory_that_cannot_be_read_is_said_and_the_dialog_stays(client, tmp_path, qtbot):
    dialog = MemoryDialog(client, MemoryStore(tmp_path), "", "")  # a folder is in its place
    qtbot.addWidget(dialog)
    assert "[M2M-" in dialog.notices.texts()["error"]
