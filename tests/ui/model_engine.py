"""A stand-in for the engine process that knows models: answers as the engine records them.

Paths that make trouble when looked at: a folder with `pytorch_model.bin`, "…slow…" (takes a
while). "…open…" leaves every question open, "…bundle…" is a bundle, "…known…" is on the list,
"…long…" has a name that is far too long. An installation of "…broken…" fails at its last step, one
of "…slow…" can be cancelled, one of "…again…" takes the place of the model "own". The vectors of an encoder are missing until they are asked for. Every request
about models is also written to ``M2M_TOY_REQUESTS``.
"""

import json
import os
import threading
import time
from pathlib import Path

import toy_engine

SHIPPED = {
    "model_id": "toy",
    "name": "Toy model",
    "kind": "reranker",
    "architecture": "bert",
    "layers": 4,
    "hidden": 192,
    "precision": "int8",
    "bytes": 12_900_000,
    "labels": ["not_match", "match"],
    "template": {"name": "pt_llt", "max_aliases": 2, "alias_order": "matched_first"},
    "max_length": 64,
    "origin": "trained by this project",
    "licence": "Apache-2.0",
    "trained_on": "invented phrases",
    "scores": {"hit@1": 0.6078},
    "hash": "0123456789abcdef" * 4,
    "calibration": {"bias": -7.0, "margin": 0.5, "share": 7.2},
    "is_shipped": True,
    "parity": {
        "pairs": 600,
        "mentions": 60,
        "max_logit_change": 0.31,
        "max_change": 0.0394,
        "mean_change": 0.00266,
        "rank_agreement": 0.9971,
        "selected_changes": 0.05,
        "top1_changes": 0.0,
    },
    "problem": None,
}
OWN = {
    **SHIPPED,
    "model_id": "own",
    "name": "Own model <b>&amp;",
    "bytes": 103_000_000,
    "hash": "fedcba9876543210" * 4,
    "is_shipped": False,
    "parity": None,
}
BAD = {"model_id": "bad", "name": "bad", "problem": "model.onnx was changed or cut short"}
ENCODER = {**OWN, "model_id": "vectors", "name": "Vectors", "kind": "encoder", "scores": {}}

READER = {**OWN, "model_id": "reader", "name": "Reader", "kind": "ner", "scores": {}}

FIRST = {each["model_id"]: each for each in (ENCODER, OWN, BAD, SHIPPED, READER)}
models = dict(FIRST)
computed: set[str] = set()


class Refused(Exception):
    """Ends a request with an error: code, English, Chinese."""


def inspect(number: int, params: dict) -> dict:
    path = params["path"]
    if "slow" in Path(path).name:
        pause(number, 40)
    if (Path(path) / "pytorch_model.bin").exists():
        raise Refused(
            "M2M-302",
            "pytorch_model.bin can run any program when it is read: ask for model.safetensors.",
            "pytorch_model.bin 读取时可运行任意程序：请索取 model.safetensors。",
        )
    is_open = "open" in path
    return {
        "kind_of_source": "bundle" if "bundle" in path else "checkpoint",
        "name": "n" * 300 if "long" in path else "mention2meddra-macbert-base",
        "model_kind": "" if is_open else "reranker",
        "architecture": "bert",
        "layers": 12,
        "hidden": 768,
        "vocab_size": 21128,
        "labels": ["LABEL_0", "LABEL_1"] if is_open else ["not_match", "match"],
        "max_length": 512,
        "bytes": 409_000_000,
        "questions": ["match_label", "template", "kind", "unheard_of"] if is_open else [],
        "suggested_template": "" if is_open else "full",
        "suggested_id": "mention2meddra-macbert-base",
        "is_known": "known" in path,
        "template_examples": {
            "full": "PT: 皮疹；LLT别名: 发疹；HLT: 皮疹类；HLGT: 皮肤；SOC: 皮肤病",
            "pt_llt": "PT: 皮疹；LLT别名: 发疹",
            "pt_only": "PT: 皮疹",
        },
    }


def install(number: int, params: dict) -> dict:
    steps = ("Reading", "Measuring", "Quantising", "Comparing", "Checking")
    if params["precision"] != "int8":
        steps = ("Reading", "Writing", "Checking")
    for done, step in enumerate(steps):
        say(number, 20 * done, 100, step)
        pause(number, 15 if "slow" in params["path"] else 1)
    if "broken" in params["path"]:
        raise Refused("M2M-302", "The check inputs gave other answers.", "核对输入的结果不同。")
    told = {
        **OWN,
        "model_id": "own" if "again" in params["path"] else "new",
        "name": params["name"] or "mention2meddra-macbert-base",
        "kind": params["kind"],
        "precision": params["precision"],
        "layers": 12,
        "hidden": 768,
    }
    models[told["model_id"]] = told
    return {"model": told, "report": {**SHIPPED["parity"], "pairs": 2000}}


def say(number: int, done: int, total: int, note: str) -> None:
    told = {"done": done, "total": total, "note": note}
    toy_engine.send({"id": number, "progress": told})


def pause(number: int, steps: int) -> None:
    for _step in range(steps):
        time.sleep(0.02)
        toy_engine.stop_if_cancelled(number)


def answer(number: int, method: str, params: dict) -> object:
    if method == "start_over":
        models.clear()
        models.update(FIRST)
        computed.clear()
        return {}
    if "model" in method:
        with Path(os.environ["M2M_TOY_REQUESTS"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"method": method, **params}) + "\n")
    if method == "status":
        told = toy_engine.answer(number, method, params)
        return {**told, "models": list(models.values()), "encoders": {"demo": "", "toy2": ""}}
    if method == "vector_state":
        return {"state": "ready" if params["encoder"] in computed else "missing"}
    if method == "embed_terminology":
        say(number, 1, 2, "Reading names for their meaning")
        pause(number, 10)
        computed.add(params["encoder"])
        return {"encoder_id": params["encoder"], "names": 2}
    if method == "inspect_model":
        return inspect(number, params)
    if method == "install_model":
        return install(number, params)
    if method == "verify_model":
        say(number, 1, 2, "model.onnx")
        pause(number, 10)
        if params["name"] == "own":
            raise Refused("M2M-301", "own/model.onnx is damaged.", "own/model.onnx 已损坏。")
        return {"model": {**models[params["name"]], "is_shipped": False}}
    if method == "bench_model":
        pause(number, 40 if params["name"] == "own" else 2)
        return {
            "pairs": 800,
            "milliseconds_per_phrase": 97.4,
            "pairs_per_second": 1027.0,
            "threads": 1,
            "cores": 2,
            "peak_memory_mb": 214.0,
        }
    if method == "remove_model":
        if params["model_id"] == "bad":
            raise Refused("M2M-112", "Cannot write bad.", "无法写入 bad。")
        del models[params["model_id"]]
        return {}
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
        except Refused as error:
            toy_engine.fail(number, *error.args)
        toy_engine.open_requests.pop(number, None)


if __name__ == "__main__":
    main()
