"""What was added out of narratives: in the row of its report, and told apart everywhere."""

import csv
import json

from m2m_desktop.services.export.answers import by_cell
from m2m_desktop.services.export.fitness import fitness_of
from m2m_desktop.services.export.provenance import provenance_lines
from m2m_desktop.services.export.records import ExportOptions
from m2m_desktop.services.export.text_files import write_csv, write_jsonl
from m2m_desktop.services.export.workbook_copy import patch_workbook
from tests.services.export.books import load, simple_book
from tests.services.export.coded import coded, item, term

ITCH = term("瘙痒症", "90020002", 0.5)


def added(row, text="瘙痒", *, column=7, start=5, **more):
    return item(row, text, column=column, start=start, terms=[ITCH], is_from_narrative=True, **more)


def test_its_answer_stands_behind_the_others_of_its_row(tmp_path):
    source = simple_book(tmp_path / "in.xlsx", ["皮疹", "发热", ""])
    target = tmp_path / "out.xlsx"
    items = [item(3, start=9), added(3), item(4, "发热"), added(5)]
    patch_workbook(source, target, coded(items, source))

    sheet = load(target)["导出"]
    rows = [[cell.value for cell in row][3:] for row in sheet.iter_rows(min_row=2)]
    assert rows[0][:2] == ["PT name", "PT code"]  # one group of columns, not one of the narrative
    assert len(rows[0]) == 10
    assert rows[1][:2] == ["红斑丘疹；瘙痒症", "90010001；90020002"]
    assert rows[1][-1] == "model；model, from the narrative"
    assert rows[3][:2] == ["瘙痒症", "90020002"]  # its cell of names is empty
    assert rows[3][-1] == "model, from the narrative"


def test_a_second_column_of_names_does_not_change_its_place():
    items = [item(3, column=5), item(3, "发热", column=3), added(3), added(9)]
    cells = by_cell(items)
    places = {(place.row, place.column): [one.text for one in found]
              for place, found in cells.items()}  # fmt: skip
    assert places == {(3, 5): ["皮疹", "瘙痒"], (3, 3): ["发热"], (9, 5): ["瘙痒"]}


def test_the_origin_names_each_of_them(tmp_path):
    told = coded([item(3), added(3), added(4, "心悸")])
    lines = provenance_lines(told, ExportOptions(), fitness_of(told))
    assert ("Mentions added from narratives", "2") in lines
    found = [line for line in lines if line[0].startswith("From the narrative")]
    assert found[0] == (
        "From the narrative 导出!G3",
        "瘙痒 → 瘙痒症 [90020002] · 李药师 · 2026-02-02T08:00:00+00:00",
    )
    assert found[1][1].startswith("心悸 → ")
    assert dict(lines)["Sheet 导出"].startswith("columns C;")


def test_a_file_without_any_says_nothing_of_narratives():
    told = coded([item(3)])
    lines = provenance_lines(told, ExportOptions(), fitness_of(told))
    assert not any("narrative" in name for name, _ in lines)


def test_text_files_tell_them_apart_and_give_their_own_place(tmp_path):
    told = coded([item(3), added(3)])
    write_csv(tmp_path / "o.csv", told)
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["Source of the answer"] for row in rows] == ["model", "model, from the narrative"]
    assert (rows[1]["Column"], rows[1]["From character"]) == ("G", "6")
    write_jsonl(tmp_path / "o.jsonl", told)
    lines = (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["is_from_narrative"] for line in lines] == [False, True]
