import random

import pytest
from PySide6.QtCore import Qt

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import CodedTerm, PhraseRow, ReviewState, ReviewStatus
from m2m_desktop.services.project.records import Item
from m2m_desktop.ui.review.columns import ReviewColumn, cell_text, sort_key
from m2m_desktop.ui.review.filter import Queue, RowFilter
from m2m_desktop.ui.review.history import HistoryModel
from m2m_desktop.ui.review.hits import HitModel
from m2m_desktop.ui.review.model import ReviewModel
from m2m_desktop.ui.review.places import PlaceModel
from m2m_desktop.ui.review.terms import found_from_json
from tests.ui.review_project import make_project

pytestmark = pytest.mark.usefixtures("qapp")

RASH = CodedTerm("90000001", "皮疹", soc_name="皮肤病", hlt_code="1", probability=0.93)
ITCH = CodedTerm("90000002", "瘙痒", soc_name="皮肤病", hlt_code="1", probability=0.4)
NAUSEA = CodedTerm("90000004", "恶心", soc_name="胃肠病", hlt_code="2", probability=0.8)


def row(number: int, text: str, **more) -> PhraseRow:
    told = {
        "kind": PieceKind.REACTION,
        "item_count": number,
        "report_count": 1,
        "band": Band.CERTAIN,
        "source": Source.MODEL,
        "proposed": (RASH,),
        "probability": 0.93,
    }
    return PhraseRow(number, text, **{**told, **more})


DECIDED = ReviewState(ReviewStatus.ACCEPTED, (RASH,), Source.MODEL, reviewer="王")
ROWS = (
    row(1, "起皮疹", state=DECIDED),
    row(2, "ＡＬＴ升高", proposed=(NAUSEA,), probability=0.8),
    row(3, "不明", band=Band.NOT_FOUND, proposed=(), probability=0.1),
    row(4, "皮疹瘙痒", band=Band.DOUBTFUL, proposed=(RASH, ITCH)),
    row(5, "待编码", band=None, source=Source.NONE, proposed=(), probability=None),
    row(6, "好转", kind=PieceKind.OUTCOME, band=None, proposed=(), probability=None),
    row(7, "想吐", state=ReviewState(is_flagged=True, comment="请再看"), proposed=(NAUSEA,)),
)


@pytest.fixture
def model() -> ReviewModel:
    made = ReviewModel()
    made.set_rows(ROWS)
    return made


def shown(model: ReviewModel, **wanted) -> list[int]:
    model.set_filter(RowFilter(**wanted))
    return [row.phrase_id for row in model.shown()]


def test_the_models_keep_qts_rules(qtmodeltester, model, tmp_path):
    qtmodeltester.check(model)
    model.set_filter(RowFilter(text="皮疹"))
    model.sort(ReviewColumn.PHRASE)
    model.renew([row(4, "皮疹瘙痒", state=DECIDED)])
    qtmodeltester.check(model)
    places, hits, history = PlaceModel(), HitModel(), HistoryModel()
    item = Item(1, 1, "表", 3, 2, 0, 3, PieceKind.REACTION, "严重", "R1", DECIDED)
    places.set_items([item, Item(2, 1, "别", 4, 2, 0, 3, PieceKind.REACTION, "", "")])
    hits.set_hits(
        found_from_json({"hits": [{"level": "pt", "code": "1", "name": "甲", "reason": "exact"}]})
    )
    for one in (places, hits, history):
        qtmodeltester.check(one)
    assert places.index(0, 0).data() == "表 · 3"
    assert places.index(0, 3).data() == "accepted · 皮疹"
    assert places.index(1, 3).data() == "as the phrase"


@pytest.mark.parametrize(
    ("queue", "ids"),
    [
        (Queue.ALL, [1, 2, 3, 4, 5, 7]),
        (Queue.OPEN, [2, 3, 4, 5, 7]),
        (Queue.DOUBTFUL, [3, 4, 7]),
        (Queue.FLAGGED, [7]),
        (Queue.WARNED, [4]),
        (Queue.ASIDE, [6]),
    ],
)
def test_a_queue_shows_its_phrases_and_counts_them(model, queue, ids):
    assert shown(model, queue=queue) == ids
    assert model.queue_counts()[queue] == len(ids)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("皮疹", [1, 4]),
        ("皮疹 瘙痒", [4]),
        ("alt", [2]),
        ("90000004", [2, 7]),
        ("胃肠", [2, 7]),
        ("请再看", [7]),
        ("没有", []),
    ],
)
def test_free_text_is_looked_for_in_phrase_terms_codes_soc_and_comment(model, text, ids):
    assert shown(model, text=text) == ids


@pytest.mark.parametrize(
    ("column", "asked", "ids"),
    [
        (ReviewColumn.PHRASE, "皮疹", [1, 4]),
        (ReviewColumn.TERM, "恶心", [2, 7]),
        (ReviewColumn.COUNT, ">3", [4, 5, 7]),
        (ReviewColumn.COUNT, "≥ 4", [4, 5, 7]),
        (ReviewColumn.COUNT, "＜3", [1, 2]),
        (ReviewColumn.COUNT, "2-4", [2, 3, 4]),
        (ReviewColumn.COUNT, "3", [3]),
        (ReviewColumn.PROBABILITY, "<=0.8", [2, 3]),
        (ReviewColumn.PROBABILITY, "0.9", []),
        (ReviewColumn.REVIEWER, "王", [1]),
    ],
)
def test_a_column_is_filtered_by_what_it_contains_or_by_a_number(model, column, asked, ids):
    assert shown(model, contains={column: asked}) == ids


def test_a_column_of_words_takes_several_choices(model):
    wanted = {ReviewColumn.BAND: ["doubtful", "not found"]}
    assert shown(model, choices=wanted) == [3, 4]
    wanted = {ReviewColumn.STATUS: ["accepted"], ReviewColumn.BAND: ["certain"]}
    assert shown(model, choices=wanted) == [1]


@pytest.mark.parametrize("column", list(ReviewColumn))
def test_every_column_sorts_both_ways_and_back_to_the_order_of_the_file(model, column):
    model.sort(column)
    up = [sort_key(one, column) for one in model.shown()]
    assert up == sorted(up)
    model.sort(column, Qt.SortOrder.DescendingOrder)
    down = [sort_key(one, column) for one in model.shown()]
    assert down == sorted(down, reverse=True)
    model.sort(-1)
    assert [one.phrase_id for one in model.shown()] == [1, 2, 3, 4, 5, 7]


def test_new_states_change_no_place_until_asked(model):
    model.set_filter(RowFilter(Queue.OPEN))
    model.sort(ReviewColumn.PHRASE)
    before = [one.phrase_id for one in model.shown()]
    model.renew([row(2, "ＡＬＴ升高", state=DECIDED), row(5, "待编码", band=Band.CERTAIN)])
    assert [one.phrase_id for one in model.shown()] == before
    assert model.is_stale
    assert model.queue_counts()[Queue.OPEN] == 4
    model.arrange()
    assert not model.is_stale
    assert 2 not in [one.phrase_id for one in model.shown()]


def test_a_row_that_stays_where_it_belongs_makes_nothing_stale(model):
    model.sort(ReviewColumn.PHRASE)
    model.renew([row(2, "ＡＬＴ升高", state=DECIDED)])
    assert not model.is_stale


def test_counts_stay_right_through_any_changes(model):
    chance = random.Random(7)
    states = [
        ReviewState(),
        DECIDED,
        ReviewState(is_flagged=True),
        ReviewState(source=Source.MANUAL),
    ]
    for _step in range(200):
        old = chance.choice(ROWS)
        model.renew(
            [
                row(
                    old.phrase_id,
                    old.text,
                    kind=old.kind,
                    state=chance.choice(states),
                    proposed=chance.choice([(), (RASH,), (RASH, ITCH)]),
                )
            ]
        )
    fresh = ReviewModel()
    fresh.set_rows(model.everything())
    assert model.queue_counts() == fresh.queue_counts()


def test_what_waits_for_an_answer_says_so(model):
    assert cell_text(ROWS[4], ReviewColumn.TERM) == "…"
    assert cell_text(ROWS[2], ReviewColumn.TERM) == "—"
    assert cell_text(ROWS[5], ReviewColumn.TERM) == ""


def test_a_flag_is_an_icon_for_the_eye_and_a_word_for_the_ear(model):
    at = model.index(model.row_of(7), ReviewColumn.FLAG)
    assert at.data() == ""
    assert at.data(Qt.ItemDataRole.AccessibleTextRole) == "flagged"
    assert at.data(Qt.ItemDataRole.ToolTipRole) == "flagged"
    assert not at.data(Qt.ItemDataRole.DecorationRole).isNull()


def test_every_state_has_a_word_and_an_icon_of_its_own(model):
    from m2m_desktop.ui import words

    assert len(set(words.STATUS_WORDS.values())) == len(ReviewStatus)
    assert len({*words.STATUS_SHAPES.values(), words.DRAFT_SHAPE}) == len(ReviewStatus) + 1


def test_a_row_without_text_says_so(model):
    model.set_rows([row(9, "")])
    assert "9 (text not stored)" in model.index(0, ReviewColumn.PHRASE).data()


def test_the_builder_makes_a_project_that_can_be_read(tmp_path):
    assert make_project(tmp_path / "a.m2m").is_file()
