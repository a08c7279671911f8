"""A small invented release in the MedDRA file layout: 4 SOCs, 61 PTs, 157 LLTs, 3 SMQs.

Nothing in it is MedDRA: the names are made of invented words, all codes are 9xxxxxxx or 2999xxxx.

    SOC 90000001 ─ HLGT 90000011, 90000015 ...  each SOC two HLGTs, each HLGT two HLTs
    PT  90000101 .. 90000161                    91 is multi-axial with its primary path second
    LLT code = PT code for each PT's own; 90001xxx for the rest; 90001001 is not current
    90001002 and 90001003 share one name but belong to different PTs (a homograph)
"""

from collections.abc import Mapping
from pathlib import Path

Rows = list[list[str]]
Tables = dict[str, Rows]

SOC_COUNT, HLGT_COUNT, HLT_COUNT, PT_COUNT, LLT_COUNT = 4, 8, 16, 61, 157
MULTI_AXIAL_PT = "90000102"
NOT_CURRENT_LLT = "90001001"
HOMOGRAPHS = ("90001002", "90001003")
QUOTED_LLT = "90001004"
NO_FINAL_DOLLAR = ("meddra_history", "_j.asc")

_STEMS = {
    "English": ["Zorblax", "Quimble", "Vantrel", "Oskern", "Plimsy", "Drovane", "Tesk", "Umbrel"],
    "Chinese": ["左布", "奎姆", "凡特", "奥肯", "普林", "德罗", "特斯", "翁布"],
    "Spanish": ["Zórblax", "Quimblé", "Vañtrel", "Ósquern", "Plímsy", "Drováñe", "Tésk", "Úmbrel"],
    "Japanese": ["ゾルブ", "クインブ", "ヴァン", "オスケ", "プリム", "ドロワ", "テスク", "ウンブ"],
}
_SITES = {
    "English": ["upper", "lower", "inner", "outer", "left", "right", "deep", "mild"],
    "Chinese": ["上部", "下部", "内侧", "外侧", "左侧", "右侧", "深部", "轻度"],
    "Spanish": [
        "superior",
        "inferior",
        "interno",
        "externó",
        "izquierdo",
        "derecho",
        "hondo",
        "leve",
    ],
    "Japanese": ["上部", "下部", "内側", "外側", "左側", "右側", "深部", "軽度"],
}
_ENDS = {
    "English": {"pt": "itis", "hlt": " inflammations", "hlgt": " disorders", "soc": " organ class"},
    "Chinese": {"pt": "炎", "hlt": "炎症", "hlgt": "疾病", "soc": "器官类"},
    "Spanish": {"pt": "ción", "hlt": " inflamación", "hlgt": " trastornó", "soc": " órgano"},
    "Japanese": {"pt": "炎", "hlt": "炎症", "hlgt": "障害", "soc": "器官類"},
}
_VARIANTS = {"English": " acute", "Chinese": "急性", "Spanish": " agudó", "Japanese": "急性"}


def _name(language: str, kind: str, number: int) -> str:
    stems, sites = _STEMS[language], _SITES[language]
    gap = " " if language in ("English", "Spanish") else ""
    site = sites[(number // 8) % 8]
    return f"{stems[number % 8]}{gap}{site}{gap}{_ENDS[language][kind].strip()}"


def _pt_code(number: int) -> str:
    return str(90000101 + number)


def toy_tables(
    language: str = "Chinese", *, version: str = "99.0", is_cyclic: bool = False
) -> Tables:
    """Give the rows of every file, without the final empty field."""
    socs = [[str(90000001 + i), _name(language, "soc", i), f"S{i}&"] for i in range(SOC_COUNT)]
    hlgts = [[str(90000011 + i), _name(language, "hlgt", i)] for i in range(HLGT_COUNT)]
    hlts = [[str(90000031 + i), _name(language, "hlt", i)] for i in range(HLT_COUNT)]
    pts = [[_pt_code(i), _name(language, "pt", i)] for i in range(PT_COUNT)]
    routes = {i: [(i % HLT_COUNT, i % HLGT_COUNT, i % SOC_COUNT)] for i in range(PT_COUNT)}
    # The multi-axial PT: its first row in mdhier.asc is not its primary path.
    routes[1] = [(2, 2, 2), (1, 1, 1)]
    primary = {pt: found[-1] for pt, found in routes.items()}
    paths: Rows = []
    for pt, found in routes.items():
        for hlt, hlgt, soc in found:
            flag = "Y" if (hlt, hlgt, soc) == primary[pt] else "N"
            codes = [pts[pt][0], hlts[hlt][0], hlgts[hlgt][0], socs[soc][0]]
            names = [pts[pt][1], hlts[hlt][1], hlgts[hlgt][1], *socs[soc][1:]]
            paths.append([*codes, *names, "", socs[primary[pt][2]][0], flag])
    blank = [""] * 7
    llts = [[code, name, code, *blank[:6], "Y", ""] for code, name in pts]
    for number in range(LLT_COUNT - PT_COUNT):
        code = str(90001001 + number)
        owner, name = pts[number % PT_COUNT]
        text = f"{name}{_VARIANTS[language]} {number}"
        if code in HOMOGRAPHS:
            text = f"{pts[0][1]}{_VARIANTS[language]}"
        if code == QUOTED_LLT:
            text = f'"{name} never closed'
        flag = "N" if code == NOT_CURRENT_LLT else "Y"
        llts.append([code, text, owner, *blank[:6], flag, ""])
    smq_word = "（SMQ）" if language in ("Chinese", "Japanese") else " (SMQ)"
    smqs = [
        [
            *(str(29990001 + i), _STEMS[language][i] + smq_word, str(i + 1)),
            *('Invented "text".', "Us.", "", version, "A", "A or (B and C)" if i == 2 else "N"),
        ]
        for i in range(3)
    ]
    old = ["98.0", "98.0"]
    content = [
        ["29990001", "29990002", "0", "0", "S", "0", "A", *old],
        ["29990001", _pt_code(0), "4", "2", "A", "0", "A", *old],
        ["29990001", "90001005", "5", "1", "A", "0", "A", *old],
        ["29990001", _pt_code(5), "4", "1", "A", "0", "I", *old],
        ["29990002", "29990003", "0", "0", "S", "0", "A", *old],
        ["29990002", _pt_code(1), "4", "1", "A", "0", "A", *old],
        ["29990003", _pt_code(2), "4", "2", "B", "3", "A", *old],
    ]
    if is_cyclic:
        content.append(["29990003", "29990001", "0", "0", "S", "0", "A", *old])
    history = [
        [_pt_code(0), pts[0][1], "98.0", "PT", "", "A"],
        [NOT_CURRENT_LLT, pts[0][1] + " 0", "98.0", "LLT", "Y", "A"],
        [
            NOT_CURRENT_LLT,
            pts[0][1] + " 0",
            "99.0" if version >= "99.0" else version,
            "LLT",
            "N",
            "U",
        ],
    ]
    return {
        "soc.asc": [[*soc, *blank] for soc in socs],
        "hlgt.asc": [[*hlgt, *blank] for hlgt in hlgts],
        "hlt.asc": [[*hlt, *blank] for hlt in hlts],
        "pt.asc": [[c, n, "", socs[primary[i][2]][0], *blank] for i, (c, n) in enumerate(pts)],
        "llt.asc": llts,
        "soc_hlgt.asc": _links(paths, 3, 2),
        "hlgt_hlt.asc": _links(paths, 2, 1),
        "hlt_pt.asc": _links(paths, 1, 0),
        "mdhier.asc": paths,
        # The international order is the file order backwards.
        "intl_ord.asc": [[f"{i + 1:02d}", soc[0]] for i, soc in enumerate(reversed(socs))],
        "smq_list.asc": smqs,
        "smq_content.asc": content,
        "meddra_release.asc": [[version, language, "", "", ""]],
        f"meddra_history_{language.lower()}.asc": history,
    }


def _links(paths: Rows, above: int, below: int) -> Rows:
    return [list(pair) for pair in sorted({(path[above], path[below]) for path in paths})]


def render(name: str, rows: Rows, *, line_end: str = "\r\n") -> str:
    """Give a file's text as delivered: a final `$` where the real file has one."""
    if not rows:
        return ""
    end = "" if any(mark in name for mark in NO_FINAL_DOLLAR) else "$"
    text = "".join("$".join(row) + end + line_end for row in rows)
    return text.removesuffix(line_end) if name == "meddra_release.asc" else text


def render_all(
    tables: Mapping[str, Rows],
    *,
    encoding: str = "utf-8",
    line_end: str = "\r\n",
    has_bom: bool = False,
    has_last_line_end: bool = True,
) -> dict[str, bytes]:
    """Give the bytes of every file."""
    files: dict[str, bytes] = {}
    for name, rows in tables.items():
        text = render(name, rows, line_end=line_end)
        if not has_last_line_end:
            text = text.removesuffix(line_end)
        files[name] = (b"\xef\xbb\xbf" if has_bom else b"") + text.encode(encoding)
    return files


def toy_files(
    language: str = "Chinese",
    *,
    version: str = "99.0",
    encoding: str = "utf-8",
    line_end: str = "\r\n",
    has_bom: bool = False,
    has_last_line_end: bool = True,
    is_cyclic: bool = False,
) -> dict[str, bytes]:
    """Give the bytes of every file of a toy release."""
    return render_all(
        toy_tables(language, version=version, is_cyclic=is_cyclic),
        encoding=encoding,
        line_end=line_end,
        has_bom=has_bom,
        has_last_line_end=has_last_line_end,
    )


def japanese_files(encoding: str = "cp932") -> dict[str, bytes]:
    """A Japanese package: English files plus ``*_j.asc``; the last LLT has no Japanese name."""
    english, japanese = toy_tables("English"), toy_tables("Japanese")
    tables: Tables = {}
    for level in ("soc", "hlgt", "hlt", "pt"):
        extra = ["1"] if level == "soc" else []
        tables[f"{level}_j.asc"] = [
            [row[0], row[1], *extra, "ｶﾅ", "カナ", "かな"] for row in japanese[f"{level}.asc"]
        ]
    tables["llt_j.asc"] = [
        [row[0], row[1], "Y", "ｶﾅ", "カナ", "かな"] for row in japanese["llt.asc"][:-1]
    ]
    tables["smq_list_j.asc"] = [
        [row[0], row[1], "試験用の説明。"] for row in japanese["smq_list.asc"]
    ]
    english["meddra_release.asc"] = [["99.0", "Japanese", "", "", ""]]
    return {**render_all(english), **render_all(tables, encoding=encoding)}


def write_folder(files: Mapping[str, bytes], folder: Path, *, is_upper_case: bool = False) -> Path:
    """Write files into a folder, made where needed, and give it back."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / (name.upper() if is_upper_case else name)).write_bytes(data)
    return folder


def write_toy_release(folder: Path, language: str = "Chinese", **options: object) -> Path:
    """Write a toy release into a folder; options as in `toy_files`."""
    return write_folder(toy_files(language, **options), folder)  # type: ignore[arg-type]
