import json

import pytest

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.export.new_workbook import write_workbook
from m2m_desktop.services.export.records import ExportOptions
from m2m_desktop.services.export.text_files import write_csv, write_jsonl
from m2m_desktop.services.export.workbook_copy import patch_workbook
from m2m_desktop.services.wire import plain
from tests.services.export.books import simple_book
from tests.services.export.coded import coded, item, term


@pytest.mark.parametrize(
    ("form", "name"),
    [("copy", "a.xlsx"), ("workbook", "a.xlsx"), ("csv", "a.csv"), ("jsonl", "a.jsonl")],
)
def test_every_form_reports_what_it_wrote(tmp_path, form, name):
    source = simple_book(tmp_path / "in.xlsx", ["皮疹"])
    target = tmp_path / name
    found = coded([item(3, status=ReviewStatus.UNREVIEWED)], source)
    if form == "copy":
        report = patch_workbook(source, target, found)
    else:
        writers = {"workbook": write_workbook, "csv": write_csv, "jsonl": write_jsonl}
        report = writers[form](target, found)
    assert target.stat().st_size > 200
    record = json.loads(json.dumps(plain(report)))
    assert (record["form"], record["mentions"], record["undecided"]) == (form, 1, 1)
    assert record["notes"] == ["Reactions still to be reviewed: 1."]


def test_a_line_of_json_holds_a_mention_with_its_answer(tmp_path):
    items = [
        item(3, "皮疹", start=4, terms=[term(), term("发热", "90020002", None)]),
        item(4, "无皮疹", kind=PieceKind.NEGATED),
        item(5, status=ReviewStatus.UNREVIEWED),
    ]
    write_jsonl(tmp_path / "a.jsonl", coded(items), ExportOptions(only_decided=True))
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert lines[0]["mention_id"] == "导出!3.3.4"
    assert lines[0]["selected"] == ["90010001", "90020002"]
    assert [one["prob_1"] for one in lines[0]["terms"]] == [0.987, None]
    assert (lines[0]["status"], lines[0]["model_id"]) == ("accepted", "small")
    assert [line["terms"] for line in lines[1:]] == [[], []]
    assert lines[2]["status"] == "unreviewed"
