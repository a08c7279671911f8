import gettext
import importlib.util
from pathlib import Path

import pytest

from m2m_desktop.core.errors import ReleaseNotFound, TerminologyUnknown
from m2m_desktop.services import language
from m2m_desktop.services.language import _, explain, ngettext, use_language
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


@pytest.mark.requirement("R-030")
def test_every_message_has_its_chinese_and_the_files_are_up_to_date(catalogue):
    assert catalogue.problems() == []


def test_messages_are_found_by_their_markers(catalogue):
    source = 'a = _("one"); b = message(N_("two {x}"), x=1); c = f("three"); d = _(name); e = m._("four" "five")'
    assert list(catalogue.messages_in(source)) == ["one", "two {x}", "fourfive"]


def test_a_message_with_a_plural_is_found_with_both_its_forms(catalogue):
    source = 'a = ngettext("{count} row", "{count} rows", n); b = ngettext(one, "{count} rows", n)'
    assert list(catalogue.messages_in(source)) == [("{count} row", "{count} rows")]


def test_a_plural_has_one_chinese_which_the_catalogue_keeps_and_the_program_reads(
    catalogue, tmp_path, monkeypatch
):
    ids = [("{count} row", "{count} rows"), "Save"]
    monkeypatch.setattr(
        catalogue, "all_messages", lambda: [catalogue.Found(i, "a.py") for i in ids]
    )
    for name in ("PO", "MO"):
        monkeypatch.setattr(catalogue, name, tmp_path / f"m2m_desktop.{name.lower()}")
    # the Chinese that the plural had when it was a message without a singular is taken over
    former = 'msgid "{count} rows"\nmsgstr "{count} 行"\n\nmsgid "Save"\nmsgstr "保存"\n'
    catalogue.PO.write_text(former, "utf-8")
    assert "no Chinese for: {count} rows" in catalogue.problems()

    catalogue.PO.write_bytes(catalogue.po_text(catalogue.updated()))
    catalogue.MO.write_bytes(catalogue.mo_bytes(catalogue.read()))

    assert catalogue.problems() == []
    with catalogue.MO.open("rb") as stream:
        read = gettext.GNUTranslations(stream)
    assert [read.ngettext(*ids[0], count) for count in (0, 1, 2, 21)] == ["{count} 行"] * 4
    assert read.gettext("Save") == "保存"


def test_a_singular_with_a_placeholder_of_its_own_is_a_problem(catalogue, tmp_path, monkeypatch):
    found = [catalogue.Found(("{one} row", "{count} rows"), "a.py")]
    monkeypatch.setattr(catalogue, "all_messages", lambda: found)
    monkeypatch.setattr(catalogue, "PO", tmp_path / "m2m_desktop.po")
    catalogue.PO.write_text('msgid "{count} rows"\nmsgstr "{count} 行"\n', "utf-8")
    catalogue.PO.write_bytes(catalogue.po_text(catalogue.updated()))
    assert "other placeholders for one in: {count} rows" in catalogue.problems()


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (21, "21 rows")]
)
def test_english_has_a_form_for_one_and_one_for_the_rest(count, said):
    use_language("en")
    assert ngettext("{count} row", "{count} rows", count).format(count=count) == said
    use_language("pseudo")
    assert ("rô" + "wš" * (count != 1)) in ngettext("{count} row", "{count} rows", count)


def test_a_changed_placeholder_is_seen(catalogue):
    assert catalogue.placeholders("{path}: {count} rows") == {"path", "count"}
    assert catalogue.placeholders("needs %(type)s and %s") == {"%(type)s", "%s"}
    assert catalogue.placeholders("{path") == {"(braces that do not match)"}
