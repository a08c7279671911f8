"""An evaluation as one HTML file: tables and charts to print or to put into a paper.

Nothing in it is loaded from elsewhere and nothing runs: the file shows the same in ten years.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from m2m_desktop import __version__
from m2m_desktop.services.evaluation.outcome import Evaluation, Table
from m2m_desktop.services.evaluation.share_charts import bars_svg, curves_svg
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.language import CHINESE, _, current_language

SUFFIXES = (".html", ".htm")
_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 "Noto Sans", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  color: #1a1f24; background: #fff; max-width: 780px; margin: 32px auto; padding: 0 24px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 32px 0 8px; }
p { margin: 4px 0 8px; } .muted { color: #5a6570; font-size: 13px; }
.warnings { border-left: 4px solid #b3541e; padding: 4px 12px; margin: 16px 0; }
.warnings p::before { content: "! "; font-weight: bold; }
table { border-collapse: collapse; width: 100%; border-top: 2px solid #1a1f24;
  border-bottom: 2px solid #1a1f24; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: right; }
th:first-child, td:first-child { text-align: left; overflow-wrap: break-word; }
tbody td + td { white-space: nowrap; }
thead th { border-bottom: 1px solid #1a1f24; vertical-align: bottom; }
tbody tr:nth-child(even) { background: #f4f6f8; }
figure { margin: 12px 0; } svg { max-width: 100%; height: auto; }
code { font-size: 12px; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  tbody tr:nth-child(even) { background: none; } }
"""


def write_report(target: Path, evaluation: Evaluation, *, made_at: str) -> Path:
    """Write the report; gives where it stands. Raises OutputUnwritable."""
    page = html_report(evaluation, made_at=made_at).encode("utf-8")
    return write_whole(target, lambda draft: _write(draft, page))


def html_report(evaluation: Evaluation, *, made_at: str) -> str:
    """Give the page in the current language."""
    language = "zh-CN" if current_language() == CHINESE else "en"
    body = "\n".join(_body(evaluation, made_at))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(evaluation.title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _body(evaluation: Evaluation, made_at: str) -> Iterator[str]:
    yield f"<h1>{escape(evaluation.title)}</h1>"
    names = ", ".join(one.name for one in evaluation.files)
    yield f'<p class="muted">{escape(names)}</p>'
    if evaluation.warnings:
        yield '<div class="warnings">'
        for one in evaluation.warnings:
            yield f"<p>{escape(one.text(_))}</p>"
        yield "</div>"
    for table in evaluation.tables:
        yield from _section(table)
    yield from _stamp(evaluation, made_at)


def _section(table: Table) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(table.title)}</h2>"
    if table.note:
        yield f"<p>{escape(table.note)}</p>"
    head = _cells(table.head, "th", ' scope="col"')
    yield f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>"
    for row in table.rows:
        yield f"<tr>{_cells(row, 'td')}</tr>"
    yield "</tbody>\n</table>"
    if table.bars:
        yield f"<figure>{bars_svg(table.bars, table.title)}</figure>"
    if table.curves is not None:
        yield f"<figure>{curves_svg(table.curves, table.title)}</figure>"
    yield "</section>"


def _stamp(evaluation: Evaluation, made_at: str) -> Iterator[str]:
    """What the figures were made from, so that they can be made again."""
    title = _("How these figures were made")
    yield f"<section>\n<h2>{escape(title)}</h2>"
    yield f'<p class="muted">m2m evaluate {escape(evaluation.kind)} · m2m {__version__} · {made_at}</p>'
    resamples = evaluation.settings.get("resamples")
    if resamples:
        said = _(
            "Intervals: {resamples} resamples of the cases, seed {seed}, percentiles 2.5 and 97.5"
        ).format(resamples=resamples, seed=evaluation.settings.get("seed"))
        yield f'<p class="muted">{escape(said)}</p>'
    for one in evaluation.files:
        yield f'<p class="muted">{escape(one.name)} <code>SHA-256 {one.sha256}</code></p>'
    yield "</section>"


def _cells(cells: tuple[str, ...], tag: str, more: str = "") -> str:
    return "".join(f"<{tag}{more}>{escape(cell)}</{tag}>" for cell in cells)
