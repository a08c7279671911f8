import pytest

from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.own_check_dialog import OwnCheckDialog, share_words
from m2m_desktop.ui.reliability_plot import PlotBin, ReliabilityPlot
from tests.ui.review_project import Toy, make_project
from tests.ui.workbench import LONG, decide, places, real_engine, snapshots

RIGHT, LOW = (0.93, 0.1, 0.05, 0.04), (0.25, 0.1, 0.05, 0.04)


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as made:
        yield made


@pytest.fixture
def checked(client, tmp_path, qtbot):
    opened = []

    def make(toys, decisions):
        project = Project.open(make_project(tmp_path / "a.m2m", toys))
        opened.append(project)
        decide(project, decisions)
        dialog = OwnCheckDialog(client, project, places(tmp_path))
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: not dialog._requests.is_busy, timeout=LONG)
        assert snapshots(places(tmp_path)) == []
        return dialog

    yield make
    for project in opened:
        project.close()


def many(count):
    return tuple(Toy(f"症状{n}", 1, RIGHT if n % 2 else LOW) for n in range(count))


def test_the_figures_are_those_of_the_reviewed_phrases(checked):
    toys = many(120)
    source = {f"症状{n}": "accept" if n % 2 else "症状1" for n in range(120)}
    dialog = checked(toys, source)
    assert dialog.summary.text().startswith("Reviewed phrases: 120")
    assert dialog.table.rowCount() == 5
    first = [dialog.table.item(row, 0).text() for row in range(5)]
    assert first == ["0.10", "0.20", "0.30  (now)", "0.40", "0.50"]
    whole = [dialog.table.item(row, 3).text() for row in range(5)]
    assert whole[2].startswith("50.0 %")
    assert "0.93" in dialog.plot.accessibleDescription()
    assert "few" not in dialog.notices.texts()


def test_the_best_threshold_is_one_click_and_only_offered_where_it_is_another(checked, qtbot):
    toys = many(120)
    dialog = checked(toys, {f"症状{n}": "accept" if n % 2 else "症状1" for n in range(120)})
    assert dialog.use_button.isVisible()
    with qtbot.waitSignal(dialog.threshold_wanted) as wanted:
        dialog.use_button.click()
    assert wanted.args == [pytest.approx(dialog._best)]
    assert not dialog.isVisible()


def test_few_phrases_are_warned_of(checked):
    dialog = checked(many(6), {"症状1": "accept", "症状3": "accept"})
    assert "few" in dialog.notices.texts()
    assert dialog.figures.isVisible()


def test_without_reviewed_phrases_no_empty_figures_are_shown(checked):
    dialog = checked(many(4), {})
    assert "Nothing to compare with yet" in dialog.summary.text()
    assert not dialog.figures.isVisible()
    assert not dialog.use_button.isVisible()


def test_an_error_is_said(client, tmp_path, qtbot):
    (tmp_path / "data").write_text("in the way")
    with Project.open(make_project(tmp_path / "a.m2m")) as project:
        dialog = OwnCheckDialog(client, project, places(tmp_path))
        qtbot.addWidget(dialog)
        assert "[M2M-11" in dialog.notices.texts()["error"]
        assert dialog.figures.isHidden()


def test_a_share_comes_with_its_interval():
    assert share_words({"value": 0.5, "low": 0.421, "high": 0.578}) == "50.0 %  (42–58)"


def test_the_diagram_leaves_empty_ranges_out_and_draws_the_rest(qtbot):
    plot = ReliabilityPlot()
    qtbot.addWidget(plot)
    plot.resize(340, 320)
    empty = plot.grab().toImage()
    plot.set_bins([PlotBin(0.95, 0.2, 0.1, 0.3, 40), PlotBin(0.5, 0.5, 0.0, 1.0, 0)])
    assert plot.accessibleDescription() == "0.95 → 0.20 (40)"
    assert plot.grab().toImage() != empty
