"""An invented release of any size in the MedDRA file layout, as a model that may be changed.

Names are invented, codes are 9xxxxxxx and 2999xxxx.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ABOVE = {"hlgt": "soc", "hlt": "hlgt", "pt": "hlt"}


@dataclass(frozen=True)
class Size:
    """How many terms of each level, SMQs, and rows of SMQs."""

    socs: int = 6
    hlgts: int = 24
    hlts: int = 80
    pts: int = 320
    llts: int = 1000
    smqs: int = 14
    smq_rows: int = 500


SMALL = Size()
REAL = Size(27, 337, 1739, 27361, 91082, 230, 98140)


@dataclass
class Draft:
    """A release that is being made: names and parents by level and code, and rows of SMQs.

    ``smqs``: name, level, is active, algorithm. ``rows``: kind, scope, category, weight, is active,
    by (SMQ, term).
    """

    version: str
    names: dict[str, dict[str, str]]
    up: dict[str, dict[str, list[str]]]
    primary: dict[str, str]
    llt_pt: dict[str, str]
    current: dict[str, bool]
    smqs: dict[str, list]
    rows: dict[tuple[str, str], list] = field(default_factory=dict)

    def routes(self, pt: str) -> dict[str, tuple[str, str]]:
        """The (HLT, HLGT) of a PT in each of its SOCs."""
        found: dict[str, tuple[str, str]] = {}
        for hlt in self.up["pt"][pt]:
            for soc, hlgt in self.hlt_routes(hlt).items():
                found.setdefault(soc, (hlt, hlgt))
        return found

    def hlt_routes(self, hlt: str) -> dict[str, str]:
        """The HLGT of an HLT in each of its SOCs."""
        found: dict[str, str] = {}
        for hlgt in self.up["hlt"][hlt]:
            for soc in self.up["hlgt"][hlgt]:
                found.setdefault(soc, hlgt)
        return found

    def parents(self, level: str, code: str) -> frozenset[str]:
        """What a term stands under."""
        if level == "llt":
            return frozenset([self.llt_pt[code]])
        return frozenset(self.up[level][code]) if level in ABOVE else frozenset()


# -- the old release -------------------------------------------------------------------------------


def base(size: Size, chance: random.Random, version: str) -> Draft:
    """A release of any size; its last SOC holds nothing but second paths."""
    codes = {
        "soc": [str(90000001 + i) for i in range(size.socs)],
        "hlgt": [str(91000001 + i) for i in range(size.hlgts)],
        "hlt": [str(91500001 + i) for i in range(size.hlts)],
        "pt": [str(92000001 + i) for i in range(size.pts)],
    }
    words = {"soc": "系统器官类", "hlgt": "高位组", "hlt": "高位语", "pt": "反应"}
    names = {
        level: {code: f"虚构{words[level]}{number}号" for number, code in enumerate(found)}
        for level, found in codes.items()
    }
    socs = codes["soc"][:-1]
    up: dict[str, dict[str, list[str]]] = {"hlgt": {}, "hlt": {}, "pt": {}}
    for number, code in enumerate(codes["hlgt"]):
        up["hlgt"][code] = [socs[number % len(socs)]]
        if chance.random() < 0.05:
            up["hlgt"][code].append(socs[(number + 1) % len(socs)])
    up["hlgt"][codes["hlgt"][0]].append(codes["soc"][-1])
    for number, code in enumerate(codes["hlt"]):
        up["hlt"][code] = [codes["hlgt"][number % size.hlgts]]
        if chance.random() < 0.01:
            up["hlt"][code].append(codes["hlgt"][(number + 1) % size.hlgts])
    for number, code in enumerate(codes["pt"]):
        up["pt"][code] = [codes["hlt"][number % size.hlts]]
        if chance.random() < 0.45:
            up["pt"][code].append(codes["hlt"][(number + 1) % size.hlts])
    draft = Draft(version, names, up, {}, {}, {}, {})
    for code in codes["pt"]:
        draft.primary[code] = chance.choice(
            [s for s in draft.routes(code) if s != codes["soc"][-1]]
        )
    names["llt"] = dict(names["pt"])
    draft.llt_pt = {code: code for code in codes["pt"]}
    for number in range(size.llts - size.pts):
        code = str(95000001 + number)
        draft.llt_pt[code] = chance.choice(codes["pt"])
        names["llt"][code] = f"虚构说法{number}样"
    draft.current = {code: code in names["pt"] or chance.random() > 0.1 for code in draft.llt_pt}
    _add_smqs(draft, size, chance)
    return draft


def _add_smqs(draft: Draft, size: Size, chance: random.Random) -> None:
    codes = [str(29990001 + i) for i in range(size.smqs)]
    for number, code in enumerate(codes):
        draft.smqs[code] = [f"虚构查询{number}（SMQ）", 1 if number % 3 else 2, True, "N"]
        if number % 3 == 0 and number:
            draft.rows[codes[number - 1], code] = ["0", "0", "S", "0", True]
    terms = {"4": list(draft.names["pt"]), "5": list(draft.llt_pt)}
    while len(draft.rows) < size.smq_rows:
        kind = chance.choice("45")
        key = (chance.choice(codes), chance.choice(terms[kind]))
        role = [chance.choice("12"), chance.choice("AAAB"), "0", chance.random() > 0.03]
        draft.rows.setdefault(key, [kind, *role])


# -- files -----------------------------------------------------------------------------------------


def files_of(draft: Draft, language: str = "Chinese") -> dict[str, bytes]:
    """The files of a release as delivered."""
    names, blank = draft.names, [""] * 7
    tables: dict[str, Iterable[list[str]]] = {
        "soc.asc": ([code, name, f"S{code[-3:]}", *blank] for code, name in names["soc"].items()),
        "hlgt.asc": ([code, name, *blank] for code, name in names["hlgt"].items()),
        "hlt.asc": ([code, name, *blank] for code, name in names["hlt"].items()),
        "pt.asc": ([c, name, "", draft.primary[c], *blank] for c, name in names["pt"].items()),
        "llt.asc": (
            [c, name, draft.llt_pt[c], *blank[:6], "Y" if draft.current[c] else "N", ""]
            for c, name in names["llt"].items()
        ),
        "soc_hlgt.asc": _links(draft, "hlgt"),
        "hlgt_hlt.asc": _links(draft, "hlt"),
        "hlt_pt.asc": _links(draft, "pt"),
        "mdhier.asc": _paths(draft),
        "intl_ord.asc": ([f"{i + 1:02d}", soc] for i, soc in enumerate(names["soc"])),
        "smq_list.asc": (
            [
                code,
                name,
                str(level),
                "虚构。",
                "我们。",
                "",
                draft.version,
                "A" if on else "I",
                algorithm,
            ]
            for code, (name, level, on, algorithm) in draft.smqs.items()
        ),
        "smq_content.asc": (
            [smq, term, kind, scope, category, weight, "A" if on else "I", "98.0", "98.0"]
            for (smq, term), (kind, scope, category, weight, on) in draft.rows.items()
        ),
    }
    rendered = {
        name: "".join("$".join(row) + "$\r\n" for row in rows).encode()
        for name, rows in tables.items()
    }
    return {**rendered, "meddra_release.asc": f"{draft.version}${language}$$$$".encode()}


def _links(draft: Draft, level: str) -> Iterator[list[str]]:
    for child, parents in draft.up[level].items():
        yield from ([parent, child] for parent in parents)


def _paths(draft: Draft) -> Iterator[list[str]]:
    names = draft.names
    for pt, name in names["pt"].items():
        primary = draft.primary[pt]
        for soc, (hlt, hlgt) in draft.routes(pt).items():
            above = [names["hlt"][hlt], names["hlgt"][hlgt], names["soc"][soc], f"S{soc[-3:]}"]
            flag = "Y" if soc == primary else "N"
            yield [pt, hlt, hlgt, soc, name, *above, "", primary, flag]


def write_release(draft: Draft, folder: Path, language: str = "Chinese") -> Path:
    """Write a release into a folder and give the folder back."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files_of(draft, language).items():
        (folder / name).write_bytes(data)
    return folder
