"""Releases of every kind load, and what was in the files can be looked up."""

import pytest

from m2m_desktop.core.errors import Cancelled, ReleaseBroken, ReleaseUnreadable
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.meddra import LoadedRelease, load_release
from m2m_desktop.services.meddra_join import join, join_releases
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import (
    HOMOGRAPHS,
    LLT_COUNT,
    MULTI_AXIAL_PT,
    NOT_CURRENT_LLT,
    PT_COUNT,
    QUOTED_LLT,
    japanese_files,
    render_all,
    toy_files,
    toy_tables,
)


def load(files: dict[str, bytes], *, encoding: str | None = None) -> LoadedRelease:
    return load_release(ReleaseSources("toy", "toy", files), encoding=encoding)


def rows_of(terminology: Terminology, language: str) -> None:
    """Every LLT and PT of the toy release is there under its own name."""
    tables = toy_tables(language)
    for row in tables["llt.asc"]:
        llt = terminology.llt(row[0])
        assert llt is not None
        assert (llt.name, llt.pt_code, llt.is_current) == (row[1], row[2], row[9] == "Y")
    for row in tables["pt.asc"]:
        pt = terminology.preferred_term(row[0])
        assert pt is not None
        assert (pt.name, pt.paths[0].soc.code) == (row[1], row[3])


@pytest.mark.parametrize(
    ("language", "encoding", "detected"),
    [
        ("Chinese", "utf-8", "utf-8"),
        ("Chinese", "gb18030", "gb18030"),
        ("Chinese", "utf-16", "utf-16"),
        ("English", "ascii", "ascii"),
        ("Spanish", "latin_1", "cp1252"),
        ("Spanish", "utf-8", "utf-8"),
        ("Japanese", "cp932", "cp932"),
        ("Japanese", "utf-8", "utf-8"),
        ("Japanese", "euc_jp", "euc_jp"),
    ],
)
def test_a_release_loads_in_its_encoding(language: str, encoding: str, detected: str) -> None:
    release = load(toy_files(language, encoding=encoding))

    assert release.report.encodings == (("*.asc", detected),)
    assert release.terminology.info.language == language
    rows_of(release.terminology, language)


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("has_bom", [False, True])
@pytest.mark.parametrize("has_last_line_end", [False, True])
def test_line_ends_and_byte_order_marks_make_no_difference(
    line_end: str, has_bom: bool, has_last_line_end: bool
) -> None:
    release = load(
        toy_files(line_end=line_end, has_bom=has_bom, has_last_line_end=has_last_line_end)
    )

    rows_of(release.terminology, "Chinese")
    assert [each.kind for each in release.report.anomalies] == ["duplicate_llt_name", "soc_count"]


def test_the_report_counts_every_level() -> None:
    report = load(toy_files()).report

    assert dict(report.counts) == {
        "soc": 4,
        "hlgt": 8,
        "hlt": 16,
        "pt": PT_COUNT,
        "llt": LLT_COUNT,
        "llt_current": LLT_COUNT - 1,
        "paths": PT_COUNT + 1,
        "smqs": 3,
        "smq_rows": 7,
        "history": 3,
    }
    assert (report.version, report.language) == ("99.0", "Chinese")


def test_the_primary_path_comes_first_even_if_its_row_does_not() -> None:
    paths = load(toy_files()).terminology.paths(MULTI_AXIAL_PT)

    assert [(path.soc.code, path.is_primary) for path in paths] == [
        ("90000002", True),
        ("90000003", False),
    ]


def test_a_name_that_opens_a_quote_stays_as_it_is() -> None:
    llt = load(toy_files()).terminology.llt(QUOTED_LLT)

    assert llt is not None
    assert llt.name.startswith('"')


def test_homographs_are_both_found() -> None:
    terminology = load(toy_files()).terminology
    llt = terminology.llt(HOMOGRAPHS[0])
    assert llt is not None

    assert [term.code for term in terminology.find(llt.name)] == list(HOMOGRAPHS)


def test_socs_come_in_the_international_order() -> None:
    assert [soc.code for soc in load(toy_files()).terminology.socs()] == [
        "90000004",
        "90000003",
        "90000002",
        "90000001",
    ]


def test_a_row_repeated_word_for_word_counts_once() -> None:
    tables = toy_tables()
    for name in ("soc.asc", "llt.asc", "mdhier.asc", "hlt_pt.asc"):
        tables[name].append(tables[name][2])

    repeated, once = load(render_all(tables)), load(toy_files())
    assert repeated.report.counts == once.report.counts
    assert {name: a.tolist() for name, a in repeated.terminology.arrays.items()} == {
        name: a.tolist() for name, a in once.terminology.arrays.items()
    }


def test_a_line_separator_inside_a_name_does_not_end_the_row() -> None:
    tables = toy_tables()
    tables["llt.asc"][80][1] = "甲\u2028乙\u0c00\x0b丙"

    terminology = load(render_all(tables)).terminology

    assert terminology.count(TermLevel.LLT) == LLT_COUNT
    assert terminology.names(TermLevel.LLT)[80] == "甲\u2028乙\u0c00\x0b丙"


def test_smqs_hold_their_children_and_drop_inactive_rows() -> None:
    terminology = load(toy_files()).terminology

    assert [smq.code for smq in terminology.smq_children("29990001")] == ["29990002"]
    members = terminology.smq_members("29990001")
    assert [(each.term.code, each.is_narrow, each.via) for each in members] == [
        ("90000101", True, "29990001"),
        ("90001005", False, "29990001"),
        ("90000102", False, "29990002"),
        ("90000103", True, "29990003"),
    ]
    found = terminology.smqs_of("90000103")
    assert [(each.smq.code, each.is_direct) for each in found] == [
        ("29990001", False),
        ("29990002", False),
        ("29990003", True),
    ]


def test_smqs_in_a_circle_end_all_the_same() -> None:
    release = load(toy_files(is_cyclic=True))

    members = release.terminology.smq_members("29990003")
    assert {each.term.code for each in members} == {"90000101", "90001005", "90000102", "90000103"}
    assert "smq_cycle" in {each.kind for each in release.report.anomalies}


def test_the_history_of_a_term_is_told_in_order() -> None:
    events = load(toy_files()).terminology.history(NOT_CURRENT_LLT)

    assert [(each.version, each.level, each.currency, each.action) for each in events] == [
        ("98.0", "LLT", "Y", "A"),
        ("99.0", "LLT", "N", "U"),
    ]
    assert events[0].name == toy_tables()["pt.asc"][0][1] + " 0"


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_japanese_names_are_joined_by_code(encoding: str) -> None:
    release = load(japanese_files(encoding))
    terminology = release.terminology

    assert (terminology.info.language, terminology.info.language2) == ("Japanese", "English")
    assert dict(release.report.encodings) == {"*_j.asc": encoding, "*.asc": "ascii"}
    japanese, english = toy_tables("Japanese"), toy_tables("English")
    for own, base in zip(japanese["pt.asc"], english["pt.asc"], strict=True):
        term = terminology.term(TermLevel.PT, own[0])
        assert term is not None
        assert (term.name, term.name2) == (own[1], base[1])
    last = english["llt.asc"][-1]
    term = terminology.term(TermLevel.LLT, last[0])
    assert term is not None
    assert term.name == last[1]
    smq = terminology.smq("29990001")
    assert smq is not None
    assert smq.name.endswith("（SMQ）")


def test_the_marker_file_makes_a_release_a_demo() -> None:
    info = load({**toy_files(), "demo_dictionary.txt": b""}).terminology.info

    assert info.is_demo
    assert info.terminology_id.startswith("demo-99.0-chinese-")
    assert "not MedDRA" in info.name


def test_an_encoding_named_by_the_user_is_used() -> None:
    files = toy_files("Spanish", encoding="iso8859_15")

    assert load(files, encoding="ISO-8859-15").terminology.info.encoding == "iso8859_15"
    with pytest.raises(ReleaseUnreadable, match=r"asc:\d+"):
        load(files, encoding="utf-8")


def test_any_change_of_the_files_changes_the_id() -> None:
    files = toy_files()
    changed = {**files, "llt.asc": files["llt.asc"].replace("急性".encode(), "急姓".encode(), 1)}

    first, second = load(files).terminology.info, load(changed).terminology.info
    assert first.terminology_id != second.terminology_id
    assert load(files).terminology.info == first


def test_a_cancel_stops_the_reading() -> None:
    calls = 0

    def cancel(done: int, total: int, note: str = "") -> None:
        nonlocal calls
        calls += 1
        if calls == 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        load_release(ReleaseSources("toy", "toy", toy_files()), progress=cancel)
    assert calls == 20


def test_chinese_and_english_are_joined_by_code() -> None:
    joined = join_releases(load(toy_files("Chinese")), load(toy_files("English")))
    terminology = joined.terminology

    rows_of(terminology, "Chinese")
    english = toy_tables("English")
    for row in english["llt.asc"]:
        term = terminology.term(TermLevel.LLT, row[0])
        assert term is not None
        assert term.name2 == row[1]
    pt = english["pt.asc"][3]
    assert pt[0] in [term.code for term in terminology.find(pt[1])]
    smq = terminology.smq("29990002")
    assert smq is not None
    assert smq.name2 == "Quimble (SMQ)"
    info = terminology.info
    assert (info.language, info.language2, info.name) == (
        "Chinese",
        "English",
        "MedDRA 99.0, Chinese + English",
    )
    assert "english/llt.asc" in dict(info.hashes)
    assert ("english/*.asc", "ascii") in joined.report.encodings


def test_the_rows_of_the_second_release_may_come_in_another_order() -> None:
    tables = toy_tables("English")
    for name in ("pt.asc", "llt.asc", "mdhier.asc", "soc.asc", "smq_list.asc"):
        tables[name].reverse()

    joined = join(load(toy_files()).terminology, load(render_all(tables)).terminology)

    term = joined.term(TermLevel.PT, "90000103")
    assert term is not None
    assert term.name2 == toy_tables("English")["pt.asc"][2][1]


def test_two_versions_are_not_joined() -> None:
    with pytest.raises(ReleaseBroken, match=r"99\.0 and 98\.1"):
        join(load(toy_files()).terminology, load(toy_files("English", version="98.1")).terminology)


def test_different_codes_are_not_joined() -> None:
    tables = toy_tables("English")
    del tables["llt.asc"][-1]

    with pytest.raises(
        ReleaseBroken, match="LLT: codes that are in one release only: 1, for example 90001096"
    ):
        join(load(toy_files()).terminology, load(render_all(tables)).terminology)


@pytest.mark.parametrize(("column", "value", "level"), [(2, "90000103", "LLT"), (9, "N", "LLT")])
def test_releases_that_contradict_each_other_are_not_joined(
    column: int, value: str, level: str
) -> None:
    tables = toy_tables("English")
    tables["llt.asc"][100][column] = value

    with pytest.raises(
        ReleaseBroken, match=f"{level}: rows about which the two releases disagree: 1"
    ):
        join(load(toy_files()).terminology, load(render_all(tables)).terminology)


def test_releases_with_other_paths_are_not_joined() -> None:
    tables = toy_tables("English")
    tables["mdhier.asc"] = [row for row in tables["mdhier.asc"] if row[11] == "Y"]

    with pytest.raises(ReleaseBroken, match="PT: rows about which the two releases disagree"):
        join(load(toy_files()).terminology, load(render_all(tables)).terminology)
