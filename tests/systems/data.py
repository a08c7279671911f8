"""Small invented data for each job: phrases with their codes, names to link, texts with entities."""

import json
from pathlib import Path

from tests.toy import rf2
from tests.toy.release import PT_COUNT, toy_tables, write_toy_release

PHRASES = {"头痛": "90100198", "恶心": "90100085"}  # of the demo dictionary
TEXTS = {
    "one": "The patient took zorblax and had severe rash and fever on the next day.",
    "two": "No chest pain. Nausea and vomiting stopped after quimble was given.",
}
ENTITIES = {
    "one": (("Medication", "zorblax"), ("Sign_symptom", "rash"), ("Sign_symptom", "fever")),
    "two": (("Sign_symptom", "chest pain"), ("Sign_symptom", "Nausea"), ("Medication", "quimble")),
}
COLLAPSE = "Sign_symptom\tDisease\nDisease_disorder\tDisease\nMedication\tChemical\n*\t\n"


def write_gold(path: Path, gold: dict[str, str]) -> Path:
    """Write phrases with their codes as a table, and the bare phrases beside it."""
    rows = "".join(f"{phrase}\t{code}\n" for phrase, code in gold.items())
    path.write_text(f"mention\tcode\n{rows}", encoding="utf-8")
    path.with_suffix(".txt").write_text("\n".join(gold) + "\n", encoding="utf-8")
    return path


def write_pairs(path: Path) -> Path:
    """Write pairs in the published form, without probabilities."""
    lines = [
        {
            "mention_id": f"m{number}", "raw_term": phrase, "candidate_pt_code": code,
            "candidate_pt_name": name, "candidate_llt_names": [], "candidate_hlt_name": "",
            "candidate_hlgt_name": "", "candidate_soc_name": "",
            "gold_pt_codes": [PHRASES[phrase]], "label": int(PHRASES[phrase] == code),
        }
        for number, phrase in enumerate(PHRASES)
        for name, code in PHRASES.items()
    ]  # fmt: skip
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def write_english_release(folder: Path) -> tuple[Path, dict[str, str]]:
    """Write a toy release in English; gives it with four phrases that are nearly names of it."""
    rows = toy_tables("English")["pt.asc"][:PT_COUNT]
    return write_toy_release(folder, "English"), {f"{row[1]} again": row[0] for row in rows[:4]}


def write_snomed(folder: Path) -> tuple[Path, dict[str, str], dict[str, str]]:
    """Write the toy edition; gives it with phrases to link (one known, one new wording of a known
    code, one of a new code) and phrases that training had."""
    found = {
        "Vantrel swelling, severe": rf2.concept_id(3),
        "Vantrel fever": rf2.concept_id(5),
        "an Oskern rash": rf2.concept_id(6),
    }
    known = {"vantrel fever": rf2.concept_id(5), "swollen vantrel": rf2.concept_id(3)}
    return rf2.write_edition(folder), found, known


def write_brat(folder: Path) -> Path:
    """Write the texts with their entities."""
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        lines = []
        for number, (kind, words) in enumerate(ENTITIES[name], 1):
            start = text.index(words)
            lines.append(f"T{number}\t{kind} {start} {start + len(words)}\t{words}\n")
        (folder / f"{name}.ann").write_text("".join(lines), encoding="utf-8")
    return folder
