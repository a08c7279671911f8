"""The window looks as approved: pages, light and dark, Chinese and English, at 1x and 2x.

A picture that differs is put into tests/golden/screens/failed, with the difference beside it. Look at
it; where the change is wanted, ``M2M_APPROVE=1`` makes the new pictures the approved ones.
"""

import os

import pytest
from PySide6.QtGui import QImage, QPainter, qRgb

from tests.ui.screens import (
    ALLOWED,
    APPROVED,
    PICTURES,
    difference,
    keep_failed,
    run_child,
    wanted_of,
)
from tests.ui.stage import BY_NAME

APPROVE = os.environ.get("M2M_APPROVE") == "1"
SIZE_LIMIT = 6_000_000
SCALES = sorted({picture.scale for picture in PICTURES})


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """All pictures of a scale, drawn once."""
    made = {}
    home = tmp_path_factory.mktemp("home")  # the demo dictionary is compiled once

    def folder(scale):
        if scale not in made:
            made[scale] = tmp_path_factory.mktemp(f"screens{scale}")
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("M2M_HOME", str(home))
                run_child(made[scale], scale, wanted_of([p for p in PICTURES if p.scale == scale]))
        return made[scale]

    return folder


@pytest.mark.slow
@pytest.mark.screenshot
@pytest.mark.parametrize("picture", PICTURES, ids=lambda one: one.name)
def test_the_window_looks_as_approved(picture, drawn):
    actual, approved = (
        drawn(picture.scale) / f"{picture.name}.png",
        APPROVED / f"{picture.name}.png",
    )
    if APPROVE:
        APPROVED.mkdir(parents=True, exist_ok=True)
        approved.write_bytes(actual.read_bytes())
    assert approved.exists(), "nobody has approved this picture yet: M2M_APPROVE=1"
    one, other = QImage(str(approved)), QImage(str(actual))
    share = difference(one, other)
    if share > ALLOWED:
        kept = keep_failed(picture.name, actual, one, other)
        pytest.fail(f"{share:.2%} of the picture differs: see {kept}")


def test_every_approved_picture_is_still_compared_and_all_are_small():
    known = {f"{picture.name}.png" for picture in PICTURES}
    files = list(APPROVED.glob("*.png"))
    assert {path.name for path in files} == known
    assert sum(path.stat().st_size for path in files) < SIZE_LIMIT
    assert {picture.state for picture in PICTURES} <= set(BY_NAME)


def test_a_word_that_moved_is_seen_and_edges_of_letters_are_not():
    approved = QImage(str(APPROVED / f"{PICTURES[0].name}.png")).convertToFormat(
        QImage.Format.Format_RGB32
    )
    moved = approved.copy()
    painter = QPainter(moved)
    painter.drawImage(0, 0, approved, 0, 14)  # everything a line higher
    painter.end()
    assert difference(approved, moved) > ALLOWED
    without = approved.copy()
    painter = QPainter(without)
    painter.fillRect(145, 400, 360, 36, approved.pixelColor(10, 400))  # a button is gone
    painter.end()
    assert difference(approved, without) > ALLOWED
    blurred = approved.copy()
    for x in range(0, approved.width(), 3):
        for y in range(0, approved.height(), 7):
            colour = approved.pixelColor(x, y)
            shade = [min(255, part + 40) for part in (colour.red(), colour.green(), colour.blue())]
            blurred.setPixel(x, y, qRgb(*shade))
    assert difference(approved, blurred) <= ALLOWED
