"""Which model makes the estimates for which."""

from dataclasses import replace

import pytest

from m2m_desktop.core.calibration import Calibration
from m2m_desktop.core.messages import message
from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import ModelInfo
from m2m_desktop.services.model_costs import cost_ratio, estimator_for

SMALL = ModelInfo(
    "small", "Small", "reranker", "bert", "", "", "", {}, Template(), 64, "1", "nowhere",
    layers=4, hidden=192, calibration=Calibration(-7.0, 0.5, 7.0), is_shipped=True,
)  # fmt: skip
BASE = replace(
    SMALL, model_id="base", hash="2", layers=12, hidden=768, calibration=None, is_shipped=False
)


def sized(folder, info, size):
    (folder / info.model_id).mkdir()
    (folder / info.model_id / "model.onnx").write_bytes(bytes(size))
    return replace(info, layers=0, hidden=0, path=str(folder / info.model_id))


def test_a_base_model_costs_48_times_as_much_as_the_small_one():
    assert cost_ratio(BASE, SMALL) == pytest.approx(48)
    assert estimator_for(BASE, [SMALL], 8) is SMALL
    assert estimator_for(BASE, [SMALL], 49) is None


def test_where_a_size_is_not_told_the_files_are_compared(tmp_path):
    base, small = sized(tmp_path, BASE, 2000), sized(tmp_path, SMALL, 100)
    assert cost_ratio(base, small) == 20
    assert cost_ratio(replace(base, layers=12, hidden=768), small) == 20
    assert cost_ratio(replace(base, path="nowhere"), small) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"is_shipped": False},
        {"calibration": None},
        {"problem": message("damaged")},
        {"kind": "encoder"},
        {"hash": BASE.hash},
        {"hidden": 768},
    ],
)
def test_only_a_sound_cheap_calibrated_one_that_ships_makes_estimates(changes):
    assert estimator_for(BASE, [replace(SMALL, **changes)], 8) is None


def test_the_cheapest_of_several_is_chosen():
    smaller = replace(SMALL, model_id="smaller", hash="3", layers=2)
    assert estimator_for(BASE, [SMALL, smaller], 8) is smaller
