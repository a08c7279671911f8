"""Second names that another release of the same version lends: for display, never for coding."""

import shutil

import pytest

from m2m_desktop.core.records import Mention, TermLevel
from m2m_desktop.core.terminology import ReleaseInfo
from m2m_desktop.services.dictionary.second_language import (
    chosen_lender,
    lenders,
    shown_with,
    with_second_names,
)
from m2m_desktop.services.engine import CodingOptions, Engine
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from m2m_desktop.services.settings import Settings, save_settings
from m2m_desktop.services.wire import result_to_json
from tests.toy.release import render_all, toy_files, toy_tables, write_toy_release


def info(terminology_id, version="99.0", language="Chinese", **others):
    return ReleaseInfo(terminology_id, terminology_id, version, language, **others)


def opened(language, files=None):
    return load_release(
        ReleaseSources(language, language, files or toy_files(language))
    ).terminology


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("resources")
    release = write_toy_release(folder / "demo")
    (release / "DEMO_DICTIONARY.txt").write_text("invented", encoding="utf-8")
    (folder / "models").mkdir()
    (folder / "thesaurus").mkdir()
    return folder


@pytest.fixture
def locations(shipped, tmp_path):
    home = tmp_path / "mine"
    return Locations(home / "data", home / "cache", home / "config", home / "logs", shipped)


@pytest.fixture
def engine(locations):
    return Engine(locations)


@pytest.fixture
def imported(engine, tmp_path):
    """Import a toy release of a language; gives its id."""

    def imports(language, version="99.0", **options):
        folder = tmp_path / f"{language}-{version}-{len(options)}"
        write_toy_release(folder, language, version=version, **options)
        return engine.import_terminology(folder)[0][0].terminology_id

    return imports


# -- which release lends -------------------------------------------------------------------------


def test_only_the_same_version_in_another_language_lends_names():
    first = info("zh")
    wrong = (
        info("zh2"),
        info("zh3", language="CHINESE"),
        info("old", version="98.0", language="English"),
        info("csv", language="English", kind="reference_csv"),
        info("demo", language="English", is_demo=True),
        info("none", language=""),
    )
    right = info("en", language="English")
    assert lenders(first, [*wrong, right]) == (right,)


def test_a_release_with_two_languages_or_without_a_version_needs_no_lender():
    english = info("en", language="English")
    assert lenders(info("both", language2="English"), [english]) == ()
    assert lenders(info("x", version=""), [info("en", version="", language="English")]) == ()
    assert lenders(info("x", kind="reference_csv"), [english]) == ()


def test_chinese_and_english_are_chosen_before_others():
    known = [info(name, language=name) for name in ("Spanish", "English", "Chinese", "Dutch")]
    assert [one.language for one in lenders(info("x", language="Dutch"), known)] == [
        "Chinese", "English", "Spanish",
    ]  # fmt: skip


def test_the_setting_chooses_a_lender_or_none():
    candidates = (info("en-1"), info("es-1"))
    assert chosen_lender(candidates, "") == candidates[0]
    assert chosen_lender(candidates, "es") == candidates[1]
    assert chosen_lender(candidates, "none") is None
    assert chosen_lender(candidates, "of another version") == candidates[0]
    assert chosen_lender((), "en-1") is None


# -- the names -------------------------------------------------------------------------------------


def test_names_are_matched_by_level_and_code():
    chinese, english = opened("Chinese"), opened("English")
    view = with_second_names(chinese, english)
    for level in TermLevel:
        for row in range(chinese.count(level)):
            term = view.term_at(level, row)
            other = english.term(level, term.code)
            assert (term.name, term.name2) == (chinese.term_at(level, row).name, other.name)
    assert [smq.name2 for smq in view.smqs()] == [smq.name for smq in english.smqs()]
    assert (view.info.language, view.info.language2) == ("Chinese", "English")
    assert view.info.terminology_id == chinese.info.terminology_id
    assert chinese.names2(TermLevel.PT) is None  # the release itself is as it was


def test_a_code_that_the_other_release_lacks_has_no_second_name():
    tables = toy_tables("English")
    gone = tables["llt.asc"].pop()[0]
    tables["smq_list.asc"].pop()
    rows = tables["smq_content.asc"]
    tables["smq_content.asc"] = [row for row in rows if "29990003" not in row[:2]]
    view = with_second_names(opened("Chinese"), opened("English", render_all(tables)))
    assert view.llt(gone).name2 == ""
    assert view.llt("90001001").name2 != ""
    assert [bool(smq.name2) for smq in view.smqs()] == [True, True, False]


def test_a_pt_that_is_an_llt_there_gets_the_name_of_no_other_level():
    tables = toy_tables("English")
    number = 60
    code = tables["pt.asc"].pop(number)[0]
    for name, column in (("mdhier.asc", 0), ("hlt_pt.asc", 1)):
        tables[name] = [row for row in tables[name] if row[column] != code]
    for row in tables["llt.asc"]:
        row[2] = "90000101" if row[2] == code else row[2]
    view = with_second_names(opened("Chinese"), opened("English", render_all(tables)))
    assert view.term(TermLevel.PT, code).name2 == ""
    assert view.term(TermLevel.LLT, code).name2 != ""


# -- in the engine ---------------------------------------------------------------------------------


def test_a_release_that_is_loaded_later_lends_its_names_at_once(engine, imported):
    chinese = imported("Chinese")
    assert engine.bilingual(chinese) is engine.terminology(chinese)
    english = imported("English")
    pt = engine.bilingual(chinese).preferred_term("90000101")
    assert pt.name2 == engine.terminology(english).preferred_term("90000101").name
    assert engine.bilingual(english).preferred_term("90000101").name2 == pt.name
    assert engine.bilingual(chinese) is engine.bilingual(chinese)
    assert engine.second_languages.choice(engine.terminology(chinese).info).language == "English"


def test_two_releases_of_one_version_and_language_are_never_joined(engine, imported):
    first = imported("Chinese")
    second = imported("Chinese", line_end="\n")
    assert first != second
    assert engine.bilingual(first).names2(TermLevel.PT) is None


def test_another_version_lends_nothing(engine, imported):
    chinese = imported("Chinese")
    imported("English", version="98.0")
    assert engine.bilingual(chinese).names2(TermLevel.PT) is None


def test_the_setting_holds_as_soon_as_it_is_changed(engine, imported, locations):
    chinese, spanish, english = imported("Chinese"), imported("Spanish"), imported("English")

    def language():
        return engine.bilingual(chinese).info.language2

    assert language() == "English"
    save_settings(Settings(second_terminology=spanish), locations)
    assert language() == "Spanish"
    save_settings(Settings(second_terminology="none"), locations)
    assert language() == ""
    save_settings(Settings(second_terminology=english), locations)
    assert language() == "English"


def test_a_lender_that_is_removed_lends_no_more(engine, imported):
    chinese, english = imported("Chinese"), imported("English")
    assert engine.bilingual(chinese).info.language2 == "English"
    engine.remove_terminology(english)
    assert engine.bilingual(chinese) is engine.terminology(chinese)


def test_a_damaged_lender_is_told_and_the_release_is_shown_alone(
    engine, imported, locations, caplog
):
    chinese, english = imported("Chinese"), imported("English")
    for path in (locations.terminologies / english).iterdir():
        if path.stat().st_size > 1000 and path.suffix != ".json":
            path.write_bytes(path.read_bytes()[:-500])
    assert engine.bilingual(chinese) is engine.terminology(chinese)
    choice = engine.second_languages.choice(engine.terminology(chinese).info)
    assert choice.problem is not None
    assert (choice.terminology_id, choice.language) == ("", "")
    assert "no second names" in caplog.text


def test_what_lends_names_changes_no_answer(engine, imported):
    chinese = imported("Chinese")
    phrases = ["左布上部炎", "Zorblax upper itis", "奎姆内侧急性", "quimble"]

    def answers():
        options = CodingOptions(terminology=chinese, mode="lexical")
        mentions = [Mention(str(number), text) for number, text in enumerate(phrases)]
        return [
            [(c.pt.code, c.pt.name2, c.retrieval_score) for c in result.candidates]
            for result in engine.code(mentions, options)
        ]

    before = answers()
    files = sorted(path for path in engine._locations.data.rglob("*") if path.is_file())
    imported("English")
    assert engine.bilingual(chinese).info.language2 == "English"
    assert answers() == before
    assert any(before)
    assert set(files) <= {path for path in engine._locations.data.rglob("*") if path.is_file()}
    fresh = Engine(engine._locations)  # which finds the lender at its first look
    fresh.bilingual(chinese)
    engine = fresh
    assert answers() == before


def test_an_answer_is_shown_with_second_names_and_is_otherwise_the_same(engine, imported):
    chinese = imported("Chinese")
    options = CodingOptions(terminology=chinese, mode="lexical")
    (answer,) = engine.code([Mention("1", "左布上部炎")], options)
    assert shown_with(answer, engine.bilingual(chinese)) is answer
    imported("English")
    shown = shown_with(answer, engine.bilingual(chinese))
    assert shown.candidates[0].pt.name2 == "Zorblax upper itis"
    assert shown.candidates[0].pt.paths[0].soc.name2 == "Zorblax upper organ class"
    told, plain = result_to_json(shown), result_to_json(answer)
    for candidate in told["candidates"]:
        candidate.pop("candidate_pt_name2")
        for path in candidate["paths"]:
            for level in ("soc", "hlgt", "hlt"):
                path.pop(f"{level}_name2")
    assert told == plain


def test_the_demo_dictionary_has_two_languages_of_its_own(engine, shipped, tmp_path):
    resources = shutil.copytree(shipped, tmp_path / "resources")
    for language in ("Chinese", "English"):
        release = write_toy_release(resources / "demo" / language.lower(), language)
        (release / "DEMO_DICTIONARY.txt").write_text("invented", encoding="utf-8")
    for path in (resources / "demo").iterdir():
        if path.is_file():
            path.unlink()
    home = tmp_path / "other"
    own = Engine(Locations(home / "d", home / "c", home / "s", home / "l", resources))
    view = own.bilingual("demo")
    assert view is own.terminology("demo")
    choice = own.second_languages.choice(view.info)
    assert (choice.terminology_id, choice.language, choice.candidates) == ("", "English", ())
