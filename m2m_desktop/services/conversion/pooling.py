"""How an encoder makes one vector of a text, as its sentence-transformers files say.

``modules.json`` lists the steps: the network, the pooling, perhaps a normalisation. Each has a
folder of its own. What is not one of these three has weights or rules that are not converted.
"""

from dataclasses import dataclass
from typing import Any

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.conversion.checkpoint_files import CONFIG, MODULES, CheckpointFolder

PROMPTS = "config_sentence_transformers.json"
SETTINGS = "sentence_bert_config.json"

_MODE = "pooling_mode_"
_OLD_MODES = {f"{_MODE}cls_token": "cls", f"{_MODE}mean_tokens": "mean"}


@dataclass(frozen=True)
class Pooling:
    """What modules.json says; nothing (``mode`` "") where there is none, or no pooling in it.

    ``network`` is the folder with the network's own files; ``max_length`` 0 means unsaid.
    """

    network: CheckpointFolder
    mode: str = ""
    normalises: bool = False
    lowercases: bool = False
    max_length: int = 0


def read_pooling(folder: CheckpointFolder) -> Pooling:
    """Read modules.json and what belongs to it. Raises ModelDamaged, CheckpointUnsupported."""
    if not folder.has(MODULES):
        return Pooling(folder)
    steps = _steps(folder)
    network = folder.module(steps[0][1])
    settings = network.fields(SETTINGS)
    mode, normalises = "", False
    for kind, place in steps[1:]:
        if kind == "Pooling" and not mode:
            mode = _mode(folder, folder.module(place).fields(CONFIG))
        elif kind == "Normalize":
            normalises = True
        elif kind != "Dropout":  # which does nothing once training is over
            detail = message(N_("its step {kind} cannot be converted"), kind=kind[:80])
            raise folder.unsupported(detail)
    _check_prompt(folder)
    length = settings.get("max_seq_length")
    return Pooling(
        network,
        mode,
        normalises,
        settings.get("do_lower_case") is True,
        length if type(length) is int and length > 0 else 0,
    )


def _steps(folder: CheckpointFolder) -> list[tuple[str, str]]:
    """Give (class, folder) of each step; the network comes first."""
    content = folder.json(MODULES)
    try:
        steps = [
            (str(entry["type"]).rpartition(".")[2], str(entry.get("path") or ""))
            for entry in content
        ]
    except (KeyError, TypeError, AttributeError) as error:
        detail = message(N_("{file} is not a list of modules"), file=MODULES)
        raise folder.damaged(detail) from error
    if not steps or steps[0][0] != "Transformer":
        detail = message(N_("it does not begin with a network that can be converted"))
        raise folder.unsupported(detail)
    return steps


def _mode(folder: CheckpointFolder, config: dict[str, Any]) -> str:
    """Read the kind of pooling; older files have a switch for each, newer ones one name."""
    named = config.get("pooling_mode")
    if named is None:
        on = [key for key, value in config.items() if key.startswith(_MODE) and value is True]
        named = [_OLD_MODES.get(key, key.removeprefix(_MODE)) for key in on] or ["mean"]
    modes = named if isinstance(named, list) else [named]
    if len(modes) != 1 or modes[0] not in ("cls", "mean"):
        kind = " + ".join(str(mode)[:40] for mode in modes)
        raise folder.unsupported(message(N_("its pooling {kind} cannot be converted"), kind=kind))
    return str(modes[0])


def _check_prompt(folder: CheckpointFolder) -> None:
    """Refuse a model that puts words before every text: its vectors would not be its own."""
    fields = folder.fields(PROMPTS)
    prompts = fields.get("prompts")
    name = fields.get("default_prompt_name")
    if name and isinstance(prompts, dict) and prompts.get(name):
        detail = message(N_("it puts the words “{words}” before every text"), words=prompts[name])
        raise folder.unsupported(detail)
