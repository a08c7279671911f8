"""A release of real size with invented names: ``python -m tests.toy.big_release DIR [--seed N]``.

Exactly 27 SOCs, 337 HLGTs, 1,739 HLTs, 27,361 PTs, 91,082 LLTs (9,363 not current), 42,530 paths,
230 SMQs, 98,140 SMQ rows, and a history. Every name holds an invented syllable, every code is
9xxxxxxx (SMQs 2999xxxx): nothing here is MedDRA.
"""

import argparse
import random
from collections.abc import Iterable
from pathlib import Path

SOCS, HLGTS, HLTS, PTS, LLTS, NOT_CURRENT = 27, 337, 1739, 27361, 91082, 9363
PATHS, SMQS, SMQ_ROWS, HISTORY_ROWS = 42530, 230, 98140, 120000
SOC_LINKS, HLGT_LINKS = 354, 1757
VERSION = "99.0"


def _words(text: str) -> list[str]:
    return text.split()


_DEMO = Path(__file__).parents[2] / "resources" / "demo" / "chinese" / "llt.asc"


def _invented_syllables(count: int = 6000) -> list[str]:
    """Pairs of characters thrown together at random from all the demo dictionary has (some 2,000).

    Real Chinese names spread over as many characters; a handful of syllables would make every
    search touch every name.
    """
    characters = sorted({c for c in _DEMO.read_text(encoding="utf-8") if "一" <= c <= "鿿"})
    chance = random.Random(0)
    return ["".join(chance.sample(characters, 2)) for _ in range(count)]


_INVENTED = _invented_syllables()
_SITES = _words(
    "上肢 下肢 皮肤 胃 肠道 肝脏 肾脏 心脏 肺部 气管 食管 口腔 舌 牙龈 眼睑 "
    "结膜 角膜 视网膜 鼓膜 鼻腔 咽喉 颈部 胸壁 腹壁 脊柱 关节 肌肉 肌腱 骨骼 "
    "骨髓 血管 静脉 动脉 淋巴结 甲状腺 胰腺 胆囊 脾脏 膀胱 尿道 前列腺 卵巢 子宫 "
    "乳腺 胎盘 毛囊 指甲 神经 脑膜 小脑 垂体 肾上腺"
)
_QUALITIES = _words(
    "急性 慢性 复发性 进行性 局限性 弥漫性 双侧 单侧 先天性 获得性 药物性 感染性 "
    "过敏性 免疫性 代谢性 缺血性 出血性 坏死性 溃疡性 增生性 萎缩性 特发性 继发性 "
    "周期性 夜间 运动后 轻度 重度 早发性 迟发性"
)
_FINDINGS = _words(
    "炎 痛 肿胀 出血 水肿 溃疡 坏死 纤维化 硬化 狭窄 阻塞 破裂 穿孔 萎缩 肥大 "
    "增生 结节 囊肿 脓肿 瘘 疹 瘙痒 麻木 无力 震颤 痉挛 功能障碍 功能不全 衰竭 "
    "畸形 钙化 色素沉着 感染 积液 粘连 异常 升高 降低 缺乏 肿瘤"
)
_TAILS = ["NOS", "（未特指）", "伴发热", "加重", "复发", "不适", "样改变", "Ⅱ型", "50％", "综合征"]


class _Namer:
    """Makes names that do not repeat, of roughly the length of real ones."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._used: set[str] = set()

    def name(self) -> str:
        while True:
            chance = self._chance
            parts = [chance.choice(_INVENTED), chance.choice(_SITES), chance.choice(_FINDINGS)]
            if chance.random() < 0.25:
                parts.insert(0, chance.choice(_QUALITIES))
            if self.is_new("".join(parts)):
                return "".join(parts)

    def variant(self, name: str) -> str:
        """Another wording of a term; now and then long, quoted or left in English."""
        while True:
            chance, kind = self._chance, self._chance.random()
            if kind < 0.02:
                text = f'"{name}" {chance.choice(_TAILS)}'
            elif kind < 0.03:
                text = f"Zorblax {chance.randrange(10**6)} disorder"
            elif kind < 0.3:
                text = name + chance.choice(_TAILS)
            elif kind < 0.5:
                text = chance.choice(_QUALITIES) + name
            elif kind < 0.95:
                text = chance.choice(_INVENTED) + name[-4:]
            else:
                text = self.name() + "，" + name
            if self.is_new(text):
                return text

    def is_new(self, text: str) -> bool:
        if text in self._used:
            return False
        self._used.add(text)
        return True


def _code(base: int, number: int) -> str:
    return str(base + number)


def write_big_release(folder: Path, *, seed: int = 1, language: str = "Chinese") -> Path:
    """Write the release into ``folder`` and give the folder back."""
    chance = random.Random(seed)
    namer = _Namer(chance)
    socs = [(_code(90000001, i), namer.name() + "类疾病", f"S{i:02d}") for i in range(SOCS)]
    hlgts = [(_code(91000001, i), namer.name() + "组") for i in range(HLGTS)]
    hlts = [(_code(91500001, i), namer.name() + "（不另分类）") for i in range(HLTS)]
    pts = [(_code(92000001, i), namer.name()) for i in range(PTS)]
    soc_of = [i % SOCS for i in range(HLGTS)]
    hlgt_of = [i % HLGTS for i in range(HLTS)]
    soc_links = [(soc_of[g], g) for g in range(HLGTS)]
    soc_links += [((soc_of[g] + 5) % SOCS, g) for g in range(SOC_LINKS - HLGTS)]
    hlgt_links = [(hlgt_of[t], t) for t in range(HLTS)]
    hlgt_links += [((hlgt_of[t] + 3) % HLGTS, t) for t in range(900, 900 + HLGT_LINKS - HLTS)]
    paths, hlt_links, primary = _paths(chance, soc_links, hlgt_links)

    folder.mkdir(parents=True, exist_ok=True)

    def write(name: str, rows: Iterable[tuple[str, ...]], end: str = "$\r\n") -> None:
        text = "".join("$".join(row) + end for row in rows)
        (folder / name).write_bytes(text.encode("utf-8"))

    blank = ("",) * 7
    write("soc.asc", ((*soc, *blank) for soc in socs))
    write("hlgt.asc", ((*hlgt, *blank) for hlgt in hlgts))
    write("hlt.asc", ((*hlt, *blank) for hlt in hlts))
    write(
        "pt.asc",
        ((*pt, "", socs[primary[i]][0], *blank) for i, pt in enumerate(pts)),
    )
    llts = _llts(chance, namer, pts)
    write("llt.asc", ((c, n, p, *blank[:6], y, "") for c, n, p, y in llts))
    write("soc_hlgt.asc", ((socs[a][0], hlgts[b][0]) for a, b in sorted(soc_links)))
    write("hlgt_hlt.asc", ((hlgts[a][0], hlts[b][0]) for a, b in sorted(hlgt_links)))
    write("hlt_pt.asc", ((hlts[a][0], pts[b][0]) for a, b in sorted(hlt_links)))
    write("intl_ord.asc", ((f"{i + 1:02d}", soc[0]) for i, soc in enumerate(socs)))
    write(
        "mdhier.asc",
        (
            (
                *(pts[p][0], hlts[t][0], hlgts[g][0], socs[s][0]),
                *(pts[p][1], hlts[t][1], hlgts[g][1], *socs[s][1:]),
                *("", socs[primary[p]][0], "Y" if is_primary else "N"),
            )
            for p, t, g, s, is_primary in paths
        ),
    )
    _write_smqs(chance, namer, pts, llts, write)
    write("meddra_release.asc", [(VERSION, language, "", "", "")], end="$")
    history = (
        (c, n, f"{90 + i % 10}.{i % 2}", "LLT", y, "A" if i < LLTS else "U")
        for i, (c, n, _, y) in ((i, llts[i % LLTS]) for i in range(HISTORY_ROWS))
        if (90 + i % 10, i % 2) <= (99, 0)
    )
    write(f"meddra_history_{language.lower()}.asc", history, end="\r\n")
    return folder


def _paths(
    chance: random.Random, soc_links: list[tuple[int, int]], hlgt_links: list[tuple[int, int]]
) -> tuple[list[tuple[int, int, int, int, bool]], list[tuple[int, int]], list[int]]:
    """Routes of each PT: every route of each of its HLTs, one a SOC, exactly PATHS in all."""
    socs_of: dict[int, list[int]] = {}
    for soc, hlgt in soc_links:
        socs_of.setdefault(hlgt, []).append(soc)
    routes: dict[int, list[tuple[int, int]]] = {}
    for hlgt, hlt in hlgt_links:
        routes.setdefault(hlt, []).extend((hlgt, soc) for soc in socs_of[hlgt])
    plain = [hlt for hlt, found in routes.items() if len(found) == 1]
    usable = [hlt for hlt, found in routes.items() if len({soc for _, soc in found}) == len(found)]
    assert {hlgt for hlt in usable for hlgt, _ in routes[hlt]} == set(range(HLGTS))
    chosen: list[list[int]] = [[usable[i % len(usable)]] for i in range(PTS)]
    count = sum(len(routes[hlts[0]]) for hlts in chosen)
    while count < PATHS:
        pt = chance.randrange(PTS)
        hlt = chance.choice(usable if PATHS - count > 4 else plain)
        taken = {soc for own in chosen[pt] for _, soc in routes[own]}
        if taken.isdisjoint(soc for _, soc in routes[hlt]) and count + len(routes[hlt]) <= PATHS:
            chosen[pt].append(hlt)
            count += len(routes[hlt])
    rows: list[tuple[int, int, int, int, bool]] = []
    primary: list[int] = []
    for pt, own in enumerate(chosen):
        found = [(pt, hlt, hlgt, soc) for hlt in own for hlgt, soc in routes[hlt]]
        at = chance.randrange(len(found))
        primary.append(found[at][3])
        rows.extend((*route, number == at) for number, route in enumerate(found))
    return rows, [(hlt, pt) for pt, own in enumerate(chosen) for hlt in own], primary


def _llts(
    chance: random.Random, namer: _Namer, pts: list[tuple[str, str]]
) -> list[tuple[str, str, str, str]]:
    """Each PT's own LLT and further ones, skewed: a few PTs have many."""
    llts = [(code, name, code, "Y") for code, name in pts]
    extra = LLTS - PTS
    owners = [0] * 150 + [
        min(int(chance.random() ** 1.7 * PTS), PTS - 1) for _ in range(extra - 150)
    ]
    not_current = set(chance.sample(range(extra), NOT_CURRENT))
    last = ""
    for number, owner in enumerate(owners):
        code, name = pts[owner]
        last = last if last and chance.random() < 0.03 else namer.variant(name)
        llts.append((_code(95000001, number), last, code, "N" if number in not_current else "Y"))
    chance.shuffle(llts)
    return llts


def _write_smqs(chance, namer, pts, llts, write) -> None:  # type: ignore[no-untyped-def]
    smqs = [(_code(29990001, i), namer.name() + "（SMQ）") for i in range(SMQS)]
    levels = [1 if i < 130 else 2 + (i - 130) % 4 for i in range(SMQS)]
    write(
        "smq_list.asc",
        (
            (
                *(code, name, str(level), "“invented” description; " * 40, "Invented source."),
                *("", VERSION, "A", "A or (B and C)" if i % 23 == 0 else "N"),
            )
            for i, ((code, name), level) in enumerate(zip(smqs, levels, strict=True))
        ),
    )
    rows: list[tuple[str, ...]] = []
    for child, level in enumerate(levels):
        if level > 1:
            above = [i for i in range(child) if levels[i] == level - 1]
            parent = smqs[chance.choice(above)][0]
            rows.append((parent, smqs[child][0], "0", "0", "S", "0", "A", "98.0", "98.0"))
    while len(rows) < SMQ_ROWS:
        code = smqs[int(chance.random() ** 2 * SMQS)][0]
        is_pt = chance.random() < 0.25
        term = chance.choice(pts)[0] if is_pt else chance.choice(llts)[0]
        scope, status = chance.choice("112"), "I" if chance.random() < 0.03 else "A"
        kind = "4" if is_pt else "5"
        rows.append((code, term, kind, scope, chance.choice("AAAB"), "0", status, "98.0", VERSION))
    write("smq_content.asc", rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", default="Chinese")
    arguments = parser.parse_args()
    print(write_big_release(arguments.folder, seed=arguments.seed, language=arguments.language))


if __name__ == "__main__":
    main()
