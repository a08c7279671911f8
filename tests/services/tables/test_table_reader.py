"""The reading process: the same answers as without it, and no harm when it dies, hangs or is stopped."""

import os
import random
import sys
from pathlib import Path

import pytest

from m2m_desktop.core.errors import BadRequest, Cancelled
from m2m_desktop.services.tables import reading, sniffing
from m2m_desktop.services.tables.errors import LayoutMismatch, ReaderFailed, TextUnreadable
from m2m_desktop.services.tables.records import ColumnRole, SheetLayout, TableLayout
from m2m_desktop.services.tables.table_reader import TableReader, reader_command
from tests.toy.tables import by_openpyxl, by_xlsxwriter, national_rows

PREAMBLE = "import os,sys,time;line=sys.stdin.readline();"


@pytest.fixture
def export(tmp_path):
    return by_openpyxl(tmp_path / "报告 导出.xlsx", {"报告导出": national_rows(700)})


def translated(text):
    return f"译{text}"


def child(code):
    return TableReader([sys.executable, "-c", code], silence_s=0.5)


def test_the_process_gives_what_the_functions_give(export):
    steps = []
    with TableReader() as reader:
        table = reader.sniff(export)
        read = reader.read(export, table.layout, lambda *step: steps.append(step))
        assert reader.peak_bytes > 1_000_000 or sys.platform == "win32"
    assert table == sniffing.sniff(export)
    assert read == reading.read_table(export, table.layout)
    assert len(read.rows) == 700
    assert read.rows[699].row_count == 2
    assert steps
    assert all(0 <= done <= total == 1000 for done, total, _note in steps if total)


def test_choices_for_a_text_file_reach_the_process(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("mention|x\n頭痛|1\n".encode("big5"))
    with TableReader() as reader:
        table = reader.sniff(path, encoding="big5", delimiter="|")
        assert (table.layout.encoding, table.layout.delimiter) == ("big5", "|")
        assert reader.read(path, table.layout).rows[0].reactions == ((1, "頭痛"),)
        lines = reader.sniff(path, encoding="big5", delimiter=sniffing.LINES)
        assert lines.sheets[0].rows[1] == ("頭痛|1",)
        with pytest.raises(BadRequest, match="klingon"):
            reader.sniff(path, encoding="klingon")
        with pytest.raises(TextUnreadable, match="line 1"):
            reader.sniff(path, encoding="utf-16-be")


def test_remembered_layouts_reach_the_process(tmp_path):
    path = by_openpyxl(tmp_path / "a.xlsx", {"s": [["代号", "栏一", "栏二"], [1, "甲", "头痛"]]})
    chosen = TableLayout((SheetLayout("s", 1, {ColumnRole.REACTION: (3,)}),))
    with TableReader() as reader:
        signature = reader.sniff(path).signature
        table = reader.sniff(path, known={signature: chosen})
    assert table.is_remembered
    assert not table.is_certain
    assert table.layout == chosen


def test_errors_keep_their_class_and_their_sentence(export):
    layout = TableLayout((SheetLayout("另一张", 1, {ColumnRole.REACTION: (1,)}),))
    with TableReader() as reader, pytest.raises(LayoutMismatch) as caught:
        reader.read(export, layout)
    with pytest.raises(LayoutMismatch) as direct:
        reading.read_table(export, layout)
    assert str(caught.value) == str(direct.value)
    assert caught.value.sentence(translated) == direct.value.sentence(translated)
    assert caught.value.sentence(translated).count("译") == 3


@pytest.mark.requirement("R-008")
@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("os._exit(9)", r"fail \(9\)"),
        ("os.abort()", "made the reading process fail"),
        ("print('no json');sys.stdout.flush();time.sleep(9)", "made the reading process fail"),
        ("sys.stdout.write('{\"rows\":[');sys.stdout.flush();os._exit(0)", "fail"),
        ("time.sleep(60)", "far too long"),
    ],
)
def test_a_process_that_dies_babbles_or_hangs_is_an_error_of_the_file(export, code, says):
    with child(PREAMBLE + code) as reader, pytest.raises(ReaderFailed, match=says):
        reader.sniff(export)


def test_a_process_that_cannot_start_is_an_error(export):
    reader = TableReader(["/no/such/program"])
    with reader, pytest.raises(ReaderFailed, match="cannot be started"):
        reader.sniff(export)


def test_after_a_death_the_next_file_reads(export, tmp_path):
    """The real process, killed by the first request and followed by a new one."""
    flag = tmp_path / "died"
    code = (
        "import os,sys,pathlib\n"
        f"flag=pathlib.Path({str(flag)!r})\n"
        "if not flag.exists():\n"
        " flag.touch(); sys.stdin.readline(); os._exit(3)\n"
        "from m2m_desktop.services.tables import reader_process\n"
        "reader_process.main()\n"
    )
    with TableReader([sys.executable, "-c", code]) as reader:
        with pytest.raises(ReaderFailed):
            reader.sniff(export)
        assert reader.sniff(export).is_certain


def test_a_process_that_was_killed_between_two_files_is_replaced(export):
    with TableReader() as reader:
        reader.sniff(export)
        process = reader._child._process
        process.kill()
        process.wait()
        assert reader.sniff(export).is_certain


def test_work_is_cancelled_by_the_one_who_waits(export):
    def cancel(*_step):
        raise Cancelled

    with child(PREAMBLE + "time.sleep(60)") as reader, pytest.raises(Cancelled):
        reader.sniff(export, progress=cancel)
    with TableReader() as reader:
        layout = reader.sniff(export).layout
        with pytest.raises(Cancelled):
            reader.read(export, layout, cancel)
        assert reader._child is None
        assert len(reader.read(export, layout).rows) == 700


@pytest.mark.requirement("R-037")
@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is that of Linux")
def test_a_file_that_needs_too_much_memory_ends_only_the_process(tmp_path):
    noise = random.Random(1)
    rows = [["不良反应名称"], *[[f"痛{noise.randbytes(1000).hex()}"] for _ in range(5000)]]
    path = by_xlsxwriter(tmp_path / "a.xlsx", {"s": rows})
    code = (
        "from m2m_desktop.services.tables import reader_process as process\n"
        "process.MEMORY_BYTES = 42 << 20\n"
        "process.main()\n"
    )
    layout = sniffing.sniff(path).layout
    with TableReader([sys.executable, "-c", code]) as reader:
        with pytest.raises(ReaderFailed, match="more memory"):
            reader.read(path, layout)
        assert reader._child is None
        assert 0 < reader.peak_bytes < 60 << 20
    with TableReader() as reader:
        assert len(reader.read(path, layout).rows) == 5000


def test_the_process_says_nothing_of_the_cells_outside_its_answers(export, capfd):
    with TableReader() as reader:
        reader.sniff(export)
    out, err = capfd.readouterr()
    assert "示例" not in out + err


def test_the_program_is_this_one_where_it_is_frozen(monkeypatch):
    assert reader_command()[1:] == ["-m", "m2m_desktop.services.tables.reader_process"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert reader_command() == [sys.executable, "--read-table"]


def test_the_process_loads_nothing_that_it_does_not_need(tmp_path):
    import subprocess

    code = (
        "import sys; import m2m_desktop.services.tables.reader_process; "
        "print([m for m in ('openpyxl','xlrd','numpy','PySide6','onnxruntime','defusedxml')"
        " if m in sys.modules])"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
