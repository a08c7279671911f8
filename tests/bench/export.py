"""How long a copy with answers takes beside a plain openpyxl write of the same table.

    python -m tests.bench.export [--rows 20000] [--columns 24] [--rounds 3]

The workbook is like a national export: a title, a header, one row a drug, ``rows`` rows of
``columns`` columns; 4 of 5 rows hold a reaction. Both sides are run by turns, each in a process of
its own; medians, their ratio (the goal is 2.0 at most) and the peak memory are printed. On a
busy machine look at the processor times.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from m2m_desktop.core.review import ReviewStatus
from tests.services.export.coded import HEADERS, coded, item, term

GOAL = 2.0
REACTION_COLUMN = 3
SIDES = ("patch", "patch with sheets", "workbook", "openpyxl")


def cells(row, columns):
    """The cells of a row: reports of four rows, 1,500 phrases."""
    report, phrase = row // 4, (row * 7) % 1500
    own = [f"R{report:06}", f"某药{row % 300}", f"反应{phrase}（一般）" if row % 5 else None]
    return own + [f"列{column}值{(row * column) % 997}" for column in range(columns - len(own))]


def items(rows):
    return [
        item(
            row + 3, f"反应{(row * 7) % 1500}", report_id=f"R{row // 4:06}",
            status=ReviewStatus.ACCEPTED if row % 3 else ReviewStatus.UNREVIEWED,
            terms=[term(f"术语{(row * 7) % 1500}", f"{90000000 + (row * 7) % 1500}")],
        )
        for row in range(rows)
        if row % 5
    ]  # fmt: skip


def write_source(path, rows, columns):
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": False}) as book:
        sheet = book.add_worksheet("导出")
        sheet.write(0, 0, "国家中心导出文件")
        sheet.write_row(1, 0, [f"列{column}" for column in range(columns)])
        for row in range(rows):
            sheet.write_row(row + 2, 0, cells(row, columns))


def run_side(side, folder, rows, columns):
    """Do the work of one side; give the seconds of the writing itself, by clock and by processor."""
    from m2m_desktop.services.export.new_workbook import write_workbook
    from m2m_desktop.services.export.records import ExportOptions
    from m2m_desktop.services.export.workbook_copy import patch_workbook

    source, target = folder / "source.xlsx", folder / "target.xlsx"
    found = coded(items(rows), source)
    start, start_cpu = time.perf_counter(), time.process_time()
    if side == "openpyxl":
        write_with_openpyxl(target, rows, columns)
    elif side == "workbook":
        write_workbook(target, found)
    else:
        report = patch_workbook(
            source, target, found, ExportOptions(adds_sheets=side == "patch with sheets")
        )
        if report.fallback_reason is not None:
            raise SystemExit(report.fallback_reason.text())
    return time.perf_counter() - start, time.process_time() - start_cpu


def write_with_openpyxl(target, rows, columns):
    """The same table with the same result columns, as one would write it without the source."""
    from openpyxl import Workbook

    answers = {one.place.row: one for one in items(rows)}
    book = Workbook(write_only=True)
    sheet = book.create_sheet("导出")
    sheet.append(["国家中心导出文件"])
    sheet.append([f"列{column}" for column in range(columns)] + list(HEADERS))
    for row in range(rows):
        line = cells(row, columns)
        one = answers.get(row + 3)
        if one is not None:
            chosen = one.terms[0]
            line += [
                chosen.pt_name, chosen.pt_code, chosen.llt_name, chosen.soc_name, chosen.hlt_name,
                chosen.hlgt_name, chosen.probability, one.status.value, one.reviewer,
                one.source.value,
            ]  # fmt: skip
        sheet.append(line)
    book.save(target)


def measure(side, folder, options):
    command = [sys.executable, "-m", "tests.bench.export", "--side", side, "--folder", str(folder)]
    command += ["--rows", str(options.rows), "--columns", str(options.columns)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--columns", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        seconds, cpu_s = run_side(options.side, options.folder, options.rows, options.columns)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([seconds, cpu_s, peak_mb]))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_source(Path(folder) / "source.xlsx", options.rows, options.columns)
        figures = {side: [] for side in SIDES}
        for _round in range(options.rounds):
            for side in SIDES:
                figures[side].append(measure(side, folder, options))
    medians = {
        side: [statistics.median(values) for values in zip(*runs, strict=True)]
        for side, runs in figures.items()
    }
    plain_s, plain_cpu_s, _peak = medians["openpyxl"]
    print(f"{options.rows} rows of {options.columns} columns, median of {options.rounds}")
    for side, (seconds, cpu_s, peak_mb) in medians.items():
        clock = f"{seconds:6.2f} s {seconds / plain_s:5.2f} x"
        print(
            f"{side:<18}{clock}   cpu {cpu_s:6.2f} s {cpu_s / plain_cpu_s:5.2f} x   {peak_mb:5.0f} MB"
        )
    print(f"goal: a copy takes at most {GOAL} x")


if __name__ == "__main__":
    main()
