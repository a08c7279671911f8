"""Mentions by looking wordings up: the longest, whole words, exact places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.narratives.finding import find_mentions
from m2m_desktop.core.narratives.folding import fold
from m2m_desktop.core.narratives.names import NAME, WORDING, NameFinder

NAMES = [
    "皮疹", "皮肤瘙痒", "瘙痒", "恶心", "呕吐", "无尿", "尿频", "高血压", "高血压病", "水肿", "EB病毒感染",
    "back pain", "pain", "rash", "náuseas", "Stevens-Johnson综合征", "失眠", "不适", "腹胀", "后背痛",
]  # fmt: skip
FINDER = NameFinder.of(NAMES, ["拉肚子", "有恶心"], ["血压", "血压升高", "心率加快"])


def texts(narrative):
    (mentions,) = find_mentions([narrative], FINDER)
    for mention in mentions:
        assert narrative[mention.start : mention.end] == mention.text
    return [mention.text for mention in mentions]


@pytest.mark.parametrize(
    ("narrative", "expected"),
    [
        ("出现皮肤瘙痒、皮疹", ["皮肤瘙痒", "皮疹"]),
        ("恶心呕吐", ["恶心", "呕吐"]),
        ("恶心\r\n呕吐", ["恶心", "呕吐"]),
        ("服药后背痛，后背痛一天", ["后背痛"]),
        ("無尿頻，皮膚瘙癢", ["尿頻", "皮膚瘙癢"]),
        ("有恶心，拉肚子3次", ["恶心", "拉肚子"]),
        ("双下肢水肿，面颈部皮疹", ["双下肢水肿", "面颈部皮疹"]),
        ("高血压病史，高血压病3级", ["高血压", "高血压病"]),
        ("双侧水肿，左右水肿", ["双侧水肿", "水肿"]),
        ("抗恶心治疗", []),
        ("等不适，诉不适", ["不适"]),
        ("Back  Pain, painful RASH.", ["Back  Pain", "RASH"]),
        ("ＥＢ病毒感染😀皮疹", ["ＥＢ病毒感染", "皮疹"]),
        ("WEB病毒感染", []),
        ("na\u0301useas y rashes", ["na\u0301useas"]),
        ("rash\u0301es", []),
        ("Stevens–Johnson综合征", ["Stevens–Johnson综合征"]),
        ("皮\u200b疹", ["皮\u200b疹"]),
        ("测血压120/80mmHg，心率加快", ["心率加快"]),
        ("血小板明显下降，ALT↑，AST 正常", ["血小板明显下降", "ALT↑"]),
        ("血红蛋白由98g/L降至78g/L，血压降至80/50mmHg", ["血压降"]),
        ("药物不良反应，好转", []),
        ("", []),
        ("。，、", []),
    ],
)
def test_the_longest_wordings_are_found_in_their_exact_places(narrative, expected):
    assert texts(narrative) == expected


def test_a_wording_that_stands_for_a_name_is_less_sure_than_the_name():
    name, wording = FINDER.find("皮疹，拉肚子")

    assert (name.confidence, wording.confidence) == (NAME, WORDING)


def test_the_vocabulary_holds_nothing_too_short_or_too_general():
    finder = NameFinder.of(["痒", "pt", "反应", "皮疹"], ["消失"], ["血压"])

    (mention,) = finder.find("痒，pt，反应，消失，血压，皮疹")
    assert mention.start == len("痒，pt，反应，消失，血压，")


@given(
    st.lists(
        st.sampled_from([*NAMES, "\r\n", "😀", "ﬁ", "e\u0301", "１２", " ", "，", "无", "㎎", "İ"])
    )
)
def test_what_is_reported_is_always_the_text_in_its_place(parts):
    narrative = "".join(parts)
    (mentions,) = find_mentions([narrative], FINDER)

    assert all(narrative[one.start : one.end] == one.text for one in mentions)
    assert all(fold(one.text) for one in mentions)
    ends = [0, *(one.end for one in mentions)]
    assert all(end <= one.start for end, one in zip(ends, mentions, strict=False))


@given(st.text(max_size=300))
def test_any_text_at_all_is_read(narrative):
    assert all(
        narrative[one.start : one.end] == one.text for one in find_mentions([narrative], FINDER)[0]
    )
