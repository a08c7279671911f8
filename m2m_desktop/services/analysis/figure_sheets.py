"""The sheets of an analysis: a summary, one for each level, the SMQs, and what was not counted."""

from collections.abc import Iterator, Sequence

from m2m_desktop.core.analysis.records import Analysis, CountRow, SmqCount
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.analysis.chart import MAX_BARS
from m2m_desktop.services.analysis.sources import Found
from m2m_desktop.services.analysis.words import (
    LEVEL_TITLES,
    judged_sentence,
    met_text,
    paths_name,
    severity_name,
    unit_name,
)
from m2m_desktop.services.export.answers import Value
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.cell_xml import column_letters
from m2m_desktop.services.export.sheets import BarChart, NewRow, NewSheet
from m2m_desktop.services.export.words import DEMO_BANNER, NOTHING
from m2m_desktop.services.language import _

_NAME_WIDTH, _CODE_WIDTH, _WIDTH = 44.0, 12.0, 12.0
_TOTAL_COLUMN = 4


def summary_sheet(found: Found, made_at: str) -> NewSheet:
    """What was counted, of what, by which release and how, and what a person must know of it."""
    analysis, release = found.analysis, found.release
    name = f"{release.version} {release.language} {release.language2}".strip()
    lines: list[tuple[str, Value]] = [
        (_("What was counted"), found.source or _("a list of terms")),
        (_("Unit"), unit_name(analysis)),
        (_("Paths"), paths_name(analysis)),
        (_("Terminology"), release.name),
        (_("Release"), name or NOTHING),
        (_("Terminology id"), release.terminology_id),
        (_("Made at"), made_at),
        (_("Given"), analysis.given),
        (_("Counted in the figures"), analysis.used),
        (_("Not counted (see the last sheet)"), analysis.refused),
        (_("Distinct PTs"), analysis.terms),
    ]
    if analysis.has_cases:
        decided = _("decided only") if found.wish.decided_only else _("decided or proposed")
        lines[3:3] = [(_("Terms"), decided), (_("Reports"), analysis.cases)]
    counts = dict.fromkeys(analysis.severities, 0)
    for row in analysis.levels[TermLevel.PT]:
        for severity, count in row.counts.items():
            counts[severity] += count
    rows = [NewRow((clean_text(name), _clean(value))) for name, value in lines]
    if release.is_demo:
        rows.insert(0, NewRow((DEMO_BANNER,), is_bold=True))
    rows += [NewRow(()), NewRow((_("Severity"), unit_name(analysis)), is_bold=True)]
    rows += [NewRow((clean_text(severity_name(one)), count)) for one, count in counts.items()]
    rows += [NewRow(())]
    notes = [*(note.text(_) for note in analysis.notes), judged_sentence(analysis)]
    rows += [NewRow((clean_text(note),)) for note in notes]
    return _sheet(_("Summary"), (_NAME_WIDTH, 60.0), rows)


def level_sheet(found: Found, level: TermLevel, *, charts: bool) -> NewSheet:
    """The terms of a level, the most frequent first, with a chart of the first ones."""
    analysis = found.analysis
    head = [
        level.name, _("Second name"), _("Code"), _("Total"),
        *(severity_name(one) for one in analysis.severities), _("Distinct PTs"),
    ]  # fmt: skip
    if analysis.has_cases:
        head.append(_("Reports"))
    if level is not TermLevel.SOC:
        head.append("SOC")
    counted = analysis.levels[level]
    rows = [_head(head), *(_level_row(row, level, analysis) for row in counted)]
    widths = (_NAME_WIDTH, 28.0, _CODE_WIDTH, *[_WIDTH] * (len(head) - 3))
    chart = None
    if charts and counted:
        last = min(len(counted), MAX_BARS) + 1
        anchor = f"{column_letters(len(head) + 2)}2"
        title = f"{_(LEVEL_TITLES[level])} · {unit_name(analysis)}"
        chart = BarChart(title, 2, last, column=_TOTAL_COLUMN, anchor=anchor)
    return _sheet(_(LEVEL_TITLES[level]), widths, rows, frozen_rows=1, chart=chart)


def smq_sheets(found: Found) -> Sequence[NewSheet]:
    """The SMQs, and the reported terms of each; none where nothing falls under any."""
    smqs = found.analysis.smqs
    if not smqs:
        return ()
    head = [
        "SMQ", _("Second name"), _("Code"), _("Level"),
        _("Narrow: PTs"), _("Broad: PTs"), _("Narrow: count"), _("Broad: count"),
        _("Algorithm"), _("Algorithm satisfied"),
    ]  # fmt: skip
    rows = [_head(head), *(_smq_row(smq, found.analysis) for smq in smqs)]
    widths = (_NAME_WIDTH, 28.0, _CODE_WIDTH, *[_WIDTH] * 5, 24.0, 24.0)
    terms_head = ["SMQ", _("Term"), _("Second name"), _("Code"), _("Level"), _("Scope"),
                  _("Category"), _("Count")]  # fmt: skip
    term_rows = [_head(terms_head), *(row for smq in smqs for row in _smq_term_rows(smq))]
    return (
        _sheet("SMQ", widths, rows, frozen_rows=1),
        _sheet(
            _("Terms of SMQs"),
            (_NAME_WIDTH, _NAME_WIDTH, 28.0, _CODE_WIDTH, *[_WIDTH] * 4),
            term_rows,
            frozen_rows=1,
        ),
    )


def remark_sheet(found: Found) -> NewSheet:
    """What was not counted, or not as it stands, with the reasons; perhaps nothing."""
    head = [_("Row"), _("As given"), _("Count"), _("Counted"), _("Reason"), _("Suggestion")]
    rows = [_head(head)]
    rows += [
        NewRow(
            (
                remark.row,
                clean_text(remark.text),
                remark.count,
                _("yes") if remark.is_used else _("no"),
                clean_text(remark.sentence.text(_)),
                clean_text(remark.suggestion) or None,
            )
        )
        for remark in found.analysis.remarks
    ]
    widths = (8.0, 44.0, 10.0, 10.0, 70.0, 36.0)
    return _sheet(_("Not counted"), widths, rows, frozen_rows=1)


def _level_row(row: CountRow, level: TermLevel, analysis: Analysis) -> NewRow:
    name = row.term.name if row.term.code else _(row.term.name)
    values: list[Value] = [
        clean_text(name), clean_text(row.term.name2) or None, clean_text(row.term.code) or None,
        row.total, *(row.counts[one] for one in analysis.severities), row.terms,
    ]  # fmt: skip
    if analysis.has_cases:
        values.append(row.cases)
    if level is not TermLevel.SOC:
        values.append(clean_text(row.soc_name) or None)
    return NewRow(tuple(values))


def _smq_row(smq: SmqCount, analysis: Analysis) -> NewRow:
    return NewRow(
        (
            clean_text(smq.name), clean_text(smq.name2) or None, clean_text(smq.code), smq.level,
            smq.narrow_terms, smq.broad_terms, smq.narrow_count, smq.broad_count,
            clean_text(smq.algorithm) or None, met_text(smq, analysis) or None,
        )
    )  # fmt: skip


def _smq_term_rows(smq: SmqCount) -> Iterator[NewRow]:
    for one in smq.terms:
        yield NewRow(
            (
                clean_text(smq.name), clean_text(one.term.name), clean_text(one.term.name2) or None,
                clean_text(one.term.code), one.term.level.name,
                _("narrow") if one.is_narrow else _("broad"), one.categories or None, one.count,
            )
        )  # fmt: skip


def _sheet(
    title: str,
    widths: tuple[float, ...],
    rows: Sequence[NewRow],
    *,
    frozen_rows: int = 0,
    chart: BarChart | None = None,
) -> NewSheet:
    return NewSheet(
        title, widths, len(rows), lambda: iter(rows), frozen_rows=frozen_rows, chart=chart
    )


def _head(values: Sequence[str]) -> NewRow:
    return NewRow(tuple(map(clean_text, values)), is_bold=True)


def _clean(value: Value) -> Value:
    return clean_text(value) if isinstance(value, str) else value
