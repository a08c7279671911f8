"""What is no reaction is set aside; what may be one is not."""

import pytest

from m2m_desktop.core.piece_kinds import goes_on_negated, kind_of
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.text import normalise

REACTIONS = (
    *(
        "无力",
        "无尿",
        "无汗",
        "无脉",
        "无精打采",
        "无味觉",
        "无食欲",
        "无月经来潮",
        "无痛性血尿",
        "没有食欲",
        "没劲",
    ),
    *(
        "无意识",
        "无射精",
        "没来得及就医",
        "无机磷升高",
        "无菌性脑膜炎",
        "无症状性菌尿",
        "无明显诱因出现发热",
        "无呼吸",
    ),
    *(
        "没看医生就吃药",
        "未及时就诊",
        "未消化食物便",
        "无皮疹但有瘙痒",
        "不伴皮疹的瘙痒",
        "no appetite",
        "No urine",
    ),
    *(
        "药疹",
        "药物性肝炎",
        "注射部位疼痛",
        "输液反应",
        "停药反应",
        "自行停药",
        "皮试(+)",
        "误服大量药片",
        "断片",
    ),
    *(
        "红斑成片",
        "血栓",
        "睾丸",
        "注意力涣散",
        "青霉素过敏",
        "胰岛素注射后低血糖",
        "头孢类药物过敏",
        "胶囊卡喉",
    ),
    *("服用阿司匹林肠溶片后出现皮疹", "停用氨氯地平片后头晕", "头晕给予布洛芬", "注射用药后皮疹"),
    *(
        "死亡",
        "脑梗死后遗症",
        "意识消失",
        "呼吸消失",
        "脉搏消失",
        "味觉消失",
        "皮疹好转",
        "治疗无效",
        "经抢救无效死亡",
    ),
    *(
        "ALT升高",
        "血压180/100mmHg",
        "38.5℃",
        "心率120次/分",
        "腹泻3次",
        "大便3-4次/日",
        "头痛2小时",
        "血糖2.8mmol/L",
    ),
    *("药物过量", "静脉滴注部位红肿", "口服避孕药后血栓", "1", "患者", "皮疹" * 100),
)
NEGATED = (
    *(
        "无皮疹",
        "无",
        "没有皮疹",
        "未见皮疹",
        "未见异常",
        "否认发热",
        "不伴胸痛",
        "无明显不适",
        "无不良反应",
    ),
    *(
        "患者无恶心",
        "皮肤无黄染",
        "用药期间未出现呼吸困难",
        "双肺未闻及啰音",
        "无明显诱因",
        "no rash",
        "denies fever",
    ),
    *(
        "无尿频",
        "无意识障碍",
        "无呼吸困难",
        "无感染",
        "无休克",
        "无味觉减退",
        "无脉管炎",
        "无牙龈出血",
    ),
)
DRUGS = (
    *(
        "阿莫西林胶囊",
        "注射用头孢曲松钠",
        "5%葡萄糖注射液250ml",
        "口服阿司匹林肠溶片",
        "盐酸左氧氟沙星片",
        "青霉素",
    ),
    *(
        "双黄连口服液",
        "布地奈德吸入剂",
        "给予地塞米松5mg静推",
        "ceftriaxone",
        "amoxicillin 0.5g",
        "阿莫西林胶囊（0.25g）",
    ),
)
DOSES = (
    *(
        "0.5g",
        "100ml",
        "2片",
        "每次2片",
        "每日3次",
        "3次/日",
        "bid",
        "q8h",
        "静脉滴注",
        "ivgtt",
        "100ml静脉滴注qd",
    ),
    *("40滴/分", "5mg/kg", "10μg", "每8小时1次", "首剂0.4g"),
)
DATES = (
    *(
        "2024-01-05",
        "2024年1月5日 10:30",
        "1月5日",
        "10:30",
        "20240105",
        "用药第3天",
        "次日",
        "约30分钟后",
    ),
    *("用药后", "输液5分钟后", "持续3天", "2023/12/1"),
)
OUTCOMES = (
    *(
        "好转",
        "未好转",
        "未见好转",
        "停药后好转",
        "对症处理后缓解",
        "症状消失",
        "上述症状逐渐减轻",
        "有后遗症",
        "不详",
    ),
    *(
        "立即停药",
        "给予吸氧",
        "体温恢复正常",
        "生命体征平稳",
        "2天后症状缓解",
        "给予乳果糖口服溶液后缓解",
        "继续观察",
    ),
)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (REACTIONS, PieceKind.REACTION),
        (NEGATED, PieceKind.NEGATED),
        (DRUGS, PieceKind.DRUG),
        (DOSES, PieceKind.DOSE),
        (DATES, PieceKind.DATE),
        (OUTCOMES, PieceKind.OUTCOME),
    ],
)
def test_each_piece_has_its_kind(texts: tuple[str, ...], kind: PieceKind) -> None:
    assert {text: kind_of(normalise(text)) for text in texts} == dict.fromkeys(texts, kind)


def test_a_reaction_that_was_reported_before_may_have_an_outcome() -> None:
    assert kind_of("停药后皮疹消退") is PieceKind.REACTION
    assert kind_of("停药后皮疹消退", reported={"皮疹"}) is PieceKind.OUTCOME
    assert kind_of("皮疹明显好转", reported={"皮疹"}) is PieceKind.OUTCOME
    assert kind_of("皮疹加重", reported={"皮疹"}) is PieceKind.REACTION


def test_what_is_stated_in_a_list_after_a_denial_is_not_denied() -> None:
    assert goes_on_negated("呕吐")
    assert not goes_on_negated("有头晕")
    assert not goes_on_negated("但头晕")
