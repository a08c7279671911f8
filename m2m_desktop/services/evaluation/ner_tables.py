"""The tables of an evaluation of entities."""

from m2m_desktop.core.evaluation.entities import PLACE, RELAXED, STRICT, macro_f1
from m2m_desktop.core.evaluation.entity_errors import Finding
from m2m_desktop.core.evaluation.reliability import Reliability
from m2m_desktop.core.messages import N_
from m2m_desktop.services.evaluation.ner_findings import NerFindings
from m2m_desktop.services.evaluation.outcome import Bar, Curves, Line, Table
from m2m_desktop.services.evaluation.words import FINDING_NAMES, bounds, number
from m2m_desktop.services.export.words import NOTHING
from m2m_desktop.services.language import _

_MEASURES = ("precision", "recall", "f1")
_WAYS = {
    STRICT: N_("Strict: place and type"),
    RELAXED: N_("Relaxed: type, overlapping place"),
    PLACE: N_("Place only"),
}
MOST_PAIRS = 40
"""Of types that were taken for one another; the JSON has them all."""


def ner_tables(found: NerFindings) -> tuple[Table, ...]:
    """Give the tables in the order in which they are read."""
    tables = [_figures(found), _types(found), _findings(found), _confusion(found)]
    if found.reliability is not None:
        tables.append(_reliability(found.reliability))
    return (*tables, _mapping(found))


def _figures(found: NerFindings) -> Table:
    has_bounds = bool(found.intervals)
    rows, bars = list[tuple[str, ...]](), list[Bar]()
    for how, name in _WAYS.items():
        keys = [f"{how}_{measure}" for measure in _MEASURES]
        f1 = keys[-1]
        rows.append(
            (
                _(name),
                *(number(found.values[key]) for key in keys),
                *((bounds(found.intervals.get(f1)),) if has_bounds else ()),
            )
        )
        bars.append(Bar(f"F1, {_(name)}", found.values[f1], found.intervals.get(f1)))
    macro = number(macro_f1(found.values, found.kinds))
    rows.append(
        (
            _("Mean of the types, strict"),
            NOTHING,
            NOTHING,
            macro,
            *((NOTHING,) if has_bounds else ()),
        )
    )
    head = (_("Entities"), _("Precision"), _("Recall"), "F1")
    return Table(
        _("Entities"),
        (*head, *((_("95 % interval of F1"),) if has_bounds else ())),
        tuple(rows),
        bars=tuple(bars),
    )


def _types(found: NerFindings) -> Table:
    gold = dict.fromkeys(found.kinds, 0)
    for (kind, _other), count in found.confusion.items():
        if kind:
            gold[kind] += count
    rows = tuple(
        (
            kind,
            str(gold[kind]),
            *(number(found.values[f"{STRICT}/{kind}/{measure}"]) for measure in _MEASURES),
            number(found.values[f"{RELAXED}/{kind}/f1"]),
        )
        for kind in found.kinds
    )
    bars = tuple(
        Bar(kind, found.values[f"{STRICT}/{kind}/f1"], found.intervals.get(f"{STRICT}/{kind}/f1"))
        for kind in found.kinds
    )
    head = (
        _("Entity type"),
        _("Gold entities"),
        _("Precision"),
        _("Recall"),
        _("F1, strict"),
        _("F1, relaxed"),
    )
    return Table(_("By type"), head, rows, bars=bars)


def _findings(found: NerFindings) -> Table:
    total = sum(found.findings.values())
    rows = tuple(
        (_(FINDING_NAMES[finding]), str(count), number(count / total if total else None))
        for finding, count in found.findings.items()
    )
    bars = tuple(
        Bar(_(FINDING_NAMES[finding]), count / total)
        for finding, count in found.findings.items()
        if total
    )
    note = _("Each entity found is set against at most one gold entity.")
    return Table(_("What is wrong"), (_("Finding"), _("Count"), _("Share")), rows, note, bars)


def _confusion(found: NerFindings) -> Table:
    mixed = sorted(
        ((count, gold, other) for (gold, other), count in found.confusion.items() if gold != other),
        key=lambda one: (-one[0], one[1:]),
    )
    rows = tuple(
        (
            gold or _(FINDING_NAMES[Finding.SPURIOUS]),
            other or _(FINDING_NAMES[Finding.MISSING]),
            str(count),
        )
        for count, gold, other in mixed[:MOST_PAIRS]
    )
    note = ""
    if len(mixed) > MOST_PAIRS:
        note = _("the {count} most frequent of {all}").format(count=MOST_PAIRS, all=len(mixed))
    head = (_("Gold type"), _("Type found"), _("Count"))
    return Table(_("Types taken for one another"), head, rows, note)


def _reliability(found: Reliability) -> Table:
    rows = tuple(
        (
            f"{one.low:.1f} – {one.high:.1f}",
            str(one.count),
            number(one.mean_confidence if one.count else None),
            number(one.observed.value if one.count else None),
            bounds((one.observed.low, one.observed.high) if one.count else None),
        )
        for one in found.bins
    )
    note = _("Expected calibration error {expected}, largest {largest}").format(
        expected=number(found.expected_error), largest=number(found.largest_error)
    )
    curves = Curves(
        tuple(f"{one.low:.1f}–{one.high:.1f}" for one in found.bins),
        (
            Line(
                _("share that is right"),
                tuple(one.observed.value if one.count else None for one in found.bins),
            ),
            Line(
                _("confidence that was said"),
                tuple(one.mean_confidence if one.count else None for one in found.bins),
            ),
        ),
    )
    head = (
        _("Confidence"), _("Count"), _("Mean confidence"), _("Share right"), _("95 % interval"),
    )  # fmt: skip
    return Table(_("Reliability of the confidence"), head, rows, note, curves=curves)


def _mapping(found: NerFindings) -> Table:
    rows = tuple(
        (one.kind, one.counts_as or _("left out"), str(one.gold), str(one.found))
        for one in found.mapping
    )
    head = (_("Type in the files"), _("Counts as"), _("Gold entities"), _("Entities found"))
    return Table(_("Map of types"), head, rows)
