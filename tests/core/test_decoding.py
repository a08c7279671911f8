"""From probabilities to the selected set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.decoding import decode_exact, decode_lexical, decode_probabilities
from m2m_desktop.core.records import Band, Candidate, Evidence, PreferredTerm, Source


def candidates(*probabilities: float | None, exact: tuple[int, ...] = ()) -> list[Candidate]:
    """PTs A, B, C, … with these probabilities; those at ``exact`` are named exactly."""
    return [
        Candidate(
            PreferredTerm(chr(ord("A") + place), f"术语{place}"),
            Evidence("1", "名", Source.EXACT if place in exact else Source.BM25),
            retrieval_rank=place + 1,
            retrieval_score=1.0,
            probability=probability,
        )
        for place, probability in enumerate(probabilities)
    ]


@pytest.mark.parametrize(
    ("probabilities", "selected", "band"),
    [
        ([0.95, 0.05], ("A",), Band.CERTAIN),
        ([0.95, 0.2], ("A",), Band.DOUBTFUL),
        ([0.95, 0.9, 0.01], ("A", "B"), Band.CERTAIN),
        ([0.5, 0.3, 0.29], ("A", "B"), Band.DOUBTFUL),
        ([0.29, 0.1], (), Band.NOT_FOUND),
        ([], (), Band.NOT_FOUND),
    ],
)
def test_everything_at_or_above_the_threshold_is_selected(probabilities, selected, band) -> None:
    decision = decode_probabilities(candidates(*probabilities), 0.3)

    assert (decision.selected, decision.band) == (selected, band)
    assert decision.source is (Source.MODEL if selected else Source.NONE)


def test_a_high_threshold_decides_what_is_certain() -> None:
    assert decode_probabilities(candidates(0.85), 0.9).selected == ()
    assert decode_probabilities(candidates(0.95, 0.46), 0.9).band is Band.DOUBTFUL
    assert decode_probabilities(candidates(0.95, 0.44), 0.9).band is Band.CERTAIN


def test_an_exactly_named_pt_is_selected_whatever_the_model_says() -> None:
    decision = decode_probabilities(candidates(0.9, 0.001, exact=(1,)), 0.3)

    assert decision.selected == ("A", "B")
    assert decision.band is Band.CERTAIN


PROBABILITIES = st.lists(st.floats(0, 1), max_size=8)


@given(PROBABILITIES, st.floats(0, 1), st.floats(0, 1), st.sets(st.integers(0, 7)))
def test_raising_the_threshold_never_adds_a_term(probabilities, one, other, exact) -> None:
    found = candidates(*probabilities, exact=tuple(exact))
    low = decode_probabilities(found, min(one, other)).selected
    high = decode_probabilities(found, max(one, other)).selected

    assert set(high) <= set(low)
    assert list(low) == [candidate.pt.code for candidate in found if candidate.pt.code in low]
    assert set(low) == {
        candidate.pt.code
        for candidate, probability in zip(found, probabilities, strict=True)
        if probability >= min(one, other) or candidate.evidence.source is Source.EXACT
    }


def test_a_name_that_belongs_to_several_pts_is_doubtful() -> None:
    found = candidates(None, None, None, exact=(0, 1))

    assert decode_exact(found, part_count=1).selected == ("A", "B")
    assert decode_exact(found, part_count=1).band is Band.DOUBTFUL
    assert decode_exact(found, part_count=2).band is Band.CERTAIN
    assert decode_exact(found, part_count=1).source is Source.EXACT


def test_without_a_model_only_exact_names_are_selected() -> None:
    decision = decode_lexical(candidates(None, None, exact=(1,)))

    assert (decision.selected, decision.band) == (("B",), Band.DOUBTFUL)
    assert decode_lexical(candidates(None)).selected == ()
    assert decode_lexical(candidates(None)).source is Source.LEXICAL
    assert decode_lexical([]).band is Band.NOT_FOUND
    assert decode_lexical([]).source is Source.NONE
