"""Read the open sources a model may be trained on into one shape: concepts with Chinese names.

The sources lie outside the repository (see the manual page on training); only the demo
dictionary is ours. Concepts of different sources that share an English name are one concept,
which is where most pairs of differently worded Chinese names come from.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.text import match_key


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a training dictionary.

    ``names`` are what the dictionary shows (the first is the PT name); ``wordings`` are further
    Chinese wordings of the concept that the dictionary does not show.
    """

    names: tuple[str, ...]
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrainingDictionary:
    """A set of concepts to code against, with the share of training groups it should give."""

    name: str
    concepts: tuple[Concept, ...]
    weight: float


def read_demo(source_dir: Path) -> TrainingDictionary:
    """Read the demo dictionary's source files: every PT with its LLTs."""
    concepts: list[list[str]] = []
    for path in sorted(source_dir.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith(("#", "[", "  @")):
                continue
            name = line.split(" | ")[0]
            if line.startswith("  "):
                concepts[-1].append(name[4:])
            else:
                concepts.append([name])
    return TrainingDictionary("demo", tuple(Concept(tuple(names)) for names in concepts), 0.5)


def read_open_terms(data_dir: Path, held_out: Iterable[str]) -> list[TrainingDictionary]:
    """Read OAE, HPO and CTCAE, joined by English name.

    Rows whose Chinese name equals one of ``held_out`` (the development mentions) are left out, as
    names of concepts too, so that the development score speaks of wordings the model has not seen.
    """
    hidden = {match_key(text) for text in held_out}
    terms = data_dir / "terms"
    oae = [
        (row["zh"], [row["en"], *row["en_synonyms"].split("|")])
        for row in read_rows(terms / "oae_zh_en.tsv")
    ]
    hpo = [
        (row["zh"], [row["en"], *row["exact_synonyms"].split("|")])
        for row in read_rows(terms / "hpo_2024-04-26_zh_en.tsv")
    ]
    ctcae = [(row["term_zh"], [row["term_en"]]) for row in read_rows(terms / "ctcae6_zh_en.tsv")]
    oae, hpo, ctcae = (
        [row for row in rows if row[0] and match_key(row[0]) not in hidden]
        for rows in (oae, hpo, ctcae)
    )
    by_english: dict[str, set[str]] = defaultdict(set)
    for chinese, english in (*oae, *hpo, *ctcae):
        for key in _english_keys(english):
            by_english[key].add(chinese)
    return [
        TrainingDictionary(name, tuple(_concepts(rows, by_english)), weight)
        for name, rows, weight in (("oae", oae, 0.25), ("hpo", hpo, 0.2), ("ctcae", ctcae, 0.05))
    ]


def read_mentions(path: Path) -> list[str]:
    """Read the phrases of a development file (first column of a TSV with a header)."""
    return [row["mention_zh"] for row in read_rows(path)]


def read_words(path: Path) -> list[str]:
    """Read a word list with frequencies, most frequent first."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0].strip() for line in lines if line.strip()]


def read_tagged_text(path: Path) -> list[str]:
    """Read a one-character-a-line tagged corpus as plain sentences."""
    sentences, current = [], []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        if line.strip():
            current.append(line.split(" ")[0])
        elif current:
            sentences.append("".join(current))
            current = []
    return sentences


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a TSV with a header; quotation marks are letters like others."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _english_keys(names: Iterable[str]) -> set[str]:
    return {" ".join(name.lower().replace("-", " ").split()) for name in names} - {""}


def _concepts(
    rows: Sequence[tuple[str, list[str]]], by_english: dict[str, set[str]]
) -> Iterable[Concept]:
    for chinese, english in rows:
        others = set().union(*(by_english[key] for key in _english_keys(english)))
        yield Concept((chinese,), tuple(sorted(others - {chinese})))
