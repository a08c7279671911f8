"""The toy release with its SMQs, and what looks its terms up."""

import pytest

from m2m_desktop.core.analysis.finding import TermFinder
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.core.analysis.toy_smqs import tables
from tests.toy.release import render_all


@pytest.fixture(scope="session")
def terminology():
    return load_release(ReleaseSources("toy", "toy", render_all(tables()))).terminology


@pytest.fixture(scope="session")
def finder(terminology):
    return TermFinder(terminology)
