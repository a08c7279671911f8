"""A stand-in for the engine process: same lines, invented terms, and trouble on demand.

Phrases that make trouble: "crash" (always), "crash once" (the first time of this file's flag),
"slow …" (each takes a while), "broken" (an error), "unsure" (nothing reaches the threshold),
"late …" (a provisional answer at once, the final one, with other figures, as soon as there is a file
named as the flag and ".go"; the final one of "late broken" is an error).
Paths that make trouble at an import: "…broken…", "…secret….zip" (wants a password), "…slow…".
"""

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path

out = sys.stdout.buffer
lock = threading.Lock()
cancelled: set[int] = set()
open_requests: dict[int, str] = {}
waiting: "queue.SimpleQueue[dict]" = queue.SimpleQueue()

PTS = {
    "90000001": ("皮疹", "Rash", [("皮肤病", True), ("免疫病", False)]),
    "90000002": ("瘙痒", "Pruritus", [("皮肤病", True)]),
    "90000003": ("荨麻疹", "Urticaria", [("免疫病", True), ("皮肤病", False)]),
    "90000004": ("恶心", "Nausea", [("胃肠病", True)]),
}
SOCS = {"皮肤病": "91000001", "免疫病": "91000002", "胃肠病": "91000003", "心脏病": "91000004"}
LLTS = [("起疹子", True), ("发疹", True), ("皮肤出疹（旧）", False)]


def send(told: dict) -> None:
    with lock:
        out.write(json.dumps(told).encode() + b"\n")
        out.flush()


def fail(number: int, code: str, english: str, chinese: str) -> None:
    send({"id": number, "error": {"code": code, "en": english, "zh": chinese}})


def path_of(soc: str, primary: bool) -> dict:
    code = SOCS[soc]
    return {
        "soc_code": code,
        "soc_name": soc,
        "hlgt_code": f"92{code[2:]}",
        "hlgt_name": f"{soc}组",
        "hlt_code": f"93{code[2:]}",
        "hlt_name": f"{soc}类",
        "primary": primary,
    }


def result(mention: dict, params: dict) -> dict:
    lexical = params.get("mode") == "lexical"
    threshold = params.get("threshold", 0.3)
    probabilities = (
        [0.2, 0.1, 0.05, 0.01] if "unsure" in mention["text"] else [0.93, 0.71, 0.22, 0.04]
    )
    candidates = [
        {
            "rank": rank,
            "candidate_pt_code": code,
            "candidate_pt_name": name,
            "candidate_pt_name2": english,
            "prob_1": None if lexical else probabilities[rank - 1],
            "retrieval_rank": rank,
            "retrieval_score": 9.0 / rank,
            "evidence": {"llt_code": f"94{code[2:]}", "llt_name": f"{name}样", "source": "bm25"},
            "paths": [path_of(soc, primary) for soc, primary in paths],
        }
        for rank, (code, (name, english, paths)) in enumerate(PTS.items(), start=1)
    ]
    selected = [c["candidate_pt_code"] for c in candidates if (c["prob_1"] or 0) >= threshold]
    return {
        "mention_id": mention["mention_id"],
        "mention": mention["text"],
        "normalised": mention["text"],
        "candidates": candidates,
        "selected": selected,
        "band": "certain" if len(selected) > 1 else "doubtful" if selected else "not_found",
        "source": "lexical" if lexical else "model",
        "warnings": [],
        "run": {
            "terminology_id": params.get("terminology", ""),
            "terminology_name": "toy",
            "terminology_version": "1.0",
            "terminology_language": "zh",
            "terminology_hashes": [["llt.asc", "00"]],
            "is_demo_terminology": True,
            "model_id": "toy",
            "model_hash": "00",
            "template": "toy",
            "alias_order": "file",
            "mode": params.get("mode", "default"),
            "threshold": threshold,
            "top_k": 100,
            "app_version": "0",
            "coded_at": "2026-01-01T00:00:00Z",
        },
    }


def stop_if_cancelled(number: int) -> None:
    if number in cancelled:
        raise InterruptedError


LATE = {"90000001": 0.6, "90000002": 0.95, "90000003": 0.05, "90000004": 0.2}
EARLY = {"90000001": 0.9, "90000002": 0.25, "90000003": 0.4, "90000004": 0.1}


def two_step_result(mention: dict, params: dict, *, is_final: bool) -> dict:
    """Ranked by `EARLY`, all estimates, or by `LATE`, the last two estimates."""
    told = result(mention, params)
    figures = LATE if is_final else EARLY
    ranked = sorted(told["candidates"], key=lambda c: -figures[c["candidate_pt_code"]])
    for rank, candidate in enumerate(ranked, start=1):
        candidate["prob_1"] = figures[candidate["candidate_pt_code"]]
        candidate["rank"] = rank
        candidate["is_estimated"] = not is_final or rank > 2
    selected = [c["candidate_pt_code"] for c in ranked if c["prob_1"] >= params["threshold"]]
    return {**told, "candidates": ranked, "selected": selected, "is_final": is_final}


def late_answer(number: int, mention: dict, params: dict) -> dict:
    go = Path(os.environ["M2M_TOY_FLAG"] + ".go")
    while not go.exists():
        time.sleep(0.01)
        stop_if_cancelled(number)
    if "broken" in mention["text"]:
        raise ValueError
    return two_step_result(mention, params, is_final=True)


def code(number: int, params: dict) -> dict:
    late = [mention for mention in params["mentions"] if mention["text"].startswith("late")]
    for mention in late if params.get("first_answers") else ():
        send({"id": number, "partial": two_step_result(mention, params, is_final=False)})
    for mention in params["mentions"]:
        text = mention["text"]
        stop_if_cancelled(number)
        if text == "crash once":
            flag = Path(os.environ["M2M_TOY_FLAG"])
            if not flag.exists():
                flag.touch()
                os._exit(3)
        if text == "crash":
            os._exit(3)
        if text == "hang":
            time.sleep(600)
        if text == "broken":
            raise ValueError
        if text.startswith("slow"):
            for _step in range(20):
                time.sleep(0.02)
                stop_if_cancelled(number)
        is_late = mention in late
        told = late_answer(number, mention, params) if is_late else result(mention, params)
        send({"id": number, "partial": told})
    return {"count": len(params["mentions"])}


def import_terminology(number: int, params: dict) -> dict:
    path = params["path"]
    if "secret" in path and params.get("password") != "open":
        raise PermissionError
    if "broken" in path:
        raise ValueError
    steps = 100 if "slow" in path else 3
    for step in range(steps):
        stop_if_cancelled(number)
        send({"id": number, "progress": {"done": step, "total": steps, "note": "llt.asc"}})
        time.sleep(0.01)
    report = {
        "label": "Toy 1.0",
        "version": "1.0",
        "language": "zh",
        "counts": {"soc": 4, "pt": 4, "llt": 12},
        "encodings": [["*.asc", "utf-8"]],
        "anomalies": [
            {"kind": "blank_lines", "text": "Blank lines", "count": 7, "places": ["llt.asc:3"]}
        ],
    }
    return {
        "imported": [{"info": {**TERMINOLOGIES[0], "terminology_id": "toy2"}, "report": report}]
    }


TERMINOLOGIES = [
    {"terminology_id": "demo", "name": "Demo", "version": "1", "language": "zh", "is_demo": True},
    {"terminology_id": "toy2", "name": "Toy", "version": "27.1", "language": "zh"},
]


def tree_term(level: str, term_code: str, name: str, children: int, current: bool = True) -> dict:
    row = {"level": level, "code": term_code, "name": name, "name2": "", "child_count": children}
    return {**row, "is_current": current} if level == "llt" else row


def children(params: dict) -> list:
    level, below = params["level"], params["code"]
    soc = next((name for name, code in SOCS.items() if code[2:] == below[2:]), "")
    if level == "soc":
        return [
            tree_term("hlgt", f"92{below[2:]}", f"{soc}组", 1),
            tree_term("hlgt", "92900000", "别组", 0),
        ]
    if level == "hlgt":
        return [tree_term("hlt", f"93{below[2:]}", f"{soc}类", 1)]
    if level == "hlt":
        return [
            tree_term("pt", pt, name, 3)
            for pt, (name, _english, paths) in PTS.items()
            if soc in dict(paths)
        ]
    return [
        tree_term("llt", f"95{n}{below[3:]}", name, 0, old) for n, (name, old) in enumerate(LLTS)
    ]


def answer(number: int, method: str, params: dict) -> object:
    if method == "status":
        return {
            "app_version": "0",
            "terminologies": TERMINOLOGIES,
            "models": [
                {"model_id": "toy", "name": "Toy model"},
                {"model_id": "bad", "problem": "cut"},
            ],
            "default_terminology": "demo",
            "default_model": "toy",
        }
    if method == "code":
        return code(number, params)
    if method == "import_terminology":
        return import_terminology(number, params)
    if method == "roots":
        return {"terms": [tree_term("soc", code, name, 2) for name, code in SOCS.items()]}
    if method == "children":
        return {"terms": children(params)}
    if method == "term":
        llts = [
            {"code": f"95{n}{params['code'][3:]}", "name": name, "is_current": current}
            for n, (name, current) in enumerate(LLTS)
        ]
        return {"term": {}, "paths": [], "llts": llts, "smqs": []}
    if method == "doctor":
        return {
            "terminologies": [{"id": "demo", "version": "1", "hashes": {"llt.asc": "0" * 64}}],
            "models": [{"id": "toy", "hash": "a1" * 32, "problem": ""}],
            "packages": {"numpy": "2"},
            "folders": {"data": "/data"},
        }
    return {}


def read() -> None:
    for line in sys.stdin.buffer:
        told = json.loads(line)
        if "cancel" in told:
            cancelled.add(told["cancel"])
            continue
        if told.get("supersedes"):
            cancelled.update(n for n, method in open_requests.items() if method == "code")
        open_requests[told["id"]] = told["method"]
        waiting.put(told)
    os._exit(0)


def main() -> None:
    send({"ready": {"app_version": "0", "pid": os.getpid()}})
    threading.Thread(target=read, daemon=True).start()
    while True:
        asked = waiting.get()
        number = asked["id"]
        try:
            send({"id": number, "result": answer(number, asked["method"], asked["params"])})
        except InterruptedError:
            fail(number, "M2M-100", "Cancelled.", "已取消。")
        except PermissionError:
            fail(number, "M2M-205", "A password is needed.", "需要密码。")
        except ValueError:
            fail(number, "M2M-204", "llt.asc:3 is damaged.", "llt.asc:3 已损坏。")
        open_requests.pop(number, None)


if __name__ == "__main__":
    main()
