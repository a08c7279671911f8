"""The reference dictionary CSV becomes a terminology like any other."""

from pathlib import Path

import pytest

from m2m_desktop.core.errors import Cancelled, ReleaseBroken, ReleaseUnreadable
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.meddra import LoadedRelease
from m2m_desktop.services.reference_csv import load_reference_csv, read_reference_csv

HEADER = "pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name\n"
ROWS = (
    "SYN_PT_901,左布炎,左布炎,左布炎症,左布疾病,虚构器官\n"
    "SYN_PT_902,奎姆痛,奎姆痛,奎姆病,左布疾病,虚构器官\n"
    'SYN_PT_901,左布炎,"""左布"" 肿胀, 急性",左布炎症,左布疾病,虚构器官\n'
)


def load(text: str, encoding: str = "utf-8") -> LoadedRelease:
    return load_reference_csv(Path("mine.csv"), text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_rows_are_grouped_by_pt_in_order_of_appearance(encoding: str) -> None:
    terminology = load(HEADER + ROWS, encoding).terminology

    assert [terminology.codes(TermLevel.PT)[row] for row in range(2)] == [
        "SYN_PT_901",
        "SYN_PT_902",
    ]
    llts = terminology.llts("SYN_PT_901")
    assert [(llt.code, llt.name) for llt in llts] == [
        ("SYN_PT_901#1", "左布炎"),
        ("SYN_PT_901#2", '"左布" 肿胀, 急性'),
    ]
    assert all(llt.is_current for llt in llts)


def test_the_hierarchy_has_synthetic_codes_and_one_path_a_pt() -> None:
    terminology = load(HEADER + ROWS).terminology

    (path,) = terminology.paths("SYN_PT_902")
    assert (path.soc.name, path.hlgt.name, path.hlt.name) == ("虚构器官", "左布疾病", "奎姆病")
    assert (path.soc.code, path.hlt.code, path.is_primary) == ("SOC-00001", "HLT-00002", True)
    below = terminology.children(TermLevel.HLGT, "HLGT-00001")
    assert [term.name for term in below] == ["左布炎症", "奎姆病"]
    assert [term.name for term in terminology.socs()] == ["虚构器官"]
    assert terminology.smqs() == ()
    assert terminology.smqs_of("SYN_PT_901") == ()
    assert terminology.history("SYN_PT_901") == ()


def test_what_it_is_stands_in_its_info() -> None:
    info = load(HEADER + ROWS).terminology.info

    assert (info.kind, info.name, info.language) == ("reference_csv", "mine", "Chinese")
    assert info.terminology_id.startswith("reference-mine-")
    assert [name for name, _ in info.hashes] == ["mine.csv"]


def test_columns_may_come_in_another_order_and_with_company() -> None:
    text = "soc_name,x,pt_code,pt_name,llt_name,hlt_name,hlgt_name\nS,1,A,N,L,H,G\n"

    assert load(text).terminology.paths("A")[0].soc.name == "S"


def test_the_first_row_of_a_pt_is_believed() -> None:
    release = load(HEADER + "A,N,L,H,G,S\nA,N,M,H2,G,S\nA,N,L,H,G,S\n")

    assert release.terminology.paths("A")[0].hlt.name == "H"
    found = {each.kind: each.places for each in release.report.anomalies}
    assert found == {"csv_differing_row": ("mine.csv:3",), "repeated_row": ("mine.csv:4",)}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "columns"),
        ("pt_code,pt_name\nA,B\n", "llt_name, hlt_name"),
        (HEADER, "empty"),
        (HEADER + "A,N,L,H,G,S\n,N,L,H,G,S\n", r"mine\.csv:3: the cell pt_code"),
        (HEADER + "A,,L,H,G,S\n", "pt_name"),
        (HEADER + "A,N,L,H,G\n", r"mine\.csv:2: number of cells in the row: 5 instead of"),
        (HEADER + 'A,N,"L\nM",H,G,S\n', r"mine\.csv:3: a cell holds"),
        (HEADER + "A,N,L\ufffd,H,G,S\n", "U.FFFD"),
        (HEADER + "A" * 65 + ",N,L,H,G,S\n", "too long"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text: str, what: str) -> None:
    with pytest.raises(ReleaseBroken, match=what):
        load(text)


def test_text_in_another_encoding_is_refused_until_it_is_named() -> None:
    data = (HEADER + ROWS).encode("gb18030")

    with pytest.raises(ReleaseUnreadable, match=r"mine\.csv:2"):
        load_reference_csv(Path("mine.csv"), data)
    release = load_reference_csv(Path("mine.csv"), data, encoding="gbk")
    assert release.terminology.names(TermLevel.PT)[0] == "左布炎"


def test_an_open_quote_is_refused_with_its_line() -> None:
    with pytest.raises(ReleaseUnreadable, match=r"mine\.csv:\d"):
        load(HEADER + 'A,"N,L,H,G,S\n')


def test_reading_and_cancel(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    assert read_reference_csv(path).startswith(b"pt_code")

    def cancel(done: int, total: int, note: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        load_reference_csv(path, path.read_bytes(), progress=cancel)
