"""A few hundred disks after a power failure; `powerloss` makes thousands, by hand."""

import random

import pytest

from tests.fault.disk import can_record
from tests.fault.powerloss import SETTINGS, lose_power, record

pytestmark = pytest.mark.skipif(not can_record(), reason="needs Linux and a C compiler")

IMAGES = 40


def found(tmp_path, name):
    recording = record(tmp_path, SETTINGS[name], steps=16)
    return lose_power(recording, tmp_path / "image", IMAGES, random.Random(3))


@pytest.mark.requirement("R-002")
def test_a_power_failure_loses_nothing_that_was_confirmed(tmp_path) -> None:
    assert found(tmp_path, "as shipped") == {"good": IMAGES}


@pytest.mark.requirement("R-002")
def test_weaker_settings_would_lose_steps(tmp_path) -> None:
    ends = found(tmp_path, "control: NORMAL")
    assert ends["lost"] > IMAGES // 10
