import datetime
import importlib.util
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from m2m_desktop.core.errors import BadRequest, InputUnreadable, OutputUnwritable
from m2m_desktop.core.records import (
    Band,
    Candidate,
    CodingResult,
    Evidence,
    HierarchyPath,
    Mention,
    PreferredTerm,
    Run,
    Source,
    Term,
    TermLevel,
)
from m2m_desktop.services import workbook
from m2m_desktop.services.language import use_language
from m2m_desktop.services.phrases import REACTION_COLUMNS, read_phrases
from m2m_desktop.services.workbook import (
    clean_text,
    find_reaction_columns,
    read_mentions,
    split_cell,
    write_coded,
)

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "resources" / "samples" / "adr_sample.xlsx"
RESULT_HEADERS = ["PT名称", "PT编码", "概率", "SOC", "状态"]

RUN = Run(
    terminology_id="demo-1", terminology_name="Demo", terminology_version="0.1",
    terminology_language="Chinese", terminology_hashes=(("llt.asc", "ab" * 32),),
    is_demo_terminology=True, model_id="small", model_hash="cd" * 32, template="full",
    alias_order="file", mode="default", threshold=0.3, top_k=100, app_version="0.1.0",
    coded_at="2026-01-01T00:00:00+00:00",
)  # fmt: skip


def candidate(code, name, probability=None, soc="皮肤"):
    path = HierarchyPath(
        Term(TermLevel.SOC, "90000001", soc), Term(TermLevel.HLGT, "9", "组"),
        Term(TermLevel.HLT, "8", "高"), True,
    )  # fmt: skip
    pt = PreferredTerm(code, name, (path,))
    return Candidate(pt, Evidence("1", name, Source.EXACT), 1, 1.0, probability, 1)


def result(phrase, *chosen, band=Band.CERTAIN):
    codes = tuple(one.pt.code for one in chosen)
    return CodingResult(Mention("1", phrase), phrase, chosen, codes, band, Source.MODEL, RUN)


def make_book(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


def read_book(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[c.value for c in row] for row in sheet.iter_rows()] for sheet in book}


@pytest.fixture(autouse=True)
def chinese():
    use_language("zh_CN")


# -- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "phrases"),
    [
        ("皮疹（一般）；过敏性休克（严重）", ["皮疹", "过敏性休克"]),
        ("皮疹(一般);瘙痒 (严重) ", ["皮疹", "瘙痒"]),
        ("恶心、呕吐，头晕,心慌", ["恶心", "呕吐", "头晕", "心慌"]),
        ("1、白细胞减少（严重）\n2、脱发（一般）", ["白细胞减少", "脱发"]),
        ("①皮疹②瘙痒", ["皮疹", "瘙痒"]),
        ("肌酐升高1.5倍", ["肌酐升高1.5倍"]),
        ("2型糖尿病加重", ["2型糖尿病加重"]),
        ("皮疹（一过性）", ["皮疹（一过性）"]),
        ("；、 ,\n", []),
        ("", []),
    ],
)
def test_a_cell_is_cut_into_its_phrases(cell, phrases):
    assert split_cell(cell) == phrases


def test_the_header_is_found_below_a_title_row():
    (where,) = find_reaction_columns(SAMPLE)
    assert (where.sheet, where.header_row, where.name) == ("报告导出", 2, "不良反应名称")


@pytest.mark.parametrize(
    "name", [*REACTION_COLUMNS, " 不良反应 名称 ", "不良反应／事件名称", "aeterm"]
)
def test_the_names_of_the_column(tmp_path, name):
    path = make_book(tmp_path / "a.xlsx", {"s": [["编号", name], ["1", "头痛"]]})
    assert [m.text for m in read_mentions(path)] == ["头痛"]


def test_the_column_of_the_course_of_events_is_not_taken(tmp_path):
    path = make_book(tmp_path / "a.xlsx", {"s": [["不良反应过程描述"], ["头痛"]]})
    with pytest.raises(InputUnreadable, match="不良反应名称"):
        read_mentions(path)


def test_a_header_below_row_20_is_not_a_header(tmp_path):
    rows = [["x"]] * 20 + [["不良反应名称"], ["头痛"]]
    with pytest.raises(InputUnreadable):
        read_mentions(make_book(tmp_path / "a.xlsx", {"s": rows}))


def test_phrases_of_all_sheets_come_once_and_in_order(tmp_path):
    path = make_book(
        tmp_path / "a.xlsx",
        {
            "说明": [["空"]],
            "一": [["不良反应名称"], ["头痛；恶心"], [None], ["恶心"]],
            "二": [["标题"], ["AETERM"], ["呕吐、头痛"]],
        },
    )
    mentions = [(m.mention_id, m.text) for m in read_phrases(str(path))]
    assert mentions == [("一!2.1", "头痛"), ("一!2.2", "恶心"), ("二!3.1", "呕吐")]


def test_a_wrong_dimension_loses_nothing(tmp_path):
    path = make_book(
        tmp_path / "a.xlsx", {"s": [["a", "不良反应名称"], ["1", "头痛"], ["2", "恶心"]]}
    )
    wrong = tmp_path / "wps.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:B3"' in content
                content = content.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1"')
            target.writestr(name, content)
    assert [m.text for m in read_mentions(wrong)] == ["头痛", "恶心"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old",
        SAMPLE.read_bytes()[:-200],
        b"PK\x03\x04",
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputUnreadable):
        read_mentions(path)


def test_a_zip_that_is_no_workbook_and_a_bomb_are_refused(tmp_path):
    plain, bomb = tmp_path / "plain.xlsx", tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    for path in (plain, bomb):
        with pytest.raises(InputUnreadable):
            read_mentions(path)


def test_a_missing_workbook_is_said(tmp_path):
    with pytest.raises(InputUnreadable):
        read_mentions(tmp_path / "none.xlsx")


# -- writing -------------------------------------------------------------------------------------


@pytest.fixture
def source(tmp_path):
    rows = [
        ["国家中心导出文件"],
        ["编号", "不良反应名称", "日期", "数量"],
        ["001", "皮疹（一般）；恶心（严重）", datetime.datetime(2025, 3, 4), 7],
        ["002", "皮疹", None, 1.5],
        ["003", None, None, None],
    ]
    return make_book(tmp_path / "源.xlsx", {"数据": rows, "附": [["别动", "=1+1"]]})


def test_answers_stand_beside_a_copy_of_the_rows(source, tmp_path):
    target = tmp_path / "结果.xlsx"
    rash = candidate("90000011", "皮疹", 0.999)
    itch = candidate("90000012", "瘙痒", 0.4)
    nausea = candidate("90000013", "恶心", None, soc="胃肠")
    write_coded(
        source, target, [result("皮疹", rash, itch), result("恶心", nausea, band=Band.DOUBTFUL)]
    )
    sheets = read_book(target)
    assert list(sheets) == ["数据", "附", "运行信息"]
    title, header, first, second, third = sheets["数据"]
    assert header == ["编号", "不良反应名称", "日期", "数量", *RESULT_HEADERS]
    assert first[:4] == ["001", "皮疹（一般）；恶心（严重）", datetime.datetime(2025, 3, 4), 7]
    assert first[4:] == [
        "皮疹 + 瘙痒；恶心", "90000011 + 90000012；90000013", "0.99 + 0.40；—", "皮肤 + 皮肤；胃肠", "确定；存疑",
    ]  # fmt: skip
    assert second[4:] == [
        "皮疹 + 瘙痒",
        "90000011 + 90000012",
        "0.99 + 0.40",
        "皮肤 + 皮肤",
        "确定",
    ]
    assert third[4:] in ([None] * 5, [""] * 5)
    assert "非 MedDRA" in title[4]
    assert sheets["附"] == [["别动", "=1+1"]]


def test_the_run_is_told(source, tmp_path):
    target = tmp_path / "结果.xlsx"
    write_coded(source, target, [result("皮疹", candidate("9", "皮疹"))])
    rows = read_book(target)["运行信息"]
    assert rows[0][0] == workbook.DEMO_BANNER
    told = {row[0]: row[1] for row in rows[1:]}
    assert told["来源文件"] == "源.xlsx"
    assert told["阈值"] == "0.3"
    assert told["模型哈希（SHA-256）"] == "cd" * 32
    assert told["SHA-256 llt.asc"] == "ab" * 32
    assert told["编码时间"] == "2026-01-01T00:00:00+00:00"


def test_nothing_selected_is_a_dash(source, tmp_path):
    target = tmp_path / "结果.xlsx"
    write_coded(source, target, [result("皮疹", band=Band.NOT_FOUND)])
    assert read_book(target)["数据"][3][4:] == ["—", "—", "—", "—", "未找到"]


def test_the_source_is_never_written_to(source):
    before = source.read_bytes()
    with pytest.raises(BadRequest):
        write_coded(source, source, [])
    with pytest.raises(BadRequest):
        write_coded(source, source.parent / "." / source.name, [])
    assert source.read_bytes() == before


def test_an_existing_result_survives_a_failed_write(source, tmp_path, monkeypatch):
    target = tmp_path / "结果.xlsx"
    target.write_bytes(b"the old result")
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temp))

    def full_disk(self, path):
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(openpyxl.Workbook, "save", full_disk)
    with pytest.raises(OutputUnwritable):
        write_coded(source, target, [])
    assert target.read_bytes() == b"the old result"
    assert {path.name for path in tmp_path.iterdir()} == {"temp", "源.xlsx", "结果.xlsx"}
    assert list(temp.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(source, tmp_path):
    with pytest.raises(OutputUnwritable):
        write_coded(source, source / "below a file" / "x.xlsx", [])


HOSTILE = [
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "#N/A",
    "＝1",
    "00123",
    "1e5",
    "TRUE",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(tmp_path, text):
    source = make_book(tmp_path / "a.xlsx", {"s": [["备注", "不良反应名称"], [text, "皮疹"]]})
    target = tmp_path / "b.xlsx"
    write_coded(source, target, [result("皮疹", candidate("90000011", text))])
    sheet = openpyxl.load_workbook(target)["s"]
    assert [(cell.value, cell.data_type) for cell in (sheet["A2"], sheet["C2"])] == [
        (text, "s")
    ] * 2


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(), max_size=60))
def test_any_text_is_written_as_text_and_reads_back(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("any")
    source = make_book(folder / "a.xlsx", {"s": [["不良反应名称"], ["皮疹"]]})
    target = folder / "b.xlsx"
    write_coded(source, target, [result("皮疹", candidate("90000011", text))])
    cell = openpyxl.load_workbook(target)["s"]["B2"]
    assert cell.data_type == "s" or clean_text(text) in {"", "—"}
    assert (cell.value or "") == (clean_text(text) or "—")


def test_a_text_too_long_for_a_cell_is_cut():
    assert len(clean_text("𠮷" * 20_000).encode("utf-16-le")) == 64_000
    assert clean_text("a\x00\ud800\ufffeb") == "a\ufffd\ufffd\ufffdb"
    assert clean_text("a\r\nb\rc") == "a\nb\nc"


def test_the_sample_is_what_its_script_makes_and_wholly_invented():
    spec = importlib.util.spec_from_file_location("s", ROOT / "packaging" / "make_sample.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made, kept = (read_zip(data) for data in (script.make(), SAMPLE.read_bytes()))
    assert made == kept
    rows = script.rows()
    assert 20 <= len(rows) <= 30
    assert len({row[0] for row in rows}) < len(rows)
    assert all(row[-1] == script.UNIT for row in rows)


def read_zip(data):
    import io

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
