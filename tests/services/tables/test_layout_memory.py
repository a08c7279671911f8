import json
import logging
from dataclasses import replace

import pytest

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.tables import layout_memory
from m2m_desktop.services.tables.layout_memory import LayoutMemory
from m2m_desktop.services.tables.reading import read_table
from m2m_desktop.services.tables.records import ColumnRole, SheetLayout, TableLayout
from m2m_desktop.services.tables.sniffing import sniff
from tests.toy.tables import by_openpyxl

CHOSEN = TableLayout(
    (SheetLayout("表一", 3, {ColumnRole.REACTION: (2, 5), ColumnRole.DRUG: (1,)}, True, False),),
    "gb18030",
    "|",
)


def unknown(path, sheet="表一", first="代号"):
    return by_openpyxl(path, {sheet: [["一览"], [first, "栏", "说明"], ["1", "头痛", "略"]]})


def test_a_choice_is_remembered_for_tables_with_the_same_headers(tmp_path):
    memory = LayoutMemory(tmp_path / "data")
    table = sniff(unknown(tmp_path / "a.xlsx"))
    assert not table.is_certain
    chosen = replace(table.layout, sheets=(SheetLayout("表一", 2, {ColumnRole.REACTION: (2,)}),))
    memory.remember(table.signature, chosen)

    path = unknown(tmp_path / "二月.xlsx", sheet="二月")
    again = sniff(path, known=LayoutMemory(tmp_path / "data").known())
    assert again.is_remembered
    assert read_table(path, again.layout).rows[0].reactions == ((2, "头痛"),)


def test_other_headers_are_another_table(tmp_path):
    memory = LayoutMemory(tmp_path)
    memory.remember(sniff(unknown(tmp_path / "a.xlsx")).signature, CHOSEN)
    other = sniff(unknown(tmp_path / "b.xlsx", first="编号"), known=memory.known())
    assert not other.is_remembered


def test_a_layout_comes_back_as_it_was(tmp_path):
    LayoutMemory(tmp_path).remember("x", CHOSEN)
    assert LayoutMemory(tmp_path).known() == {"x": CHOSEN}


def test_a_table_without_headers_is_not_remembered(tmp_path):
    LayoutMemory(tmp_path).remember("", CHOSEN)
    assert LayoutMemory(tmp_path).known() == {}
    assert list(tmp_path.iterdir()) == []


def test_the_oldest_are_forgotten_and_a_new_choice_replaces_the_old(tmp_path, monkeypatch):
    monkeypatch.setattr(layout_memory, "MAX_LAYOUTS", 5)
    memory = LayoutMemory(tmp_path)
    other = replace(CHOSEN, delimiter=";")
    for number in range(5):
        memory.remember(str(number), CHOSEN)
    memory.remember("0", other)
    memory.remember("new", CHOSEN)
    known = memory.known()
    assert len(known) == 5
    assert "1" not in known
    assert known["0"] == other


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_counts_as_empty_and_is_written_anew(tmp_path, content, caplog):
    (tmp_path / "table_layouts.json").write_bytes(content)
    memory = LayoutMemory(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert memory.known() == {}
    assert "cannot be read" in caplog.text
    memory.remember("x", CHOSEN)
    assert memory.known() == {"x": CHOSEN}


def test_an_entry_that_makes_no_sense_counts_as_missing(tmp_path):
    memory = LayoutMemory(tmp_path)
    memory.remember("x", CHOSEN)
    file = tmp_path / "table_layouts.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    entry = stored["x"]["sheets"][0]
    stored["y"] = {"sheets": [{**entry, "header_row": -1}]}
    stored["z"] = {"sheets": [{**entry, "columns": {"cost": [1]}}]}
    stored["w"] = None
    file.write_text(json.dumps(stored), encoding="utf-8")
    assert memory.known() == {"x": CHOSEN}


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(tmp_path, caplog):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputUnwritable):
        LayoutMemory(tmp_path / "file").remember("x", CHOSEN)
