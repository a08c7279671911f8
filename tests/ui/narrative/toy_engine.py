"""A stand-in for the engine that reads and codes narratives: same lines, invented terms.

Mentions are the words of `WORDS`; one behind 无 is negated, behind 既往 historical, behind 疑似
uncertain. Texts that make trouble: with "broken" (an error as long as there is no file named as the
flag and ".mended"), with "stuck" (answered only when cancelled). Whatever is asked is written down,
a JSON line each, in the file that M2M_TOY_LOG names.
"""

import json
import os
import threading
import time
from pathlib import Path

from tests.ui import toy_engine

WORDS = ("皮疹", "瘙痒", "恶心", "发热", "高血压")
CUES = {"无": "negated", "既往": "historical", "疑似": "uncertain"}
RULES = {"negated": "negation", "historical": "history", "uncertain": "doubt"}


def found(text: str) -> list[dict]:
    mentions = []
    for word in WORDS:
        at = text.find(word)
        while at >= 0:
            cue = next((cue for cue in CUES if text[:at].endswith(cue)), "")
            status = CUES.get(cue, "present")
            mentions.append(
                {"start": at, "end": at + len(word), "text": word, "kind": "reaction",
                 "confidence": 1.0, "status": status, "reason": cue,
                 "rule": RULES.get(status, "")}
            )  # fmt: skip
            at = text.find(word, at + 1)
    return sorted(mentions, key=lambda one: one["start"])


def narrative_read(number: int, params: dict) -> dict:
    text = params["text"]
    if "broken" in text and not Path(os.environ["M2M_TOY_FLAG"] + ".mended").exists():
        raise ValueError
    while "stuck" in text:
        time.sleep(0.01)
        toy_engine.stop_if_cancelled(number)
    how = {"model_id": "", "warnings": ["Names."]}
    if "tagged" in text:
        how = {"model_id": "ner", "warnings": []}
    if "untagged" in text:
        how = {"model_id": "", "warnings": []}
    return {"mentions": found(text), "kinds": ["reaction"], **how}


def narrative_code(number: int, params: dict) -> dict:
    for place in params["mentions"]:
        toy_engine.stop_if_cancelled(number)
        words = params["text"][place["start"] : place["end"]]
        told = toy_engine.result({"mention_id": "0", "text": words}, params)
        toy_engine.send({"id": number, "partial": {**told, **place}})
    return {"count": len(params["mentions"])}


def term(_number: int, params: dict) -> dict:
    name, english, paths = toy_engine.PTS[params["code"]]
    return {
        "term": {"level": "pt", "code": params["code"], "name": name, "name2": english},
        "paths": [toy_engine.path_of(soc, primary) for soc, primary in paths],
        "llts": [
            {"code": f"95{n}{params['code'][3:]}", "name": llt, "is_current": current}
            for n, (llt, current) in enumerate(toy_engine.LLTS)
        ],
    }


def answer(number: int, method: str, params: dict) -> object:
    with Path(os.environ["M2M_TOY_LOG"]).open("a", encoding="utf-8") as log:
        log.write(json.dumps({"method": method, "params": params}) + "\n")
    own = {"narrative_read": narrative_read, "narrative_code": narrative_code, "term": term}
    return own[method](number, params) if method in own else usual(number, method, params)


usual = toy_engine.answer
toy_engine.answer = answer

if __name__ == "__main__":
    threading.excepthook = lambda _args: os._exit(1)
    toy_engine.main()
