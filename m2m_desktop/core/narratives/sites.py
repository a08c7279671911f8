"""Body sites that stand before a symptom and belong to its name: 双下肢水肿, 面颈部潮红."""

import re
from collections.abc import Sequence
from dataclasses import replace

from m2m_desktop.core.narratives.records import FoundSpan

_SIDE = r"(?:[左右双两]侧?|一侧|单侧|对侧|局部|患)"
_PLACE = (
    r"(?:全身多处|全身|周身|遍身|躯干部?|四肢|肢体|颜面部?|面颊部?|面颈部?|面部|脸部?|头面部?|头皮|头颈部?|"
    r"头颅?部?|额部?|眼睑|眼部|眼周|结膜|眼|耳部?|鼻腔?|口唇|嘴唇|唇部?|口周|口腔黏膜|口腔|舌部?|牙龈|咽喉部?|"
    r"咽部?|喉头|喉部?|颈部?|颈肩部?|肩部?|肩背部?|前胸部?|胸背部?|胸前区?|心前区|胸骨后|胸壁|胸腹部?|胸部?|"
    r"腰背部?|后背|背部?|腰部?|腰骶部?|上腹部?|下腹部?|中上腹部?|剑突下|脐周|腹部|腹|右上腹部?|左下腹部?|"
    r"臀部?|会阴部?|外阴部?|肛周|肛门|腹股沟|腋下|上肢|下肢|上臂|前臂|手臂|手背|手掌|手部|手足|手指|手|"
    r"大腿|小腿|大小腿|膝关节|踝关节|踝部?|髋部?|膝部?|足背|足底|足部?|脚踝|脚|足趾|指端|指尖|关节|肌肉|皮肤|"
    r"穿刺点|穿刺处|穿刺部位|注射部位|注射处|输液部位|输注部位|输液侧?手臂|留置针处|针眼处|静脉|牙|肝区|肾区)"
)
_BEFORE = re.compile(
    rf"(?:{_SIDE}?(?:{_PLACE})(?:处|皮肤|黏膜)?(?:[及和、](?={_PLACE}))?)+$|(?:双侧?|[左右单]侧|两侧)$"
)
_LONGEST = 16


def with_site(text: str, spans: Sequence[FoundSpan]) -> list[FoundSpan]:
    """Let each span begin at the body sites that stand directly before it."""
    found: list[FoundSpan] = []
    free_from = 0
    for span in spans:
        low = max(free_from, span.start - _LONGEST)
        before = _BEFORE.search(text[low : span.start])
        found.append(replace(span, start=low + before.start()) if before else span)
        free_from = span.end
    return found
