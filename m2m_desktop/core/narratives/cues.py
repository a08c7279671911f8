"""The words by which a narrative denies, dates, doubts or explains a mention.

Patterns are tried on folded text of the same length (`plain`): one width, lower case,
simplified characters.
"""

import re

from m2m_desktop.core.traditional import TO_SIMPLIFIED

_SAME_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def plain(text: str) -> str:
    """Bring a text to one width, case and script, character by character: places stay the same."""
    widened = text.translate(_SAME_WIDTH).translate(TO_SIMPLIFIED)
    lowered = widened.lower()
    if len(lowered) == len(text):
        return lowered
    # one letter of a text may have two in lower case
    return "".join(one.lower() if len(one.lower()) == 1 else one for one in widened)


MENTION = "\0"
"""Stands for each character of a mention, so that 无 in 无力 denies nothing."""

# Atomic, (?>…): "a or b or" could be cut into words in many ways, and trying all would take for ever.
LIST = re.compile(
    r"(?>[\s\0、,，/和及与或以并且等的症状不适.。;；]+|(?:and|or|nor|y|o|ni|e|u)\b"
    r"|[a-z-]+(?: [a-z-]+){0,2}? (?:or|nor|ni|o)\b)*+"
)
"""A clause of nothing but mentions and what joins them."""

NEGATION = re.compile(
    r"(?:否认(?:有)?|未见|未诉|未述|未出现|未发生|未发现|未再出现|未再发生|未再|未觉|未感|未有|未伴有?|未现|未闻及?|"
    r"未触及|[未不非]\Z|没有|没出现|没|并无|均无|亦无|也无|无|不伴有?|不存在|不是|并非|非|排除|(?<![不待])除外|"
    r"\b(?:no|not|denie[sd]|denying|without|never|absence of|negative for|free of|nor|neither|"
    r"no evidence of|did not (?:have|develop|experience|report)|rules? out|ruled out)\b"
    r"|\b(?:sin|no|niega|negó|ni|ausencia de|nunca|descarta|descartó|tampoco)\b)"
)
"""What denies the mentions that follow."""

OPENS_LIST = re.compile(
    r"无|否认有?|未诉|未述|没有|并无|均无|亦无|也无|no|denie[sd]|denying|without|sin|niega|negó"
)
"""What denies a list, also over commas."""

NO_NEGATION = re.compile(
    r"(?:无|未见|没有|未|没|不)(?:有|见|任何)?(?:明显|特殊|显著|确切)?的?(?:诱因|原因|缓解|好转|改善|减轻|消退|消失|恢复|加重|"
    r"变化|效果|效|法|论|关|痊愈|愈|治愈|规律)"
    r"|无(?=[菌创线])|非(?=常|特异|甾体|感染|处方|典型)|不(?:能|可|除)排除|不除外|不排除|没(?=法|办法)"
    r"|\b(?:no (?:improvement|relief|change|apparent cause|obvious cause)|not only|sin mejoría)\b"
)
"""What looks like a denial and is none."""

NEGATION_ENDS = re.compile(
    r"但|而(?!且)|仅|只(?=有|是|见)|却|然|(?<![没未])出现|(?<![不未])伴|(?<![未])可见|(?<!未)诉|后(?=出现|感|觉|诉|突)|"
    r"(?<![没未其])有(?!无)|遂|予|给|考虑|诊断|"
    r"\b(?:but|however|except|although|presented|developed|experienced|with|then|because|due|"
    r"pero|aunque|salvo|excepto|presenta|presentó|con|desarrolló)\b"
)
"""Words that end the reach of a denial within its clause."""

AFTER_NEGATED = re.compile(
    r"\s*(?:\([-—–]\)|[:]\s*(?:无|否|未见|没有|阴性|none|no)|(?:均|也|亦)?(?:阴性|未出现|未发生|不明显"
    r"|未见(?!\S{0,3}(?:好转|缓解|改善|减轻|消退|消失|恢复|加重|变化)))"
    r"|\s+(?:was|were)\s+(?:absent|denied|ruled out|not (?:seen|observed|present))|(?:已)?被?排除)"
)
"""A denial that follows a mention."""

HISTORY = re.compile(
    r"既往史?|有?基础(?:疾病|病)|原有|原患|合并(?:症|疾病|有)|素有|平素有|宿有|曾(?:经|有|患|因|于|在|用|出现|行|诊断)?|"
    r"过敏史|个人史|现病史外|自幼|幼年|小时候|(?:\d+|[一二两三四五六七八九十数多几半]+)(?:余|多)?(?:个月|年)[余多]?前|"
    r"长期患|\b(?:past (?:medical )?history|medical history|history of|previous(?:ly)?|h/o|pmh|"
    r"years? ago|prior)\b|\b(?:antecedentes?(?: personales)?|historia (?:previa )?de|"
    r"previamente|hace \d+ años)\b"
)
"""What dates the mentions that follow to before the drug."""

FAMILY = re.compile(
    r"家族史|(?:父亲?|母亲?|父母|兄弟|姐妹|祖父|祖母|家人|亲属|家族)(?:中)?(?:有|患|曾|均)|"
    r"\bfamily history\b|\bantecedentes familiares\b|\b(?:mother|father|sister|brother) (?:had|has|with)\b"
)
"""Whose mention it is: not the patient's."""

PRESENT_AGAIN = re.compile(
    r"本次|此次|现(?=[因出诉有症感]|患者|在)|目前|今(?=[日晨天年])|入院后|(?:用|服|给|输|停)药(?:后|期间|过程|当)|"
    r"(?:输注|滴注|注射|静滴|口服|使用|应用|接种)[^,]{0,16}(?:后|时|中|期间)|后出现|突然|突发|"
    r"\b(?:now|currently|today|after (?:taking|receiving|starting|the)|presented|developed)\b|"
    r"\b(?:ahora|actualmente|tras|presenta|presentó)\b"
)
"""With what a later clause comes back to the event."""

AFTER_HISTORICAL = re.compile(
    r"[药食物类等性的症病]{0,4}(?:\([^()]{0,10}\))?(?:病史|过敏史|家族史|既往史|手术史|史)"
    r"|(?:病|症)?(?:病程)?\s?(?:约|近|已|达)?(?:\d+|[一二两三四五六七八九十数多几]+)(?:余|多)?年"
    r"|(?:病)?术后(?!出|感|疼|恶)|\s+(?:history|for \d+ years|desde hace)"
)
"""What dates a mention from behind: 高血压病史, 糖尿病10年."""

DOUBT = re.compile(
    r"(?:疑似|可疑|怀疑|疑(?!问|难)|拟诊|考虑|不除外|不排除|不能排除|不可排除|可能(?!与|和|由|因|跟)|倾向于?|待排|"
    r"待查|似有|(?<!类)似|是否|有无|\?|\b(?:suspect(?:ed|ing)?|possibl[ey]|probabl[ey]|likely|question(?:able)?|"
    r"r/o|cannot exclude|could be|may be|might be)\b|\b(?:posible|probable|sospecha(?: de)?|"
    r"no se descarta|podría ser)\b)"
)
"""What leaves the mention that follows open."""

DOUBT_REACH = re.compile(
    r"(?:[为是系有:\"“]|存在|发生|出现|引起|导致|药物性?|急性|继发性?|诊断|患者|并发|合并|的|其|可能|轻度|过敏性?|"
    r"an?|the|of|acute|drug-induced|una?|de|aguda?|\s|[、和及或与]){0,8}"
)
"""What may stand between a doubt and its mention, beside other mentions."""

AFTER_DOUBTED = re.compile(
    r"\s*(?:\(\??\)|\(?(?:待排|待查|待除外|不除外|不排除|不能排除|不能除外|可能(?!与|和|由|因|跟)|可能性大?)\)?|\?|"
    r"cannot be excluded|suspected|no descartad[ao])"
)
"""What leaves a mention open from behind."""

CAUSE_FOLLOWS = re.compile(
    r"(?:等)?(?:症状|反应)?(?:与|和|系|由|是由|为|可能|跟|due to|related to)"
)
"""Behind a mention: what was open is the cause of it, not whether it occurred."""

CONDITION = re.compile(
    r"如(?:有|果|出现|发生|再|仍)|若|一旦|警惕|预防|防止|避免|注意(?:有无|观察)?|观察(?:有无|是否)|以防|严防|谨防|"
    r"可致|可引起|可导致|可出现|说明书|已知不良反应|"
    r"\b(?:if|to prevent|prophylaxis|risk of|in case of|should)\b|\b(?:si|para prevenir|riesgo de)\b"
)
"""What speaks of a mention without saying that it occurred."""

INDICATION = re.compile(
    r"(?:用药原因|用药目的|适应证|适应症|原患疾病|原发疾病|原发病|入院诊断|诊断为?|确诊为?|主因|因|由于|患(?![者儿处侧])|行|"
    r"用于|治疗|拟行|以|\b(?:for(?: the treatment of)?|(?:man|woman|male|female|patients?|boy|girl|child) with|"
    r"(?:paciente|hombre|mujer) con|treated for|due to|because of|diagnosed with|to treat|indication)\b|"
    r"\b(?:por|para(?: tratar)?|diagnosticad[oa] de|tratamiento de)\b)"
)
"""What names the disease that the drug was for."""

AIM = frozenset({"for", "por", "para"})
"""What names it behind the treatment."""

SURE_INDICATION = re.compile(
    r"用于(?:治疗)?|用药原因|用药目的|适应[证症]|"
    r"\b(?:treated for|to treat|for the treatment of|para tratar|para el tratamiento de)\b"
)
"""What names it without anything that need follow."""

INDICATION_ENDS = re.compile(r"诉|感|觉|出现|后|发生|伴|停药|减量")
"""Words behind which no disease is named any more that the drug was for."""

TREATED = re.compile(
    r"入院|住院|就诊|来院|来我院|来诊|收治|收住|给予|予|使用|应用|静脉|静滴|静点|滴注|输注|输液|口服|服用|服|肌注|皮下|注射|"
    r"行|接受|开始|治疗|化疗|门诊|自购|购买|处方|外用|"
    r"\b(?:started|received|was given|took|treated|prescribed|admitted|recib|inici|tom[óa]|trat)"
)
"""Behind a named disease: the treatment of it begins."""

AFTER_INDICATION = re.compile(
    r"(?:病|症)?(?:的)?(?:患者|病人|患儿|患|术后|(?:的)?(?:治疗|预防)(?!无效|后好转))"
)
"""A disease by which the patient or the treatment is called."""

DRUG_GIVEN = re.compile(
    r"(?:用|服|给|输|停)药(?:后|期间|过程|当|第|约|\d)|(?:输注|滴注|注射|静滴|口服|服用|使用|应用|接种|给予|化疗)[^。;]{0,24}"
    r"(?:后|时|中|期间|过程)|出现|"
    r"\b(?:after (?:taking|receiving|starting|the)|developed|experienced|presented|tras|presentó)\b"
)
"""From here on the text tells of the reaction."""
