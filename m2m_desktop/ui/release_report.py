"""The report of an import as a small HTML page."""

from collections.abc import Sequence
from html import escape
from itertools import zip_longest

from PySide6.QtCore import QLocale

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_protocol import ImportedRelease, ReportedAnomaly

COUNT_WORDS = {
    "soc": "SOC",
    "hlgt": "HLGT",
    "hlt": "HLT",
    "pt": "PT",
    "llt": "LLT",
    "llt_current": N_("current LLT"),
    "path": N_("Paths"),
    "paths": N_("Paths"),
    "smq": "SMQ",
    "smqs": "SMQ",
    "smqrow": N_("SMQ rows"),
    "smq_rows": N_("SMQ rows"),
    "history": N_("History"),
}


def report_html(releases: Sequence[ImportedRelease]) -> str:
    """Counts, encodings and anomalies of each release; no term names."""
    return "<hr>".join(map(_release_html, releases))


def _release_html(release: ImportedRelease) -> str:
    colours = style.colours()
    half = (len(release.counts) + 1) // 2
    pairs = zip_longest(release.counts[:half], release.counts[half:])
    counts = "".join(f"<tr>{_count_html(left)}{_count_html(right)}</tr>" for left, right in pairs)
    encodings = "<br>".join(
        f"{escape(files)} &nbsp; {escape(encoding)}" for files, encoding in release.encodings
    )
    if release.anomalies:
        odd = "".join(map(_anomaly_html, release.anomalies))
        anomalies = (
            f"<p>{escape(_('Odd, but usable. The release was loaded with these:'))}</p>{odd}"
        )
    else:
        anomalies = f"<p>{escape(_('Nothing odd was found.'))}</p>"
    muted = f'style="color:{colours.muted}"'
    version = " · ".join(filter(None, (release.version, release.language)))
    return (
        f"<h3>{escape(release.label)}</h3><p {muted}>{escape(version)}</p>"
        f"<table cellspacing='0' cellpadding='3'>{counts}</table>"
        f"<h4>{escape(_('Encoding'))}</h4><p>{encodings}</p>"
        f"<h4>{escape(_('Findings'))}</h4>{anomalies}"
    )


def _count_html(counted: tuple[str, int] | None) -> str:
    if counted is None:
        return "<td></td><td></td>"
    name, count = counted
    word = escape(_(COUNT_WORDS.get(name, name)))
    return (
        f"<td>{word}</td>"
        f'<td align="right" style="padding-left:24px; padding-right:64px">'
        f"{QLocale().toString(count)}</td>"
    )


def _anomaly_html(odd: ReportedAnomaly) -> str:
    muted = style.colours().muted
    places = escape(", ".join(odd.places))
    more = " …" if odd.places and odd.count > len(odd.places) else ""
    return (
        f"<p>{escape(_(odd.text))}: <b>{QLocale().toString(odd.count)}</b><br>"
        f'<span style="color:{muted}">{places}{more}</span></p>'
    )
