"""The candidate text is what the reference model was trained on, to the last comma."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, Template, order_aliases, render
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.reference_csv import load_reference_csv
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import MULTI_AXIAL_PT, NOT_CURRENT_LLT, toy_files

FULL = Template("full")
MATCHED_FIRST = Template("pt_llt", alias_order="matched_first")
HIERARCHY = {"hlt_name": "皮疹类", "hlgt_name": "表皮病", "soc_name": "皮肤类"}

CSV = """pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name
P2,瘙痒,瘙痒,瘙痒类,表皮病,皮肤类
P1,皮疹,皮疹,皮疹类,表皮病,皮肤类
P2,瘙痒,发痒,别的 HLT,别的 HLGT,别的 SOC
P1,皮疹,出疹,皮疹类,表皮病,皮肤类
P1,皮疹,出疹,皮疹类,表皮病,皮肤类
P3,无名,,,,皮肤类
P1,皮疹,"红疹；""一片""，红",皮疹类,表皮病,皮肤类
"""


def csv_texts(template: Template) -> dict[str, str]:
    terminology = load_reference_csv(Path("own.csv"), CSV.encode("utf-8-sig")).terminology
    texts = CandidateTexts(terminology, template)
    codes = terminology.codes(TermLevel.PT)
    return {codes[row]: texts.text(row) for row in range(terminology.count(TermLevel.PT))}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (FULL, "PT: 皮疹；LLT别名: 皮疹 | 出疹；HLT: 皮疹类；HLGT: 表皮病；SOC: 皮肤类"),
        (Template("pt_llt"), "PT: 皮疹；LLT别名: 皮疹 | 出疹"),
        (Template("pt_only"), "PT: 皮疹"),
    ],
)
def test_the_three_templates(template: Template, text: str) -> None:
    assert render(template, "皮疹", ["皮疹", "出疹"], **HIERARCHY) == text


@pytest.mark.parametrize(
    ("aliases", "hierarchy", "text"),
    [
        ([], {}, "PT: 皮疹"),
        ([], {"soc_name": "皮肤类"}, "PT: 皮疹；SOC: 皮肤类"),
        (["出疹"], {"hlgt_name": "表皮病"}, "PT: 皮疹；LLT别名: 出疹；HLGT: 表皮病"),
    ],
)
def test_a_part_without_a_value_is_left_out(aliases, hierarchy, text: str) -> None:
    assert render(FULL, "皮疹", aliases, **hierarchy) == text


def test_even_a_pt_without_a_name_keeps_its_label() -> None:
    assert render(FULL, "", []) == "PT: "


def test_the_first_eight_different_aliases_are_taken_in_their_order() -> None:
    names = ["皮疹", "b", "", "b", "皮疹", *"defghijk"]

    assert order_aliases(REFERENCE_TEMPLATE, "皮疹", names) == ["皮疹", "b", *"defghi"]


def test_the_reference_order_ignores_the_match() -> None:
    names = ["皮疹", "出疹", "起疹"]

    assert order_aliases(REFERENCE_TEMPLATE, "皮疹", names, matched="起疹") == names


def test_the_matched_alias_goes_first_and_the_pt_is_not_repeated() -> None:
    names = ["皮疹", "出疹", "起疹"]

    assert order_aliases(MATCHED_FIRST, "皮疹", names, "起疹") == ["起疹", "出疹"]
    assert order_aliases(MATCHED_FIRST, "皮疹", names, "皮诊") == ["皮诊", "出疹", "起疹"]
    assert order_aliases(MATCHED_FIRST, "皮疹", names, "皮疹") == ["出疹", "起疹"]


@pytest.mark.parametrize("bad", [{"name": "fully"}, {"alias_order": "random"}])
def test_an_unknown_template_is_refused(bad) -> None:
    with pytest.raises(ValueError, match="no template"):
        Template(**bad)


NAMES = st.lists(st.text(max_size=3), max_size=20)


@given(st.sampled_from([REFERENCE_TEMPLATE, MATCHED_FIRST]), st.text(max_size=3), NAMES)
def test_aliases_are_at_most_eight_distinct_names(template, pt_name: str, names) -> None:
    chosen = order_aliases(template, pt_name, names)

    assert chosen == sorted(set(chosen), key=names.index)
    assert len(chosen) <= 8
    assert "" not in chosen


def test_a_dictionary_csv_gives_the_reference_texts() -> None:
    assert csv_texts(FULL) == {
        "P2": "PT: 瘙痒；LLT别名: 瘙痒 | 发痒；HLT: 瘙痒类；HLGT: 表皮病；SOC: 皮肤类",
        "P1": 'PT: 皮疹；LLT别名: 皮疹 | 出疹 | 红疹；"一片"，红；HLT: 皮疹类；HLGT: 表皮病；SOC: 皮肤类',
        "P3": "PT: 无名；SOC: 皮肤类",
    }
    assert list(csv_texts(FULL)) == ["P2", "P1", "P3"]
    assert csv_texts(Template("pt_only"))["P1"] == "PT: 皮疹"


def test_a_release_gives_its_primary_path_and_current_aliases_in_file_order() -> None:
    terminology = load_release(ReleaseSources("toy", "toy", toy_files())).terminology
    texts = CandidateTexts(terminology, FULL)
    row = terminology.index(TermLevel.PT, MULTI_AXIAL_PT)
    path = terminology.paths(MULTI_AXIAL_PT)[0]
    current = [llt.name for llt in terminology.llts(MULTI_AXIAL_PT, current_only=True)]

    assert path.is_primary
    assert texts.text(row) == (
        f"PT: 奎姆上部炎；LLT别名: {' | '.join(current)}"
        f"；HLT: {path.hlt.name}；HLGT: {path.hlgt.name}；SOC: {path.soc.name}"
    )
    retired = terminology.llt(NOT_CURRENT_LLT)
    assert retired is not None
    owner = terminology.index(TermLevel.PT, retired.pt_code)
    llt_row = terminology.index(TermLevel.LLT, NOT_CURRENT_LLT)
    assert retired.name not in texts.text(owner, llt_row).split("LLT别名: ")[1].split("；")[
        0
    ].split(" | ")
    matched_first = CandidateTexts(terminology, MATCHED_FIRST)
    assert matched_first.text(owner, llt_row).startswith(f"PT: 左布上部炎；LLT别名: {retired.name}")
