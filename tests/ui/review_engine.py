"""A stand-in for the engine process that knows terms: searches, and PTs with their LLTs.

A search for "trouble" fails, one for "slow…" takes a while.
"""

import os
import threading
import time

import toy_engine

MORE = {"90000005": ("荨麻疹样皮疹", "Urticarial rash", [("皮肤病", True)])}
PTS = {**toy_engine.PTS, **MORE}
OLD_LLT = "皮疹（旧名）"


def llts(code: str) -> list:
    name = PTS[code][0]
    return [
        {"code": f"95{n}{code[3:]}", "name": llt, "is_current": current}
        for n, (llt, current) in enumerate(((name, True), (f"{name}样", True), (OLD_LLT, False)))
    ]


def term(params: dict) -> dict:
    code = params["code"]
    if params["level"] == "llt":
        code = next(pt for pt in PTS if any(llt["code"] == code for llt in llts(pt)))
    if code not in PTS:
        raise ValueError
    name, english, paths = PTS[code]
    return {
        "term": {"level": "pt", "code": code, "name": name, "name2": english},
        "pt_code": code,
        "paths": [toy_engine.path_of(soc, primary) for soc, primary in paths],
        "llts": llts(code),
        "smqs": [],
    }


def search(number: int, params: dict) -> dict:
    text = params["text"]
    if "trouble" in text:
        raise ValueError
    if "slow" in text:
        for _step in range(10):
            time.sleep(0.02)
            toy_engine.stop_if_cancelled(number)
    hits = [{"level": "soc", "code": "91000001", "name": f"{text}系统", "reason": "contains"}]
    for code, (name, _english, _paths) in PTS.items():
        if params["kind"] == "code":
            is_hit, reason = code == text, "code"
        elif params["kind"] == "fuzzy":
            is_hit, reason = code == "90000004", "fuzzy"
        else:
            is_hit = text in name
            reason = "exact" if name == text else "begins" if name.startswith(text) else "contains"
        if is_hit:
            hits.append({"level": "pt", "code": code, "name": name, "reason": reason})
            if params["kind"] == "contains":
                hits += [
                    {"level": "llt", "pt_code": code, "reason": "contains", **llt}
                    for llt in llts(code)[1:]
                ]
    order = ("exact", "begins", "contains", "code", "fuzzy")
    return {"hits": sorted(hits, key=lambda hit: order.index(hit["reason"]))}


def answer(number: int, method: str, params: dict) -> object:
    if method == "search":
        return search(number, params)
    if method == "term":
        return term(params)
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
        except (ValueError, StopIteration):
            toy_engine.fail(number, "M2M-207", "There is no such terminology.", "没有该词典。")
        toy_engine.open_requests.pop(number, None)


if __name__ == "__main__":
    main()
