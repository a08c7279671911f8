import importlib.util
from pathlib import Path

import pytest

from m2m_desktop.core.errors import ReleaseNotFound, TerminologyUnknown
from m2m_desktop.services import language
from m2m_desktop.services.language import _, explain, use_language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.settings import Settings, save_settings

MESSAGES_PY = Path(__file__).parents[2] / "packaging" / "messages.py"


@pytest.fixture(scope="module")
def catalogue():
    spec = importlib.util.spec_from_file_location("m2m_messages", MESSAGES_PY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_chinese_is_spoken_where_the_system_says_nothing():
    assert use_language() == "zh_CN"
    assert _("Probability") == "概率"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zh_CN.UTF-8", "zh_CN"),
        ("zh-TW", "zh_CN"),
        ("en_GB.UTF-8", "en"),
        ("de_DE@euro", "en"),
        ("C.UTF-8", ""),
        ("POSIX", ""),
        ("", ""),
    ],
)
def test_locale_names(name, expected):
    assert language.known_language(name) == expected


@pytest.mark.skipif("sys.platform == 'win32'", reason="Windows does not ask the environment")
def test_the_system_decides_where_nothing_was_chosen(monkeypatch):
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert use_language() == "en"


def test_the_settings_go_before_the_system(monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    save_settings(Settings(language="en"), default_locations())
    assert use_language() == "en"


def test_the_variable_goes_before_the_settings(monkeypatch):
    save_settings(Settings(language="en"), default_locations())
    monkeypatch.setenv("M2M_LANG", "zh_CN")
    assert use_language() == "zh_CN"


def test_an_error_is_explained_whole_in_either_language():
    error = ReleaseNotFound(path="D:/词典")
    assert explain(error, "zh_CN").startswith("在 D:/词典 中没有找到 MedDRA 版本。 请选择")
    assert explain(error, "en").startswith("No MedDRA release was found in D:/词典. Choose")


def test_what_stands_in_a_field_is_never_taken_for_a_placeholder():
    assert "{path}" in explain(TerminologyUnknown(name="{path}", known="-"), "zh_CN")


def test_an_unknown_sentence_stays_as_it_is():
    use_language("zh_CN")
    assert _("no such sentence") == "no such sentence"
    assert _("") == ""


def test_every_message_has_its_chinese_and_the_files_are_up_to_date(catalogue):
    assert catalogue.problems() == []


def test_messages_are_found_by_their_markers(catalogue):
    source = 'a = _("one"); b = message(N_("two {x}"), x=1); c = f("three"); d = _(name); e = m._("four" "five")'
    assert list(catalogue.messages_in(source)) == ["one", "two {x}", "fourfive"]


def test_a_changed_placeholder_is_seen(catalogue):
    assert catalogue.placeholders("{path}: {count} rows") == {"path", "count"}
    assert catalogue.placeholders("needs %(type)s and %s") == {"%(type)s", "%s"}
    assert catalogue.placeholders("{path") == {"(braces that do not match)"}
