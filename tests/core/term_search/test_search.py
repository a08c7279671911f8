"""Look a term up by what one remembers of it."""

from pathlib import Path

import pytest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever, build_name_index
from m2m_desktop.core.term_search.name_building import build_name_text
from m2m_desktop.core.term_search.name_text import NameText
from m2m_desktop.core.term_search.numbering import first_socs
from m2m_desktop.core.term_search.records import Match, MatchedIn, Reason, SearchWish
from m2m_desktop.core.term_search.search import FEW, TermSearch
from m2m_desktop.core.term_search.sounds import build_sound_text
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import characters
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.dictionary.second_language import with_second_names
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.reference_csv import load_reference_csv
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import MULTI_AXIAL_PT, NOT_CURRENT_LLT, toy_files

TOKENISERS = (characters, characters, characters)
NAMES = [
    ("P1", "皮疹", "Rash"),
    ("P2", "皮疹瘙痒", "Rash pruritic"),
    ("P3", "皮疹（未特指）", "Rash NOS"),
    ("P4", "药物性皮疹", "Drug rash"),
    ("P5", "泛发性皮疹加重", "Generalised rash aggravated"),
    ("P6", "血小板减少", "Thrombocytopenia"),
    ("P7", "减少性血小板病", "Pain in back"),
    ("P8", "腹泻", "Back pain"),
    ("P9", "急性腹泻", "Acute diarrhoea"),
    ("P10", "ＡＬＴ升高", "ALT increased"),
    ("P11", "女性乳腺炎", "Hepatitis acute"),
]
LETTERS = {
    "皮疹": "pi zhen", "皮疹瘙痒": "pi zhen sao yang", "血小板减少": "xue xiao ban jian shao",
    "alt升高": "a l t sheng gao", "女性乳腺炎": "nv xing ru xian yan", "药物性皮疹": "yao wu xing pi zhen",
    "西安": "xi an",
}  # fmt: skip


def own(names: list[tuple[str, str]]) -> Terminology:
    rows = [f"{code},{name},{name},某病,某组,某类" for code, name in names]
    table = "\n".join(["pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name", *rows])
    return load_reference_csv(Path("own.csv"), table.encode()).terminology


@pytest.fixture(scope="module")
def terminology() -> Terminology:
    first = own([(code, name) for code, name, _ in NAMES])
    return with_second_names(first, own([(code, name) for code, _, name in NAMES]))


def sounds_of(names: NameText):
    spoken = {
        document: LETTERS[names.key(document)].split()
        for document in range(len(names)) if names.key(document) in LETTERS
    }  # fmt: skip
    return build_sound_text(names, spoken)


@pytest.fixture(scope="module")
def search(terminology) -> TermSearch:
    names = build_name_text(terminology)
    retriever = LexicalRetriever(terminology, build_name_index(terminology, TOKENISERS), TOKENISERS)
    thesaurus = Thesaurus.parse(["拉肚子|腹泻|泻", "皮疹|起疹子"])
    memory = {"身上起包": ["P1", "no such"], "身上起包很痒": ["P2", "P1"]}

    def remembered(key: str):
        return [(phrase, codes) for phrase, codes in memory.items() if key in phrase]

    return TermSearch(terminology, names, sounds_of(names), retriever, thesaurus, remembered)


def found(search: TermSearch, text: str, match: Match = Match.ANY, **more):
    """The codes of each group, by reason."""
    answer = search.search(SearchWish(text, match, **more))
    return {
        group.reason: [search.terminology.codes(hit.level)[hit.row] for hit in group.hits]
        for group in answer.groups
    }


# -- names -----------------------------------------------------------------------------------------


def test_the_closest_reason_comes_first_and_each_term_once(search):
    answer = search.search(SearchWish("皮疹"))

    assert [group.reason for group in answer.groups] == [
        Reason.EXACT, Reason.BEGINS, Reason.CONTAINS, Reason.ENDS,
    ]  # fmt: skip
    assert found(search, "皮疹") == {
        Reason.EXACT: ["P1"],
        Reason.BEGINS: ["P2", "P3"],
        Reason.CONTAINS: ["P5"],
        Reason.ENDS: ["P4"],
    }
    terms = [(hit.level, hit.row) for group in answer.groups for hit in group.hits]
    assert len(terms) == len(set(terms))


def test_the_llt_that_bears_its_pts_name_counts_but_is_not_listed(search):
    (group,) = search.search(SearchWish("皮疹", Match.EXACT)).groups
    assert (group.total, [hit.level for hit in group.hits]) == (2, [TermLevel.PT])

    (group,) = search.search(SearchWish("皮疹", Match.EXACT, lists_twins=True)).groups
    assert [hit.level for hit in group.hits] == [TermLevel.PT, TermLevel.LLT]

    only_llts = SearchWish("皮疹", Match.EXACT, levels=frozenset([TermLevel.LLT]))
    (group,) = search.search(only_llts).groups
    assert (group.total, [hit.level for hit in group.hits]) == (1, [TermLevel.LLT])


def test_words_in_another_order_are_a_reason_of_their_own(search):
    assert found(search, "减少 血小板")[Reason.WORDS] == ["P6", "P7"]
    assert found(search, "back pain") == {Reason.EXACT: ["P8"], Reason.WORDS: ["P7"]}
    assert found(search, "bac pai")[Reason.CONTAINS] == ["P8", "P7"]
    assert found(search, "rash generalised", Match.WORDS) == {Reason.WORDS: ["P5"]}
    assert found(search, "ash generalised", Match.WORDS) == {}


@pytest.mark.parametrize(
    ("match", "text", "codes"),
    [
        (Match.EXACT, "皮疹", ["P1"]),
        (Match.BEGINS, "皮疹", ["P1", "P2", "P3"]),
        (Match.ENDS, "皮疹", ["P1", "P4"]),
        (Match.CONTAINS, "皮疹", ["P1", "P2", "P3", "P5", "P4"]),
        (Match.EXACT, "皮", []),
        (Match.PINYIN, "皮疹", []),
        (Match.CODE, "皮疹", []),
    ],
)
def test_a_match_may_be_asked_for(search, match, text, codes):
    groups = found(search, text, match, levels=frozenset([TermLevel.PT]))

    assert [code for group in groups.values() for code in group] == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [("alt", "P10"), ("ＡＬＴ", "P10"), ("藥物性皮疹", "P4"), ("BACK　PAIN", "P8")],
)
def test_width_case_and_traditional_characters_do_not_matter(search, text, code):
    assert found(search, text)[
        Reason.BEGINS if code == "P10" else Reason.EXACT
    ] == [code]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "parts"),
    [
        ("皮疹", "泛发性皮疹加重", ["皮疹"]),
        ("alt", "ＡＬＴ升高", ["ＡＬＴ"]),
        ("疹未", "皮疹（未特指）", ["疹（未"]),
        ("减少 血小板", "减少性血小板病", ["减少", "血小板"]),
        ("RASH generalised", "Generalised rash aggravated", ["Generalised", "rash"]),
        ("皮*重", "泛发性皮疹加重", ["皮", "重"]),
        ("皮疹 NOT 药物", "泛发性皮疹加重", ["皮疹"]),
        ("rashn", "Rash NOS", ["Rash N"]),
    ],
)
def test_spans_are_the_matched_characters_of_the_original_name(search, text, name, parts):
    hits = [hit for group in search.search(SearchWish(text)).groups for hit in group.hits]
    shown = {}
    for hit in hits:
        term = search.terminology.term_at(hit.level, hit.row)
        text_of = term.name2 if hit.matched_in is MatchedIn.NAME2 else term.name
        shown[text_of] = [text_of[start:stop] for start, stop in hit.spans]
    assert shown[name] == parts


def test_a_limit_is_of_each_group_and_totals_count_on(search):
    groups = search.search(SearchWish("皮疹", limit=1)).groups
    assert [(group.total, len(group.hits)) for group in groups] == [(2, 1), (4, 1), (2, 1), (2, 1)]


def test_nothing_is_found_for_nothing(search):
    for match in Match:
        for text in ("", "  ", "\n", "。" * 3, "\ud800", "没有这样的术语" * 500):
            assert all(
                group.reason is Reason.FUZZY
                for group in search.search(SearchWish(text, match)).groups
            )


def test_a_damaged_query_is_told_and_searched_as_it_is(search):
    answer = search.search(SearchWish('"皮疹'))
    assert answer.problem is not None
    assert answer.groups[0].reason is Reason.EXACT


# -- filters ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def toy() -> TermSearch:
    terminology = load_release(ReleaseSources("toy", "toy", toy_files())).terminology
    return TermSearch(terminology, build_name_text(terminology))


def test_llts_that_are_not_current_are_hidden_until_they_are_asked_for(toy):
    assert found(toy, NOT_CURRENT_LLT) == {}
    assert found(toy, NOT_CURRENT_LLT, shows_old=True) == {Reason.CODE: [NOT_CURRENT_LLT]}


def test_a_soc_holds_a_term_by_any_path_or_only_by_the_primary_one(toy):
    paths = toy.terminology.paths(MULTI_AXIAL_PT)
    primary = next(path.soc.code for path in paths if path.is_primary)
    other = next(path.soc.code for path in paths if not path.is_primary)

    def is_found(soc: str, **more) -> bool:
        return bool(found(toy, MULTI_AXIAL_PT, socs=frozenset([soc]), **more))

    assert is_found(primary)
    assert is_found(other)
    assert is_found(primary, primary_only=True)
    assert not is_found(other, primary_only=True)
    assert not is_found("no such")


def test_every_term_has_the_first_soc_of_its_paths(toy):
    socs = first_socs(toy.terminology)
    for row in range(toy.terminology.count(TermLevel.LLT)):
        pt = toy.terminology.llt_at(row).pt_code
        (primary,) = [path for path in toy.terminology.paths(pt) if path.is_primary]
        soc = toy.terminology.codes(TermLevel.SOC)[int(socs[TermLevel.LLT][row])]
        assert soc == primary.soc.code
    assert (socs[TermLevel.HLT] >= 0).all()


# -- codes -----------------------------------------------------------------------------------------


def test_a_whole_code_comes_before_those_that_begin_with_it(search):
    assert found(search, "P1", levels=frozenset([TermLevel.PT])) == {Reason.CODE: ["P1"]}
    assert found(search, "P1", Match.CODE)[Reason.CODE] == ["P1"]


def test_three_digits_find_the_codes_that_begin_with_them(toy):
    codes = found(toy, "900001")[Reason.CODE]
    assert MULTI_AXIAL_PT in codes
    assert codes == sorted(codes)
    assert all(code.startswith("900001") for code in codes)
    assert found(toy, "９０００００", levels=frozenset([TermLevel.SOC]))[Reason.CODE] == [
        f"9000000{soc}" for soc in range(1, 5)
    ]
    assert Reason.CODE not in found(toy, "90")


def test_a_pt_and_its_llt_of_the_same_code_are_one_row(toy):
    (group,) = toy.search(SearchWish(MULTI_AXIAL_PT)).groups
    assert (group.total, [hit.level for hit in group.hits]) == (2, [TermLevel.PT])
    llts = frozenset([TermLevel.LLT])
    assert found(toy, MULTI_AXIAL_PT, levels=llts) == {Reason.CODE: [MULTI_AXIAL_PT]}


# -- sounds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("xuexiaoban", ["P6"]),
        ("xue xiao ban", ["P6"]),
        ("xue'xiao", ["P6"]),
        ("XueX", ["P6"]),
        ("xxb", ["P6"]),
        ("xiaobanj", ["P6"]),
        ("iaoban", []),
        ("pizhen", ["P1", "P2", "P4"]),
        ("pz", ["P1", "P2", "P4"]),
        ("altsg", ["P10"]),
        ("altshenggao", ["P10"]),
        ("nvxing", ["P11"]),
        ("nüxing", ["P11"]),
        ("xuexiaobanjianshaox", []),
    ],
)
def test_chinese_names_are_found_by_sound(search, text, codes):
    pts = frozenset([TermLevel.PT])
    assert found(search, text, Match.PINYIN, levels=pts).get(Reason.PINYIN, []) == codes
    if " " not in text:
        assert found(search, text, levels=pts).get(Reason.PINYIN, []) == codes


def test_whole_sounds_and_initials_are_told_apart(search):
    (group,) = search.search(SearchWish("xxb", Match.PINYIN)).groups
    assert {hit.matched_in for hit in group.hits} == {MatchedIn.INITIALS}
    (group,) = search.search(SearchWish("xuex", Match.PINYIN)).groups
    assert {(hit.matched_in, hit.spans) for hit in group.hits} == {(MatchedIn.PINYIN, ())}


def test_only_letters_are_taken_for_sounds(search):
    assert Reason.PINYIN not in found(search, "p1")
    assert Reason.PINYIN not in found(search, "皮zhen")


# -- memory, other wordings, likeness --------------------------------------------------------------


def test_remembered_phrases_lead_to_their_pts(search):
    (group,) = search.search(SearchWish("身上起包")).groups
    assert group.reason is Reason.MEMORY
    assert [(hit.row, hit.via, hit.matched_in) for hit in group.hits] == [
        (0, "身上起包", MatchedIn.MEMORY),
        (1, "身上起包很痒", MatchedIn.MEMORY),
    ]


def test_other_wordings_of_the_thesaurus_are_a_reason_of_their_own(search):
    (group,) = search.search(SearchWish("拉肚子")).groups
    assert group.reason is Reason.SYNONYM
    assert [(hit.row, hit.via) for hit in group.hits] == [(7, "腹泻"), (8, "腹泻")]
    assert Reason.SYNONYM not in found(search, "皮疹")  # what bears the name itself is closer


def test_what_is_alike_comes_where_little_is_close(search):
    assert found(search, "皮诊瘙痒")[Reason.FUZZY][0] == "P2"
    assert found(search, "皮诊瘙痒", Match.FUZZY)[Reason.FUZZY][0] == "P2"
    assert found(search, "血小板减少症")[Reason.FUZZY][0] == "P6"
    assert found(search, "皮诊瘙痒", Match.CONTAINS) == {}


@pytest.mark.parametrize("text", ["hepatitus", "hepatits", "hpeatitis", "acute hepattis"])
def test_a_slip_in_an_english_word_is_forgiven(search, text):
    assert found(search, text)[Reason.FUZZY][0] == "P11"


def test_enough_close_hits_need_no_others(terminology):
    names = [(f"Q{number}", f"某疹{number}型") for number in range(FEW + 1)]
    full = own(names)
    index = build_name_index(full, TOKENISERS)
    search = TermSearch(
        full, build_name_text(full), retriever=LexicalRetriever(full, index, TOKENISERS)
    )
    assert list(found(search, "某疹")) == [Reason.BEGINS]


def test_without_the_optional_parts_names_and_codes_are_found(terminology):
    search = TermSearch(terminology, build_name_text(terminology))
    assert list(found(search, "皮疹")) == [
        Reason.EXACT, Reason.BEGINS, Reason.CONTAINS, Reason.ENDS,
    ]  # fmt: skip
    assert found(search, "pizhen") == found(search, "拉肚子") == {}


def test_an_empty_terminology_is_searched_in_vain():
    from m2m_desktop.core.term_search.folding import fold_texts

    assert len(fold_texts([]).units) == 0
