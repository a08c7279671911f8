"""Each check passes on a whole installation, and fails when its part is damaged."""

import shutil
import sqlite3
import struct
import tomllib
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.records import Mention
from m2m_desktop.services.engine import DEMO, CodingOptions
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.selftest import computer, disk, libraries, store, workbook
from m2m_desktop.services.selftest.coding import BY_MODEL, BY_NAME, check_coding, is_right
from m2m_desktop.services.selftest.fonts import BUNDLED, SAMPLE, check_font
from m2m_desktop.services.selftest.memory import check_memory, users_memory
from m2m_desktop.services.selftest.models import check_models
from m2m_desktop.services.selftest.records import Outcome
from m2m_desktop.services.selftest.terminologies import check_terminologies
from m2m_desktop.services.terminology_store import MANIFEST

ROOT = Path(__file__).resolve().parents[3]


# -- libraries -------------------------------------------------------------------------------------


def test_the_pinned_versions_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = dict(one.split("==") for one in project["dependencies"] if "==" in one)
    del pins["pyside6-essentials"]  # the window's; the engine must not import it
    assert dict(libraries.PINNED) == pins


def test_the_libraries_here_are_in_order(make_scene, outcomes):
    assert {one for one, _text in outcomes(libraries.check_libraries, make_scene())} == {"ok"}


def test_another_version_is_a_warning_and_a_missing_library_a_failure():
    versions = {
        **libraries.PINNED,
        "numpy": "9.9.9",
        "onnxruntime": libraries.UNKNOWN,
        "xlrd": libraries.UNTOLD,
    }
    found = {one.detail.text(): one.outcome for one in libraries.examine_libraries(versions)}
    assert found["numpy is 9.9.9; the program was tried with 2.4.6."] is Outcome.WARNING
    assert found["onnxruntime is missing."] is Outcome.FAILED
    assert [one for text, one in found.items() if "xlrd" in text] == [Outcome.WARNING]
    assert not any("All libraries" in text for text in found)


def test_a_library_without_papers_is_asked_itself():
    assert libraries._version("no-such-thing-here") == libraries.UNKNOWN
    assert libraries._told_version("xlrd") == libraries.PINNED["xlrd"]
    assert libraries._told_version("rank_bm25") == libraries.UNTOLD


# -- the computer ----------------------------------------------------------------------------------


@pytest.mark.requirement("R-038")
@pytest.mark.parametrize(
    ("features", "outcome"),
    [
        ({"SSE", "SSE42", "AVX2"}, Outcome.OK),
        ({"NEON", "ASIMD"}, Outcome.OK),
        ({"SSE", "SSE42"}, Outcome.WARNING),
        ({"SSE", "SSE2"}, Outcome.FAILED),
        (set(), Outcome.WARNING),
    ],
)
def test_processors_are_judged(features, outcome):
    assert computer.judge_processor(frozenset(features)).outcome is outcome


def test_this_processor_tells_its_features(make_scene, outcomes):
    assert computer.processor_features() & {"SSE2", "X86_V2", "ASIMD", "NEON", "VSX"}
    assert outcomes(computer.check_processor, make_scene())[0][0] != "failed"


@pytest.mark.parametrize(
    ("count", "outcome"),
    [(8 << 30, Outcome.OK), (3 << 30, Outcome.WARNING), (1 << 30, Outcome.FAILED), (0, Outcome.OK)],
)
def test_memory_is_judged(count, outcome):
    assert computer.judge_memory(count).outcome is outcome
    assert computer.memory_bytes() > 1 << 28


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [
        (datetime(2026, 5, 1, tzinfo=timezone(timedelta(hours=8))), Outcome.OK),
        (datetime(1970, 1, 1, tzinfo=UTC), Outcome.FAILED),
        (datetime(2099, 1, 1, tzinfo=UTC), Outcome.FAILED),
        (datetime(2026, 5, 1, tzinfo=timezone(timedelta(hours=20))), Outcome.FAILED),
    ],
)
def test_clocks_are_judged(shown, outcome, make_scene, outcomes):
    found = outcomes(computer.check_clock, make_scene(now=lambda: shown))
    assert [one for one, _text in found] == [outcome.value]


def test_offsets_are_told_with_their_sign():
    behind = datetime(2026, 5, 1, 9, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert "(UTC -03:30)" in computer.judge_clock(behind).detail.text()


# -- drive and folders -----------------------------------------------------------------------------


@pytest.mark.requirement("R-023")
def test_drive_and_folders_are_in_order(make_scene, outcomes):
    found = outcomes(disk.check_disk, make_scene())
    assert {one for one, _text in found} == {"ok"}
    assert int(found[2][1].split()[3]) >= disk.LONG
    locations = default_locations()
    assert not list(locations.data.glob(".selftest*"))


@pytest.mark.parametrize(
    ("free", "outcome"),
    [(5 << 30, Outcome.OK), (500 << 20, Outcome.WARNING), (50 << 20, Outcome.FAILED)],
)
def test_room_is_judged(free, outcome):
    assert disk.judge_room(free).outcome is outcome


def test_a_folder_that_cannot_be_written_is_named(make_scene, outcomes, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file in the way")
    locations = replace(default_locations(), logs=blocked)
    found = outcomes(disk.check_disk, make_scene(locations))
    [failed] = [text for outcome, text in found if outcome == "failed"]
    assert failed.startswith("The folder logs cannot be written")


# -- font ------------------------------------------------------------------------------------------


def test_the_bundled_font_is_in_order(make_scene, outcomes):
    assert outcomes(check_font, make_scene())[0][0] == "ok"


@pytest.mark.parametrize("kept", [0, 4, 1000])
def test_a_font_that_was_cut_is_found(make_scene, outcomes, own_resources, kept):
    path = own_resources / BUNDLED
    path.write_bytes(path.read_bytes()[:kept])
    locations = replace(default_locations(), resources=own_resources)
    assert outcomes(check_font, make_scene(locations))[0][0] == "failed"


def font_of(*groups):
    """The least of a font: one table, which maps these ranges of code points."""
    table = struct.pack(">HHIII", 12, 0, 16 + 12 * len(groups), 0, len(groups))
    table += b"".join(struct.pack(">III", first, last, 1) for first, last in groups)
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table
    directory = struct.pack(">4sIII", b"cmap", 0, 28, len(cmap))
    return struct.pack(">IHHHH", 0x00010000, 1, 0, 0, 0) + directory + cmap


def test_a_font_without_a_character_is_found(make_scene, outcomes, own_resources):
    locations = replace(default_locations(), resources=own_resources)
    known = [(ord(letter), ord(letter)) for letter in sorted(set(SAMPLE)) if letter != "疹"]
    (own_resources / BUNDLED).write_bytes(font_of(*known))
    [(outcome, text)] = outcomes(check_font, make_scene(locations))
    assert (outcome, text[-1]) == ("failed", "疹")
    (own_resources / BUNDLED).write_bytes(font_of((0x20, 0xFFFF)))
    assert outcomes(check_font, make_scene(locations))[0][0] == "ok"


# -- models ----------------------------------------------------------------------------------------


def test_the_models_are_in_order(make_scene, outcomes):
    found = outcomes(check_models, make_scene())
    assert {one for one, _text in found} == {"ok"}
    assert "SHA-256" in found[0][1]


def test_a_model_with_one_changed_bit_is_found(make_scene, outcomes, own_resources):
    for path in own_resources.glob("models/*/model.onnx"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    locations = replace(default_locations(), resources=own_resources)
    found = outcomes(check_models, make_scene(locations))
    assert found[0][0] == "failed"
    assert "model.onnx" in found[0][1]
    assert found[-1][0] == "warning"  # no reranker is left


def test_no_model_at_all_is_a_failure(make_scene, outcomes, own_resources):
    shutil.rmtree(own_resources / "models")
    locations = replace(default_locations(), resources=own_resources)
    assert [one for one, _text in outcomes(check_models, make_scene(locations))] == ["failed"]
    assert [one for one, _text in outcomes(check_coding, make_scene(locations))] == ["failed"]


# -- dictionaries ----------------------------------------------------------------------------------


@pytest.fixture
def compiled(make_scene, tmp_path):
    """Locations of their own with a copy of the compiled demo dictionary."""
    shared = default_locations()
    make_scene().engine.terminology(DEMO)
    data = tmp_path / "data"
    shutil.copytree(shared.terminologies, data / "terminologies")
    return replace(shared, data=data)


def test_the_dictionaries_are_in_order(make_scene, outcomes, compiled):
    found = outcomes(check_terminologies, make_scene(compiled))
    assert {one for one, _text in found} == {"ok"}
    assert len(found) == 2


def test_a_changed_file_of_a_release_is_named_and_left_alone(make_scene, outcomes, compiled):
    scene = make_scene(compiled)
    scene.engine.terminology(DEMO)  # open: opening it now would delete it
    path = max(compiled.terminologies.rglob("*.npy"), key=lambda one: one.stat().st_size)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.unlink()
    path.write_bytes(content)
    found = outcomes(check_terminologies, scene)
    [failed] = [text for outcome, text in found if outcome == "failed"]
    assert failed.endswith(path.name)
    assert path.is_file()


def test_a_changed_list_of_a_release_is_found(make_scene, outcomes, compiled):
    scene = make_scene(compiled)
    scene.engine.terminology(DEMO)
    [path] = compiled.terminologies.glob(f"*/{MANIFEST}")
    path.write_text(path.read_text(encoding="utf-8").replace('"format"', '"formal"'))
    found = outcomes(check_terminologies, scene)
    assert [text.endswith(MANIFEST) for outcome, text in found if outcome == "failed"] == [True]


def test_a_missing_demo_dictionary_is_a_failure(make_scene, outcomes, own_resources, tmp_path):
    locations = replace(default_locations(), resources=own_resources, data=tmp_path / "data")
    found = outcomes(check_terminologies, make_scene(locations))
    assert [one for one, _text in found] == ["failed"]


# -- coding ----------------------------------------------------------------------------------------


def test_the_fixed_phrases_get_their_fixed_answers(make_scene, outcomes):
    scene = make_scene()
    [(outcome, text)] = outcomes(check_coding, scene)
    assert outcome == "ok"
    assert f"({len(BY_NAME) + len(BY_MODEL)})" in text
    options = CodingOptions(terminology=DEMO, encoder="none", uses_memory=False)
    texts = [next(iter(BY_NAME)), next(iter(BY_MODEL))]
    for result in scene.engine.code([Mention(text, text) for text in texts], options):
        assert is_right(result)
        assert not is_right(replace(result, run=replace(result.run, model_id="")))
        assert not is_right(replace(result, selected=(), candidates=result.candidates[1:]))


# -- projects --------------------------------------------------------------------------------------


@pytest.mark.requirement("R-032")
def test_a_project_lives_through_everything(make_scene, outcomes):
    found = outcomes(store.check_store, make_scene())
    assert [one for one, _text in found] == ["ok"] * 4


@pytest.mark.parametrize(
    ("name", "value"), [("synchronous", 1), ("secure_delete", 0), ("trusted_schema", 1)]
)
def test_a_setting_that_is_not_safe_is_named(name, value):
    safe = {"synchronous": 2, "secure_delete": 1, "trusted_schema": 0, "cell_size_check": 1,
            "foreign_keys": 1}  # fmt: skip
    assert store.judge_pragmas("wal", safe).outcome is Outcome.OK
    finding = store.judge_pragmas("wal", {**safe, name: value})
    assert finding.outcome is Outcome.FAILED
    assert finding.detail.text().endswith(name)


def test_a_project_without_its_decision_does_not_pass(make_scene, tmp_path):
    scene = make_scene()
    list(store.check_store(scene))
    path = tmp_path / "scratch" / "项目" / "自检.m2mproject"
    with Project.open(path) as project:
        assert store.holds_decision(project)
        project.apply(
            [change_of(project, row) for row in project.phrases()[1:]],
            actor=store.WHO,
            now=scene.now(),
        )
        assert not store.holds_decision(project)


def change_of(project, row):
    state = store.chosen(row, [store.TERM], store.Source.MANUAL, "", datetime.now(UTC))
    return store.Change(store.Target.PHRASE, row.phrase_id, store.Action.CHOOSE, state)


def test_damage_that_goes_unnoticed_is_a_failure(make_scene, outcomes, monkeypatch):
    monkeypatch.setattr(store, "damage", lambda path: None)  # a drive that damages nothing
    found = outcomes(store.check_store, make_scene())
    assert found[-1] == ("failed", "Damage to a project was not noticed.")


# -- memory ----------------------------------------------------------------------------------------


def test_a_memory_is_looked_at_and_another_one_used(make_scene, outcomes, tmp_path):
    locations = replace(default_locations(), data=tmp_path / "data")
    scene = make_scene(locations)
    assert [one for one, _text in outcomes(check_memory, scene)] == ["ok", "ok"]
    MemoryStore(memory_path(locations)).remember([MemoryEntry("皮疹", "皮疹")])
    assert users_memory(memory_path(locations)).detail.text() == "The memory is whole; entries: 1"


@pytest.mark.parametrize("content", [b"no database at all" * 300, "mine", "entry"])
def test_a_damaged_memory_is_found_and_left_alone(tmp_path, content):
    path = tmp_path / "memory.sqlite"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:  # another program's
        with closing(sqlite3.connect(path)) as other:
            other.execute(f"CREATE TABLE {content} (a)")
    before = path.read_bytes()
    assert users_memory(path).outcome is Outcome.FAILED
    assert path.read_bytes() == before


def test_a_memory_in_use_is_a_warning(tmp_path):
    path = tmp_path / "memory.sqlite"
    MemoryStore(path).remember([MemoryEntry("皮疹", "皮疹")])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert users_memory(path, patience_s=0).outcome is Outcome.WARNING


# -- workbooks -------------------------------------------------------------------------------------


def test_a_workbook_is_written_and_read(make_scene, outcomes):
    assert [one for one, _text in outcomes(workbook.check_workbook, make_scene())] == ["ok"]


def test_a_text_that_no_cell_can_hold_is_noticed(make_scene, outcomes, monkeypatch):
    monkeypatch.setattr(workbook, "TEXTS", ("皮疹", "控制字符\x01"))
    [(outcome, text)] = outcomes(workbook.check_workbook, make_scene())
    assert (outcome, text) == ("failed", "Texts that were read back differently: 1")


def test_a_place_that_cannot_be_written_is_an_error_for_the_user(make_scene, outcomes, tmp_path):
    (tmp_path / "scratch").write_text("in the way")
    with pytest.raises((OSError, OutputUnwritable)):
        outcomes(workbook.check_workbook, make_scene())
