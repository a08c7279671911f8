"""A stand-in for the engine process: SMQs and analyses as the contract has them, of invented terms.

What it was asked with lies, one JSON object a line, in the file named by M2M_TOY_LOG. A list with the
line "broken" is an error, one with "slow" is answered when it is called off.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

lock = threading.Lock()
cancelled: set[int] = set()


def send(told: dict) -> None:
    with lock:
        sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
        sys.stdout.buffer.flush()


# -- SMQs ------------------------------------------------------------------------------------------


def smq(code, name, name2, level, parents=(), children=(), algorithm="", active=True):
    return {
        "code": code,
        "name": name,
        "name2": name2,
        "level": level,
        "is_active": active,
        "algorithm": algorithm,
        "parents": list(parents),
        "children": list(children),
        "member_count": 4,
    }


SMQS = [
    smq("20000001", "肝损害（玩具SMQ）", "Liver damage (toy SMQ)", 1, children=["20000003"]),
    smq("20000002", "皮肤反应（玩具SMQ）", "Skin reactions (toy SMQ)", 1, children=["20000003"]),
    smq(
        "20000003", "过敏样反应（玩具SMQ）", "Allergy-like (toy SMQ)", 2,
        ["20000001", "20000002"], algorithm="A or (B and C)",
    ),
    smq("20000004", "旧查询（玩具SMQ）", "Old query (toy SMQ)", 1, active=False),
]  # fmt: skip
BY_CODE = {row["code"]: row for row in SMQS}


def member(level, code, name, name2, narrow, category, via, weight=0, current=True):
    return {
        "level": level,
        "code": code,
        "name": name,
        "name2": name2,
        "is_narrow": narrow,
        "category": category,
        "weight": weight,
        "via_code": via,
        "via_name": BY_CODE[via]["name"],
        "is_current": current,
        "pt_code": code,
    }


MEMBERS = {
    "20000001": [
        member("pt", "90000010", "肝损伤", "Liver injury", True, "A", "20000001"),
        member("llt", "94000011", "肝坏了", "Liver bad", True, "A", "20000001", current=False),
        member("pt", "90000012", "黄疸", "Jaundice", False, "A", "20000001"),
    ],
    "20000002": [
        member("pt", "90000001", "皮疹", "Rash", False, "A", "20000002"),
    ],
    "20000003": [
        member("pt", "90000020", "过敏性休克", "Anaphylactic shock", True, "A", "20000003", 5),
        member("pt", "90000002", "瘙痒", "Pruritus", False, "B", "20000003", 2),
        member("pt", "90000021", "呼吸困难", "Dyspnoea", False, "C", "20000003", 3),
    ],
    "20000004": [],
}


def members(params: dict) -> dict:
    found = list(MEMBERS[params["code"]])
    if params["with_children"]:
        for child in BY_CODE[params["code"]]["children"]:
            found += MEMBERS[child]
    if params["scope"] == "narrow":
        found = [row for row in found if row["is_narrow"]]
    return {"members": found, "total": len(found)}


def card(code: str) -> dict:
    text = "有一个A类术语，或一个B类和一个C类术语。" if BY_CODE[code]["algorithm"] else ""
    about = "编造的说明，只供测试使用。" * 6
    return {"smq": {**BY_CODE[code], "description": about}, "algorithm_text": text}


# -- analyses ----------------------------------------------------------------------------------


def count(code, name, name2, soc, serious, plain, terms, place):
    return {
        "code": code,
        "name": name,
        "name2": name2,
        "soc_name": soc,
        "counts": {"严重": serious, "一般": plain},
        "total": serious + plain,
        "terms": terms,
        "place": place,
    }


LEVELS = {
    "soc": [
        count("91000001", "皮肤病", "Skin", "", 2, 35, 2, 3),
        count("91000003", "胃肠病", "Gut", "", 0, 21, 2, 1),
        count("91000002", "免疫病", "Immune", "", 4, 1, 1, 2),
    ],
    "hlgt": [count("92000001", "皮肤病组", "Skin group", "皮肤病", 2, 35, 2, 0)],
    "hlt": [count("93000001", "皮肤病类", "Skin kind", "皮肤病", 2, 35, 2, 0)],
    "pt": [
        count("90000001", "皮疹", "Rash", "皮肤病", 2, 21, 1, 5),
        count("90000002", "瘙痒", "Pruritus", "皮肤病", 0, 14, 1, 4),
        count("90000004", "恶心", "Nausea", "胃肠病", 0, 12, 1, 2),
        count("90000005", "呕吐", "Vomiting", "胃肠病", 0, 9, 1, 1),
        count("90000020", "过敏性休克", "Anaphylactic shock", "免疫病", 4, 1, 1, 3),
    ],
}
REPORTED = [
    {
        "code": "90000020",
        "name": "过敏性休克",
        "name2": "Anaphylactic shock",
        "is_narrow": True,
        "category": "A",
        "count": 5,
    },
    {
        "code": "90000002",
        "name": "瘙痒",
        "name2": "Pruritus",
        "is_narrow": False,
        "category": "B",
        "count": 14,
    },
]
HIT = [
    {
        "code": "20000003",
        "name": "过敏样反应（玩具SMQ）",
        "name2": "Allergy-like (toy SMQ)",
        "level": 2,
        "algorithm": "A or (B and C)",
        "narrow_terms": 1,
        "broad_terms": 2,
        "narrow_count": 5,
        "broad_count": 19,
        "algorithm_met": True,
        "cases_met": 1,
        "terms": REPORTED,
    },
    {
        "code": "20000002",
        "name": "皮肤反应（玩具SMQ）",
        "name2": "Skin reactions (toy SMQ)",
        "level": 1,
        "algorithm": "",
        "narrow_terms": 0,
        "broad_terms": 1,
        "narrow_count": 0,
        "broad_count": 23,
        "algorithm_met": None,
        "terms": [],
    },
]
BAD = [
    {
        "row": 7,
        "text": "没有这个词",
        "code": "unknown_name",
        "reason": "No PT or LLT has this name.",
        "suggestion": "头晕",
    },
    {
        "row": 8,
        "text": "旧词",
        "code": "not_current",
        "reason": "This LLT is no longer current; it was counted.",
        "suggestion": "",
    },
]


def analysis(params: dict) -> dict:
    source = params["source"]
    is_project = "project" in source
    if is_project and not Path(source["project"]).is_file():
        raise ValueError
    if "nothing" in source.get("text", ""):
        levels = {key: [] for key in LEVELS}
        return {"given": 2, "used": 0, "terms": 0, "bad": BAD[:1], "severities": [],
                "levels": levels, "smqs": []}  # fmt: skip
    bad = [] if is_project else BAD
    return {
        "given": 64 if bad else 63,
        "used": 63,
        "terms": 5,
        "bad": bad,
        "severities": ["严重", "一般"],
        "levels": LEVELS,
        "smqs": HIT,
        "unit": "rows",
        "notes": ["Reports are not known."] if params.get("unit") == "reports" else [],
    }


def answer(number: int, method: str, params: dict) -> object:
    text = params.get("source", {}).get("text", "")
    if "broken" in text or params.get("terminology") == "broken":
        raise ValueError
    while "slow" in text:
        send({"id": number, "progress": {"done": 1, "total": 3, "note": "counting"}})
        time.sleep(0.02)
        if number in cancelled:
            raise InterruptedError
    if method == "smq_list":
        return {"smqs": [] if params["terminology"] == "bare" else SMQS}
    if method == "smq_card":
        return card(params["code"])
    if method == "smq_members":
        return members(params)
    if method == "analyse_terms":
        return analysis(params)
    if method in {"smq_export", "analysis_export"}:
        return {"path": params["path"], "rows": 12}
    raise ValueError


def work(told: dict) -> None:
    number = told["id"]
    try:
        send({"id": number, "result": answer(number, told["method"], told["params"])})
    except InterruptedError:
        send({"id": number, "error": {"code": "M2M-100", "en": "Cancelled.", "zh": "已取消。"}})
    except ValueError:
        send({"id": number, "error": {"code": "M2M-204", "en": "It is damaged.", "zh": "已损坏。"}})


def main() -> None:
    log = Path(os.environ["M2M_TOY_LOG"])
    send({"ready": {"app_version": "0", "pid": os.getpid()}})
    for line in sys.stdin.buffer:
        told = json.loads(line)
        if "cancel" in told:
            cancelled.add(told["cancel"])
            continue
        with log.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"method": told["method"], **told["params"]}) + "\n")
        threading.Thread(target=work, args=(told,), daemon=True).start()
    os._exit(0)


if __name__ == "__main__":
    main()
