"""Whether a mention occurred: denied, history, treated, doubted, or present."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.narratives.cues import plain
from m2m_desktop.core.narratives.records import FoundSpan, Rule, Status
from m2m_desktop.core.narratives.status import with_standing
from tests.core.narratives.golden import read_marked


def judged(line):
    """Mentions marked as in the golden narratives, judged; with what was marked."""
    narrative = read_marked(line)
    spans = [FoundSpan(start, end, "x", 1.0) for start, end in narrative.marked]
    mentions = with_standing(narrative.text, spans)
    return [(one.text, one.status) for one in mentions], [
        (narrative.text[start:end], status) for (start, end), status in narrative.marked.items()
    ]


DENIED = [
    "无[-恶心]、[-呕吐]、[-腹泻]，伴[皮疹]",
    "无[-恶心]，[-呕吐]，[-腹泻]，但[皮疹]明显",
    "无[-发热]、[-咳嗽]及[-咽痛]",
    "未诉[-头晕]；[心悸]好转",
    "否认[-胸痛]。[胸闷]1天",
    "患者没有[-恶心]，有[头晕]",
    "[-皮疹]（－），[-水肿]：无，[发热]",
    "[恶心]，[-呕吐]未出现，[皮疹]未见明显好转",
    "不伴[-寒战]，[发热]3天",
    "未[-破溃]，[红肿]",
    "家属否认其有[-幻觉]，诉[失眠]",
    "无[-皮疹]但有[瘙痒]",
    "无[-皮疹]仅有[瘙痒]",
    "除外[-感染]，[发热]",
    "无[-恶心]，[发热]3天",
]
NO_DENIAL = [
    "无明显诱因出现[头痛]",
    "[无力]、[头晕]",
    "[头痛]无缓解，[呕吐]加重",
    "[咳嗽]无明显好转并出现[咯血]",
    "非感染性[腹泻]",
    "四肢[无力]，[无尿]",
    "[恶心]、[呕吐]无关进食",
    "[皮疹]、无药物过敏史",
    "[皮疹]后追问病史",
    "不良反应如[恶心]、[呕吐]",
    "出现类似[荨麻疹]",
]
HISTORICAL = [
    "既往[~高血压]、[~糖尿病]，本次用药后出现[皮疹]",
    "[~高血压]、[~冠心病]病史10余年，[头晕]1天",
    "[~糖尿病]5年，服药后[恶心]",
    "曾于2020年出现[~皮疹]",
    "有[~青霉素过敏]史，[胸闷]",
    "2年前[~腹痛]",
    "1天前出现[腹痛]",
    "母亲患[~哮喘]。[咳嗽]",
    "3年前因[~脑梗死]住院。[头晕]1天",
    "既往用头孢后出现[~皮疹]，此次再次出现[荨麻疹]",
]
TREATED = [
    "因[~肺炎]入院，予头孢静滴，10分钟后[皮疹]",
    "患者因“[~发热]、[~咳嗽]”就诊，予左氧氟沙星后出现[恶心]",
    "用药原因：[~上呼吸道感染]",
    "诊断为[~肺结核]，予抗结核治疗，后[恶心]",
    "[~乳腺癌]患者行化疗，后出现[脱发]",
    "服药后因[恶心]、[呕吐]就诊",
    "用药后诊断为[药物性肝损伤]，予保肝治疗",
]
DOUBTED = [
    "疑似[?横纹肌溶解]",
    "[胸闷]，考虑[?过敏性休克]可能",
    "不除外[?免疫相关性肺炎]",
    "[?药疹]待排",
    "考虑[皮疹]与该药有关",
    "[恶心]、[腹胀]，可能与口服钾有关",
    "如出现[?皮疹]立即停药",
    "予药预防[?恶心]、[?呕吐]",
]
OTHER_LANGUAGES = [
    "He developed [rash] and [pruritus] but no [-fever], [-nausea] or [-vomiting].",
    "Patient denies [-chest pain]. Past medical history of [~asthma].",
    "Possible [?anaphylaxis]; [dyspnoea] resolved.",
    "She was treated for [~pneumonia] with ceftriaxone and developed [urticaria].",
    "Without [-headache], however [dizziness] occurred.",
    "Presenta [náuseas] sin [-fiebre] ni [-vómitos].",
    "Antecedentes de [~asma]. Niega [-dolor torácico], pero refiere [mareo].",
    "Posible [?anafilaxia].",
    "There was no [-rash], fever or [-abdominal pain].",
    "A woman with [~hypertension] received pembrolizumab for [~lung cancer]. [Fatigue] followed.",
    "患兒出現[嘔吐]，無[-發熱]，疑似[?過敏]",
]


@pytest.mark.parametrize(
    "line", DENIED + NO_DENIAL + HISTORICAL + TREATED + DOUBTED + OTHER_LANGUAGES
)
def test_the_sentence_tells_whether_a_mention_occurred(line):
    found, marked = judged(line)

    assert found == marked


@pytest.mark.parametrize(
    ("line", "cue", "rule"),
    [
        ("否认[-胸痛]", "否认", Rule.NEGATION),
        ("既往[~哮喘]", "既往", Rule.HISTORY),
        ("母亲患[~哮喘]", "母亲患", Rule.FAMILY),
        ("疑似[?药疹]", "疑似", Rule.DOUBT),
        ("如出现[?药疹]", "如出现", Rule.CONDITION),
        ("因[~肺炎]入院", "因", Rule.INDICATION),
        ("[皮疹]", "", Rule.NONE),
    ],
)
def test_the_words_that_decided_are_told(line, cue, rule):
    narrative = read_marked(line)
    (place,) = narrative.marked
    (mention,) = with_standing(narrative.text, [FoundSpan(*place, "x", 1.0)])

    assert (mention.reason, mention.rule) == (cue, rule)


def test_a_mention_that_got_better_is_present():
    found, _ = judged("[皮疹]消退，[恶心]好转，[头痛]缓解")

    assert {status for _, status in found} == {Status.PRESENT}


@pytest.mark.parametrize("between", ["\r\n", "\n", "。", "；", "！"])
def test_a_denial_ends_with_its_sentence(between):
    found, marked = judged(f"无[-恶心]{between}[皮疹]")

    assert found == marked


def test_a_denial_reaches_over_a_long_list():
    line = "无" + "、".join(f"[-症状{number}]" for number in range(80))
    found, marked = judged(line)

    assert found == marked


def test_a_text_made_to_be_hard_to_read_is_read_soon():
    found, _ = judged("no [rash], " + "a or " * 90 + "x [fever]")

    assert [status for _, status in found] == [Status.NEGATED, Status.PRESENT]


@given(st.text())
def test_places_are_the_same_in_the_form_that_the_rules_read(text):
    assert len(plain(text)) == len(text)


def test_full_width_and_capital_letters_are_read_alike():
    found, marked = judged("ＮＯ [-RASH], [-皮疹]（－）")

    assert found == marked
