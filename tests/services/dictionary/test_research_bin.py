"""The research bin: written to a workbook, and read from that or from any list of terms."""

from dataclasses import replace

import openpyxl
import pytest

from m2m_desktop.core.errors import InputUnreadable, OutputUnwritable
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services import language
from m2m_desktop.services.dictionary.bin_import import import_bin
from m2m_desktop.services.dictionary.errors import BinSheetUnreadable
from m2m_desktop.services.dictionary.research_bin import export_bin
from m2m_desktop.services.dictionary.second_language import with_second_names
from m2m_desktop.services.dictionary.smq_workbook import export_smq
from m2m_desktop.services.dictionary.term_names import ORDER, NameFinder
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from m2m_desktop.services.tables.reading import read_table
from m2m_desktop.services.tables.sniffing import sniff
from m2m_desktop.services.tables.table_reader import TableReader
from tests.toy.old_workbooks import OldSheet, xls_bytes
from tests.toy.release import HOMOGRAPHS, NOT_CURRENT_LLT, render_all, toy_files, toy_tables
from tests.toy.tables import by_openpyxl, hand_made, row_xml, sheet_xml, text_cell

TABLES = toy_tables()
PT_NAME = {row[0]: row[1] for row in TABLES["pt.asc"]}
LLT_NAME = {row[0]: row[1] for row in TABLES["llt.asc"]}
PT, LLT, HLT = TermLevel.PT, TermLevel.LLT, TermLevel.HLT


def opened(language="Chinese", files=None):
    return load_release(
        ReleaseSources(language, language, files or toy_files(language))
    ).terminology


@pytest.fixture(scope="module")
def terminology():
    return with_second_names(opened(), opened("English"))


class HereReader:
    """Reads tables in this process."""

    def sniff(self, path):
        return sniff(path)

    def read(self, path, layout, progress):
        return read_table(path, layout, progress)


@pytest.fixture
def reader():
    return HereReader()


@pytest.fixture(autouse=True)
def english():
    language.use_language("en")


@pytest.fixture
def read(reader, terminology, tmp_path):
    """Write rows to a workbook and import it."""

    def reads(*rows, path=None):
        path = path or by_openpyxl(tmp_path / "list.xlsx", {"Sheet1": [list(row) for row in rows]})
        found = import_bin(path, terminology, reader)
        bad = [(one.row, one.text, one.reason.text(), one.is_taken) for one in found.bad]
        return [(row.level, row.code) for row in found.items], bad

    return reads


# -- written -------------------------------------------------------------------------------------


def test_each_term_has_its_names_pt_primary_soc_and_currency(terminology, tmp_path):
    items = [(LLT, NOT_CURRENT_LLT), (PT, "90000102"), (LLT, "90000102"), (HLT, "90000031")]
    written, count = export_bin(terminology, [*items, items[0]], tmp_path / "bin.xlsx")
    book = openpyxl.load_workbook(written)
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    soc = {row[0]: row[1] for row in TABLES["soc.asc"]}
    assert count == 4
    assert rows == [
        ["Level", "Code", "Name", "Second name", "PT code", "PT name", "Primary SOC",
         "LLT is current"],
        ["LLT", NOT_CURRENT_LLT, LLT_NAME[NOT_CURRENT_LLT], "Zorblax upper itis acute 0",
         "90000101", PT_NAME["90000101"], soc["90000001"], "no"],
        ["PT", "90000102", PT_NAME["90000102"], "Quimble upper itis", "90000102",
         PT_NAME["90000102"], soc["90000002"], None],
        ["LLT", "90000102", PT_NAME["90000102"], "Quimble upper itis", "90000102",
         PT_NAME["90000102"], soc["90000002"], "yes"],
        ["HLT", "90000031", TABLES["hlt.asc"][0][1], "Zorblax upper inflammations", None, None,
         None, None],
    ]  # fmt: skip
    about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert (about["Terms"], about["Release"], about["Language"]) == (4, "99.0", "Chinese · English")
    book.close()


def test_codes_are_texts_and_names_never_formulas(tmp_path):
    tables = toy_tables()
    tables["llt.asc"][100][1] = "=HYPERLINK(0)"
    code = tables["llt.asc"][100][0]
    terminology = opened(files=render_all(tables))
    written, _count = export_bin(terminology, [(LLT, code)], tmp_path / "bin.xlsx")
    book = openpyxl.load_workbook(written)
    cells = book.worksheets[0][2]
    assert (cells[1].value, cells[1].data_type) == (code, "s")
    assert (cells[2].value, cells[2].data_type) == ("=HYPERLINK(0)", "s")
    book.close()


def test_a_term_that_the_release_has_not_keeps_its_row(terminology, tmp_path):
    written, count = export_bin(terminology, [(PT, "90009999")], tmp_path / "bin.xlsx")
    book = openpyxl.load_workbook(written)
    values = [cell.value for cell in book.worksheets[0][2]]
    assert values == ["PT", "90009999", *[None] * 5, "not in this release"]
    assert count == 1
    book.close()


def test_an_empty_bin_is_a_sheet_with_headings(terminology, tmp_path):
    written, count = export_bin(terminology, [], tmp_path / "bin.xlsx")
    book = openpyxl.load_workbook(written)
    assert (count, book.worksheets[0].max_row) == (0, 1)
    book.close()


def test_a_folder_that_cannot_be_made_is_said_and_nothing_is_left(terminology, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputUnwritable):
        export_bin(terminology, [(PT, "90000101")], tmp_path / "file" / "bin.xlsx")
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["file"]


# -- read back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("spoken", ["en", "zh_CN"])
def test_what_was_exported_comes_back_at_its_levels(terminology, read, tmp_path, spoken):
    language.use_language(spoken)
    items = [
        (level, TABLES[f"{level.name.lower()}.asc"][place][0])
        for level in TermLevel
        for place in (0, 1, -1)
    ]
    written, _count = export_bin(terminology, items, tmp_path / "bin.xlsx")
    language.use_language("en")
    assert read(path=written) == (items, [])


def test_an_exported_llt_that_is_not_current_comes_back_with_a_word_about_it(
    terminology, read, tmp_path
):
    written, _count = export_bin(terminology, [(LLT, NOT_CURRENT_LLT)], tmp_path / "bin.xlsx")
    items, bad = read(path=written)
    assert items == [(LLT, NOT_CURRENT_LLT)]
    assert bad == [
        (2, LLT_NAME[NOT_CURRENT_LLT], "this LLT is not current: not for new coding.", True)
    ]


def test_the_demo_dictionary_says_so_and_comes_back(tmp_path, reader):
    release = opened()
    terminology = replace(release, info=replace(release.info, is_demo=True))
    written, _count = export_bin(terminology, [(PT, "90000101")], tmp_path / "bin.xlsx")
    book = openpyxl.load_workbook(written)
    assert "非 MedDRA" in book.worksheets[0]["C1"].value
    assert "非 MedDRA" in book.worksheets[1]["A1"].value
    book.close()
    found = import_bin(written, terminology, reader)
    assert [row.code for row in found.items] == ["90000101"]
    assert found.bad == ()


# -- read from anything --------------------------------------------------------------------------


def test_a_bare_list_of_codes_gives_pts_before_llts(read):
    items, bad = read(["90000101"], [90000102], ["90001002"], ["90000031"], ["90000101"])
    assert items == [(PT, "90000101"), (PT, "90000102"), (LLT, "90001002"), (HLT, "90000031")]
    assert bad == []


def test_a_bare_list_of_names_in_either_language_is_read(read):
    items, bad = read([PT_NAME["90000101"]], ["Quimble upper itis"], ["  vantrel  UPPER itis "])
    assert items == [(PT, "90000101"), (PT, "90000102"), (PT, "90000103")]
    assert bad == []


def test_a_code_counts_before_a_name_wherever_it_stands(read):
    items, bad = read(["1", PT_NAME["90000105"], "90000101", "a remark"])
    assert (items, bad) == ([(PT, "90000101")], [])


def test_a_level_beside_the_code_says_what_is_meant(read):
    rows = [["LLT", "90000101"], ["低位语", PT_NAME["90000102"]], ["首选语", "90000103"]]
    assert read(*rows) == ([(LLT, "90000101"), (LLT, "90000102"), (PT, "90000103")], [])


@pytest.mark.parametrize(
    ("headings", "row", "expected"),
    [
        (["序号", "PT编码", "备注"], ["90000105", "90000101", "90000106"], (PT, "90000101")),
        (["LLT Code", "LLT", "PT"], ["90000101", "x", "y"], (LLT, "90000101")),
        (["LLT", "PT"], [LLT_NAME["90001003"] + " ", PT_NAME["90000103"]], None),
        (["术语名称", "报告编号"], [PT_NAME["90000101"], "90000102"], (PT, "90000101")),
        (["PT code", "编码"], ["90000105", "90001005"], (LLT, "90001005")),
        (["首选语", "次数"], [PT_NAME["90000104"], 90000101], (PT, "90000104")),
    ],
)
def test_headings_say_which_columns_count(read, headings, row, expected):
    items, bad = read(["A title"], [], headings, row)
    if expected is None:  # a homograph: the column of LLTs is asked, and says which
        assert items == []
        assert all(code in bad[0][2] for code in HOMOGRAPHS)
        return
    assert (items, bad) == ([expected], [])


def test_every_row_that_gives_no_term_has_its_reason(read, terminology):
    unknown_name, unknown_code = "no such thing", "90009999"
    items, bad = read(
        ["Code", "Name"],
        [unknown_code, PT_NAME["90000101"]],
        [None, unknown_name],
        [],
        ["90000102", "another name altogether"],
        [None, LLT_NAME[HOMOGRAPHS[0]]],
        ["1234", None],
    )
    assert items == [(PT, "90000102")]
    no_code = "there is no term with the code {} in " + terminology.info.name + "."
    several = "several terms of the level LLT have this name: {}, {}."
    assert bad == [
        (2, PT_NAME["90000101"], no_code.format(unknown_code), False),
        (3, unknown_name, "it is neither a code nor a name of a term.", False),
        (6, LLT_NAME[HOMOGRAPHS[0]], several.format(*HOMOGRAPHS), False),
        (7, "1234", no_code.format("1234"), False),
    ]


def test_a_level_that_has_no_such_term_is_said(read):
    _items, bad = read(["HLT", "90000101"], ["HLT", PT_NAME["90000101"]])
    assert "no HLT with the code 90000101" in bad[0][2]
    assert bad[1][2] == "no HLT has this name."


def test_a_name_at_several_levels_is_taken_as_the_pt_and_said(reader, tmp_path):
    tables = toy_tables()
    name = tables["pt.asc"][4][1]
    tables["hlt.asc"][3][1] = name
    for row in tables["mdhier.asc"]:
        row[5] = name if row[1] == tables["hlt.asc"][3][0] else row[5]
    path = by_openpyxl(tmp_path / "list.xlsx", {"Sheet1": [[name]]})
    found = import_bin(path, opened(files=render_all(tables)), reader)
    assert [(row.level, row.code) for row in found.items] == [(PT, tables["pt.asc"][4][0])]
    (note,) = found.bad
    assert note.is_taken
    assert "(HLT, PT, LLT); the PT was taken" in note.reason.text()


@pytest.mark.parametrize("few", [0, 10**6])
def test_many_names_are_found_as_few_are(terminology, few):
    finder = NameFinder(terminology, few=few)
    for level in TermLevel:
        for row in range(terminology.count(level)):
            term = terminology.term_at(level, row)
            for name in (term.name, term.name2):
                found = [(one.level, one.code) for one in terminology.find(name, ORDER)]
                told = [
                    (at, terminology.term_at(at, row).code) for at, row in finder.find(name, ORDER)
                ]
                assert told == found
                assert (level, term.code) in told
    assert finder.find("no such thing", ORDER) == finder.find("", ORDER) == []


def test_the_terms_of_an_smq_can_be_taken_over(terminology, reader, tmp_path):
    written, count = export_smq(terminology, "29990001", tmp_path / "smq.xlsx")
    found = import_bin(written, terminology, reader)
    assert [row.code for row in found.items] == [
        member.term.code for member in terminology.smq_members("29990001")
    ]
    assert (len(found.items), found.bad) == (count, ())


def test_text_files_and_old_workbooks_are_read(read, tmp_path):
    names = [PT_NAME["90000101"], PT_NAME["90000102"]]
    expected = ([(PT, "90000101"), (PT, "90000102")], [])
    plain = tmp_path / "list.txt"
    plain.write_bytes("\r\n".join(names).encode("gb18030"))
    assert read(path=plain) == expected
    table = tmp_path / "list.csv"
    table.write_bytes(f"编码,名称\n90000101,{names[0]}\n90000102,{names[1]}\n".encode("utf-8-sig"))
    assert read(path=table) == expected
    old = tmp_path / "list.xls"
    old.write_bytes(xls_bytes({"S": OldSheet([[90000101.0], [names[1]]])}))
    assert read(path=old) == expected


def test_an_empty_workbook_and_no_table_are_refused(read, tmp_path):
    with pytest.raises(BinSheetUnreadable):
        read(path=by_openpyxl(tmp_path / "empty.xlsx", {"Sheet1": []}))
    picture = tmp_path / "x.png"
    picture.write_bytes(b"\x89PNG and so on")
    with pytest.raises(InputUnreadable):
        read(path=picture)


def test_a_cell_that_cannot_be_read_is_said(terminology, tmp_path):
    rows = row_xml(1, '<c r="A1" t="e"><v>#N/A</v></c>') + row_xml(2, text_cell("A2", "90000101"))
    path = hand_made(tmp_path / "list.xlsx", sheet_xml(rows))
    with TableReader() as reader:  # in a process of its own, as the program does
        found = import_bin(path, terminology, reader)
    assert [row.code for row in found.items] == ["90000101"]
    assert [(one.row, one.text) for one in found.bad] == [(0, "")]
    assert "the cell holds an error" in found.bad[0].reason.text()
