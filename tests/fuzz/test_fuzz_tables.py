"""A short run of the fuzzer with every push; the long ones are run by hand."""

import pytest

from tests.fuzz.fuzz_tables import run


@pytest.mark.requirement("R-021")
def test_mutated_tables_are_read_or_refused_and_never_crash() -> None:
    outcomes = run(400, seed=7)

    assert outcomes.total() >= 400
    assert outcomes["TableDamaged"] > 40
    assert outcomes["read"] + outcomes["read, with problems"] > 60
