"""A stand-in for the engine process that knows versions: thousands of invented changes.

Releases that make trouble as the new one: "slow" (comparing takes a while), "broken" (an error),
"same" (nothing differs). Every request is also written to ``M2M_TOY_REQUESTS``.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import toy_engine

PLAN = (
    ("added", "llt", 1800), ("added", "pt", 240), ("added", "hlt", 2), ("removed", "llt", 3),
    ("renamed", "pt", 61), ("renamed", "llt", 118), ("renamed", "hlt", 4), ("moved", "llt", 412),
    ("moved", "pt", 95), ("promoted", "pt", 36), ("demoted", "llt", 21),
    ("made_current", "llt", 9), ("made_not_current", "llt", 187), ("primary_soc", "pt", 44),
    ("smq_added", "smq", 1), ("smq_renamed", "smq", 2), ("smq_member_added", "smq", 310),
    ("smq_member_removed", "smq", 25), ("smq_member_scope", "smq", 17),
)  # fmt: skip
PARTS = ("皮肤", "肝功能", "注射部位", "胃肠道", "心律", "血小板", "呼吸", "视力")
SORTS = ("异常", "不适", "减少", "水肿", "疼痛", "过敏", "增高", "障碍")


def name(number: int) -> str:
    return f"{PARTS[number % 8]}{SORTS[number // 8 % 8]}{number // 64 or ''}"


def change(kind: str, level: str, number: int) -> dict:
    told = {"kind": kind, "level": level, "code": str(90_000_001 + number), "detail": ""}
    before = after = ""
    name_before = name_after = name(number)
    if kind.endswith("added"):
        name_before = ""
        told["detail"] = f"“{name_after}” is new in 28.1."
    elif kind.endswith("removed"):
        name_after = ""
        told["detail"] = f"“{name_before}” is not in 28.1 any more."
    elif kind.endswith("renamed"):
        name_after = f"{name_before}（新名）"
        told["detail"] = f"It was called “{name_before}” and is called “{name_after}” now."
    else:
        before, after = name(number + 3), name(number + 12)
        told["detail"] = (
            f"“{name_after}” belonged to “{before}” in 28.0 and belongs to “{after}” in 28.1; "
            "its code is the same."
        )
    return {
        **told, "name_before": name_before, "name_after": name_after,
        "before": before, "after": after,
    }  # fmt: skip


ALL = []
for kind_, level_, count_ in PLAN:
    ALL += [change(kind_, level_, len(ALL) + n) for n in range(count_)]


def term(pt: str, name_: str, llt: str = "", llt_name: str = "") -> dict:
    return {"pt_code": pt, "pt_name": name_, "llt_code": llt, "llt_name": llt_name}


RASH, ITCH = term("90000001", "皮疹"), term("90000002", "瘙痒")
SICK = term("90000004", "恶心", "95000004", "想吐")
FIXED = (
    ("起皮疹", 3, "renamed", [RASH], [term("90000001", "发疹")], True, False,
     "The PT “皮疹” is called “发疹” now; its code is the same.", ""),
    ("皮疹伴瘙痒", 2, "primary_soc", [RASH, ITCH], [RASH, ITCH], True, False,
     "The primary SOC of “瘙痒” is “免疫病” now.", ""),
    ("想吐", 4, "llt_moved", [SICK], [term("90000006", "欲吐", "95000004", "想吐")], True, False,
     "The LLT “想吐” belongs to the PT “欲吐” now.", "The LLT keeps what was meant."),
    ("发风团", 2, "removed", [term("90000003", "荨麻疹")], None, False, True,
     "The PT “荨麻疹” is not in the new release.", ""),
    ("说不清", 1, "none", [term("90000009", "不适")], None, False, False, "", ""),
    ("上腹难受", 7, "new_exact", [term("90000009", "不适")], [term("90000077", "上腹难受")], True,
     True, "The new release has an LLT that equals this phrase.", "Look whether it fits."),
)  # fmt: skip


def effect(number: int) -> dict:
    phrase, rows, kind, terms, proposal, can_apply, needs_person, reason, why = FIXED[number % 6]
    phrase = f"{phrase}{number // 6 or ''}"
    return {
        "key": f"p{number}", "phrase": phrase, "rows": rows, "status": "accepted",
        "terms": terms, "kind": kind, "reason": reason, "proposal": proposal,
        "proposal_reason": why, "can_apply": can_apply, "needs_person": needs_person,
    }  # fmt: skip


MEMORY_KEYS: list[str] = []


def effects(params: dict) -> dict:
    told = [effect(n) for n in range(int(os.environ.get("M2M_TOY_EFFECTS", "6")))]
    if params["target"].get("memory"):
        for one in told:
            one["rows"], one["key"] = 0, one["phrase"]
    elif not Path(params["target"]["project"]).is_file():
        raise ValueError
    return {"effects": told, "counts": {}, "total": len(told)}


def info(terminology_id: str) -> dict:
    return {"terminology_id": terminology_id, "name": "MedDRA", "version": terminology_id,
            "language": "zh", "is_demo": False}  # fmt: skip


def compare(number: int, params: dict) -> dict:
    for step in range(60 if params["new"] == "slow" else 0):
        toy_engine.send({"id": number, "progress": {"done": step, "total": 60, "note": "PT"}})
        time.sleep(0.05)
        toy_engine.stop_if_cancelled(number)
    if params["new"] == "broken":
        raise ValueError
    counts: dict[str, dict[str, int]] = {}
    for kind, level, count in PLAN if params["new"] != "same" else ():
        counts.setdefault(kind, {})[level] = count
    problems = ["The releases are in two languages: names are not compared."]
    return {
        "old": info(params["old"]), "new": info(params["new"]), "counts": counts,
        "total": sum(sum(by.values()) for by in counts.values()),
        "problems": problems if params["new"] == "english" else [],
    }  # fmt: skip


def changes(params: dict) -> dict:
    found = [
        one
        for one in (ALL if params["new"] != "same" else ())
        if (not params["kinds"] or one["kind"] in params["kinds"])
        and (not params["levels"] or one["level"] in params["levels"])
        and any(params["text"] in one[part] for part in ("code", "name_before", "name_after"))
    ]
    start = params["offset"]
    return {"changes": found[start : start + params["limit"]], "total": len(found)}


def answer(number: int, method: str, params: dict) -> object:
    log = os.environ.get("M2M_TOY_REQUESTS")
    if log:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"method": method, **params}) + "\n")
    if method == "versions_compare":
        return compare(number, params)
    if method == "versions_changes":
        return changes(params)
    if method == "versions_effects":
        return effects(params)
    if method == "versions_export":
        Path(params["path"]).touch()
        return {"path": params["path"], "rows": len(ALL)}
    if method == "versions_apply_memory":
        return {"changed": len(params["keys"])}
    return toy_engine.answer(number, method, params)


def main() -> None:
    toy_engine.send({"ready": {"app_version": "0", "pid": os.getpid()}})
    threading.Thread(target=toy_engine.read, daemon=True).start()
    while True:
        asked = toy_engine.waiting.get()
        number = asked["id"]
        try:
            told = answer(number, asked["method"], asked["params"])
            toy_engine.send({"id": number, "result": told})
        except InterruptedError:
            toy_engine.fail(number, "M2M-100", "Cancelled.", "已取消。")
        except ValueError:
            toy_engine.fail(number, "M2M-204", "llt.asc:3 is damaged.", "llt.asc:3 已损坏。")
        toy_engine.open_requests.pop(number, None)


if __name__ == "__main__":
    main()
