"""Which model reads narratives where a request names none: the settings', else the first."""

import pytest

from m2m_desktop.services.bundle_files import MODEL_FILE
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.narratives.reader import NarrativeReader
from m2m_desktop.services.settings import Settings, save_settings
from tests.toy.bundle import write_toy_bundle
from tests.toy.release import write_toy_release


@pytest.fixture
def reader(tmp_path):
    resources = tmp_path / "resources"
    release = write_toy_release(resources / "demo" / "chinese", "Chinese")
    (release / "DEMO_DICTIONARY.txt").write_text("invented", encoding="utf-8")
    for name in ("reader-a", "reader-b"):
        write_toy_bundle(resources / "models" / name, model_id=name, kind="ner")
    folders = (tmp_path / name for name in ("data", "cache", "config", "logs"))
    locations = Locations(*folders, resources)
    return NarrativeReader(Engine(locations), locations), locations


@pytest.mark.parametrize(
    ("chosen", "used"), [("", "reader-a"), ("reader-b", "reader-b"), ("gone", "reader-a")]
)
def test_the_settings_choose_and_what_is_gone_counts_as_not_chosen(reader, chosen, used):
    narratives, locations = reader
    save_settings(Settings(tagger=chosen), locations)
    assert narratives.open().model_id == used
    assert narratives.open("reader-a").model_id == "reader-a", "a request comes first"


def test_where_no_model_is_usable_names_are_looked_up_and_that_is_said(reader):
    narratives, locations = reader
    for name in ("reader-a", "reader-b"):
        (locations.resources / "models" / name / MODEL_FILE).write_bytes(b"damaged")
    opened = narratives.open()
    assert opened.model_id == ""
    assert len(opened.warnings) == 2
    assert "looked up" in opened.warnings[1]


def test_no_model_may_be_chosen_and_needs_no_warning(reader):
    narratives, locations = reader
    save_settings(Settings(tagger="none"), locations)
    opened = narratives.open()
    assert (opened.model_id, opened.warnings) == ("", ())
