"""A short run of the fuzzer with every push; the long ones are run by hand."""

import pytest

from tests.fuzz.fuzz_meddra import run


@pytest.mark.requirement("R-016")
def test_mutated_releases_are_loaded_or_refused_and_never_crash() -> None:
    outcomes = run(2000, seed=7)

    assert outcomes.total() == 2000
    assert outcomes["ReleaseBroken"] > 200
    assert outcomes["ReleaseUnreadable"] > 50
    assert outcomes["loaded"] + outcomes["loaded, odd"] > 200
