"""Results as text: csv for spreadsheets and databases, JSON lines for programs."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from m2m_desktop.core.coded_items import CodedItem, CodedSource
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.services.export.answers import Value, shown_terms
from m2m_desktop.services.export.cell_text import replace_unwritable, shield
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.export.errors import NotReadBack
from m2m_desktop.services.export.fitness import fitness_of
from m2m_desktop.services.export.long_table import table_rows
from m2m_desktop.services.export.records import ExportOptions, ExportReport
from m2m_desktop.services.export.reports import report_of
from m2m_desktop.services.language import _
from m2m_desktop.services.wire import Json

_ROWS_A_PIECE = 500
_BYTE_ORDER_MARK = "\ufeff"
"""Excel takes a csv for UTF-8 only if it begins with this."""


def write_csv(
    target: Path,
    coded: CodedSource,
    options: ExportOptions | None = None,
    progress: Progress = silent,
) -> ExportReport:
    """Write the long table as csv (UTF-8 with a mark, commas, CRLF).

    A text that a spreadsheet could take for a formula gets an apostrophe in front (see `shield`).
    Raises: OutputUnwritable, Cancelled.
    """
    rows = table_rows(coded, options or ExportOptions())
    return _write(target, coded, "csv", _csv_pieces(rows), progress)


def write_jsonl(
    target: Path,
    coded: CodedSource,
    options: ExportOptions | None = None,
    progress: Progress = silent,
) -> ExportReport:
    """Write one JSON object a mention (UTF-8), every text exactly as it was read.

    Raises: OutputUnwritable, Cancelled.
    """
    chosen = options or ExportOptions()
    lines = (json_line(mention_to_json(item, coded, chosen)) for item in coded.items)
    return _write(target, coded, "jsonl", lines, progress)


def mention_to_json(item: CodedItem, coded: CodedSource, options: ExportOptions) -> Json:
    """A mention with its answer; names as in `services.wire` where it has them.

    ``mention_id`` is its place; ``start`` and ``end`` count characters of the cell from 0.
    """
    place = item.place
    run = coded.run
    terms = shown_terms(item, options)
    return {
        "mention_id": f"{place.sheet}!{place.row}.{place.column}.{item.start}",
        "mention": item.text,
        "file": coded.name,
        "file_sha256": coded.sha256,
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "start": item.start,
        "end": item.end,
        "report_id": item.report_id,
        "kind": item.kind.value,
        "severity": item.severity,
        "selected": [term.pt_code for term in terms],
        "terms": [_term_to_json(term) for term in terms],
        "band": item.band.value if item.band else None,
        "source": item.source.value,
        "is_from_narrative": item.is_from_narrative,
        "status": item.status.value,
        "is_flagged": item.is_flagged,
        "reviewer": item.reviewer,
        "decided_at": item.decided_at,
        "comment": item.comment,
        "terminology_id": run.terminology_id if run else "",
        "is_demo_terminology": run.is_demo_terminology if run else False,
        "model_id": run.model_id if run else "",
        "model_hash": run.model_hash if run else "",
        "threshold": run.threshold if run else None,
    }


def json_line(record: Json) -> str:
    """A record as one line; a text that UTF-8 cannot hold makes the line an escaped one."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        line = json.dumps(record)
    return line + "\n"


def _term_to_json(term: CodedTerm) -> Json:
    return {
        "candidate_pt_code": term.pt_code,
        "candidate_pt_name": term.pt_name,
        "prob_1": term.probability,
        "llt_code": term.llt_code,
        "llt_name": term.llt_name,
        "is_current": term.is_current,
        "hlt_code": term.hlt_code,
        "hlt_name": term.hlt_name,
        "hlgt_code": term.hlgt_code,
        "hlgt_name": term.hlgt_name,
        "soc_code": term.soc_code,
        "soc_name": term.soc_name,
    }


def _csv_pieces(rows: Iterable[tuple[Value, ...]]) -> Iterator[str]:
    yield _BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\r\n").writerow([_field(value) for value in row])
        yield line.getvalue()


def _field(value: Value) -> Value:
    return shield(replace_unwritable(value)) if isinstance(value, str) else value


def _write(
    target: Path, coded: CodedSource, form: str, pieces: Iterable[str], progress: Progress
) -> ExportReport:
    """Write pieces of text; the draft must read back as the bytes that were meant."""
    digest = hashlib.sha256()

    def write(draft: Path) -> None:
        with draft.open("wb") as stream:
            for number, piece in enumerate(pieces):
                if number % _ROWS_A_PIECE == 0:
                    progress(number, 0, _("Writing {title}").format(title=target.name))
                data = piece.encode()
                digest.update(data)
                stream.write(data)

    def check(draft: Path) -> None:
        with draft.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256")
        if found.digest() != digest.digest():
            detail = message(N_("It is damaged ({kind})."), kind="SHA-256")
            raise NotReadBack(path=target, detail=detail)

    written = write_whole(target, write, check)
    return report_of(coded, fitness_of(coded), form=form, asked=target, written=written)
