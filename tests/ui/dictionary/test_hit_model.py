from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester

from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.hit_delegate import draw_marked, runs
from m2m_desktop.ui.dictionary.hit_model import Heading, HitModel, hit_name
from m2m_desktop.ui.dictionary.protocol import Found, Hit, HitGroup
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.term_names import NamesShown

FIRST, SECOND, BOTH = NamesShown.FIRST, NamesShown.SECOND, NamesShown.BOTH
RASH = TermRow(TermLevel.PT, "90000001", "皮疹", "Rash")
OLD = TermRow(TermLevel.LLT, "95000002", "旧皮疹", "Old rash", is_current=False)


def by_name(term: TermRow, *spans: tuple[int, int]) -> Hit:
    return Hit(term, "90000001", "皮疹", "皮肤病", "name", spans)


def by_second(term: TermRow, *spans: tuple[int, int]) -> Hit:
    return Hit(term, matched_in="name2", spans=spans)


def marked(hit: Hit, shown: NamesShown) -> str:
    """The name on display with its matched characters in brackets."""
    text, spans = hit_name(hit, shown)
    return "".join(f"[{piece}]" if is_marked else piece for piece, is_marked in runs(text, spans))


def test_the_matched_characters_are_those_of_the_name_it_was_found_by():
    assert marked(by_name(RASH, (0, 1)), FIRST) == "[皮]疹"
    assert marked(by_name(RASH, (0, 2)), BOTH) == "[皮疹] · Rash"
    assert marked(by_second(RASH, (1, 3)), BOTH) == "皮疹 · R[as]h"
    assert marked(by_second(RASH, (0, 4)), SECOND) == "[Rash]"


def test_a_name_that_is_not_on_display_is_added_where_it_was_found_by_it():
    assert marked(by_second(RASH, (0, 2)), FIRST) == "皮疹 · [Ra]sh"
    assert marked(by_name(RASH, (1, 2)), SECOND) == "Rash · 皮[疹]"
    assert marked(Hit(RASH, matched_in="pinyin"), SECOND) == "Rash"


def test_the_same_name_in_both_languages_is_marked_once():
    same = TermRow(TermLevel.PT, "1", "HIV test", "HIV test")
    for shown in (FIRST, SECOND, BOTH):
        assert marked(by_second(same, (0, 3)), shown) == "[HIV] test"


def test_what_is_not_current_carries_its_mark_behind_the_name():
    assert marked(by_name(OLD, (1, 3)), FIRST) == "旧[皮疹] *"


def test_spans_that_make_no_sense_lose_no_character():
    for spans in (((-3, 1),), ((0, 99),), ((1, 2), (0, 2)), ((2, 1),)):
        assert "".join(piece for piece, _is_marked in runs("皮疹样", spans)) == "皮疹样"


def test_groups_have_headings_and_say_what_is_missing():
    model = HitModel()
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    QAbstractItemModelTester(model, mode, model)
    group = HitGroup("contains", 1234, (by_name(RASH), by_name(OLD)))
    model.set_found(Found((group, HitGroup("fuzzy", 1, (by_name(OLD),))), 1235), limit=2)
    texts = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert texts == [
        "Contains it · 1,234",
        "皮疹",
        "旧皮疹 *",
        "Show 1,232 more",
        "Similar · 1",
        "旧皮疹 *",
    ]
    assert model.flags(model.index(0, 0)) == Qt.ItemFlag.NoItemFlags
    assert isinstance(model.row(0), Heading)
    model.set_names_shown(SECOND)
    assert model.index(1, 0).data() == "Rash"
    spoken = model.index(5, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert all(word in spoken for word in ("LLT 95000002", "not current", "皮肤病", "Similar"))


def test_no_more_is_offered_where_all_were_asked_for():
    model = HitModel()
    model.set_found(Found((HitGroup("exact", 2, (by_name(RASH),)),), 2), limit=100)
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == [
        "The same name · 1 (+ 1 same-name LLT)",
        "皮疹",
    ]


def test_bold_characters_look_bolder(qapp):
    def ink(*spans: tuple[int, int]) -> int:
        image = QImage(200, 40, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.setPen(QColor("black"))
        draw_marked(painter, image.rect(), "皮疹样反应", spans)
        painter.end()
        return sum(255 - image.pixelColor(x, y).lightness() for x in range(200) for y in range(40))

    assert style.sized(style.BODY).bold() is False
    assert ink((0, 5)) > ink((0, 2)) > ink()
