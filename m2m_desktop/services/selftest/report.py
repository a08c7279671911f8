"""The report of a self-test: as JSON while it is made, and as one HTML file to print and file.

Both languages are in the JSON; a page is in the language it is asked for. Nothing in the page is
loaded from elsewhere and nothing runs. There is no user, computer, path or phrase in it.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.messages import N_
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.language import CHINESE, current_language, translate
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.selftest.records import (
    OUTCOME_WORDS,
    Json,
    Outcome,
    Places,
    result_to_json,
    spoken,
    worst,
)

if TYPE_CHECKING:
    from m2m_desktop.services.engine import Engine

FORMAT = 1
SUFFIXES = (".html", ".htm")
MARKS = {Outcome.OK: "✓", Outcome.WARNING: "!", Outcome.FAILED: "✗"}
VERDICTS = {
    Outcome.OK: N_("Everything is in order."),
    Outcome.WARNING: N_("Everything works; some points should be looked at."),
    Outcome.FAILED: N_("Something does not work. Do not use this installation for reports yet."),
}
TITLE = N_("Self-test of mention2meddra Desktop")
_STYLE = """
body { font: 14px/1.5 "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; color: #1a1f24;
  background: #fff; max-width: 800px; margin: 32px auto; padding: 0 24px; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 28px 0 8px; }
p { margin: 2px 0 6px; } .muted { color: #5a6570; font-size: 12px; }
table { border-collapse: collapse; width: 100%; border-bottom: 2px solid #1a1f24; }
th, td { padding: 5px 8px; text-align: left; vertical-align: top; border-top: 1px solid #b8c0c8; }
th { border-top: 2px solid #1a1f24; } td { overflow-wrap: anywhere; }
.ok { color: #1a7340; } .warning { color: #955300; } .failed { color: #b3261e; }
.outcome { white-space: nowrap; font-weight: bold; }
.sign { margin-top: 48px; border: 0; } .sign td { border: 0; border-bottom: 1px solid #1a1f24; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; }
  tr { break-inside: avoid; } }
"""


def told_parts(
    engine: "Engine", locations: Locations, progress: Progress = silent
) -> Iterator[Json]:
    """Carry the self-test out: first ``{"facts": …}``, then a ``{"check": …}`` for each result."""
    from m2m_desktop.services.selftest.checks import CHECKS
    from m2m_desktop.services.selftest.facts import facts_of
    from m2m_desktop.services.selftest.file_list import program_folder
    from m2m_desktop.services.selftest.running import run_checks, utc_now

    places = Places(locations)
    facts = facts_of(engine, program_folder())
    yield {"facts": {**facts, "made_at": utc_now().isoformat(timespec="seconds")}}
    for result in run_checks(engine, locations, CHECKS, progress):
        yield {"check": result_to_json(result, places)}


def report_of(facts: Json, checks: Sequence[Json]) -> Json:
    """Put the report together."""
    outcome = worst([str(one["outcome"]) for one in checks])
    return {"format": FORMAT, "outcome": outcome.value, "facts": facts, "checks": list(checks)}


def write_json(target: Path, report: Json) -> Path:
    """Write the report for programs; gives where it stands. Raises OutputUnwritable."""
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    return write_whole(target, lambda draft: _write(draft, text))


def write_html(target: Path, report: Json) -> Path:
    """Write the page in the current language; gives where it stands. Raises OutputUnwritable."""
    page = html_page(report, current_language())
    return write_whole(target, lambda draft: _write(draft, page))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def html_page(report: Json, language: str) -> str:
    """Give the whole page; it prints on two to four sheets of A4."""

    def say(text: str) -> str:
        return escape(translate(text, language))

    outcome = Outcome(report["outcome"])
    lines = [
        f"<h1>{say(TITLE)}</h1>",
        f'<p class="muted">{escape(local_time(report["facts"]["made_at"]))}</p>',
        f'<p class="{outcome.value}"><b>{MARKS[outcome]} {say(VERDICTS[outcome])}</b></p>',
        f"<h2>{say(N_('Checks'))}</h2>",
        f"<table><tr><th>{say(N_('Part'))}</th><th>{say(N_('Outcome'))}</th>"
        f"<th>{say(N_('What was found'))}</th></tr>",
        *(_check_row(one, language) for one in report["checks"]),
        "</table>",
        f"<h2>{say(N_('Versions and hashes'))}</h2><table>",
        *(
            f"<tr><td>{say(name)}</td><td>{escape(value)}</td></tr>"
            for name, value in fact_rows(report["facts"])
        ),
        "</table>",
        f'<table class="sign"><tr><td>{say(N_("Checked by:"))}</td>'
        f"<td>{say(N_('Date:'))}</td></tr></table>",
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language == CHINESE else "en"}">\n<head>\n'
        '<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{say(TITLE)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(lines)
        + "\n</body>\n</html>\n"
    )


def _check_row(told: Json, language: str) -> str:
    outcome = Outcome(told["outcome"])
    found = []
    for one in told["findings"]:
        state = Outcome(one["outcome"])
        mark = "" if state is Outcome.OK else f"{MARKS[state]} "
        text = f'<p class="{state.value}">' if mark else "<p>"
        found.append(f"{text}{mark}{escape(spoken(one['detail'], language))}</p>")
        if one["advice"] is not None:
            found.append(f"<p>→ {escape(spoken(one['advice'], language))}</p>")
    word = escape(translate(OUTCOME_WORDS[outcome], language))
    return (
        f"<tr><td><b>{escape(spoken(told['title'], language))}</b>"
        f'<p class="muted">{escape(spoken(told["looked_at"], language))}</p></td>'
        f'<td class="outcome {outcome.value}">{MARKS[outcome]} {word}</td>'
        f"<td>{''.join(found)}</td></tr>"
    )


def fact_rows(facts: Json) -> Iterator[tuple[str, str]]:
    """Give the facts as lines; the first of each is a message."""
    yield N_("Version"), str(facts["app_version"])
    yield N_("System"), str(facts["system"])
    yield "Python, SQLite", f"{facts['python']}, {facts['sqlite']}"
    if facts["file_list"]:
        yield N_("List of files"), f"SHA-256 {facts['file_list']}"
    packages = ", ".join(f"{name} {number}" for name, number in facts["packages"].items())
    yield N_("Libraries"), packages
    for one in facts["models"]:
        yield N_("Model"), f"{one['id']} SHA-256 {one['sha256'] or '-'}"
    for one in facts["terminologies"]:
        yield N_("Terminology"), f"{one['name']} {one['version']} SHA-256 {one['sha256']}"


def local_time(stamp: str) -> str:
    """A time with its offset, as people read it."""
    return datetime.fromisoformat(stamp).isoformat(sep=" ", timespec="seconds")
