"""An edition from the command line: imported, searched, coded in two languages, exported, removed."""

import csv
import json
from pathlib import Path

import pytest

from m2m_desktop import cli
from tests.toy.rf2 import concept_id, description_id, write_edition

Run = tuple[int, str, str]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home of its own, in which the toy edition is imported once, and the edition's id."""
    home = tmp_path_factory.mktemp("snomed") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("M2M_HOME", str(home))
        assert cli.main(["terminology", "import", str(write_edition(home.parent / "edition"))]) == 0
    (folder,) = [one for one in home.rglob("snomed-*") if one.is_dir()]
    return home, folder.name


@pytest.fixture(autouse=True)
def home(imported: tuple[Path, str], own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert own_home != imported[0]
    monkeypatch.setenv("M2M_HOME", str(imported[0]))
    return imported[0]


@pytest.fixture
def snomed(imported: tuple[Path, str]) -> str:
    return imported[1]


@pytest.fixture
def m2m(capsys: pytest.CaptureFixture[str]):
    """Run a command line in this process; gives status, stdout, stderr."""

    def run(*arguments: str) -> Run:
        try:
            status = cli.main(arguments)
        except SystemExit as leaving:
            status = leaving.code
        out, err = capsys.readouterr()
        return status, out, err

    return run


def coded(m2m, snomed: str, *phrases: str, mode: str = "lexical") -> list[dict]:
    status, out, err = m2m("code", *phrases, "--terminology", snomed, "--mode", mode, "--jsonl")
    assert status == 0, err
    return [json.loads(line) for line in out.splitlines()]


NAMES = {
    "Fiebre de vántrel": 5,
    "FIEBRE DE VÁNTREL": 5,
    "pirexia vantrélica": 5,
    "Vantrel fever": 5,
    "vantrel FEVER": 5,
    "Vantrel oedema": 3,
    'swollen "vantrel"': 3,
    "sarpullido oskérnico": 6,
    "Oskern complaint (finding)": 4,
}
WORDINGS = {
    "tuvo fiebre de vántrel ayer": 5,
    "patient had a vantrel fever yesterday": 5,
    "erupción leve de óskern": 6,
    "rash, probably oskern": 6,
    "vantrel dropsy": 3,  # no longer active
    "vantrel ague": 5,  # of an inactive concept
}


def test_a_name_in_either_language_is_exact(m2m, snomed) -> None:
    for result, number in zip(coded(m2m, snomed, *NAMES), NAMES.values(), strict=True):
        assert result["source"] == "exact", result["mention"]
        assert result["selected"] == [concept_id(number)]


def test_other_wordings_find_the_concept_first_but_select_nothing(m2m, snomed) -> None:
    for result, number in zip(coded(m2m, snomed, *WORDINGS), WORDINGS.values(), strict=True):
        assert result["source"] != "exact", result["mention"]
        assert result["candidates"][0]["candidate_pt_code"] == concept_id(number)
        assert result["selected"] == []


def test_every_mode_works(m2m, snomed) -> None:
    for mode in ("default", "lexical", "reference"):
        (result,) = coded(m2m, snomed, "fiebre de vántrel", mode=mode)
        assert concept_id(5) in [one["candidate_pt_code"] for one in result["candidates"]]


def test_terms_are_searched_and_shown(m2m, snomed) -> None:
    status, out, _err = m2m("search", "Vantrel", "--terminology", snomed, "--json")
    assert status == 0
    assert concept_id(5) in out
    status, out, _err = m2m(
        "terminology", "show", concept_id(5), "--terminology", snomed, "--lang", "en"
    )
    assert status == 0
    assert "Fiebre de vántrel" in out
    assert "Vantrel fever" in out
    assert description_id(553) in out


def test_a_table_is_coded_and_exported(m2m, snomed, tmp_path: Path) -> None:
    source, target = tmp_path / "phrases.csv", tmp_path / "coded.csv"
    source.write_text("id,reacción\n1,Fiebre de vántrel\n2,Oskern rash\n", encoding="utf-8-sig")
    status, _out, err = m2m(
        "batch", str(source), "--column", "reacción", "--out", str(target),
        "--terminology", snomed, "--mode", "lexical",
    )  # fmt: skip
    assert status == 0, err
    with target.open(encoding="utf-8-sig", newline="") as stream:
        text = " ".join(" ".join(row) for row in csv.reader(stream))
    assert concept_id(5) in text
    assert concept_id(6) in text


def test_it_can_be_checked_without_being_kept_and_removed_again(
    m2m, own_home, monkeypatch, tmp_path
) -> None:
    monkeypatch.setenv("M2M_HOME", str(own_home))
    edition = str(write_edition(tmp_path / "edition"))
    assert m2m("terminology", "check", edition)[0] == 0
    assert not list(own_home.rglob("snomed-*"))
    assert m2m("terminology", "import", edition)[0] == 0
    (folder,) = [one for one in own_home.rglob("snomed-*") if one.is_dir()]
    assert folder.name in m2m("terminology", "list")[1]
    assert m2m("terminology", "remove", folder.name)[0] == 0
    assert not list(own_home.rglob("snomed-*"))
    assert m2m("code", "Fiebre", "--terminology", folder.name)[0] != 0


def test_only_full_files_are_refused_in_a_sentence(m2m, tmp_path: Path) -> None:
    folder = write_edition(tmp_path / "full")
    for path in list(folder.rglob("*.txt")):
        path.rename(path.with_name(path.name.replace("Snapshot", "Full")))
    status, _out, err = m2m("terminology", "import", str(folder), "--lang", "en")
    assert status != 0
    assert "snapshot" in err
    assert "Traceback" not in err
