"""Pairs of a mention and a candidate text with what is right: files of the reference's form.

One JSON object a line. The fields are those of the published corpus (seeds, S0); ``text_b`` holds
the candidate text as it was rendered, so that what is trained on is what was prepared.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from m2m_desktop.core.templates import Template, order_aliases, render
from m2m_desktop.training.problems import TrainingProblem

SEPARATOR = " | "


@dataclass(frozen=True, slots=True)
class Pair:
    """One line: ``label`` is 1 where the candidate is one of the mention's PTs.

    ``part`` says of a held-out mention why it is new: "unseen_mention", "unseen_concept" or "".
    """

    mention_id: str
    mention: str
    text: str
    label: int
    pt_code: str = ""
    pt_name: str = ""
    gold: tuple[str, ...] = ()
    part: str = ""


def read_pairs(path: Path, template: Template, *, has_labels: bool = True) -> list[Pair]:
    """Read a file of pairs; a line without ``text_b`` is rendered with ``template``.

    Without ``has_labels`` they are not looked at. Raises TrainingProblem with the number of the line that is no pair.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingProblem(f"{path} cannot be read.", "It must be UTF-8 text.") from error
    pairs = [
        _pair(path, number, line, template, has_labels)
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not pairs:
        raise TrainingProblem(f"{path} holds no pairs.", "Run `prepare pairs` first.")
    labels = {pair.label for pair in pairs}
    if has_labels and labels != {0, 1}:
        raise TrainingProblem(
            f"All pairs of {path} have the label {labels.pop()}.",
            "A model learns from both: pairs that match and pairs that do not.",
        )
    return pairs


def write_pairs(path: Path, pairs: Iterable[Pair]) -> int:
    """Write pairs; gives how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for pair in pairs:
            record = {
                "mention_id": pair.mention_id,
                "raw_term": pair.mention,
                "text_b": pair.text,
                "candidate_pt_code": pair.pt_code,
                "candidate_pt_name": pair.pt_name,
                "gold_pt_codes": list(pair.gold),
                "label": pair.label,
                "part": pair.part,
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count


def by_mention(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Group the pairs of each mention, which stand in a row."""
    return [list(group) for _, group in groupby(pairs, key=lambda pair: pair.mention_id)]


def _pair(path: Path, number: int, line: str, template: Template, has_labels: bool) -> Pair:
    try:
        record = json.loads(line)
        mention = str(record.get("raw_term") or record.get("text_a") or record["mention"])
        label = int(record["label"]) if has_labels else 0
        if label not in (0, 1):
            raise ValueError(label)
        return Pair(
            mention_id=str(record.get("mention_id", mention)),
            mention=mention,
            text=str(record.get("text_b") or _rendered(record, template)),
            label=label,
            pt_code=str(record.get("candidate_pt_code", "")),
            pt_name=str(record.get("candidate_pt_name", "")),
            gold=tuple(map(str, record.get("gold_pt_codes") or ())),
            part=str(record.get("part", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrainingProblem(
            f"{path}, line {number}: not a pair.",
            "A pair has raw_term, candidate_pt_name (or text_b) and label (0 or 1).",
        ) from error


def _rendered(record: Mapping[str, Any], template: Template) -> str:
    names = record.get("candidate_llt_names") or []
    if isinstance(names, str):
        names = names.split(SEPARATOR)
    name = str(record["candidate_pt_name"])
    return render(
        template,
        name,
        order_aliases(template, name, [str(one).strip() for one in names]),
        hlt_name=str(record.get("candidate_hlt_name") or ""),
        hlgt_name=str(record.get("candidate_hlgt_name") or ""),
        soc_name=str(record.get("candidate_soc_name") or ""),
    )
