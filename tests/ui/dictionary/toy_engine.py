"""A stand-in for the engine process that answers for the dictionary: same lines, invented terms.

The search finds a text in names (both languages) and codes; with "fuzzy" it finds terms that share
a character. Texts of their own: "many" (130 hits), "broken" (an error), "(皮" (a problem in the query), "slow …"
(answers only once there is a file named as the flag and ".go").
"""

import json
import os
import sys
import time
from pathlib import Path

out = sys.stdout.buffer

SOCS = [("91000001", "皮肤病", "Skin disorders"), ("91000002", "免疫病", "Immune disorders"),
        ("91000003", "胃肠病", "Gastrointestinal disorders")]  # fmt: skip
HLGTS = [("92000001", "表皮反应", "91000001"), ("92000002", "过敏反应", "91000002"),
         ("92000003", "胃肠反应", "91000003"), ("92000004", "色素变化", "91000001")]  # fmt: skip
HLTS = [("93000001", "皮疹类", "92000001"), ("93000002", "过敏类", "92000002"),
        ("93000003", "呕吐类", "92000003"), ("93000004", "瘙痒类", "92000001")]  # fmt: skip
PTS = [
    ("90000001", "皮疹", "Rash", ["93000001", "93000002"]),
    ("90000002", "瘙痒", "Pruritus", ["93000004"]),
    ("90000003", "荨麻疹", "Urticaria", ["93000002", "93000001"]),
    ("90000004", "恶心", "Nausea", ["93000003"]),
    ("90000005", "Ｐ型皮疹", "Rash P", ["93000001"]),
]
LLTS = [
    ("90000001", "皮疹", "Rash", "90000001", True),
    ("95000001", "起疹子", "Skin rash", "90000001", True),
    ("95000002", "皮疹（旧名）", "Rash old", "90000001", False),
    ("90000002", "瘙痒", "Pruritus", "90000002", True),
    ("95000003", "身痒", "Itching", "90000002", True),
    ("90000003", "荨麻疹", "Urticaria", "90000003", True),
    ("90000004", "恶心", "Nausea", "90000004", True),
    ("90000005", "Ｐ型皮疹", "Rash P", "90000005", True),
]
PT_BY_CODE = {pt[0]: pt for pt in PTS}
SMQS = [
    {"code": "29990001", "name": "过敏性反应", "name2": "Allergic reactions", "narrow": True,
     "direct": True, "is_active": True},
    {"code": "29990002", "name": "重症皮肤反应", "name2": "", "narrow": False, "direct": False,
     "is_active": True},
]  # fmt: skip


def send(told: dict) -> None:
    out.write(json.dumps(told).encode() + b"\n")
    out.flush()


def row(level, code, name, name2="", children=0, current=True, primary=True) -> dict:
    return {
        "level": level, "code": code, "name": name, "name2": name2, "is_current": current,
        "child_count": children, "is_primary": primary,
    }  # fmt: skip


def soc_row(code):
    _code, name, name2 = next(soc for soc in SOCS if soc[0] == code)
    return row("soc", code, name, name2, sum(hlgt[2] == code for hlgt in HLGTS))


def hlgt_row(code):
    _code, name, _soc = next(hlgt for hlgt in HLGTS if hlgt[0] == code)
    return row("hlgt", code, name, "", sum(hlt[2] == code for hlt in HLTS))


def hlt_row(code):
    _code, name, _hlgt = next(hlt for hlt in HLTS if hlt[0] == code)
    return row("hlt", code, name, "", sum(code in pt[3] for pt in PTS))


def pt_row(code, primary=True, old=False):
    _code, name, name2, _hlts = PT_BY_CODE[code]
    count = sum(llt[3] == code and (old or llt[4]) for llt in LLTS)
    return row("pt", code, name, name2, count, True, primary)


def llt_row(llt, primary=True):
    return row("llt", llt[0], llt[1], llt[2], 0, llt[4], primary)


def parent(table, code):
    return next(entry[2] for entry in table if entry[0] == code)


def route_of_hlt(hlt):
    hlgt = parent(HLTS, hlt)
    return [parent(HLGTS, hlgt), hlgt, hlt]


def terms_below(route, old):
    if not route:
        return [soc_row(soc[0]) for soc in SOCS]
    code = route[-1]
    if len(route) == 1:
        return [hlgt_row(hlgt[0]) for hlgt in HLGTS if hlgt[2] == code]
    if len(route) == 2:
        return [hlt_row(hlt[0]) for hlt in HLTS if hlt[2] == code]
    if len(route) == 3:
        return [pt_row(pt[0], pt[3][0] == code, old) for pt in PTS if code in pt[3]]
    primary = PT_BY_CODE[code][3][0] == route[2]
    return [llt_row(llt, primary) for llt in LLTS if llt[3] == code and (old or llt[4])]


def pt_of(level, code):
    return code if level == "pt" else next((x[3] for x in LLTS if x[0] == code), "")


def route(params):
    level, code, old = params["level"], params["code"], params.get("shows_old", False)
    if level == "soc":
        way = [code]
    elif level == "hlgt":
        way = [parent(HLGTS, code), code]
    elif level == "hlt":
        way = route_of_hlt(code)
    else:
        pt = pt_of(level, code)
        if pt not in PT_BY_CODE:
            raise ValueError
        hlts = PT_BY_CODE[pt][3]
        wanted = params.get("hlt") or hlts[0]
        way = [*route_of_hlt(wanted), pt] + ([code] if level == "llt" else [])
    opened = way if level != "llt" else way[:-1]
    steps = [{"route": way[:n], "terms": terms_below(way[:n], old)} for n in range(len(opened) + 1)]
    return {"route": way, "steps": steps}


def card(params):
    level, code = params["level"], params["code"]
    told = {
        "pt": None, "paths": [], "parents": [], "children": [], "smqs": [], "history": [],
        "same_name": [],
    }  # fmt: skip
    if level in {"pt", "llt"}:
        pt = pt_of(level, code)
        if pt not in PT_BY_CODE:
            raise ValueError
        term = pt_row(pt)
        if level == "llt":
            llt = next(x for x in LLTS if x[0] == code)
            term, told["pt"] = llt_row(llt), pt_row(pt)
        else:
            told["children"] = terms_below(["", "", "", code], old=True)
            told["smqs"] = SMQS
            told["history"] = [{"version": "3.0", "level": "PT", "currency": "Y",
                                "action": "A", "name": term["name"]}]  # fmt: skip
            told["same_name"] = [llt_row(x) for x in LLTS if x[1] == term["name"]]
        for number, hlt in enumerate(PT_BY_CODE[pt][3]):
            soc, hlgt, _hlt = route_of_hlt(hlt)
            told["paths"].append({"soc": soc_row(soc), "hlgt": hlgt_row(hlgt),
                                  "hlt": hlt_row(hlt), "primary": number == 0})  # fmt: skip
    else:
        way = route({"level": level, "code": code})["route"]
        term = {"soc": soc_row, "hlgt": hlgt_row, "hlt": hlt_row}[level](code)
        told["children"] = terms_below(way, old=False)
        if level != "soc":
            above = {"hlgt": soc_row, "hlt": hlgt_row}[level]
            told["parents"] = [above(way[-2])]
    names = [{"language": "zh", "name": term["name"]}]
    if term["name2"]:
        names.append({"language": "en", "name": term["name2"]})
    return {**told, "term": term, "names": names, "child_total": len(told["children"])}


def everything(old):
    yield from ((soc_row(x[0]), "", "", x[1]) for x in SOCS)
    yield from ((pt_row(x[0]), "", "", soc_of(x[0])) for x in PTS)
    for llt in LLTS:
        if old or llt[4]:
            pt = llt[3]
            yield llt_row(llt), pt, PT_BY_CODE[pt][1], soc_of(pt)


def soc_of(pt):
    soc = route_of_hlt(PT_BY_CODE[pt][3][0])[0]
    return next(x[1] for x in SOCS if x[0] == soc)


def reason_of(text, term, match):
    """Why a term is found, and the name and characters it is found by."""
    if term["code"].startswith(text):
        return "code", "code", [[0, len(text)]]
    for field in ("name", "name2"):
        name = term[field].lower()
        at = name.find(text.lower())
        if at >= 0:
            kind = "exact" if name == text.lower() else "begins" if at == 0 else "contains"
            return kind, field, [[at, at + len(text)]]
    if match == "fuzzy" and set(text) & set(term["name"]):
        return "fuzzy", "name", []
    return "", "", []


def search(params):
    text, match = params["text"], params.get("match", "any")
    flag = Path(os.environ.get("M2M_TOY_FLAG", "") + ".go")
    while text.startswith("slow") and not flag.exists():
        time.sleep(0.01)
    if text == "broken":
        raise ValueError
    problem = "A bracket is not closed." if text.startswith("(") else ""
    text = text.strip("(").removeprefix("slow ")
    groups = {}
    for term, pt_code, pt_name, soc_name in everything(params.get("shows_old", False)):
        if params.get("levels") and term["level"] not in params["levels"]:
            continue
        if params.get("socs") and soc_name not in {x[1] for x in SOCS if x[0] in params["socs"]}:
            continue
        reason, field, spans = reason_of(text, term, match)
        if reason and match in {"any", "fuzzy", reason}:
            hit = {**term, "pt_code": pt_code, "pt_name": pt_name, "soc_name": soc_name,
                   "matched_in": field, "spans": spans}  # fmt: skip
            groups.setdefault(reason, []).append(hit)
    if text == "many":
        term = {"pt_code": "90000001", "pt_name": "皮疹", "matched_in": "name", "spans": []}
        groups["contains"] = [
            {**row("llt", f"96{n:06}", f"many {n}"), **term, "soc_name": "皮肤病"}
            for n in range(130)
        ]
    limit = params["limit"]
    told = [
        {"reason": reason, "total": len(groups[reason]), "hits": groups[reason][:limit]}
        for reason in ("code", "exact", "begins", "contains", "fuzzy")
        if reason in groups
    ]
    return {"groups": told, "total": sum(map(len, groups.values())), "query": text,
            "problem": problem}  # fmt: skip


def bin_import(params):
    if "missing" in params["path"]:
        raise ValueError
    return {
        "items": [pt_row("90000001"), llt_row(LLTS[4])],
        "bad": [
            {"row": 3, "text": "99999999", "reason": "This code is not in the dictionary."},
            {"row": 7, "text": "没有的名字", "reason": "This name is not in the dictionary."},
        ],
    }


def bin_export(params):
    Path(params["path"]).write_text(json.dumps(params["items"]), encoding="utf-8")
    return {"path": params["path"], "rows": len(params["items"])}


METHODS = {
    "dictionary_search": search,
    "dictionary_roots": lambda params: {"terms": terms_below([], old=False)},
    "dictionary_children": lambda params: {
        "terms": terms_below(params["route"], params.get("shows_old", False))
    },
    "dictionary_route": route,
    "dictionary_card": card,
    "dictionary_warm": lambda _params: {"ready": True, "done": 0, "total": 0},
    "bin_import": bin_import,
    "bin_export": bin_export,
}


def main() -> None:
    send({"ready": {"app_version": "0", "pid": os.getpid()}})
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        if "cancel" in asked:
            continue
        number = asked["id"]
        try:
            send({"id": number, "result": METHODS[asked["method"]](asked["params"])})
        except (ValueError, StopIteration):
            send({"id": number, "error": {"code": "M2M-207", "en": "No such term.",
                                          "zh": "没有这个术语。"}})  # fmt: skip
    os._exit(0)


if __name__ == "__main__":
    main()
