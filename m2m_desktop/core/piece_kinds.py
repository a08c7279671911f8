"""What a piece of a cell is: a reaction, or a drug, dose, date, outcome or negation set aside.

A piece is set aside only where all of its words are known to be no reaction; one word that is not
understood makes it a reaction. So nothing that was reported is left out by a guess.
"""

import re
from collections.abc import Collection

from m2m_desktop.core.pieces import PieceKind

LONGEST_STATED = 120
"""Longer pieces are prose: no drug, dose or date fills so much."""

_HANZI = r"\u3400-\u9fff"
_NUM_ONE = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半数几多]+)"
_NUM = rf"(?:{_NUM_ONE}(?:[-~至到]{_NUM_ONE})?)"
_TIME_UNIT = r"(?:秒钟?|分钟?|个?半?小时|天|日|周|个?月|年|min|h|d)"
_DURATION = rf"(?:大?约|近|第)?{_NUM}(?:余|多)?{_TIME_UNIT}(?:余|左右)?"
_THEN = r"(?:过程中|期间|当中|之后|以后|后|中|时|前|内)"
_COURSE = (
    r"(?:用药|服药|给药|输液|输注|注射|静脉滴注|静脉注射|静滴|静点|口服|滴注|化疗|治疗|停药|换药|"
    r"接种|使用|应用|服用|入院|术|(?:用|服|输)(?:该|本|此|上述)(?:药物|药品|药|液))"
)
# What never stands inside the name of a drug: the words of a report, and reactions.
_STOP = (
    r"后|出现|发生|引起|导致|诱发|伴|反应|过敏|皮疹|瘙痒|予|服用|使用|应用|停|改用|换用|因|患者|病人|误|吞|打|"
    r"性|综合|[,;:()]"
)
_REACTION_SIGN = (
    r"[疹痒痛晕吐泻肿胀咳喘寒烧麻慌闷悸血炎症斑]|高热|发热|休克|异常|升高|降低|减少|增多"
)
_ANY = rf"(?:(?!{_STOP})[{_HANZI}a-z0-9α-ω·%.-])"
_NAME = rf"(?:(?!{_STOP}|{_REACTION_SIGN})[{_HANZI}a-z·-])"
_CLOCK = (
    r"(?:次日|当[日天晚]|[今昨前][日天晨晚]|第[二三四五\d]+[天日周]|上午|下午|晚上|夜间|凌晨|早上|中午|"
    r"晨起|睡前)"
)
_DATE = "|".join(
    (
        r"(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}(?:日|号|(?!\d))",
        r"(?:19|20)\d{2}年(?:\d{1,2}月)?",
        r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
        r"\d{1,2}月\d{1,2}[日号]?",
        r"\d{1,2}:\d{2}(?::\d{2})?(?!\d)",
        r"\d{1,2}[时点](?:\d{1,2}分|半)?(?:许|左右)?",
        r"\d{1,2}号",
        rf"{_COURSE}(?:第{_NUM}(?:天|日|周|次)|{_DURATION}{_THEN}?|{_THEN}|当[天日])",
        rf"(?:持续|历时)?{_DURATION}(?:之?{_THEN})?",
        _CLOCK,
    )
)
_UNIT = (
    r"(?:毫克|微克|克|毫升|升|万?国际单位|万?单位|mg|mug|ug|mcg|ng|kg|g|ml|l|万?iu|万?u|mmol|meq|%|"
    r"片|粒|支|瓶|袋|丸|滴|喷|贴|枚|包|揿|吸)(?:/(?:kg|m2|次|日|天|d|h|min|片|支|粒|ml))*(?![a-z])"
)
_ROUTE = (
    r"静脉(?:滴注|注射|推注|泵入|给药|输注)|静[滴注推点]|微?泵入|肌肉注射|肌注|皮下注射|口服|"
    r"外[用敷涂]|滴[眼鼻耳]|含服|舌下|嚼服|顿服|鼻饲|冲服|雾化吸入|雾化|吸入|[餐饭]前|[餐饭]后|空腹|"
    r"(?<![a-z])(?:iv\.?gtt|iv\.?drip|ivd|ivp|iv|im|ih|po|sc)(?![a-z])\.?"
)
_DOSE = "|".join(
    (
        rf"(?:滴速)?{_NUM}(?:滴|gtt|ml|drops?)/(?:min|分钟?|h|小时)",
        rf"(?:每次|每晚|每早|每日|每天|一次|首剂|剂量|用量|总量)?{_NUM}{_UNIT}",
        rf"{_NUM}次/{_NUM}?(?:日|天|周|月|d|h|小时)",
        rf"每?[日天周月]{_NUM}次|每{_NUM}?(?:小时|[日天周月])(?:{_NUM}次)?|[1一][日天]{_NUM}次",
        rf"每[晚早晨次]|{_NUM}次(?!/)",
        r"(?<![a-z])(?:q\d*[hdnw]|qd|bid|tid|qid|qod|qn|hs|prn|st|ac|pc)(?![a-z])\.?",
        _ROUTE,
    )
)
_FORM = (
    r"(?:(?<![成大一小鳞光胸骨切涂碎斑阴刀断药])片|胶囊|注射液|注射剂|颗粒剂?(?!管型)|口服(?:溶?液|乳)|"
    r"口服混悬液|混悬液|滴[眼鼻耳]液|滴[丸剂]|溶液|糖浆|合剂|酊|软膏|乳膏|眼膏|贴膏|凝胶|栓剂|喷雾剂|"
    r"气雾剂|粉雾剂|吸入剂|贴剂|乳剂|冻干粉针?|粉针剂?|针剂|冲剂|(?<![睾])丸|洗液|搽剂|灌肠[剂液]|疫苗)"
)
_STEM = (
    r"头孢|西林|沙星|霉素|硝唑|康唑|培南|洛韦|他韦|韦林|地平|沙坦|普利|洛尔|他汀|拉唑|替丁|列汀|列净|"
    r"单抗|替尼|紫杉醇|[顺卡奈]铂|沙利铂|米松|泼尼松龙?|可的松|匹林|布洛芬|氨基酚|二甲双胍|格列[美齐吡]\w|"
    r"胰岛素|肝素|氯化[钠钾]|葡萄糖|生理盐水|雷他定|替利嗪|扑尔敏|苯那敏|肾上腺素|异丙嗪|青霉素|多巴胺"
)
_DRUG = "|".join(
    (
        rf"注射用(?!药){_NAME}{{2,16}}",
        rf"{_ANY}{{1,24}}?{_FORM}",
        rf"{_NAME}{{0,6}}?(?:{_STEM})(?:(?!滴)[{_HANZI}]{{0,4}}?[钠钾钙]|[肟啶拉嗪辛]\w?|[呋曲他哌克]"
        rf"[辛松啶酮洛肟]钠?)?",
        r"(?:cef|ceph)[a-z]+|[a-z]+(?:cillin|floxacin|mycin|statin|sartan|prazole|tinib|mab)(?![a-z])",
        r"批号:?[a-z0-9-]+|国药准字:?[a-z0-9]+",
    )
)
_TREATMENT = (
    r"(?:密切|继续|暂)?观察|(?:暂?未)(?:予|做|行|给予)?(?:特殊)?处理|未停药|停药|停用|停止(?:输[液注]|用药|使用|"
    r"服[药用]|滴注|注射)|减量|换药|拔针|更换(?:输液器|液体)|吸氧|补液|(?:相应|积极|有效|急救)?"
    r"(?:对症|支持|激素|抗炎|抗感染|抗组胺|营养|退热|保肝|[、,])*"
    r"(?:治疗|处理|处置)|抗过敏(?:治疗|处理)?|抗休克|[保护]肝|止吐|止泻|(?:物理)?降温|[冷热]敷|抢救|洗胃|平卧|"
    r"心肺复苏|(?:通知|报告)医[生师]|就[诊医]|住院|留观|(?:减慢|调慢|降低)(?:滴速|输液速度)"
)
_HOW = r"(?:明显|逐渐|基本|完全|有所|均|已|自行|稍|略|渐|较前|未见|未能|未再?|无|尚未|全部|大部分?|部分|迅速)*"
_ENDED = r"(?:好转|缓解|治愈|痊愈|自愈|消失|消退|减轻|恢复(?:正常)?|改善|愈合|清醒|转清)"
_OUTCOME = (
    r"(?:上述|以上|该|此|患者|所有)?(?:临床)?(?:症状|不适|不良反应|反应|体征|病情|情况|一般情况)"
    rf"(?:体征)?{_HOW}(?:{_ENDED}|平稳|稳定)"
    r"|(?:体温|血压|心率|血糖)(?:逐渐)?(?:回[升落降]|恢复)至?[\d./]+(?:mmhg|°c|次/分|mmol/l)?"
    r"|(?:(?:患者)?(?:生命体征|体温|血压|心率|脉搏|呼吸|血糖|[肝肾]功能?|血常规|各?项?指标|神志|复查),?)+"
    rf"{_HOW}(?:[降升转回]至?)?(?:恢复至?正常|正常|平稳|稳定|恢复|好转|改善)(?:范围|水平)?"
    rf"|(?:予以?|给予|[静肌][推滴注]|口服|服用|停用|使用|改用|换用){_ANY}{{1,20}}?后{_HOW}{_ENDED}"
    rf"|{_HOW}{_ENDED}|(?:有|无)后遗症|后遗症|未愈|不详|无变化|转归"
)
_FILLER = (
    r"患者|病人|患儿|于|在|因|予以|给予|予|给|使用|应用|服用|用药|首次|再次|联合|加入|加|溶于|稀释|后|时|的|"
    r"大?约|进行|开始|改用|换用|用|经|当即|遂|立即|及时|马上|即刻|并|同时|及|和|与|[ ,;:.+/x×()\[\]~-]"
)
_TOKEN = re.compile(
    rf"(?P<date>{_DATE})|(?P<outcome>{_OUTCOME})|(?P<dose>{_DOSE})|(?P<drug>{_DRUG})"
    rf"|(?P<treatment>{_TREATMENT})|(?P<filler>{_FILLER})"
)
_BY_WEIGHT = (
    ("outcome", PieceKind.OUTCOME),
    ("drug", PieceKind.DRUG),
    ("treatment", PieceKind.OUTCOME),
    ("dose", PieceKind.DOSE),
    ("date", PieceKind.DATE),
)
_ENDING = re.compile(rf"(.{{2,16}}?){_HOW}{_ENDED}")

_WHO_AND_WHERE = (
    rf"(?:{_DATE}|患者|病人|患儿|本人|家属|目前|现|暂|自[述诉]|主诉|诉|且|亦|均|也|其余|其他|余|期间|此次|查体|"
    r"体格检查|全身|皮肤(?:[黏粘]膜)?|[巩结黏粘]膜|口唇|眼睑|[双两]肺|[双左右][上下]肢|[上下四]肢|腹部|胸部|咽部|心前区|颈部?|面部|口腔|,|:)*"
)
# 无尿 is a reaction, and 无尿频 is the denial of one: what may follow decides.
_NOT_NEGATED = (
    r"力|尿(?![频急痛潴血路失道蛋量])|汗|精(?!神[异症障失改])|法|脉(?!管)|意(?!识[障模丧改不异])|效|"
    r"神(?![经志智])|创|[味嗅](?!觉[减障异改])|欲|色(?!素)|月经(?![紊失异过不改])|食欲(?![减不下异亢])|症状|"
    r"排卵|应答|反应|光感|痛性|名|牙(?![龈痛周髓])|乳(?![房腺头糜])|语(?!言)|助|望|感(?![染冒]|觉[异障减过迟])|"
    r"触觉(?![异障减])|胃口(?!差)|食(?![管道物欲])|知觉(?![异障减])|自主(?!神)|呼吸(?![困急道衰抑音窘系暂])|"
    r"心跳(?![加过不减])|搏动|动(?!脉)|晶体|睡意|眠|聊|休(?!克)|规律|性欲|虹膜|脑[畸儿回]|胆汁|粒细胞[症血]|"
    r"机|结石性|热惊厥|巨核|痛分娩|故|端|缘|菌|(?:明显)?(?:治疗效果|疗效|效果)|(?:明显)?(?:诱因|原因)"
)
# What is denied is a complaint or a finding. 没来得及, 无射精 and 没劲 deny none.
_DENIED = (
    r"[疹痒痛吐呕晕咳痰喘闷热寒肿麻泻哮悸慌抖颤昏癫痫]|恶心|[黄红]染|啰音|不适|不良|不舒服|异常|过敏|反应|困难|休克|"
    r"抽搐|惊厥|[发紫]绀|乏力|[腹胃]?胀|[充出咯便呕淤瘀]血|血[尿便]|潮红|红斑|瘀斑|皮损|水疱|溃疡|糜烂|破[溃损]|"
    r"渗[出液]|感染|障碍|模糊|症状|气[促短急]|憋|硬结|包块|杂音|便秘|黑便|黄疸|尿[频急]|衰竭|损[伤害]|失常|早搏|"
    r"[升增]高|[下降]降|减[少退]|增多|加重|反酸|嗳气|失眠|嗜睡|烦躁|焦虑|幻觉|耳鸣|复视|畏光|出汗|大汗|疼|炎|后遗症|"
    r"特殊|主诉|并发症|脱[屑水发]|腹水|积液|心律|意识[障模丧改不]|神志"
)
_DENIED_ENGLISH = (
    r"rash|itch|prurit|fever|chill|nausea|vomit|pain|ache|bleed|reaction|adverse|allerg|dyspn|cough|dizz|"
    r"symptom|swell|o?edema|complaint|evidence|abnormal|diarrh|shock|urticaria|discomfort|distress"
)
_NEGATED = re.compile(
    rf"{_WHO_AND_WHERE}(?:(?:[并尚]?无|没有|没(?!有)|未有)(?!{_NOT_NEGATED})(?:.{{0,12}}?(?:{_DENIED})|$)"
    r"|未(?:见|再?出现|发生|诉|发现|查见|触及|闻及|扪及|及(?!时)|伴|现)|并未(?:出现|发生|见)|不伴|无伴|否认|"
    rf"(?:no|denie[sd]|without) .{{0,20}}?(?:{_DENIED_ENGLISH}))"
)
_NOTHING_LEADING = re.compile(r"无(?:明显)?(?:诱因|原因)下?")
_TURN = re.compile(r"不伴.*的|但|却|仅|只有|突然|突发|后出现|继而|转为|而出现|诱因")
_ASSERTED = re.compile(r"有|但|却|仅|出现|伴|突")


def kind_of(normal: str, *, reported: Collection[str] = ()) -> PieceKind:
    """Tell what a normalised piece is by its own words.

    ``reported`` are the normalised reactions of the pieces before it: 皮疹消退 is the outcome of a
    皮疹 that was reported, and a reaction where none was.
    """
    if len(normal) > LONGEST_STATED:
        return PieceKind.REACTION
    classes: set[str | None] = set()
    place = 0
    while place < len(normal) and (match := _TOKEN.match(normal, place)):
        classes.add(match.lastgroup)
        place = match.end()
    if place == len(normal):
        return next((kind for name, kind in _BY_WEIGHT if name in classes), PieceKind.REACTION)
    ending = _ENDING.fullmatch(normal, place)
    if ending is not None and ending[1] in reported:
        return PieceKind.OUTCOME
    if _NOTHING_LEADING.fullmatch(normal):
        return PieceKind.NEGATED
    if _NEGATED.match(normal) and not _TURN.search(normal):
        return PieceKind.NEGATED
    return PieceKind.REACTION


def goes_on_negated(normal: str) -> bool:
    """Tell whether a piece listed after a negated one is negated too: 无恶心、呕吐, 无恶心、有头晕."""
    return _ASSERTED.match(normal) is None
