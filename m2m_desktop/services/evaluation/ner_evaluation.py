"""``ner``: entities found in documents, with what is wrong with them and whether they know it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.evaluation.entities import (
    PLACE,
    RELAXED,
    STRICT,
    CollapseMap,
    TaggedDocument,
    entity_tally,
    kinds_of,
    macro_f1,
)
from m2m_desktop.core.evaluation.entity_errors import (
    Aligned,
    align,
    confidence_reliability,
    count_findings,
    type_confusion,
)
from m2m_desktop.core.evaluation.reliability import Reliability
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.evaluation.entity_files import read_collapse_map, read_documents
from m2m_desktop.services.evaluation.ner_findings import MappedType, NerFindings
from m2m_desktop.services.evaluation.ner_tables import ner_tables
from m2m_desktop.services.evaluation.outcome import (
    NO_RESAMPLING,
    Evaluation,
    Json,
    Resampling,
    source_files,
)
from m2m_desktop.services.language import _

COMPARING = N_("Comparing entities")


@dataclass(frozen=True, slots=True)
class NerWish:
    """What to compute; ``collapse`` is a file of types and what they count as."""

    collapse: Path | None = None
    resampling: Resampling = NO_RESAMPLING


def evaluate_ner(
    paths: Sequence[Path], wish: NerWish = NerWish(), progress: Progress = silent
) -> Evaluation:
    """Evaluate entities: the gold standard, then the predictions, or one file with both.

    Raises InputUnreadable and below.
    """
    raw, warnings = read_documents(paths)
    collapse = read_collapse_map(wish.collapse) if wish.collapse else CollapseMap({})
    documents = collapse.apply(raw)
    progress(0, 1, COMPARING)
    tally = entity_tally(documents)
    aligned = [one for document in documents for one in align(document)]
    kinds = kinds_of(documents)
    found = NerFindings(
        kinds,
        tally.values(),
        wish.resampling.of(tally),
        count_findings(aligned),
        type_confusion(aligned),
        confidence_reliability(aligned),
        _mapping(raw, collapse),
    )
    return Evaluation(
        "ner",
        _("Entities in documents"),
        source_files([*paths, *((wish.collapse,) if wish.collapse else ())]),
        {
            "collapse": wish.collapse.name if wish.collapse else "",
            **wish.resampling.to_json(),
        },
        _figures(documents, found),
        ner_tables(found),
        found.intervals,
        _details(found, aligned),
        (*warnings, *_doubts(documents)),
    )


def _mapping(documents: Sequence[TaggedDocument], collapse: CollapseMap) -> tuple[MappedType, ...]:
    gold = Counter(one.kind for doc in documents for one in doc.gold)
    found = Counter(one.kind for doc in documents for one in doc.found)
    kinds = sorted(gold.keys() | found.keys() | collapse.names.keys())
    return tuple(MappedType(kind, collapse.of(kind), gold[kind], found[kind]) for kind in kinds)


def _doubts(documents: Sequence[TaggedDocument]) -> list[Message]:
    """Types that one side only has: most often a wrong map of types."""
    gold = {one.kind for doc in documents for one in doc.gold}
    found = {one.kind for doc in documents for one in doc.found}
    doubts = []
    for only, template in (
        (
            gold - found,
            N_("Only the gold standard has the types {kinds}: is the map of types right?"),
        ),
        (
            found - gold,
            N_("Only the predictions have the types {kinds}: is the map of types right?"),
        ),
    ):
        if only:
            doubts.append(message(template, kinds=", ".join(sorted(only))))
    return doubts


def _figures(documents: Sequence[TaggedDocument], found: NerFindings) -> Json:
    figures: Json = {
        "documents": len(documents),
        "gold": sum(len(doc.gold) for doc in documents),
        "found": sum(len(doc.found) for doc in documents),
    }
    for how in (STRICT, RELAXED, PLACE):
        figures[how] = _three(found.values, f"{how}_")
    figures["macro_f1"] = {
        how: macro_f1(found.values, found.kinds, how) for how in (STRICT, RELAXED)
    }
    figures["types"] = {
        kind: {how: _three(found.values, f"{how}/{kind}/") for how in (STRICT, RELAXED)}
        for kind in found.kinds
    }
    return figures


def _three(values: Mapping[str, float], prefix: str) -> dict[str, float]:
    return {name: values[f"{prefix}{name}"] for name in ("precision", "recall", "f1")}


def _details(found: NerFindings, aligned: Sequence[Aligned]) -> Json:
    by_kind = {
        kind: count_findings(one for one in aligned if one.kind == kind) for kind in found.kinds
    }
    details: Json = {
        "findings": {finding.value: count for finding, count in found.findings.items()},
        "findings_by_type": {
            kind: {finding.value: count for finding, count in counts.items()}
            for kind, counts in by_kind.items()
        },
        "confusion": [
            {"gold": gold, "found": other, "count": count}
            for (gold, other), count in found.confusion.items()
        ],
        "types": [
            {"type": one.kind, "counts_as": one.counts_as, "gold": one.gold, "found": one.found}
            for one in found.mapping
        ],
    }
    if found.reliability is not None:
        details["reliability"] = _reliability(found.reliability)
    return details


def _reliability(found: Reliability) -> Json:
    return {
        "expected_error": found.expected_error,
        "largest_error": found.largest_error,
        "bins": [
            {
                "low": one.low,
                "high": one.high,
                "count": one.count,
                "mean_confidence": one.mean_confidence,
                "right": one.observed.value,
                "right_interval": [one.observed.low, one.observed.high],
            }
            for one in found.bins
        ],
    }
