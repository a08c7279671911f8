"""A few kills; `kill9` does hundreds, by hand."""

import os
import random

import pytest

from tests.fault.kill9 import kill_migrations, kill_reviews


@pytest.mark.requirement("R-001")
def test_a_killed_review_keeps_what_was_confirmed(tmp_path) -> None:
    found = kill_reviews(tmp_path, 4, random.Random(5))
    assert (found["kills"], found["lost"], found["unsound"]) == (4, 0, 0)
    assert found["events"] > 0


@pytest.mark.requirement("R-019")
@pytest.mark.skipif(os.name == "nt", reason="the kill comes too late there to hit anything")
def test_a_killed_migration_leaves_the_old_or_the_new_project(tmp_path) -> None:
    found = kill_migrations(tmp_path, 2, random.Random(5))
    assert (found["kills"], found["lost"], found["unsound"]) == (2, 0, 0)
