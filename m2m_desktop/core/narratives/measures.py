"""Measured values that are said to have changed: 血小板明显下降, ALT 升高."""

import re
from collections.abc import Iterator

from m2m_desktop.core.narratives.folding import cuts_word
from m2m_desktop.core.narratives.records import Span

_MEASURE = (
    r"(?:白细胞|红细胞|血小板|血红蛋白|中性粒细胞|粒细胞|淋巴细胞|嗜酸性?粒细胞|单核细胞|网织红细胞|"
    r"丙氨酸氨基转移酶|天门?冬氨酸氨基转移酶|谷丙转氨酶|谷草转氨酶|转氨酶|总胆红素|直接胆红素|胆红素|碱性磷酸酶|"
    r"谷氨酰转肽酶|谷氨酰转移酶|肝酶|肌酸激酶|肌酸磷酸激酶|乳酸脱氢酶|心肌酶谱?|肌钙蛋白I?|血淀粉酶|淀粉酶|脂肪酶|"
    r"血肌酐|肌酐|尿素氮|血尿酸|尿酸|肾小球滤过率|血钾|血钠|血钙|血镁|血磷|血氯|血糖|空腹血糖|餐后血糖|糖化血红蛋白|"
    r"甘油三酯|胆固醇|血脂|白蛋白|总蛋白|血氨|乳酸|C-?反应蛋白|降钙素原|血沉|凝血酶原时间|活化部分凝血活酶时间|"
    r"纤维蛋白原|国际标准化比值|D-?二聚体|促甲状腺激素|血压|收缩压|舒张压|心率|脉搏|呼吸频率|体温|体重|"
    r"血氧饱和度|氧饱和度|指脉氧|血药浓度|射血分数|QTc?间期|PR间期|眼压|尿量|尿蛋白|粪便?潜血|大便潜血|"
    r"(?<![A-Za-z])(?:ALT|AST|GGT|ALP|TBIL|DBIL|WBC|PLT|HGB|Hb|NEUT|CK(?:-MB)?|LDH|CRP|PCT|INR|APTT|PT|Cr|Scr|"
    r"BUN|UA|TSH|SpO2|eGFR|BNP|NT-proBNP|QTc?)(?![A-Za-z]))"
)
_OF = r"(?:绝对值|计数|水平|指标|数值|数目|总数|浓度|定量|值|数)?"
_HOW = r"(?:(?:较前|明显|显著|轻度|中度|重度|轻微|进行性|急剧|逐渐|持续|稍|略|均|呈|突然|有所|迅速|偶|反复|再次|偏|异常)\s?)*"
_CHANGE = (
    r"(?:升高|增高|增加|上升|升(?=[至到])|下降|降低|减低|减少|降(?=[至到])|偏高|偏低|高(?=[至到达])|"
    r"增快|加快|减慢|延长|缩短|异常|不齐|阳性|波动|↑+|↓+)"
)
_CHANGED = re.compile(
    rf"{_MEASURE}{_OF}(?:\([A-Za-z-]{{1,8}}\)|（[A-Za-z-]{{1,8}}）)?\s?{_HOW}{_CHANGE}"
)


def changed_measures(text: str) -> Iterator[Span]:
    """Give where a measure and the direction of its change stand together, without the value."""
    for match in _CHANGED.finditer(text):
        if not cuts_word(text, match.start()):
            yield match.span()
