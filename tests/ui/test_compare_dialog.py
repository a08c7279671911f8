from dataclasses import replace
from shutil import copyfile

import pytest
from PySide6.QtCore import Qt

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import NewItem
from m2m_desktop.ui.compare_dialog import SETTLED, CompareDialog, kappa_words
from tests.ui.review_project import SOURCE, START, USUAL, make_project
from tests.ui.workbench import LONG, decide, places, real_engine, snapshots

MINE = {"起皮疹": "accept", "皮疹伴瘙痒": "accept", "发风团": "accept", "想吐": "accept"}
THEIRS = {"起皮疹": "accept", "皮疹伴瘙痒": "想吐", "发风团": "none", "想吐": "accept"}


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as made:
        yield made


@pytest.fixture
def pair(tmp_path):
    mine = make_project(tmp_path / "王.m2m", USUAL)
    other = copyfile(mine, tmp_path / "李.m2m")
    with Project.open(other) as project:
        decide(project, THEIRS)
    with Project.open(mine) as project:
        decide(project, MINE)
        yield project, other


class Compared:
    def __init__(self, client, project, other, folder, qtbot, done=True):
        self.taken = []

        def take(text, terms):
            self.taken.append((text, [term.pt_name for term in terms]))
            return done

        self.dialog = CompareDialog(client, project, str(other), places(folder), take)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        qtbot.waitUntil(lambda: not self.dialog._requests.is_busy, timeout=LONG)
        self.rows = {row.text: row.kind for row in self.dialog.model.rows}

    def settled(self):
        model = self.dialog.model
        return [model.index(row, SETTLED).data() for row in range(model.rowCount())]


def test_agreement_and_every_difference_are_shown(client, pair, tmp_path, qtbot, qtmodeltester):
    one = Compared(client, *pair, tmp_path, qtbot)
    assert one.dialog.summary.text().startswith("2 of 4 phrases agree (50.0 %)")
    assert "Cohen's kappa" in one.dialog.summary.text()
    assert one.rows == {"皮疹伴瘙痒": "substitution", "发风团": "omission"}
    assert snapshots(places(tmp_path)) == []
    qtmodeltester.check(one.dialog.model)


def test_one_key_settles_a_difference_and_goes_on(client, pair, tmp_path, qtbot):
    one = Compared(client, *pair, tmp_path, qtbot)
    order = [row.text for row in one.dialog.model.rows]
    qtbot.keyClick(one.dialog.table, Qt.Key.Key_1)
    assert (one.taken, one.settled()) == ([], ["mine", ""])
    assert one.dialog.table.current_row() == 1
    qtbot.keyClick(one.dialog.table, Qt.Key.Key_2)
    assert [text for text, _names in one.taken] == order[1:]
    assert one.settled() == ["mine", "theirs"]
    assert not one.dialog.take_button.isEnabled()


def test_their_decision_comes_with_its_terms_none_for_no_suitable_term(
    client, pair, tmp_path, qtbot
):
    one = Compared(client, *pair, tmp_path, qtbot)
    for _row in range(2):
        one.dialog.take()
    assert dict(one.taken) == {"皮疹伴瘙痒": ["恶心"], "发风团": []}


def test_what_could_not_be_taken_over_is_not_settled(client, pair, tmp_path, qtbot):
    one = Compared(client, *pair, tmp_path, qtbot, done=False)
    one.dialog.take()
    assert one.settled() == ["", ""]
    assert "could not be taken over" in one.dialog.notices.texts()["error"]


def test_a_project_open_for_reading_can_be_compared_and_takes_nothing(
    client, pair, tmp_path, qtbot
):
    mine, other = pair
    mine.close()
    copy = copyfile(mine.path, tmp_path / "copy.m2m")
    with Project.open(copy, read_only=True) as project:
        one = Compared(client, project, other, tmp_path, qtbot)
        assert len(one.rows) > 0
        assert not one.dialog.take_button.isEnabled()
        one.dialog.take()
        assert one.taken == []


def test_a_file_that_is_no_project_is_said_and_no_empty_table_shown(client, pair, tmp_path, qtbot):
    broken = tmp_path / "broken.m2m"
    broken.write_text("nothing of the kind")
    one = Compared(client, pair[0], broken, tmp_path, qtbot)
    assert "[M2M-40" in one.dialog.notices.texts()["error"]
    assert not one.dialog.table.isVisible()
    assert snapshots(places(tmp_path)) == []


def test_another_file_than_mine_is_warned_of(client, pair, tmp_path, qtbot):
    other = tmp_path / "other.m2m"
    item = NewItem("Sheet1", 90, 3, 0, 2, "头痛", PieceKind.REACTION)
    source = replace(SOURCE, sha256="cd" * 32)
    Project.create(other, source, [item], terminology_id="demo", now=START)
    one = Compared(client, pair[0], other, tmp_path, qtbot)
    assert "different files" in one.dialog.notices.texts()["file"]
    assert one.dialog.summary.text() == "No phrase was decided by both."


def test_without_a_kappa_only_the_agreement_is_said():
    told = {"count": 3, "agreed": 3, "agreement": 1.0, "value": None}
    assert kappa_words(told) == "3 of 3 phrases agree (100.0 %)"
