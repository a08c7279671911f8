"""Everyday wording comes from the shipped thesaurus, and from the demo dictionary for other releases."""

from pathlib import Path

from m2m_desktop.core.text import match_key
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.thesaurus_files import names_by_term, read_thesaurus

RESOURCES = Path(__file__).parents[2] / "resources"


def test_the_shipped_thesaurus_knows_common_words() -> None:
    thesaurus = read_thesaurus(RESOURCES)

    assert len(thesaurus.groups) > 3000
    assert set(thesaurus.concepts("拉肚子")) & set(thesaurus.concepts("腹泻"))
    assert all(len(group) > 1 for group in thesaurus.groups)


def test_the_demo_dictionary_gives_wordings_of_one_term(tmp_path) -> None:
    demo = TerminologyStore(tmp_path).open(RESOURCES / "demo")
    groups = list(names_by_term(demo))
    (nausea,) = [group for group in groups if group[:1] == ["恶心"]]

    assert "反胃" in nausea
    assert all(1 < len(name) <= 10 for group in groups for name in group)
    assert not any("NOS" in name or "未特指" in name for name in nausea)


def test_a_thesaurus_is_extended_without_losing_what_it_had() -> None:
    small = Thesaurus.parse(["腹泻|拉肚子"]).extended([["恶心", "反胃"], ["孤单"], []])

    assert small.groups == (("腹泻", "拉肚子"), ("恶心", "反胃"))
    assert match_key("反胃") in small.by_member
