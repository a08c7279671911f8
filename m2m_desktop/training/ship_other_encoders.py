"""The recipes of the small English and Spanish encoders, an optional download."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.text import normalise
from m2m_desktop.training.card import data_mark, write_record
from m2m_desktop.training.checkpoint_writing import save_checkpoint
from m2m_desktop.training.checkpoints import ENCODER, find_device, make_start
from m2m_desktop.training.encoder import ContrastiveTask, SentenceEncoder, Warmup
from m2m_desktop.training.loop import run
from m2m_desktop.training.plan import Plan
from m2m_desktop.training.sources import read_rows
from m2m_desktop.training.synonyms import Synonyms
from m2m_desktop.training.vocabulary import wordpiece_json

SHAPE = "small"
MAX_LENGTH = 48
BATCH = 256
LEARNING_RATE = 6e-4
WARM_UP_STEPS = 400
SEED = 20261121

_NAME = re.compile(r"^name: (?!obsolete )(.+)$", re.MULTILINE)
_SYNONYM = re.compile(r'^synonym: "([^"]+)" EXACT', re.MULTILINE)

Groups = list[tuple[str, ...]]


@dataclass(frozen=True)
class Language:
    """One of the recipes: where its names come from, how long it learns, what to say of it."""

    model_id: str
    files: tuple[str, ...]
    read: Callable[[Path], Groups]
    steps: int
    trained_on: str


def english_groups(data: Path) -> Groups:
    """Give the English names of each concept, a patient's wording with the name it means."""
    terms = data / "terms"
    found: Groups = []
    for row in read_rows(terms / "oae_zh_en.tsv"):
        found.append(_group([row["en"], *row["en_synonyms"].split("|")]))
    for row in read_rows(terms / "hpo_2024-04-26_zh_en.tsv"):
        others = f"{row['exact_synonyms']}|{row['layperson_synonyms']}"
        found.append(_group([row["en"], *others.split("|")]))
    found += [_group([row["term_en"]]) for row in read_rows(terms / "ctcae6_zh_en.tsv")]
    for entry in (terms / "symp.obo").read_text(encoding="utf-8").split("[Term]")[1:]:
        found.append(_group([*_NAME.findall(entry), *_SYNONYM.findall(entry)]))
    found += _joined(
        (row["doid"], row["synonym_en"]) for row in read_rows(terms / "doid_es_en_synonyms.tsv")
    )
    patients = read_rows(data / "mentions" / "en_askapatient_train.tsv")
    # the name of a code first, then what patients called it; names of drugs stand alone
    found += _joined(
        (row["snomed"], text) for row in patients for text in (row["name"], row["mention_en"])
    )
    return [group for group in found if group]


def spanish_groups(data: Path) -> Groups:
    """Give the Spanish names of each disease and the wordings of each procedure."""
    diseases = read_rows(data / "terms" / "doid_es_en_synonyms.tsv")
    procedures = read_rows(data / "linking" / "es_medprocner_train.tsv")
    return [
        group
        for group in (
            *_joined((row["doid"], row["synonym_es"]) for row in diseases),
            *_joined((row["code"], row["text"]) for row in procedures if row["code"].isdigit()),
        )
        if group
    ]


LANGUAGES: Mapping[str, Language] = {
    "en": Language(
        "m2m-encoder-en-1",
        (
            "terms/oae_zh_en.tsv",
            "terms/hpo_2024-04-26_zh_en.tsv",
            "terms/ctcae6_zh_en.tsv",
            "terms/symp.obo",
            "terms/doid_es_en_synonyms.tsv",
            "mentions/en_askapatient_train.tsv",
        ),
        english_groups,
        2000,
        "Ontology of Adverse Events, Human Phenotype Ontology (release 2024-04-26), CTCAE v6.0, "
        "Symptom Ontology, Disease Ontology and AskAPatient, in English.",
    ),
    "es": Language(
        "m2m-encoder-es-1",
        ("terms/doid_es_en_synonyms.tsv", "linking/es_medprocner_train.tsv"),
        spanish_groups,
        800,
        "Disease Ontology and MedProcNER, in Spanish.",
    ),
}


def train(
    name: str, data: Path, out: Path, *, steps: int = 0, shape: str = SHAPE, device: str = "cpu"
) -> dict[str, float]:
    """Train the encoder of a language and write its checkpoint; ``steps`` 0: as the recipe says."""
    language = LANGUAGES[name]
    groups = language.read(data)
    texts = [normalise(one) for group in groups for one in group]
    checkpoint = make_start(
        shape,
        wordpiece_json(texts, MAX_LENGTH),
        ENCODER,
        max_length=MAX_LENGTH,
        device=find_device(device),
        seed=SEED,
    )
    model = SentenceEncoder(checkpoint.network, "mean")
    learnt = steps or language.steps
    warm_up = min(WARM_UP_STEPS, learnt // 5)
    weights = [2.0 if len(group) > 1 else 0.3 for group in groups]
    task = ContrastiveTask(
        model,
        checkpoint.reader,
        Synonyms(groups, weights, prepared=normalise),
        batch=min(BATCH, len(groups)),
        warmup=Warmup(warm_up, texts),
    )
    total = learnt + warm_up
    plan = Plan(
        steps=total,
        learning_rate=LEARNING_RATE,
        warmup_share=min(0.5, 200 / total),
        schedule="cosine",
        second_moment=0.98,
        average=0.998,
        seed=SEED,
        precision="bfloat16",
        report_every=25,
        save_every=100,
    )
    files = [data / one for one in language.files]
    figures = run(
        model, task, plan, out / "run", title=language.model_id, data_mark=data_mark(files, BATCH)
    )
    save_checkpoint(out, checkpoint, pooling="mean")
    write_record(
        out,
        task="encoder",
        start=f"from scratch ({shape})",
        data=files,
        options={"steps": total, "batch": BATCH, "learning_rate": LEARNING_RATE, "seed": SEED},
        figures=figures,
    )
    return figures


def _group(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _joined(pairs: Iterable[tuple[str, str]]) -> Groups:
    found: dict[str, list[str]] = {}
    for code, name in pairs:
        found.setdefault(code, []).append(name)
    return [_group(names) for names in found.values()]
