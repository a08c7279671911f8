"""Two codings of one file: agreement, kappa, and the differences by kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.agreement import DifferenceKind, compare, dice
from m2m_desktop.core.coded_items import CellPlace, CodedItem
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import CodedTerm, ReviewStatus

SOCS = {"a": "1", "b": "1", "c": "2", "d": "2"}


def item(row, text, codes, *, status=ReviewStatus.ACCEPTED, kind=PieceKind.REACTION, who="甲"):
    terms = tuple(CodedTerm(c, f"PT {c}", soc_code=SOCS[c], soc_name=f"S{SOCS[c]}") for c in codes)
    return CodedItem(
        CellPlace("Sheet", row, 2), 0, len(text), text, kind, "", "", status, False, terms,
        Band.CERTAIN, Source.MANUAL, who, "", "",
    )  # fmt: skip


def coding(*answers, **more):
    """A file with one mention a row: (text, codes)."""
    return [item(row, text, codes, **more) for row, (text, codes) in enumerate(answers, 1)]


def test_equal_codings_agree_wholly():
    one = coding(("红点", "a"), ("痒", "b"), ("不知", ""))
    found = compare(one, one)

    assert (found.phrases.agreement, found.phrases.value) == (1.0, 1.0)
    assert found.positive_agreement == 1.0
    assert (found.differences, found.unpaired, found.undecided) == ((), 0, 0)


def test_kappa_is_that_of_the_textbook():
    # Two raters, yes/no, 50 cases: 20 both yes, 15 both no, 5 and 10 otherwise: kappa 0.4.
    answers = [("a", "a")] * 20 + [("b", "b")] * 15 + [("a", "b")] * 5 + [("b", "a")] * 10
    first = coding(*[(f"第{n}号", one) for n, (one, _) in enumerate(answers)])
    second = coding(*[(f"第{n}号", other) for n, (_, other) in enumerate(answers)])

    kappa = compare(first, second).phrases

    assert (kappa.count, kappa.agreed) == (50, 35)
    assert kappa.value == pytest.approx(0.4)
    assert kappa.low == pytest.approx(0.4 - 1.96 * 0.12961, abs=1e-3)
    assert kappa.high == pytest.approx(0.4 + 1.96 * 0.12961, abs=1e-3)


def test_kappa_is_undefined_where_both_always_say_the_same_one_thing():
    one = coding(("红点", "a"), ("斑", "a"))

    assert compare(one, one).phrases.value is None
    assert compare(one, one).phrases.agreement == 1.0


def test_a_frequent_phrase_counts_once_as_phrase_and_each_time_as_mention():
    first = coding(*[("红点", "a")] * 8, ("痒", "b"), ("疼", "c"))
    second = coding(*[("红点", "b")] * 8, ("痒", "b"), ("疼", "c"))

    found = compare(first, second)

    assert (found.phrases.count, found.phrases.agreed) == (3, 2)
    assert (found.mentions.count, found.mentions.agreed) == (10, 2)
    (difference,) = found.differences
    assert (difference.text, difference.count) == ("红点", 8)
    assert [place.row for place in difference.places] == list(range(1, 9))


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ("ab", "a", DifferenceKind.OMISSION),
        ("a", "ab", DifferenceKind.ADDITION),
        ("a", "b", DifferenceKind.SUBSTITUTION),
        ("ab", "ac", DifferenceKind.SUBSTITUTION),
        ("a", "", DifferenceKind.OMISSION),
        ("", "a", DifferenceKind.ADDITION),
    ],
)
def test_a_difference_is_an_omission_an_addition_or_a_substitution(ours, theirs, kind):
    found = compare(coding(("红点", ours)), coding(("红点", theirs), who="乙"))

    (difference,) = found.differences
    assert difference.kind is kind
    assert {t.pt_code for t in difference.only_first} == set(ours) - set(theirs)
    assert {t.pt_code for t in difference.only_second} == set(theirs) - set(ours)
    assert (difference.first_reviewer, difference.second_reviewer) == ("甲", "乙")
    assert found.kinds == {kind: 1}


def test_the_order_of_terms_is_no_difference():
    assert compare(coding(("红点", "ab")), coding(("红点", "ba"))).differences == ()


def test_agreement_is_broken_down_by_soc():
    found = compare(
        coding(("甲", "ab"), ("乙", "c"), ("丙", "d")),
        coding(("甲", "a"), ("乙", "c"), ("丙", "b")),
    )

    by_code = {soc.soc_code: soc for soc in found.socs}
    assert (by_code["1"].both, by_code["1"].only_first, by_code["1"].only_second) == (1, 1, 1)
    assert (by_code["2"].both, by_code["2"].only_first, by_code["2"].only_second) == (1, 1, 0)
    assert by_code["1"].positive_agreement == 0.5
    assert found.positive_agreement == pytest.approx(4 / 7)


def test_only_what_both_decided_is_compared():
    first = coding(("红点", "a"), ("痒", "b"), ("只有甲", "c"))
    second = [*coding(("红点", "a")), item(2, "痒", "c", status=ReviewStatus.UNREVIEWED)]
    second += [item(9, "无皮疹", "", kind=PieceKind.NEGATED)]

    found = compare(first, second)

    assert (found.phrases.count, found.undecided, found.unpaired) == (1, 1, 1)


def test_an_exception_of_one_row_is_a_pair_of_its_own():
    first = coding(("红点", "a"), ("红点", "a"), ("红点", "b"))
    second = coding(("红点", "a"), ("红点", "a"), ("红点", "a"))

    found = compare(first, second)

    assert (found.phrases.count, found.phrases.agreed) == (2, 1)
    assert (found.mentions.count, found.mentions.agreed) == (3, 2)


def test_nothing_to_compare_is_no_error():
    found = compare([], [])

    assert (found.phrases.count, found.phrases.agreement, found.phrases.value) == (0, 0.0, None)
    assert dice(0, 0, 0) == 1.0


SETS = st.sets(st.sampled_from("abcd")).map(lambda codes: "".join(sorted(codes)))


@given(st.lists(st.tuples(st.sampled_from("甲乙丙丁戊"), SETS, SETS), max_size=20))
def test_changing_sides_swaps_omissions_and_additions_and_nothing_else(rows):
    first = coding(*[(text, one) for text, one, _ in rows])
    second = coding(*[(text, other) for text, _, other in rows])

    here, there = compare(first, second), compare(second, first)

    assert here.phrases == there.phrases
    assert here.mentions == there.mentions
    assert here.positive_agreement == there.positive_agreement
    assert here.kinds.get(DifferenceKind.OMISSION, 0) == there.kinds.get(DifferenceKind.ADDITION, 0)
    assert here.phrases.count == here.phrases.agreed + len(here.differences)
    assert here.mentions.count == len(rows)
    assert here.phrases.value is None or -1 <= here.phrases.value <= 1
