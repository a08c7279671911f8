import itertools
import json
import logging
from dataclasses import fields

import pytest

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.logs import start_logging
from m2m_desktop.services.settings import Settings, load_settings, save_settings


@pytest.fixture
def locations():
    return default_locations()


def test_without_a_file_all_settings_are_the_defaults(locations):
    assert load_settings(locations) == Settings()
    assert not locations.config.exists()


def test_only_changed_values_are_written(locations):
    save_settings(Settings(threshold=0.5, theme="dark"), locations)
    stored = json.loads(locations.settings_file.read_text(encoding="utf-8"))
    assert stored == {"threshold": 0.5, "theme": "dark"}


def test_settings_come_back_as_they_were_saved(locations):
    settings = Settings("en", "meddra-28.1-chinese", "own-model", 0.42, "light")
    save_settings(settings, locations)
    assert load_settings(locations) == settings
    assert [path.name for path in locations.config.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", 1.5), ("threshold", True), ("threshold", "0.3"), ("language", "fr"),
        ("theme", None), ("model", 7),
    ],
)  # fmt: skip
def test_an_impossible_value_counts_as_not_set_and_the_others_hold(locations, name, value, caplog):
    locations.config.mkdir(parents=True)
    others = {"terminology": "mine"}
    locations.settings_file.write_text(json.dumps({name: value, **others}), encoding="utf-8")
    assert load_settings(locations) == Settings(terminology="mine")
    assert name in caplog.text


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe", b""])
def test_a_damaged_file_counts_as_none(locations, content, caplog):
    locations.config.mkdir(parents=True)
    locations.settings_file.write_bytes(content)
    assert load_settings(locations) == Settings()
    assert "defaults" in caplog.text


def test_settings_of_a_later_version_are_ignored(locations):
    locations.config.mkdir(parents=True)
    locations.settings_file.write_text('{"colour": "red"}', encoding="utf-8")
    assert load_settings(locations) == Settings()


def test_a_folder_that_cannot_be_made_is_said(locations):
    locations.config.parent.mkdir(parents=True)
    locations.config.write_text("a file where the folder should be")
    with pytest.raises(OutputUnwritable):
        save_settings(Settings(theme="dark"), locations)


def test_every_setting_is_documented_beside_its_default():
    import ast
    import inspect

    body = ast.parse(inspect.getsource(Settings)).body[0].body
    documented = [
        name.target.id
        for name, text in itertools.pairwise(body)
        if isinstance(name, ast.AnnAssign) and isinstance(text, ast.Expr)
    ]
    assert documented == [field.name for field in fields(Settings)]


def test_the_home_variable_puts_all_user_folders_below_one(locations, own_home):
    for folder in (locations.data, locations.cache, locations.config, locations.logs):
        assert folder.parent == own_home
    assert (locations.resources / "i18n").is_dir()


def test_the_system_decides_where_no_home_is_given(monkeypatch):
    monkeypatch.delenv("M2M_HOME")
    assert all(
        "m2m_desktop" in str(folder)
        for folder in (default_locations().data, default_locations().logs)
    )


def test_the_log_holds_frames_and_types_but_no_text_of_an_exception(locations, caplog):
    path = start_logging(locations, "test")
    logging.getLogger("m2m_desktop.x").debug("患者头痛")
    try:
        try:
            {}["患者恶心"]
        except KeyError as error:
            raise ValueError("患者呕吐") from error
    except ValueError:
        logging.getLogger("m2m_desktop.x").exception("went wrong")
    text = path.read_text(encoding="utf-8")
    assert "went wrong" in text
    assert text.count("患者头痛") == 0
    assert "\nKeyError\n" in text
    assert text.endswith("\nValueError\n")


def test_the_log_never_grows_over_its_cap(locations):
    start_logging(locations, "test")
    logger = logging.getLogger("m2m_desktop.x")
    for _number in range(3000):
        logger.info("x" * 1000)
    sizes = [path.stat().st_size for path in locations.logs.iterdir()]
    assert len(sizes) == 2
    assert sum(sizes) * 3 <= 5_000_000
