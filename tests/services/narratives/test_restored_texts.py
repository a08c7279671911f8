"""A project without texts finds those of what was added again, in the cells of narratives."""

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import CodedTerm, chosen
from m2m_desktop.services.exporting import read_texts
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Addition, NewItem, NewSource
from m2m_desktop.services.table_import import TableInput
from m2m_desktop.services.tables.table_reader import TableReader
from tests.services.narratives.test_table_check import REPORTS, write_table
from tests.services.project.toy_project import START, WANG


def test_the_text_of_an_added_mention_is_found_again(tmp_path):
    source = tmp_path / "t.xlsx"
    write_table(source)
    columns = {"report_id": [1], "reaction": [2], "narrative": [3]}
    layout = {"sheets": [{"sheet": "Sheet", "header_row": 1, "columns": columns}]}
    told = NewSource(source.name, TableInput(source).sha256(), str(source), layout, {})
    name = NewItem("Sheet", 2, 2, 0, 2, "皮疹", PieceKind.REACTION, "", "R1")
    start = REPORTS[0][2].index("瘙痒")
    itch = NewItem("Sheet", 2, 3, start, start + 2, "瘙痒", PieceKind.REACTION, "", "R1")
    path = tmp_path / "p.m2m"
    Project.create(path, told, [name], terminology_id="demo", remembers_texts=False, now=START)
    with Project.open(path) as project:
        state = chosen(project.phrases()[0], [CodedTerm("90", "x")], Source.MANUAL, "王", START)
        project.add([Addition(itch, state)], actor=WANG, now=START)
    with Project.open(path) as project, TableReader() as reader:
        assert project.info.texts_missing
        assert project.restore_texts(read_texts(project, source, reader)) == 0
        assert sorted(project.texts().values()) == ["瘙痒", "皮疹"]
