"""What a name column leaves out: shown, added to the report, taken out, saved; with the real engine."""

from datetime import UTC, datetime

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem, NewSource
from m2m_desktop.services.table_import import TableInput
from m2m_desktop.ui.narrative.records import Status
from m2m_desktop.ui.narrative.unmentioned import UnmentionedDialog
from m2m_desktop.ui.narrative.unmentioned_model import FindingColumn
from m2m_desktop.ui.narrative.unmentioned_records import Done, addition_of
from tests.ui.workbench import LONG, places, real_engine, snapshots, workbook

START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
WANG = Actor("wang", "王药师")
HEADER = ("报告表编码", "不良反应名称", "不良反应过程描述")
REPORTS = (
    ("R1", "皮疹", "服药后出现皮疹、瘙痒，无恶心。"),
    ("R2", "头晕", "既往失眠。😀用药后出现心悸，随后瘙痒。"),
)
CODING = {"terminology": "demo", "mode": "lexical"}


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as made:
        yield made


@pytest.fixture
def source(tmp_path):
    return workbook(tmp_path / "报告.xlsx", HEADER, *REPORTS)


@pytest.fixture
def project(source, tmp_path):
    columns = {"report_id": [1], "reaction": [2], "narrative": [3]}
    layout = {"sheets": [{"sheet": "Sheet1", "header_row": 1, "columns": columns}]}
    told = NewSource(source.name, TableInput(source).sha256(), str(source), layout, {})
    items = [
        NewItem("Sheet1", row, 2, 0, 2, name, PieceKind.REACTION, "", report)
        for row, (report, name, _text) in enumerate(REPORTS, 2)
    ]
    path = tmp_path / "p.m2m"
    Project.create(path, told, items, terminology_id="demo", now=START)
    with Project.open(path) as opened:
        yield opened


class Compared:
    """The dialog over a project, when everything has come."""

    def __init__(self, client, project, source, folder, qtbot, *, waits=True):
        self.project = project

        def add(found, terms):
            addition = addition_of(found, terms, "王药师", START)
            return project.add([addition], actor=WANG, now=START)[0].item_id

        def take_out(item_id):
            project.withdraw([item_id], actor=WANG, now=START)

        self.dialog = UnmentionedDialog(
            client, project, source, CODING, places(folder), add, take_out
        )
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        if waits:
            # the first one compiles the demo dictionary, too
            qtbot.waitUntil(lambda: not self.dialog.asking.is_busy, timeout=4 * LONG)

    def column(self, column):
        model = self.dialog.model
        return [model.index(row, column).data() for row in range(model.rowCount())]

    def added(self):
        return [one.text for one in self.project.coded_items() if one.is_from_narrative]


@pytest.fixture
def compared(client, project, source, tmp_path, qtbot):
    return Compared(client, project, source, tmp_path, qtbot)


def test_what_is_missing_is_proposed_and_the_rest_stands_apart(compared, tmp_path, qtmodeltester):
    dialog = compared.dialog
    assert compared.column(FindingColumn.REPORT) == ["R1", "R2", "R2"]
    assert compared.column(FindingColumn.TEXT) == ["瘙痒", "心悸", "瘙痒"]
    assert compared.column(FindingColumn.TERMS)[0] == "瘙痒"
    assert [dialog.tabs.tabText(n) for n in range(4)] == [
        "Not in the name column (3)", "Denied (1)", "Earlier (1)", "Uncertain (0)",
    ]  # fmt: skip
    assert dialog.summary.text().startswith("3 reactions")
    assert "finder" not in dialog.notices.texts()
    assert snapshots(places(tmp_path)) == []
    qtmodeltester.check(dialog.model)
    dialog.tabs.setCurrentIndex(1)
    assert compared.column(FindingColumn.TEXT) == ["恶心"]
    assert not dialog.detail.add_button.isEnabled()
    assert "not proposed" in dialog.detail.note.text()


def test_the_mention_is_marked_in_its_sentence_beyond_wide_characters(compared):
    dialog = compared.dialog
    dialog.table.selectRow(1)
    document = dialog.detail.sentence.document()
    marked = []
    block = document.begin()
    for spot in block.textFormats():
        if spot.format.fontWeight() == 700:
            marked.append(block.text().encode("utf-16-le")[2 * spot.start :][: 2 * spot.length])
    assert [one.decode("utf-16-le") for one in marked] == ["心悸"]


def test_one_key_adds_a_finding_to_its_report_and_goes_on(compared, qtbot):
    dialog = compared.dialog
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_1)
    assert compared.added() == ["瘙痒"]
    (item,) = [one for one in compared.project.coded_items() if one.is_from_narrative]
    assert (item.report_id, item.place.row, item.place.column) == ("R1", 2, 3)
    assert item.status is ReviewStatus.ACCEPTED
    assert [term.pt_name for term in item.terms] == ["瘙痒"]
    assert item.terms[0].soc_name
    assert REPORTS[0][2][item.start : item.end] == "瘙痒"
    assert compared.column(FindingColumn.DONE) == ["added", "", ""]
    assert dialog.table.current_row() == 1
    qtbot.keyClick(dialog.table, Qt.Key.Key_2)
    assert compared.column(FindingColumn.DONE) == ["added", "passed over", ""]
    assert dialog.table.current_row() == 2
    assert compared.project.verify().problems == ()


def test_what_was_added_is_taken_out_again(compared):
    dialog = compared.dialog
    dialog.add()
    dialog.table.selectRow(0)
    assert dialog.detail.out_button.isVisible()
    assert not dialog.detail.add_button.isEnabled()
    dialog.detail.out_button.click()
    assert compared.added() == []
    assert compared.column(FindingColumn.DONE)[0] == ""
    dialog.add()
    assert compared.added() == ["瘙痒"]


def test_another_pt_than_the_proposed_one_is_a_changed_decision(compared):
    dialog = compared.dialog
    finding = dialog.model.finding(0)
    other = dialog.model.finding(1).best
    state = addition_of(finding, other, "王药师", START).decided
    assert state.status is ReviewStatus.CHANGED
    assert addition_of(finding, finding.best, "王药师", START).decided.status is (
        ReviewStatus.ACCEPTED
    )


def test_a_refused_addition_is_said_and_the_row_stays_open(compared):
    compared.dialog.add()
    compared.dialog.model.mark(0, Done.NOTHING)
    compared.dialog.table.selectRow(0)
    compared.dialog.add()
    assert "in the project already" in compared.dialog.notices.texts()["add"]
    assert compared.dialog.model.done(compared.dialog.model.finding(0)) is Done.NOTHING


def test_the_list_is_saved_and_copied(compared, tmp_path, qtbot):
    dialog = compared.dialog
    dialog.add()
    dialog.list.save(tmp_path / "list.xlsx")
    qtbot.waitUntil(lambda: "saved" in dialog.notices.texts(), timeout=LONG)
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][:5] == ["R1", "Sheet1", "2", "瘙痒", "present"]
    assert rows[1][7:] == ["added", REPORTS[0][2]]
    assert len(rows) == 6  # with those that did not happen
    dialog.list.copy()
    assert "瘙痒" in QGuiApplication.clipboard().text()


def test_a_changed_file_is_refused(client, project, source, tmp_path, qtbot):
    workbook(source, HEADER, *REPORTS[:1])
    one = Compared(client, project, source, tmp_path, qtbot)
    assert "was changed after it was read" in one.dialog.notices.texts()["error"]
    assert snapshots(places(tmp_path)) == []


def test_closing_ends_the_work_and_leaves_no_copy(client, project, source, tmp_path, qtbot):
    one = Compared(client, project, source, tmp_path, qtbot, waits=False)
    one.dialog.reject()
    qtbot.waitUntil(lambda: not client._calls, timeout=LONG)
    assert one.dialog.model.count(Status.PRESENT) == 0
    assert snapshots(places(tmp_path)) == []


def test_a_project_for_reading_only_shows_and_adds_nothing(
    client, project, source, tmp_path, qtbot
):
    project.close()
    with Project.open(project.path, read_only=True) as reading:
        one = Compared(client, reading, source, tmp_path, qtbot)
        assert one.dialog.model.count(Status.PRESENT) == 3
        assert not one.dialog.detail.add_button.isEnabled()
        one.dialog.add()
        assert one.added() == []
