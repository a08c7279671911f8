"""Every way a release can be wrong that we know of: refused, or loaded with a report, by file:line.

Two tables: `REFUSED` (the answer would be wrong) and `REPORTED` (odd, but usable). Each entry makes
one change to the toy release and says what must be found and where.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from m2m_desktop.core.errors import ReleaseBroken, ReleaseIncomplete, ReleaseUnreadable
from m2m_desktop.services.import_report import ANOMALY_TEXTS, DEFECT_TEXTS
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import Tables, japanese_files, render, render_all, toy_tables

Change = Callable[[Tables], None]
ByteChange = Callable[[dict[str, bytes]], None]


@dataclass(frozen=True)
class Case:
    """``kind`` must be found at ``place`` after ``change`` (of rows) and ``spoil`` (of bytes)."""

    name: str
    kind: str
    place: str
    change: Change = lambda tables: None
    spoil: ByteChange = lambda files: None
    language: str = "Chinese"


def put(file: str, line: int, column: int, value: str) -> Change:
    def change(tables: Tables) -> None:
        tables[file][line - 1][column] = value

    return change


def drop(file: str, line: int) -> Change:
    def change(tables: Tables) -> None:
        del tables[file][line - 1]

    return change


def drop_file(*names: str) -> Change:
    def change(tables: Tables) -> None:
        for name in names:
            del tables[name]

    return change


def repeat(file: str, line: int, column: int = -1, value: str = "") -> Change:
    """Append a copy of a row, with one field changed if asked."""

    def change(tables: Tables) -> None:
        row = list(tables[file][line - 1])
        if column >= 0:
            row[column] = value
        tables[file].append(row)

    return change


def cut(file: str, line: int, fields: int) -> ByteChange:
    """End a row after some fields, without a final `$`."""

    def spoil(files: dict[str, bytes]) -> None:
        lines = files[file].split(b"\r\n")
        lines[line - 1] = b"$".join(lines[line - 1].split(b"$")[:fields])
        files[file] = b"\r\n".join(lines)

    return spoil


def swap(file: str, old: bytes, new: bytes) -> ByteChange:
    """Replace the first ``old`` in a file."""

    def spoil(files: dict[str, bytes]) -> None:
        assert old in files[file]
        files[file] = files[file].replace(old, new, 1)

    return spoil


def in_name(file: str, line: int, text: str) -> Change:
    """Put a text into the name of a term, everywhere that name is repeated."""

    def change(tables: Tables) -> None:
        old = tables[file][line - 1][1]
        for rows in tables.values():
            for row in rows:
                row[:] = [cell.replace(old, old + text) if cell == old else cell for cell in row]

    return change


def both(*changes: Change) -> Change:
    def change(tables: Tables) -> None:
        for each in changes:
            each(tables)

    return change


def names_from_english(*files: str) -> Change:
    def change(tables: Tables) -> None:
        english = toy_tables("English")
        for file in files:
            tables[file] = english[file]

    return change


def append(file: str, *fields: str) -> Change:
    return lambda tables: tables[file].append(list(fields))


def every_row(file: str, column: int, value: str) -> Change:
    def change(tables: Tables) -> None:
        for row in tables[file]:
            row[column] = value

    return change


def without_own_llts(tables: Tables) -> None:
    tables["llt.asc"] = [row for row in tables["llt.asc"] if row[0] >= "90000140"]


PT2 = "90000102"

REFUSED = [
    Case("LLT file empty", "empty_file", "llt.asc:1", spoil=lambda f: f.update({"llt.asc": b""})),
    Case("PT file empty", "empty_file", "pt.asc:1", spoil=lambda f: f.update({"pt.asc": b""})),
    Case("hierarchy empty", "empty_file", "mdhier.asc:1", spoil=lambda f: f.update({"mdhier.asc": b"\r\n"})),
    Case("PT code twice, other name", "duplicate_code", "pt.asc:62", repeat("pt.asc", 3, 1, "别名")),
    Case("LLT code twice, other PT", "duplicate_code", "llt.asc:158", repeat("llt.asc", 70, 2, PT2)),
    Case("HLT code twice, other name", "duplicate_code", "hlt.asc:17", repeat("hlt.asc", 1, 1, "别名")),
    Case("HLGT code twice, other name", "duplicate_code", "hlgt.asc:9", repeat("hlgt.asc", 1, 1, "别名")),
    Case("SOC code twice, other name", "duplicate_code", "soc.asc:5", repeat("soc.asc", 1, 1, "别名")),
    Case("SMQ code twice, other name", "duplicate_code", "smq_list.asc:4", repeat("smq_list.asc", 1, 1, "别名")),
    Case("LLT of an unknown PT", "orphan_llt", "llt.asc:70", put("llt.asc", 70, 2, "99999999")),
    Case("PT row missing", "orphan_pt", "mdhier.asc:11", both(drop("pt.asc", 10), drop("llt.asc", 10), lambda t: t.update({"llt.asc": [r for r in t["llt.asc"] if r[2] != "90000110"]}), lambda t: t.update({"hlt_pt.asc": [r for r in t["hlt_pt.asc"] if r[1] != "90000110"]}))),
    Case("hierarchy names an unknown HLT", "orphan_hlt", "mdhier.asc:5", put("mdhier.asc", 5, 1, "99999999")),
    Case("hierarchy names an unknown HLGT", "orphan_hlgt", "mdhier.asc:5", put("mdhier.asc", 5, 2, "99999999")),
    Case("hierarchy names an unknown SOC", "orphan_soc", "mdhier.asc:5", put("mdhier.asc", 5, 3, "99999999")),
    Case("link names an unknown PT", "orphan_pt", "hlt_pt.asc:4", put("hlt_pt.asc", 4, 1, "99999999")),
    Case("link names an unknown HLT", "orphan_hlt", "hlgt_hlt.asc:4", put("hlgt_hlt.asc", 4, 1, "99999999")),
    Case("link names an unknown HLGT", "orphan_hlgt", "soc_hlgt.asc:4", put("soc_hlgt.asc", 4, 1, "99999999")),
    Case("link names an unknown SOC", "orphan_soc", "soc_hlgt.asc:4", put("soc_hlgt.asc", 4, 0, "99999999")),
    Case("primary SOC of a PT unknown", "unknown_primary_soc", "pt.asc:7", put("pt.asc", 7, 3, "99999999")),
    Case("PT without a hierarchy row", "pt_without_path", "pt.asc:5", drop("mdhier.asc", 6)),
    Case("PT without a primary row", "pt_without_primary", "pt.asc:5", put("mdhier.asc", 6, 11, "N")),
    Case("PT with two primary rows", "pt_with_two_primaries", "mdhier.asc:2", put("mdhier.asc", 2, 11, "Y")),
    Case("hierarchy contradicts the PT's primary SOC", "primary_soc_differs", "mdhier.asc:6", put("mdhier.asc", 6, 10, "90000003")),
    Case("PT file contradicts the hierarchy", "primary_soc_differs", "mdhier.asc:6", put("pt.asc", 5, 3, "90000003")),
    Case("primary flag on the wrong path", "primary_flag_wrong", "mdhier.asc:2", both(put("mdhier.asc", 2, 11, "Y"), put("mdhier.asc", 3, 11, "N"))),
    Case("primary flag not Y or N", "bad_primary_flag", "mdhier.asc:8", put("mdhier.asc", 8, 11, "1")),
    Case("currency empty", "bad_currency", "llt.asc:62", put("llt.asc", 62, 9, "")),
    Case("currency in lower case", "bad_currency", "llt.asc:62", put("llt.asc", 62, 9, "y")),
    Case("LLT code of 7 digits", "bad_code", "llt.asc:80", put("llt.asc", 80, 0, "9000101")),
    Case("PT code with a letter", "bad_code", "pt.asc:9", put("pt.asc", 9, 0, "9000O109")),
    Case("code in full-width digits", "bad_code", "hlt.asc:3", put("hlt.asc", 3, 0, "９００００３３")),
    Case("code with a space", "bad_code", "soc.asc:1", put("soc.asc", 1, 0, "90000001 ")),
    Case("LLT's PT code not a code", "bad_code", "llt.asc:80", put("llt.asc", 80, 2, "")),
    Case("PT's SOC code not a code", "bad_code", "pt.asc:9", put("pt.asc", 9, 3, "SOC1")),
    Case("link row not a code", "bad_code", "hlt_pt.asc:2", put("hlt_pt.asc", 2, 0, "HLT1")),
    Case("PT without a name", "empty_name", "pt.asc:12", put("pt.asc", 12, 1, "")),
    Case("LLT without a name", "empty_name", "llt.asc:99", put("llt.asc", 99, 1, "")),
    Case("LLT row cut short", "too_few_fields", "llt.asc:20", spoil=cut("llt.asc", 20, 9)),
    Case("last LLT row cut short", "too_few_fields", "llt.asc:157", spoil=lambda f: f.update({"llt.asc": f["llt.asc"][:-9]})),
    Case("hierarchy row cut short", "too_few_fields", "mdhier.asc:20", spoil=cut("mdhier.asc", 20, 11)),
    Case("HLT row cut inside its name", "too_few_fields", "hlt.asc:16", spoil=cut("hlt.asc", 16, 2)),
    Case("a row broken in two", "too_few_fields", "pt.asc:4", in_name("pt.asc", 4, "\r\n")),
    Case("link row cut short", "too_few_fields", "hlt_pt.asc:7", spoil=cut("hlt_pt.asc", 7, 1)),
    Case("tabs instead of $", "too_few_fields", "pt.asc:1", spoil=lambda f: f.update({"pt.asc": f["pt.asc"].replace(b"$", b"\t")})),
    Case("a $ in an HLT name", "dollar_in_field", "hlt.asc:6", put("hlt.asc", 6, 1, "甲$乙")),
    Case("a $ in a SOC name", "dollar_in_field", "soc.asc:2", put("soc.asc", 2, 1, "甲$乙$丙")),
    Case("a $ in a PT name", "bad_code", "pt.asc:6", put("pt.asc", 6, 1, "甲$乙")),
    Case("a $ in an LLT name", "bad_code", "llt.asc:90", put("llt.asc", 90, 1, "甲$乙")),
    Case("CR alone ends the rows", "control_character", "soc.asc:1", spoil=lambda f: f.update({"soc.asc": f["soc.asc"].replace(b"\r\n", b"\r")})),
    Case("NUL in a name", "control_character", "llt.asc:64", put("llt.asc", 64, 1, "甲\x00乙")),
    Case("C1 control in a name", "control_character", "llt.asc:64", put("llt.asc", 64, 1, "甲\x85乙")),
    Case("replacement character in a name", "replacement_character", "llt.asc:64", put("llt.asc", 64, 1, "甲\ufffd乙")),
    Case("path not in the links", "path_not_linked", "mdhier.asc:1", drop("hlt_pt.asc", 1)),
    Case("path not under its SOC link", "path_not_linked", "mdhier.asc:1", drop("soc_hlgt.asc", 1)),
    Case("LLT with a PT's code under another PT", "self_llt_elsewhere", "llt.asc:8", put("llt.asc", 8, 2, PT2)),
    Case("most PTs without their own LLT", "many_without_self_llt", "pt.asc:1", without_own_llts),
    Case("English PT file in a Chinese release", "mixed_language", "pt.asc:1", names_from_english("pt.asc")),
    Case("English LLT file in a Chinese release", "mixed_language", "llt.asc:1", names_from_english("llt.asc")),
    Case("English hierarchy in a Chinese release", "mixed_files", "mdhier.asc:1", names_from_english("mdhier.asc")),
    Case("English HLT file in a Chinese release", "mixed_files", "mdhier.asc:1", names_from_english("hlt.asc")),
    Case("Chinese names, release line English", "mixed_language", "pt.asc:1", put("meddra_release.asc", 1, 1, "English")),
    Case("Spanish LLT file in an English release", "mixed_files", "llt.asc:1", lambda t: t.update({"llt.asc": toy_tables("Spanish")["llt.asc"]}), language="English"),
    Case("history of a later version", "mixed_version", "meddra_history_chinese.asc:3", put("meddra_history_chinese.asc", 3, 2, "99.1")),
    Case("SMQ content of a later version", "mixed_version", "smq_content.asc:2", put("smq_content.asc", 2, 8, "99.1")),
    Case("SMQ list of a later version", "mixed_version", "smq_list.asc:1", put("smq_list.asc", 1, 6, "100.0")),
    Case("two release lines", "two_release_lines", "meddra_release.asc:2", append("meddra_release.asc", "98.1", "English", "", "", "")),
    Case("SMQ level 6", "bad_smq_field", "smq_list.asc:2", put("smq_list.asc", 2, 2, "6")),
    Case("SMQ status unknown", "bad_smq_field", "smq_list.asc:2", put("smq_list.asc", 2, 7, "X")),
    Case("SMQ row level 3", "bad_smq_field", "smq_content.asc:2", put("smq_content.asc", 2, 2, "3")),
    Case("SMQ row scope 7", "bad_smq_field", "smq_content.asc:2", put("smq_content.asc", 2, 3, "7")),
    Case("SMQ row weight not a number", "bad_smq_field", "smq_content.asc:2", put("smq_content.asc", 2, 5, "-x")),
    Case("SMQ row status unknown", "bad_smq_field", "smq_content.asc:2", put("smq_content.asc", 2, 6, "")),
    Case("SMQ row cut short", "too_few_fields", "smq_content.asc:3", spoil=cut("smq_content.asc", 3, 4)),
    Case("SMQ code not a code", "bad_code", "smq_content.asc:3", put("smq_content.asc", 3, 0, "SMQ3")),
]  # fmt: skip

REPORTED = [
    Case("no SMQ list", "missing_file", "smq_list.asc", drop_file("smq_list.asc", "smq_content.asc")),
    Case("no history", "missing_file", "meddra_history_*.asc", drop_file("meddra_history_chinese.asc")),
    Case("no link files", "missing_file", "soc_hlgt.asc", drop_file("soc_hlgt.asc", "hlgt_hlt.asc", "hlt_pt.asc")),
    Case("a link file of 0 bytes", "missing_file", "hlt_pt.asc", spoil=lambda f: f.update({"hlt_pt.asc": b""})),
    Case("no release line", "release_unknown", "meddra_release.asc", drop_file("meddra_release.asc")),
    Case("SMQ content without a list", "smq_without_list", "smq_content.asc", drop_file("smq_list.asc")),
    Case("one field too many", "extra_fields", "llt.asc:5", lambda t: t["llt.asc"][4].append("new")),
    Case("one column too many in all rows", "extra_fields", "pt.asc:1", lambda t: [r.append("new") for r in t["pt.asc"]] and None),
    Case("PT row ends early", "short_rows", "pt.asc:5", spoil=cut("pt.asc", 5, 6)),
    Case("blank line inside", "blank_lines", "llt.asc:2", spoil=lambda f: f.update({"llt.asc": f["llt.asc"].replace(b"\r\n", b"\r\n\r\n", 2)})),
    Case("PT without its own LLT", "pt_without_self_llt", "pt.asc:9", drop("llt.asc", 9)),
    Case("own LLT not current", "self_llt_not_current", "llt.asc:9", put("llt.asc", 9, 9, "N")),
    Case("own LLT with another name", "self_llt_name_differs", "llt.asc:9", put("llt.asc", 9, 1, "别名")),
    Case("name of 101 characters", "long_name", "llt.asc:90", put("llt.asc", 90, 1, "名" * 101)),
    Case("name ends in a space", "spaces_around_name", "llt.asc:90", put("llt.asc", 90, 1, "别名 ")),
    Case("LLT names that repeat", "duplicate_llt_name", "llt.asc:64"),
    Case("not 27 SOCs", "soc_count", "soc.asc"),
    Case("names differ in the hierarchy", "name_differs", "mdhier.asc:4", put("mdhier.asc", 4, 5, "别名")),
    Case("HLT on no path", "unused_term", "hlt.asc:17", append("hlt.asc", "90000099", "空", "", "", "", "", "", "", "")),
    Case("link that leads nowhere", "link_without_path", "hlt_pt.asc:63", append("hlt_pt.asc", "90000031", PT2)),
    Case("row repeated word for word", "repeated_row", "llt.asc:158", repeat("llt.asc", 3)),
    Case("path repeated", "repeated_row", "mdhier.asc:63", repeat("mdhier.asc", 3)),
    Case("link repeated", "repeated_row", "hlt_pt.asc:63", repeat("hlt_pt.asc", 3)),
    Case("two paths in one SOC", "two_paths_in_soc", "mdhier.asc:63", both(repeat("mdhier.asc", 2, 1, "90000035"), append("hlt_pt.asc", "90000035", PT2), append("hlgt_hlt.asc", "90000013", "90000035"))),
    Case("version 28.2", "odd_version", "meddra_release.asc:1", both(put("meddra_release.asc", 1, 0, "99.2"))),
    Case("version is a word", "odd_version", "meddra_release.asc:1", put("meddra_release.asc", 1, 0, "latest")),
    Case("unknown language word", "unknown_language", "meddra_release.asc:1", put("meddra_release.asc", 1, 1, "Zorblaxian")),
    Case("SMQ row about an unknown term", "smq_orphan", "smq_content.asc:2", put("smq_content.asc", 2, 1, "99999999")),
    Case("SMQ row of an unknown SMQ", "smq_orphan", "smq_content.asc:2", put("smq_content.asc", 2, 0, "29999999")),
    Case("SMQs in a circle", "smq_cycle", "smq_list.asc:1", append("smq_content.asc", "29990003", "29990001", "0", "0", "S", "0", "A", "98.0", "98.0")),
    Case("order of SOCs with a gap", "soc_order", "intl_ord.asc:1", drop("intl_ord.asc", 2)),
    Case("order of SOCs not a number", "soc_order", "intl_ord.asc:2", put("intl_ord.asc", 2, 0, "b")),
    Case("history of another language", "history_other_language", "meddra_history_english.asc", lambda t: t.update({"meddra_history_english.asc": t.pop("meddra_history_chinese.asc")})),
    Case("history row cut short", "history_row", "meddra_history_chinese.asc:2", spoil=cut("meddra_history_chinese.asc", 2, 3)),
    Case("history not text", "history_unreadable", "meddra_history_chinese.asc", spoil=lambda f: f.update({"meddra_history_chinese.asc": b"\xff\xfe\xfd" * 3})),
    Case("line separator in a name", "unusual_character", "llt.asc:90", put("llt.asc", 90, 1, "甲\u2028乙")),
    Case("tab in a name", "unusual_character", "llt.asc:90", put("llt.asc", 90, 1, "甲\t乙")),
    Case("text decoded twice", "decoded_twice", "llt.asc:90", put("llt.asc", 90, 1, "é".encode().decode("latin-1"))),
]  # fmt: skip


def sources(case: Case) -> ReleaseSources:
    tables = toy_tables(case.language)
    case.change(tables)
    files = render_all(tables)
    case.spoil(files)
    return ReleaseSources("toy", "toy", files)


@pytest.mark.requirement("R-016")
@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_broken_release_is_refused_whole_with_file_and_line(case: Case) -> None:
    with pytest.raises(ReleaseBroken) as caught:
        load_release(sources(case))

    found = [(each.template, each.fields.get("place")) for each in caught.value.defects]
    assert (DEFECT_TEXTS[case.kind], case.place) in found
    assert all(case.place or ":" in str(place) for _, place in found)


@pytest.mark.parametrize("case", REPORTED, ids=lambda case: case.name)
def test_an_odd_release_loads_and_is_reported_with_its_place(case: Case) -> None:
    release = load_release(sources(case))

    found = {each.kind: each for each in release.report.anomalies}
    assert case.place in found[case.kind].places
    assert found[case.kind].count >= len(found[case.kind].places) > 0


def test_the_sound_release_has_only_its_two_known_oddities() -> None:
    report = load_release(ReleaseSources("toy", "toy", render_all(toy_tables()))).report

    assert [each.kind for each in report.anomalies] == ["duplicate_llt_name", "soc_count"]


@pytest.mark.requirement("R-016")
@pytest.mark.parametrize(
    "name", ["soc.asc", "hlgt.asc", "hlt.asc", "pt.asc", "llt.asc", "mdhier.asc"]
)
def test_a_needed_file_that_is_missing_is_named(name: str) -> None:
    files = render_all(toy_tables())
    del files[name]

    with pytest.raises(ReleaseIncomplete, match=name):
        load_release(ReleaseSources("toy", "toy", files))


def test_a_damaged_byte_in_utf8_is_refused_with_its_line() -> None:
    files = render_all(toy_tables())
    lines = files["llt.asc"].split(b"\r\n")
    lines[41] = lines[41].replace("炎".encode(), b"\xe7\x82")
    files["llt.asc"] = b"\r\n".join(lines)

    with pytest.raises(ReleaseUnreadable, match=r"llt\.asc:42"):
        load_release(ReleaseSources("toy", "toy", files))


def test_a_file_saved_again_as_gb18030_in_a_utf8_release_is_refused() -> None:
    files = render_all(toy_tables())
    files["hlt.asc"] = files["hlt.asc"].decode("utf-8").encode("gb18030")

    with pytest.raises(ReleaseUnreadable, match=r"hlt\.asc:1"):
        load_release(ReleaseSources("toy", "toy", files))


def test_a_broken_japanese_file_is_refused() -> None:
    files = japanese_files()
    files["pt_j.asc"] = files["pt_j.asc"].replace(b"90000105", b"9000o105")

    with pytest.raises(ReleaseBroken) as caught:
        load_release(ReleaseSources("toy", "toy", files))
    assert "pt_j.asc:5" in str(caught.value)


def test_only_the_first_twenty_defects_are_listed_but_all_are_counted() -> None:
    tables = toy_tables()
    every_row("llt.asc", 9, "?")(tables)

    with pytest.raises(ReleaseBroken) as caught:
        load_release(ReleaseSources("toy", "toy", render_all(tables)))
    assert len(caught.value.defects) == 20
    assert caught.value.fields["count"] == 157


def test_no_report_and_no_defect_ever_holds_a_name() -> None:
    names = {row[1] for file in ("pt.asc", "llt.asc") for row in toy_tables()[file]}
    for case in REPORTED:
        text = str(load_release(sources(case)).report.to_json())
        assert not [name for name in names if name in text]
    for case in REFUSED:
        with pytest.raises(ReleaseBroken) as caught:
            load_release(sources(case))
        text = str(caught.value) + "".join(each.text() for each in caught.value.defects)
        assert not [name for name in names if name in text]


def test_every_kind_of_defect_and_oddity_has_a_case() -> None:
    elsewhere = {"too_large", "last_resort_encoding", "not_joined", "same_version_other_files"}
    covered = {case.kind for case in (*REFUSED, *REPORTED)}
    kinds = {
        k
        for k in (*DEFECT_TEXTS, *ANOMALY_TEXTS)
        if not k.startswith(("join", "csv", "japan", "rf2"))
    }

    assert kinds - covered - elsewhere == set()


def test_the_renderer_of_the_toy_release_ends_rows_as_real_files_do() -> None:
    tables = toy_tables()

    assert render("llt.asc", tables["llt.asc"]).count("$") == 11 * len(tables["llt.asc"])
    assert not render("meddra_release.asc", tables["meddra_release.asc"]).endswith("\n")
