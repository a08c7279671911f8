from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.dictionary.protocol import Route, RouteStep, Target
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.dictionary.tree_model import TreeModel
from m2m_desktop.ui.term_names import NamesShown

SOC, HLGT, HLT, PT, LLT = TermLevel
SKIN, IMMUNE = (
    TermRow(SOC, "1", "皮肤", "Skin", child_count=2),
    TermRow(SOC, "2", "免疫", child_count=1),
)
GROUP, OTHER = TermRow(HLGT, "11", "组", child_count=1), TermRow(HLGT, "12", "别组", child_count=3)
KIND = TermRow(HLT, "111", "类", child_count=2)
RASH = TermRow(PT, "90", "皮疹", "Rash", child_count=2)
HIVES = TermRow(PT, "91", "荨麻疹", child_count=1, is_primary=False)
LLT_RASH, LLT_SPOTS = TermRow(LLT, "90", "皮疹"), TermRow(LLT, "95", "起疹")
LLT_OLD = TermRow(LLT, "96", "旧疹", is_current=False)
LLT_HIVES = TermRow(LLT, "91", "荨麻疹", is_primary=False)

TO_RASH = Route(
    ("1", "11", "111", "90"),
    (
        RouteStep((), (SKIN, IMMUNE)),
        RouteStep(("1",), (GROUP, OTHER)),
        RouteStep(("1", "11"), (KIND,)),
        RouteStep(("1", "11", "111"), (RASH, HIVES)),
        RouteStep(("1", "11", "111", "90"), (LLT_RASH, LLT_SPOTS)),
    ),
)


def checked() -> TreeModel:
    """A model whose every step Qt's own tester watches; it ends the test at the first fault."""
    model = TreeModel()
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    model._tester = QAbstractItemModelTester(model, mode, model)
    return model


def drawn(model: TreeModel, parent=None, depth: int = 0) -> list[str]:
    lines = []
    args = (parent,) if parent is not None else ()
    for row in range(model.rowCount(*args)):
        index = model.index(row, 0, *args)
        lines.append("  " * depth + index.data())
        lines += drawn(model, index, depth + 1)
    return lines


def test_a_route_fills_in_everything_on_its_way_and_gives_the_place():
    model = checked()
    at = model.add_route(TO_RASH)
    assert drawn(model) == [
        "皮肤",
        "  组",
        "    类",
        "      皮疹",
        "        皮疹",
        "        起疹",
        "      荨麻疹 (secondary)",
        "  别组",
        "免疫",
    ]
    assert (at.data(), model.route(at)) == ("皮疹", ("1", "11", "111", "90"))
    assert model.target(at) == Target(PT, "90", "1", "111")


def test_qts_rules_hold_through_filling_opening_language_and_reset():
    model = checked()
    wanted = []
    model.children_wanted.connect(wanted.append)
    model.set_children((), (SKIN, IMMUNE))
    model.fetchMore(model.index(0, 0))
    assert ("1",) in wanted
    model.set_children(("1",), (GROUP, OTHER))
    model.add_route(TO_RASH)
    model.set_names_shown(NamesShown.BOTH)
    assert model.index(0, 0).data() == "皮肤 · Skin"
    model.set_names_shown(NamesShown.SECOND)
    assert drawn(model)[3].strip() == "Rash"
    model.reset()
    assert model.rowCount() == 0
    model.add_route(TO_RASH)
    assert len(drawn(model)) == 9


def test_what_is_known_already_stays_and_old_terms_come_in_between():
    model = checked()
    model.add_route(TO_RASH)
    route = ("1", "11", "111", "90")
    model.set_children(route, (LLT_RASH, LLT_OLD, LLT_SPOTS))
    parent = model.index_of(route)
    shown = [model.index(row, 0, parent).data() for row in range(3)]
    assert shown == ["皮疹", "旧疹 *", "起疹"]
    model.set_children(route, (LLT_RASH, LLT_SPOTS))
    assert model.rowCount(parent) == 3
    assert [model.index_of((*route, code)).row() for code in ("90", "96", "95")] == [0, 1, 2]


def test_children_are_asked_for_once_and_again_after_a_failure():
    model = checked()
    model.set_children((), (SKIN, IMMUNE))
    wanted = []
    model.children_wanted.connect(wanted.append)
    immune = model.index(1, 0)
    wanted.clear()
    model.give_up(("2",))
    model.fetchMore(immune)
    model.fetchMore(immune)
    assert wanted == [("2",)]
    model.give_up(("2",))
    assert model.canFetchMore(immune)


def test_a_branch_that_proves_empty_is_no_branch():
    model = checked()
    model.set_children((), (SKIN, IMMUNE))
    assert model.hasChildren(model.index(1, 0))
    model.set_children(("2",), ())
    assert not model.hasChildren(model.index(1, 0))


def test_a_secondary_place_is_said_once_and_grey_all_the_way_down():
    model = checked()
    model.add_route(TO_RASH)
    route = ("1", "11", "111", "91")
    model.set_children(route, (LLT_HIVES,))
    hives = model.index_of(route)
    below = model.index(0, 0, hives)
    assert hives.data() == "荨麻疹 (secondary)"
    assert below.data() == "荨麻疹"
    for index in (hives, below):
        assert index.data(Qt.ItemDataRole.ForegroundRole) is not None
        assert "(secondary path)" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert model.index_of(("1",)).data(Qt.ItemDataRole.ForegroundRole) is None


def test_a_hidden_term_leads_to_the_last_place_on_its_way():
    model = checked()
    hidden = Route((*TO_RASH.route, "96"), TO_RASH.steps)
    assert model.add_route(hidden).data() == "皮疹"
    assert not model.add_route(Route(("7",), ())).isValid()
