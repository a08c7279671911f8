"""These tests need torch, which is only in the training environment; elsewhere they do not exist."""

import os
import random
from importlib.util import find_spec
from pathlib import Path

import pytest

from m2m_desktop.services.locations import resources

# `transformers` hands its warnings on to where stray ones are caught only if it takes this for a
# server that tests: then they fail everywhere, or nowhere
os.environ["CI"] = "true"

if find_spec("torch") is None:
    collect_ignore_glob = ["test_*.py"]


def pytest_collection_modifyitems(items):
    folder = Path(__file__).parent
    for item in items:
        if folder in Path(item.path).parents:
            item.add_marker(pytest.mark.train)


@pytest.fixture(scope="session", autouse=True)
def one_core():
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def ingredients():
    """What can be had without the open sources: the demo dictionary and the thesaurus."""
    from m2m_desktop.training import recipe

    return recipe.gather(resources(), None)


@pytest.fixture(scope="session")
def groups(ingredients):
    """Two thousand groups of the demo dictionary."""
    stream = ingredients.groups(random.Random(1))
    return [next(stream) for _ in range(2000)]
