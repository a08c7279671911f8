"""Every way an edition can be wrong that we know of: refused, or loaded with a report, by file:line.

Each entry makes one change to the toy edition and says what must be found and where.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from m2m_desktop.core.errors import BadRequest, ReleaseBroken
from m2m_desktop.services.import_report import DEFECT_TEXTS
from m2m_desktop.services.snomed import blocks
from m2m_desktop.services.snomed import findings as rf2
from m2m_desktop.services.snomed.files import find_rf2
from m2m_desktop.services.snomed.load import load_rf2
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.rf2 import (
    FILES,
    TOYS,
    Tables,
    concept_id,
    description_id,
    edition_tables,
    relationship_id,
    write_edition,
    write_tables,
)

Change = Callable[[Tables], None]
Spoil = Callable[[dict[str, bytes]], None]


@dataclass(frozen=True)
class Case:
    """``kind`` must be found at ``place`` (a file of `FILES` and a line, or any other text)."""

    name: str
    kind: str
    place: str
    change: Change = lambda tables: None
    spoil: Spoil = lambda data: None

    @property
    def where(self) -> str:
        file, _, line = self.place.partition(":")
        return f"{FILES[file].rpartition('/')[2]}:{line}" if line else self.place


def put(file: str, line: int, column: int, value: str) -> Change:
    def change(tables: Tables) -> None:
        tables[file][line - 1][column] = value

    return change


def repeat(file: str, line: int) -> Change:
    def change(tables: Tables) -> None:
        tables[file].append(list(tables[file][line - 1]))

    return change


def rename(file: str, old: str, new: str) -> Change:
    def change(tables: Tables) -> None:
        tables[file][0] = [new if name == old else name for name in tables[file][0]]

    return change


def add_is_a(*pairs: tuple[int, int]) -> Change:
    def change(tables: Tables) -> None:
        for at, (child, parent) in enumerate(pairs):
            like = tables["relationship"][1]
            own = [relationship_id(7000 + at), *like[1:]]
            own[4], own[5], own[7] = concept_id(child), concept_id(parent), "116680003"
            own[2] = "1"
            tables["relationship"].append(own)

    return change


def everywhere(file: str, column: int, value: str) -> Change:
    def change(tables: Tables) -> None:
        for row in tables[file][1:]:
            row[column] = value

    return change


def keep(file: str, wanted: Callable[[list[str]], bool]) -> Change:
    def change(tables: Tables) -> None:
        tables[file] = [tables[file][0], *filter(wanted, tables[file][1:])]

    return change


def replace(file: str, old: str, new: bytes, count: int = 1) -> Spoil:
    def spoil(data: dict[str, bytes]) -> None:
        assert old.encode() in data[file]
        data[file] = data[file].replace(old.encode(), new, count)

    return spoil


def empty(file: str) -> Spoil:
    def spoil(data: dict[str, bytes]) -> None:
        data[file] = b""

    return spoil


def both(*changes: Change) -> Change:
    def change(tables: Tables) -> None:
        for one in changes:
            one(tables)

    return change


def elsewhere(tables: Tables) -> None:
    """Every second concept of the International Edition is another one."""
    for number, row in enumerate(tables["description"][1:]):
        if number % 4:
            row[4] = concept_id(9000 + number)


CONCEPTS, DESCRIPTIONS = "concept", "description"
REFUSED = [
    Case("a column is missing", "rf2_missing_columns", "concept:1",
         rename("concept", "active", "aktiv")),
    Case("a column of a reference set is missing", "rf2_missing_columns", "language:1",
         rename("language", "acceptabilityId", "x")),
    Case("a row is cut short", "rf2_field_count", "concept:4",
         lambda tables: tables["concept"][3].pop()),
    Case("a tab in a name", "rf2_field_count", "description:2",
         put("description", 2, 7, "Toy\troot")),
    Case("a number from a spreadsheet", "rf2_bad_number", "description:3",
         put("description", 3, 0, "1.02100E+12")),
    Case("a rounded number", "rf2_check_digit", "concept:5", put("concept", 5, 0, "900000000000000000")),
    Case("a wrong check digit", "rf2_check_digit", "description:3",
         put("description", 3, 0, str(int(description_id(2)) + 1))),
    Case("a strange state", "rf2_bad_active", "concept:3", put("concept", 3, 2, "2")),
    Case("an empty state", "rf2_bad_active", "relationship:3", put("relationship", 3, 2, "")),
    Case("a byte of another encoding", "rf2_not_utf8", "description_es:3",
         spoil=replace("description_es", "Raíz de juguete\t", "Raíz de juguete\t".encode("latin-1"), 2)),
    Case("a concept twice", "rf2_duplicate_id", "concept:13", repeat("concept", 4)),
    Case("a description twice", "rf2_duplicate_id", "description:28", repeat("description", 4)),
    Case("a relationship twice", "rf2_duplicate_id", "relationship:24", repeat("relationship", 5)),
    Case("a concept is its own ancestor", "rf2_cycle", "relationship:5", add_is_a((1, 5))),
    Case("a concept is its own parent", "rf2_cycle", "relationship:24", add_is_a((6, 6))),
    Case("two concepts apart from the rest", "rf2_cycle", "relationship:24",
         both(add_is_a((7, 8)))),
    Case("another edition's descriptions", "rf2_unknown_concepts", "description:3", elsewhere),
    Case("hardly any names", "rf2_nameless_concepts", "Concepts without a name",
         both(keep("description", lambda row: row[4] == concept_id(1)),
              keep("description_es", lambda row: row[4] == concept_id(1)))),
    Case("no active concept", "rf2_no_concepts", "concept:1", everywhere("concept", 2, "0")),
    Case("an empty name", "empty_name", "description:4", put("description", 4, 7, "")),
    Case("a control character", "control_character", "description:4",
         put("description", 4, 7, "Zor\x07blax")),
    Case("a lost letter", "replacement_character", "description:4",
         put("description", 4, 7, "Zor\ufffdblax")),
    Case("an empty file", "empty_file", "relationship:1", spoil=empty("relationship")),
]  # fmt: skip
REPORTED = [
    Case("a description of nothing", "rf2_unknown_concept", "description:3",
         put("description", 3, 4, concept_id(900))),
    Case("a relationship to nothing", "rf2_unknown_relative", "relationship:5",
         put("relationship", 5, 5, concept_id(900))),
    Case("a relationship to what is inactive", "rf2_inactive_relative", "relationship:24",
         add_is_a((6, 9))),
    Case("a reference set about nothing", "rf2_unknown_description",
         FILES["language_es"].rpartition("/")[2], everywhere("language_es", 5, description_id(9999))),
    Case("no reference set of a language", "rf2_no_language_refset", "es",
         everywhere("language_es", 5, description_id(9999))),
    Case("nothing preferred", "rf2_no_preferred", concept_id(3),
         keep("language_es", lambda row: row[5] != description_id(352))),
    Case("no name in the language", "rf2_untranslated", concept_id(4)),
    Case("no name at all", "rf2_nameless", concept_id(8),
         both(keep("description", lambda row: row[4] != concept_id(8)),
              keep("description_es", lambda row: row[4] != concept_id(8)))),
    Case("a third language", "rf2_other_language", "it", put("description_es", 5, 5, "it")),
    Case("no root", "rf2_no_root", "138875005",
         both(keep("concept", lambda row: row[0] != "138875005"),
              keep("relationship", lambda row: "138875005" not in row),
              keep("description", lambda row: row[4] != "138875005"),
              keep("description_es", lambda row: row[4] != "138875005"))),
    Case("a concept below nothing", "rf2_unplaced", concept_id(8),
         keep("relationship", lambda row: row[4] != concept_id(8))),
    Case("retired for good", "rf2_retired", concept_id(10)),
    Case("a blank line", "blank_lines", "concept:4",
         spoil=replace("concept", concept_id(2), b"\r\n" + concept_id(2).encode())),
]  # fmt: skip
ELSEWHERE = {
    "rf2_same_file",
    "rf2_superseded",
    "rf2_two_dates",
}  # of files rather than rows: see the other tests


def written(folder: Path, case: Case) -> Path:
    tables = edition_tables()
    case.change(tables)
    write_tables(folder, tables)
    data = {name: (folder / path).read_bytes() for name, path in FILES.items()}
    case.spoil(data)
    for name, content in data.items():
        (folder / FILES[name]).write_bytes(content)
    return folder


def load(folder: Path):
    sources = find_rf2(folder)
    assert sources is not None
    return load_rf2(sources, sources.hashes())


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_would_make_answers_wrong_is_refused(tmp_path: Path, case: Case) -> None:
    folder = written(tmp_path, case)
    with pytest.raises(ReleaseBroken) as caught:
        load(folder)
    found = {(each.template, str(each.fields.get("place", ""))) for each in caught.value.defects}
    wanted = case.where if ":" in case.where else ""
    assert (DEFECT_TEXTS[case.kind], wanted) in found
    text = str(caught.value)
    assert not [name for toy in TOYS for name in (*toy.english, *toy.spanish) if name in text]


@pytest.mark.parametrize("case", REPORTED, ids=lambda case: case.name)
def test_what_is_only_odd_is_reported(tmp_path: Path, case: Case) -> None:
    release = load(written(tmp_path, case))
    (found,) = [one for one in release.report.anomalies if one.kind == case.kind]
    assert case.where in found.places
    assert found.count >= 1
    assert release.terminology.preferred_term(concept_id(5)) is not None


def test_every_kind_of_defect_and_oddity_has_a_case() -> None:
    covered = {case.kind for case in (*REFUSED, *REPORTED)}
    assert {*rf2.DEFECTS, *rf2.ANOMALIES} - covered == ELSEWHERE


def test_columns_in_another_order_are_understood(tmp_path: Path) -> None:
    plain = load(write_edition(tmp_path / "plain")).terminology
    tables = edition_tables()
    turned = {name: [row[::-1] for row in rows] for name, rows in tables.items()}
    other = load(write_tables(tmp_path / "turned", turned)).terminology
    for name, array in plain.arrays.items():
        assert array.tolist() == other.arrays[name].tolist(), name


def test_quotes_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    plain = load(write_edition(tmp_path / "plain")).terminology
    folder = write_edition(tmp_path / "other")
    for path in folder.rglob("*.txt"):
        data = path.read_bytes().replace(b"\r\n", b"\n").removesuffix(b"\n")
        path.write_bytes(b"\xef\xbb\xbf" + data)
    other = load(folder).terminology
    for name, array in plain.arrays.items():
        assert array.tolist() == other.arrays[name].tolist(), name


def test_a_file_without_line_ends_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_edition(tmp_path)
    monkeypatch.setattr(blocks, "_MAX_LINE", 1000)
    (folder / FILES["concept"]).write_bytes(b"x" * 5000)
    with pytest.raises(ReleaseBroken) as caught:
        load(folder)
    assert caught.value.defects[0].template == DEFECT_TEXTS["too_large"]


def test_another_encoding_cannot_be_insisted_on(tmp_path: Path) -> None:
    store = TerminologyStore(tmp_path / "data")
    folder = write_edition(tmp_path / "release")
    with pytest.raises(BadRequest):
        store.import_release(folder, encoding="gb18030")
    assert len(store.import_release(folder, encoding="utf-8")) == 1
