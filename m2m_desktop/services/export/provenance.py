"""The provenance sheet: where every answer comes from, so that it can be had again and trusted."""

import platform
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from m2m_desktop import __version__
from m2m_desktop.core.acceptance import RULE, reviewer_words
from m2m_desktop.core.coded_items import CodedSource
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Run
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.cell_xml import column_letters
from m2m_desktop.services.export.fitness import Fitness
from m2m_desktop.services.export.pair_lines import pair_lines
from m2m_desktop.services.export.records import ExportOptions
from m2m_desktop.services.export.sheets import NewRow, NewSheet
from m2m_desktop.services.export.words import (
    DEMO_BANNER,
    KIND_NAMES,
    MODE_NAMES,
    NOTHING,
    SOURCE_NAMES,
    STATUS_NAMES,
)
from m2m_desktop.services.language import _, ngettext

Line = tuple[str, str]

LIBRARIES = ("onnxruntime", "tokenizers", "numpy", "jieba", "openpyxl")
_CPU_FLAGS = (
    "sse4_2",
    "avx",
    "avx2",
    "fma",
    "f16c",
    "avx512f",
    "avx512_vnni",
    "avx_vnni",
    "amx_int8",
)


def provenance_sheet(coded: CodedSource, options: ExportOptions, fitness: Fitness) -> NewSheet:
    """The lines as a sheet of two columns."""
    lines = provenance_lines(coded, options, fitness)
    rows = [NewRow((clean_text(name), clean_text(value))) for name, value in lines]
    if coded.run is not None and coded.run.is_demo_terminology:
        rows.insert(0, NewRow((DEMO_BANNER,), is_bold=True))
    return NewSheet(_("Provenance"), (36.0, 90.0), len(rows), lambda: iter(rows))


def provenance_lines(coded: CodedSource, options: ExportOptions, fitness: Fitness) -> list[Line]:
    """Everything that is known of the origin of the answers, one line a fact."""
    return [
        (_("Note"), _("A proposal by a program: a person decides.")),
        (_("Human decision"), _decision_line(coded)),
        *_source_lines(coded),
        *_count_lines(coded),
        *_narrative_lines(coded),
        *_text_lines(fitness),
        *(_run_lines(coded.run) if coded.run else [(_("Coded at"), _("not coded by a model"))]),
        *(pair_lines(coded.pairs) if coded.run and coded.pairs else ()),
        *_program_lines(),
        *_time_lines(coded),
        (_("Audit trail, last hash"), coded.chain_head or NOTHING),
        (_("Terms without a decision"), _("left out") if options.only_decided else _("shown")),
        *((str(name), str(value)) for name, value in coded.facts),
    ]


def _decision_line(coded: CodedSource) -> str:
    waiting = sum(
        item.kind is PieceKind.REACTION and item.status is ReviewStatus.UNREVIEWED
        for item in coded.items
    )
    if waiting:
        return ngettext(
            "{count} reaction is still to be reviewed: its terms are a proposal, not a decision.",
            "{count} reactions are still to be reviewed: their terms are proposals, not decisions.",
            waiting,
        ).format(count=waiting)
    by_rule = sum(item.reviewer.startswith(RULE) for item in coded.items)
    if by_rule:
        return ngettext(
            "Every reaction is decided; {count} was accepted by a rule that a person had set.",
            "Every reaction is decided; {count} were accepted by a rule that a person had set.",
            by_rule,
        ).format(count=by_rule)
    return _("Every reaction was decided by a person.")


def _source_lines(coded: CodedSource) -> Iterator[Line]:
    yield _("Source file"), unicodedata.normalize("NFC", coded.name)
    yield _("Source file, SHA-256"), coded.sha256 or NOTHING
    named = [item for item in coded.items if not item.is_from_narrative]
    places = sorted({(item.place.sheet, item.place.column) for item in named})
    for sheet in sorted({sheet for sheet, _column in places} | set(coded.header_rows)):
        columns = ", ".join(column_letters(column) for name, column in places if name == sheet)
        header = coded.header_rows.get(sheet, 0)
        text = _("columns {columns}; header in row {header}")
        value = text.format(columns=columns or NOTHING, header=header or NOTHING)
        yield f"{_('Sheet')} {sheet}".rstrip(), value


def _count_lines(coded: CodedSource) -> Iterator[Line]:
    items = coded.items
    reactions = [item for item in items if item.kind is PieceKind.REACTION]
    statuses = Counter(item.status for item in reactions)
    sources = Counter(item.source for item in reactions)
    kinds = Counter(item.kind for item in items)
    yield _("Mentions"), str(len(items))
    yield _("Distinct phrases"), str(len({item.text for item in reactions}))
    yield _("Reports"), str(len({item.report_id for item in items if item.report_id}))
    for kind in PieceKind:
        yield f"{_('Kind')}: {_(KIND_NAMES[kind])}", str(kinds[kind])
    for status in ReviewStatus:
        yield f"{_('Status')}: {_(STATUS_NAMES[status])}", str(statuses[status])
    yield f"{_('Status')}: {_('flagged')}", str(sum(item.is_flagged for item in reactions))
    for source, count in sorted(sources.items(), key=lambda one: one[0].value):
        yield f"{_('Source of the answer')}: {_(SOURCE_NAMES[source])}", str(count)
    reviewers = sorted({reviewer_words(one.reviewer).text(_) for one in items if one.reviewer})
    yield _("Reviewers"), ", ".join(reviewers) or NOTHING
    decided = sorted(item.decided_at for item in items if item.decided_at)
    yield _("First decision"), decided[0] if decided else NOTHING
    yield _("Last decision"), decided[-1] if decided else NOTHING


def _narrative_lines(coded: CodedSource) -> Iterator[Line]:
    """Every mention that a person added out of a narrative: no column of names has it."""
    added = [item for item in coded.items if item.is_from_narrative]
    if added:
        yield _("Mentions added from narratives"), str(len(added))
    for item in added:
        place = f"{item.place.sheet}!{column_letters(item.place.column)}{item.place.row}"
        terms = " + ".join(f"{term.pt_name} [{term.pt_code}]" for term in item.terms)
        who = reviewer_words(item.reviewer).text(_) or NOTHING
        yield (
            f"{_('From the narrative')} {place.lstrip('!')}",
            f"{item.text} → {terms or NOTHING} · {who} · {item.decided_at or NOTHING}",
        )


def _text_lines(fitness: Fitness) -> Iterator[Line]:
    yield _("Texts with characters that no cell can hold"), str(fitness.replaced)
    yield _("Texts that were cut because of their length"), str(fitness.cut)


def _run_lines(run: Run) -> Iterator[Line]:
    yield _("Coded at"), run.coded_at
    yield _("Coded by program version"), run.app_version
    yield _("Terminology"), run.terminology_name
    release = f"{run.terminology_version} {run.terminology_language}".strip()
    yield _("Release"), release
    yield _("Terminology id"), run.terminology_id
    yield _("Model"), run.model_id or NOTHING
    yield _("Model hash (SHA-256)"), run.model_hash or NOTHING
    if run.fusion:
        yield _("Encoder that proposed terms by meaning"), run.encoder_id
        yield _("Encoder hash (SHA-256)"), run.encoder_hash
        yield _("How both lists were joined"), run.fusion
    yield _("Text template"), f"{run.template} / {run.alias_order}"
    yield _("Mode"), _mode_text(run.mode)
    yield _("Threshold"), f"{run.threshold:g}"
    yield _("Candidates per phrase"), str(run.top_k)
    if run.small_model_id:
        yield _("Model that decides where to look"), run.small_model_id
        yield _("Answers that scoring everything might change"), _cascade_text(run)
    for name, digest in run.terminology_hashes:
        yield f"SHA-256 {name}", digest


def _mode_text(mode: str) -> str:
    """The words of a mode, and by what a command line names it."""
    words = MODE_NAMES.get(mode)
    return f"{_(words)} ({mode})" if words else mode


def _cascade_text(run: Run) -> str:
    if run.cascade_error is None:
        return _("not yet measured on this computer")
    return _("{share} of phrases at most, from {count} that were scored in full").format(
        share=f"{100 * run.cascade_error:.1f} %", count=run.cascade_phrases
    )


def _program_lines() -> Iterator[Line]:
    yield _("Written by program version"), __version__
    yield _("System"), f"{platform.system()} {platform.release()} {platform.machine()}"
    yield _("Processor features"), cpu_features() or NOTHING
    yield "Python", platform.python_version()
    for library in LIBRARIES:
        yield library, _version(library)


def _time_lines(coded: CodedSource) -> Iterator[Line]:
    yield _("State of the project (UTC)"), coded.made_at or NOTHING
    yield _("State of the project (local time)"), _local_time(coded.made_at) or NOTHING


def _local_time(utc: str) -> str:
    """The same moment on this computer's clock, with its offset."""
    try:
        moment = datetime.fromisoformat(utc)
    except ValueError:
        return ""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone().isoformat(timespec="seconds")


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:  # a frozen program may leave the record of a library behind
        return NOTHING


def cpu_features() -> str:
    """Those instruction sets of the processor that answers may depend on, as far as it says."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return platform.processor()
    for line in text.splitlines():
        if line.startswith(("flags", "Features")):
            present = set(line.partition(":")[2].split())
            return " ".join(flag for flag in _CPU_FLAGS if flag in present)
    return ""
