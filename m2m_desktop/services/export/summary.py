"""The summary: how many mentions fall under which SOC, the top PTs, and what found no term."""

from collections import Counter
from collections.abc import Iterator, Sequence

from m2m_desktop.core.coded_items import CodedItem, CodedSource
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.export.answers import shown_terms
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.cell_xml import column_letters
from m2m_desktop.services.export.records import ExportOptions
from m2m_desktop.services.export.sheets import BarChart, NewRow, NewSheet
from m2m_desktop.services.export.words import DEMO_BANNER, KIND_NAMES, STATUS_NAMES
from m2m_desktop.services.language import _

TOP_TERMS = 20
_FIRST_WIDTHS, _WIDTH = (40.0, 14.0), 12.0


def summary_sheet(coded: CodedSource, options: ExportOptions) -> NewSheet:
    """The summary as a sheet with a chart of the SOCs, if there is any.

    A mention with several terms counts under each of their SOCs, once under each.
    """
    reactions = [item for item in coded.items if item.kind is PieceKind.REACTION]
    head = _head(coded, options, reactions)
    by_soc = _by_soc(reactions, options)
    rows = [
        *head, *by_soc, _blank(), *_top_terms(reactions, options), _blank(),
        *_without_terms(reactions, options), _blank(), *_set_aside(coded.items),
    ]  # fmt: skip
    count = max(len(row.values) for row in rows)
    widths = (*_FIRST_WIDTHS, *[_WIDTH] * (count - len(_FIRST_WIDTHS)))
    anchor = f"{column_letters(count + 2)}2"
    first, last = len(head) + 3, len(head) + len(by_soc)
    chart = BarChart(_("Mentions by SOC"), first, last, column=2, anchor=anchor)
    return NewSheet(
        _("Summary"),
        widths,
        len(rows),
        lambda: iter(rows),
        chart=chart if last >= first else None,
    )


def _head(
    coded: CodedSource, options: ExportOptions, reactions: Sequence[CodedItem]
) -> list[NewRow]:
    counts = Counter(item.status for item in reactions)
    rows = [_bold(_("Status"), _("Mentions"))]
    if coded.run is not None and coded.run.is_demo_terminology:
        rows.insert(0, _bold(DEMO_BANNER))
    rows += [NewRow((_(STATUS_NAMES[status]), counts[status])) for status in ReviewStatus]
    rows.append(NewRow((_("flagged"), sum(item.is_flagged for item in reactions))))
    rows.append(_bold(_("All reactions"), len(reactions)))
    undecided = counts[ReviewStatus.UNREVIEWED]
    if undecided and options.only_decided:
        rows.append(_bold(_("The tables below count decided terms only.")))
    elif undecided:
        rows.append(_bold(_("The tables below count terms that nobody has decided about, too.")))
    return [*rows, _blank()]


def _by_soc(reactions: Sequence[CodedItem], options: ExportOptions) -> list[NewRow]:
    """A title, headings, and one row a SOC, the most frequent first."""
    totals: Counter[tuple[str, str]] = Counter()
    by_severity: Counter[tuple[tuple[str, str], str]] = Counter()
    decided: Counter[tuple[str, str]] = Counter()
    for item in reactions:
        for soc in {(term.soc_code, term.soc_name) for term in shown_terms(item, options)}:
            totals[soc] += 1
            by_severity[soc, item.severity] += 1
            decided[soc] += item.status is not ReviewStatus.UNREVIEWED
    severities = sorted({severity for _soc, severity in by_severity}, key=lambda s: (s == "", s))
    names = [clean_text(severity) or _("without severity") for severity in severities]
    rows = [
        _bold(_("Primary SOC by severity")),
        _bold(_("Primary SOC"), _("Mentions"), _("decided"), *names),
    ]
    for soc in sorted(totals, key=lambda soc: (-totals[soc], soc)):
        counts = [by_severity[soc, severity] for severity in severities]
        rows.append(NewRow((clean_text(soc[1]), totals[soc], decided[soc], *counts)))
    return rows


def _top_terms(reactions: Sequence[CodedItem], options: ExportOptions) -> Iterator[NewRow]:
    mentions: Counter[tuple[str, str]] = Counter()
    reports: dict[tuple[str, str], set[str]] = {}
    for item in reactions:
        for pt in {(term.pt_code, term.pt_name) for term in shown_terms(item, options)}:
            mentions[pt] += 1
            reports.setdefault(pt, set()).add(item.report_id)
    yield _bold(_("Most frequent PTs"))
    yield _bold(_("PT name"), _("PT code"), _("Mentions"), _("Reports"))
    for pt in sorted(mentions, key=lambda pt: (-mentions[pt], pt))[:TOP_TERMS]:
        named = {report for report in reports[pt] if report}
        yield NewRow((clean_text(pt[1]), clean_text(pt[0]), mentions[pt], len(named) or None))


def _without_terms(reactions: Sequence[CodedItem], options: ExportOptions) -> Iterator[NewRow]:
    counts = Counter(
        (item.text, item.status) for item in reactions if not shown_terms(item, options)
    )
    yield _bold(_("Phrases without a term"))
    yield _bold(_("Phrase"), _("Mentions"), _("Status"))
    for (text, status), count in sorted(counts.items(), key=lambda one: (-one[1], one[0][0])):
        yield NewRow((clean_text(text), count, _(STATUS_NAMES[status])))


def _set_aside(items: Sequence[CodedItem]) -> Iterator[NewRow]:
    counts: Counter[PieceKind] = Counter(item.kind for item in items)
    yield _bold(_("Set aside, not coded"), _("Mentions"))
    for kind in PieceKind:
        if counts[kind] and kind is not PieceKind.REACTION:
            yield NewRow((_(KIND_NAMES[kind]), counts[kind]))


def _bold(*values: str | int) -> NewRow:
    return NewRow(values, is_bold=True)


def _blank() -> NewRow:
    return NewRow(())
