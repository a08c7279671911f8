"""The toy edition as a terminology: names by language, descriptions, levels, and the graph."""

from pathlib import Path

import numpy as np
import pytest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.import_report import ImportReport
from m2m_desktop.services.snomed import blocks, files
from m2m_desktop.services.snomed.files import find_rf2
from m2m_desktop.services.snomed.load import load_rf2
from tests.toy.rf2 import (
    GB,
    TOYS,
    US,
    Tables,
    Toy,
    concept_id,
    description_id,
    edition_tables,
    invented_toys,
    write_invented,
    write_tables,
)

PT, LLT = TermLevel.PT, TermLevel.LLT


def loaded(folder: Path, tables: Tables | None = None) -> tuple[Terminology, ImportReport]:
    if tables is not None:
        write_tables(folder, tables)
    sources = find_rf2(folder)
    assert sources is not None
    release = load_rf2(sources, sources.hashes())
    return release.terminology, release.report


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Terminology:
    return loaded(tmp_path_factory.mktemp("both"), edition_tables())[0]


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Terminology:
    return loaded(tmp_path_factory.mktemp("english"), edition_tables(spanish=False))[0]


def row(terminology: Terminology, number: int) -> int:
    return terminology.index(PT, concept_id(number))


def numbers(terminology: Terminology, rows: np.ndarray) -> list[int]:
    known = {concept_id(toy.number): toy.number for toy in TOYS}
    return [known[terminology.codes(PT)[each]] for each in rows.tolist()]


def descriptions(terminology: Terminology, number: int, *, current: bool) -> list[str]:
    found = terminology.llts(concept_id(number))
    return [llt.name for llt in found if llt.is_current is current]


# -- names -----------------------------------------------------------------------------------------


def test_the_international_edition_speaks_english(english: Terminology) -> None:
    info = english.info
    assert (info.kind, info.language, info.language2) == ("snomed", "English", "")
    assert (info.version, info.name) == ("20260101", "SNOMED CT 20260101, English")
    assert english.preferred_term(concept_id(3)).name == "Vantrel edema"
    assert descriptions(english, 3, current=True) == [
        "Vantrel edema", "Vantrel edema (disorder)", 'Swollen "vantrel"', "Vantrel oedema",
    ]  # fmt: skip
    assert descriptions(english, 3, current=False) == ["Vantrel dropsy"]


def test_an_extension_speaks_first_and_what_it_lacks_is_in_english(both: Terminology) -> None:
    assert (both.info.language, both.info.language2) == ("Spanish", "English")
    assert both.info.version == "20260331"
    fever, complaint = (both.preferred_term(concept_id(number)) for number in (5, 4))
    assert (fever.name, fever.name2) == ("Fiebre de vántrel", "Vantrel fever")
    assert (complaint.name, complaint.name2) == ("Oskern complaint", "Oskern complaint")
    assert descriptions(both, 5, current=True) == [
        "Fiebre de vántrel", "Fiebre de vántrel (disorder)", "Pirexia vantrélica",
        "Vantrel fever", "Vantrel fever (disorder)",
    ]  # fmt: skip


def test_codes_are_the_identifiers_as_delivered(both: Terminology) -> None:
    found = both.llt(description_id(553))
    assert (found.name, found.pt_code) == ("Pirexia vantrélica", concept_id(5))
    assert both.semantic_tag(row(both, 5)) == "disorder"
    assert both.semantic_tag(row(both, 7)) == "procedure"


def test_a_sparse_extension_is_the_second_language(tmp_path: Path) -> None:
    tables = edition_tables()
    few = concept_id(5)
    for name in ("description_es", "language_es"):
        kept = {line[0] for line in tables["description_es"] if line[4] == few}
        tables[name] = [
            tables[name][0],
            *(line for line in tables[name][1:] if {line[0], line[5]} & kept or line[4] == few),
        ]
    terminology, _ = loaded(tmp_path, tables)
    assert (terminology.info.language, terminology.info.language2) == ("English", "Spanish")
    fever, rash = (terminology.preferred_term(concept_id(number)) for number in (5, 6))
    assert (fever.name, fever.name2) == ("Vantrel fever", "Fiebre de vántrel")
    assert (rash.name, rash.name2) == ("Oskern rash", "")


def test_the_reference_set_decides_which_synonym_is_preferred(tmp_path: Path) -> None:
    tables = edition_tables(spanish=False)
    tables["language"] = [line for line in tables["language"] if line[4] != US]
    terminology, report = loaded(tmp_path, tables)
    assert terminology.preferred_term(concept_id(3)).name == "Vantrel oedema"
    assert not [one for one in report.anomalies if one.kind == "rf2_no_preferred"]
    assert any(line[4] == GB for line in tables["language"])


def test_a_later_row_of_a_reference_set_undoes_an_earlier_one(tmp_path: Path) -> None:
    tables = edition_tables(spanish=False)
    swollen, edema = description_id(303), description_id(302)
    for line in list(tables["language"][1:]):
        if line[4] == US and line[5] in (swollen, edema):
            other = "900000000000548007" if line[5] == swollen else line[6]
            state = "1" if line[5] == swollen else "0"
            tables["language"].append([line[0], "20260201", state, *line[3:6], other])
    terminology, _ = loaded(tmp_path, tables)
    assert terminology.preferred_term(concept_id(3)).name == 'Swollen "vantrel"'


# -- inactive --------------------------------------------------------------------------------------


def test_an_inactive_concept_is_found_at_the_one_that_replaces_it(both: Terminology) -> None:
    assert both.term(PT, concept_id(9)) is None
    old = both.llt(concept_id(9))
    assert (old.name, old.pt_code, old.is_current) == ("Vantrel ague", concept_id(5), False)
    assert descriptions(both, 5, current=False) == ["Vantrel ague", "Vantrel ague (disorder)"]


def test_an_inactive_concept_without_a_replacement_is_reported(tmp_path: Path) -> None:
    terminology, report = loaded(tmp_path, edition_tables())
    assert not [level for level in TermLevel if terminology.term(level, concept_id(10))]
    (retired,) = [one for one in report.anomalies if one.kind == "rf2_retired"]
    assert (retired.count, retired.places) == (1, (concept_id(10),))


def test_a_chain_of_replacements_is_followed_to_what_is_active(tmp_path: Path) -> None:
    tables = edition_tables()
    link = list(tables["association"][1])
    link[5], link[6] = concept_id(10), concept_id(9)
    tables["association"].append(link)
    terminology, _ = loaded(tmp_path, tables)
    assert terminology.llt(concept_id(10)).pt_code == concept_id(5)
    assert terminology.llt(concept_id(9)).pt_code == concept_id(5)


@pytest.mark.parametrize("others", [(5, 6), (6, 5)])
def test_of_several_replacements_the_lowest_identifier_is_taken(
    tmp_path: Path, others: tuple[int, int]
) -> None:
    tables = edition_tables()
    link = tables["association"].pop()
    tables["association"] += [[*link[:6], concept_id(number)] for number in others]
    terminology, _ = loaded(tmp_path, tables)
    assert terminology.llt(concept_id(9)).pt_code == concept_id(5)


def test_replacements_that_go_round_lead_nowhere(tmp_path: Path) -> None:
    tables = edition_tables()
    link = list(tables["association"][1])
    tables["association"] = [tables["association"][0]]
    for old, new in ((9, 10), (10, 9)):
        tables["association"].append([*link[:5], concept_id(old), concept_id(new)])
    terminology, _ = loaded(tmp_path, tables)
    assert terminology.llt(concept_id(9)) is None


# -- hierarchy -------------------------------------------------------------------------------------


def test_the_graph_is_there_as_delivered(both: Terminology) -> None:
    above = {number: numbers(both, both.is_a_parents(row(both, number))) for number in range(1, 9)}
    below = {number: numbers(both, both.is_a_children(row(both, number))) for number in range(1, 9)}
    # the parent nearest to the top comes first
    assert above == {1: [], 2: [1], 3: [2], 4: [1], 5: [4, 3], 6: [4], 7: [], 8: [7]}
    assert {number: sorted(found) for number, found in below.items()} == {
        1: [2, 4], 2: [3], 3: [5], 4: [5, 6], 5: [], 6: [], 7: [8], 8: [],
    }  # fmt: skip
    names = both.names(PT)
    for number in below:
        found = [names[each].casefold() for each in both.is_a_children(row(both, number)).tolist()]
        assert found == sorted(found)


def test_levels_stand_in_for_the_first_steps_of_each_way(both: Terminology) -> None:
    def paths(number: int) -> list[tuple[str, str, str, bool]]:
        return [
            (path.soc.code, path.hlgt.code, path.hlt.code, path.is_primary)
            for path in both.paths(concept_id(number))
        ]

    one, two, three, four, five = map(concept_id, range(1, 6))
    assert paths(1) == [(one, one, one, True)]
    assert paths(2) == [(one, two, two, True)]
    assert paths(3) == [(one, two, three, True)]
    assert paths(5) == [(one, four, five, True), (one, two, three, False)]
    assert {soc.code for soc in both.socs()} == {one, concept_id(7)}
    assert both.socs()[0].code == one  # the larger one


def test_every_path_is_in_the_lists_of_children(tmp_path: Path) -> None:
    terminology, _ = loaded(write_invented(tmp_path, 1500, 7500))
    checked = 0
    for pt in range(terminology.count(PT)):
        term = terminology.preferred_term_at(pt)
        assert [path.is_primary for path in term.paths].count(True) == 1
        assert term.paths[0].is_primary
        for path in term.paths:
            assert path.hlgt in terminology.children(TermLevel.SOC, path.soc.code)
            assert path.hlt in terminology.children(TermLevel.HLGT, path.hlgt.code)
            checked += 1
    assert checked > 1500
    assert terminology.count(LLT) > 6500


def test_the_graph_of_many_concepts_is_that_of_the_files(tmp_path: Path) -> None:
    toys = {toy.number: toy for toy in invented_toys(1500, 7500)}
    terminology, _ = loaded(write_invented(tmp_path, 1500, 7500))
    for toy in toys.values():
        at = row(terminology, toy.number)
        assert (at >= 0) is (toy.is_active and toy.number > 0)
        if at < 0:
            continue
        wanted = {concept_id(one) for one in toy.parents if one and toys[one].is_active}
        codes = terminology.codes(PT)
        found = {codes[each] for each in terminology.is_a_parents(at).tolist()}
        assert found == wanted
        for each in terminology.is_a_parents(at).tolist():
            assert at in terminology.is_a_children(each)


def test_blocks_of_any_size_give_the_same(
    tmp_path: Path, both: Terminology, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_CHUNK", 97)  # many rows are longer than that
    assert blocks.read_blocks is not None
    again, _ = loaded(tmp_path, edition_tables())
    assert again.info == both.info
    for name, array in both.arrays.items():
        assert array.tolist() == again.arrays[name].tolist(), name


def test_rows_of_several_files_are_put_together_and_the_latest_counts(tmp_path: Path) -> None:
    """An extension retires a concept of the International Edition and adds one of its own."""
    folder = tmp_path / "release"
    write_tables(folder, edition_tables())
    extra = edition_tables([Toy(20, "finding", ("Tesk sneezing",), (), (4,))], spanish=False)
    retired = [list(line) for line in edition_tables([TOYS[6]])["concept"][1:]]
    retired[0][1:3] = ["20260201", "0"]
    extra["concept"] += retired
    write_tables(tmp_path / "extra", extra)
    for path in sorted((tmp_path / "extra").rglob("*.txt")):
        own = path.name.replace("_INT_20260101", "_XX1000999_20260201")
        (folder / "extension" / own).parent.mkdir(exist_ok=True)
        path.rename(folder / "extension" / own)
    terminology, report = loaded(folder)
    assert terminology.preferred_term(concept_id(20)).name == "Tesk sneezing"
    assert terminology.term(PT, concept_id(6)) is None
    (superseded,) = [one for one in report.anomalies if one.kind == "rf2_superseded"]
    assert superseded.count == 1
    assert superseded.places == ("sct2_Concept_Snapshot_INT_20260101.txt:8",)
    (dates,) = [one for one in report.anomalies if one.kind == "rf2_two_dates"]
    assert (dates.count, terminology.info.version) == (3, "20260331")
