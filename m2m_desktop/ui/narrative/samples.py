"""Narratives to try the page with: invented, of nobody."""

from m2m_desktop.services.language import ENGLISH, current_language

CHINESE = (
    "患者女，56岁，既往有高血压、糖尿病，否认药物过敏史。因肺部感染静脉滴注某抗菌药，"
    "约20分钟后全身发痒起疹，随后恶心、呕吐2次，伴头晕，无呼吸困难，未见发热。\n"
    "立即停药，给予对症处理，1小时后皮疹逐渐消退。次日诉胸闷、心慌，拉肚子3次，疑似过敏性休克，"
    "留院观察。第3天症状消失。"
)
ENGLISH_TEXT = (
    "A 56-year-old woman with a history of hypertension received an antibiotic by infusion for "
    "pneumonia. About 20 minutes later she developed pruritus and a rash, followed by nausea and "
    "vomiting. She denied dyspnoea.\n"
    "The drug was stopped, and the rash faded within an hour. The next day she reported "
    "palpitations and diarrhoea. Suspected anaphylactic shock was observed overnight; on day 3 "
    "she went home."
)


def sample_narrative() -> str:
    """The one in the language of the window."""
    return ENGLISH_TEXT if current_language() == ENGLISH else CHINESE
