"""The tour: its steps in their order, and what must have come of them in the end."""

from pathlib import Path

from _tour_lookup import analysis, dictionary, leave, manual, smqs, versions
from _tour_stage import Stage, Steps
from _tour_work import export, first_steps, memory, models, open_table, phrases, review


def short_tour(stage: Stage, table: Path, coded: Path) -> Steps:
    """First start, a workbook, review, export."""
    yield from first_steps(stage)
    yield from open_table(stage, table)
    yield from review(stage)
    yield from export(stage, coded)
    yield from leave(stage)


def whole_tour(stage: Stage, table: Path, coded: Path, releases: Path) -> Steps:
    """Everything; see the module."""
    yield from first_steps(stage)
    yield from phrases(stage)
    yield from open_table(stage, table)
    yield from review(stage)
    yield from memory(stage)
    yield from export(stage, coded)
    yield from models(stage)
    yield from dictionary(stage)
    yield from smqs(stage)
    yield from analysis(stage)
    yield from versions(stage, releases)
    yield from manual(stage)
    yield from leave(stage)


def check_workbook(table: Path, coded: Path) -> str:
    """Open both workbooks and give what is wrong with the coded one; empty: codes stand beside all cells."""
    import openpyxl

    before = list(openpyxl.load_workbook(table).worksheets[0].iter_rows(values_only=True))
    after = list(openpyxl.load_workbook(coded).worksheets[0].iter_rows(values_only=True))
    if any(new[: len(old)] != old for old, new in zip(before, after, strict=True)):
        return "cells of the workbook were changed"
    width = len(before[0])
    codes = [cell for row in after for cell in row[width:] if _is_code(cell)]
    return "" if len(codes) >= len(before) - 2 else "codes are missing beside the cells"


def _is_code(cell: object) -> bool:
    return isinstance(cell, str) and cell[:8].isdigit()
