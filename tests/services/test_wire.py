import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import message
from m2m_desktop.core.records import (
    Band,
    Candidate,
    CodingResult,
    Evidence,
    HierarchyPath,
    Mention,
    PreferredTerm,
    Run,
    Source,
    Term,
    TermLevel,
)
from m2m_desktop.core.term_search.records import Reason, SearchHit
from m2m_desktop.core.terminology import ReleaseInfo
from m2m_desktop.services import wire
from m2m_desktop.services.import_report import Anomaly, ImportReport
from m2m_desktop.services.language import translate

PATH = HierarchyPath(
    Term(TermLevel.SOC, "90000001", "皮肤"), Term(TermLevel.HLGT, "90010001", "皮疹组"),
    Term(TermLevel.HLT, "90020001", "皮疹"), True,
)  # fmt: skip
CANDIDATE = Candidate(
    PreferredTerm("90100001", "皮疹", (PATH,), "Rash"),
    Evidence("92000012", "起疹", Source.BM25), 2, 12.5, 0.75, 1, True,
)  # fmt: skip
RUN = Run(
    "demo", "Demo", "0.1", "Chinese", (("llt.asc", "ab"),), True, "m", "cd", "full", "file",
    "default", 0.3, 100, "0.1.0", "2026-01-01T00:00:00+00:00", "s", 0.004, 1000,
    "e", "ef", "sum weight=4",
)  # fmt: skip
RESULT = CodingResult(
    Mention("7", "起疹"),
    "起疹",
    (CANDIDATE,),
    ("90100001",),
    Band.CERTAIN,
    Source.MODEL,
    RUN,
    ("w",),
    is_final=False,
    pairs_scored=12,
    pairs_kept=3,
    left_out=99,
)


def test_a_result_has_exactly_the_agreed_fields():
    assert wire.result_to_json(RESULT) == {
        "mention_id": "7",
        "mention": "起疹",
        "normalised": "起疹",
        "candidates": [
            {
                "rank": 1,
                "candidate_pt_code": "90100001",
                "candidate_pt_name": "皮疹",
                "candidate_pt_name2": "Rash",
                "prob_1": 0.75,
                "is_estimated": True,
                "retrieval_rank": 2,
                "retrieval_score": 12.5,
                "evidence": {"llt_code": "92000012", "llt_name": "起疹", "source": "bm25"},
                "paths": [
                    {
                        "soc_code": "90000001", "soc_name": "皮肤", "hlgt_code": "90010001",
                        "hlgt_name": "皮疹组", "hlt_code": "90020001", "hlt_name": "皮疹", "primary": True,
                    }
                ],
            }
        ],
        "selected": ["90100001"],
        "band": "certain",
        "source": "model",
        "is_final": False,
        "pairs_scored": 12,
        "pairs_kept": 3,
        "candidate_count": 100,
        "warnings": ["w"],
        "run": {
            "terminology_id": "demo", "terminology_name": "Demo", "terminology_version": "0.1",
            "terminology_language": "Chinese", "terminology_hashes": [["llt.asc", "ab"]],
            "is_demo_terminology": True, "model_id": "m", "model_hash": "cd", "template": "full",
            "alias_order": "file", "mode": "default", "threshold": 0.3, "top_k": 100,
            "app_version": "0.1.0", "coded_at": "2026-01-01T00:00:00+00:00",
            "small_model_id": "s", "cascade_error": 0.004, "cascade_phrases": 1000,
            "encoder_id": "e", "encoder_hash": "ef", "fusion": "sum weight=4",
        },
    }  # fmt: skip


def test_every_field_of_the_run_is_told():
    assert set(wire.run_to_json(RUN)) == {field.name for field in fields(Run)}


def test_a_lexical_score_is_no_probability_and_one_language_has_one_name():
    pt = replace(CANDIDATE.pt, name2="")
    record = wire.candidate_to_json(replace(CANDIDATE, probability=None, pt=pt))
    assert record["prob_1"] is None
    assert "candidate_pt_name2" not in record


def test_whatever_is_told_is_json():
    for record in (
        wire.result_to_json(RESULT),
        wire.info_to_json(ReleaseInfo("i", "n", "28.1", "Chinese", hashes=(("a", "b"),))),
        wire.plain({TermLevel.PT: {Path("x")}, "m": message("{n} rows", n=3), "o": object}),
    ):
        assert json.loads(json.dumps(record)) == record


def test_values_become_plain():
    assert wire.plain(TermLevel.HLGT) == "hlgt"
    assert wire.plain(Source.NONE) == "none"
    assert wire.plain((1, None, "a")) == [1, None, "a"]
    assert wire.plain(message("{n} rows", n=3)) == "3 rows"


def test_a_hit_is_flat():
    hit = SearchHit(Term(TermLevel.LLT, "92000012", "起疹"), Reason.BEGINS, False, "90100001")
    assert wire.hit_to_json(hit) == {
        "level": "llt", "code": "92000012", "name": "起疹", "name2": "", "is_current": False,
        "pt_code": "90100001", "reason": "begins",
    }  # fmt: skip


def test_a_term_carries_currency_and_children_only_where_given():
    term = Term(TermLevel.PT, "90100001", "皮疹")
    plain = {"level": "pt", "code": "90100001", "name": "皮疹", "name2": ""}
    assert wire.term_to_json(term) == plain
    assert wire.term_to_json(term, is_current=False, child_count=3) == {
        **plain, "is_current": False, "child_count": 3,
    }  # fmt: skip


def test_a_report_says_its_anomalies_in_words():
    report = ImportReport("l", "28.1", "Chinese", {"PT": 2}, (("*", "utf-8"),), (
        Anomaly("blank_lines", 2, ("pt.asc:3",)),
    ))  # fmt: skip
    record = wire.report_to_json(report, lambda text: translate(text, "zh_CN"))
    assert record["counts"] == {"PT": 2}
    assert record["encodings"] == [["*", "utf-8"]]
    assert record["anomalies"] == [
        {"kind": "blank_lines", "count": 2, "places": ["pt.asc:3"], "text": "空行"}
    ]


@pytest.fixture
def demo(demo_home):
    from m2m_desktop.services.engine import Engine
    from m2m_desktop.services.locations import default_locations

    return Engine(default_locations()).terminology()


def test_a_pt_is_described_with_its_surroundings(demo):
    record = wire.describe_term(demo, TermLevel.PT, "90100096")
    assert record["term"]["name"] == "腹泻"
    assert "拉肚子" in [llt["name"] for llt in record["llts"]]
    assert [path["primary"] for path in record["paths"]][:1] == [True]
    assert set(record) == {"term", "pt_code", "paths", "llts", "smqs"}


def test_an_llt_is_described_through_its_pt(demo):
    llt = next(llt for llt in demo.llts("90100096") if llt.name == "拉肚子")
    record = wire.describe_term(demo, TermLevel.LLT, llt.code)
    assert record["pt_code"] == "90100096"
    assert record["term"]["is_current"] is True
    assert record["paths"]


def test_a_soc_has_no_paths_and_an_unknown_code_is_said(demo):
    soc = demo.socs()[0]
    assert wire.describe_term(demo, TermLevel.SOC, soc.code)["paths"] == []
    assert wire.tree_term(demo, soc)["child_count"] > 0
    with pytest.raises(BadRequest):
        wire.describe_term(demo, TermLevel.PT, "nothing")
