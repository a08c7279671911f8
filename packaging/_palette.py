"""Pictures of the window with few colours: a third of the size, and nobody sees a difference."""

from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

COLOURS = 160
APART = 14
"""Colours nearer to each other than this, all channels together, share one place in the palette."""


def save_with_palette(source: Path, target: Path) -> int:
    """Save a picture with its most frequent colours, others as the nearest of them; gives bytes."""
    image = QImage(str(source)).convertToFormat(QImage.Format.Format_RGB32)
    lines = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    pixels = np.bitwise_and(lines[:, : image.width()], 0xFFFFFF)
    colours, places, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    kept = _palette(colours[np.argsort(-counts, kind="stable")])
    nearest = np.abs(_channels(colours)[:, None] - _channels(kept)[None]).sum(2).argmin(1)
    indexed = nearest[places].astype(np.uint8).reshape(pixels.shape)
    rows = np.zeros((image.height(), -(-image.width() // 4) * 4), np.uint8)
    rows[:, : image.width()] = indexed
    made = QImage(
        rows.tobytes(), image.width(), image.height(), rows.shape[1], QImage.Format.Format_Indexed8
    )
    made.setColorTable([int(colour) | 0xFF000000 for colour in kept])
    if not made.save(str(target), quality=0):
        raise OSError(f"{target} cannot be written")
    return target.stat().st_size


def _palette(by_count: np.ndarray) -> np.ndarray:
    """The most frequent first; a colour that is not like any other has a place, however rare."""
    channels, kept = _channels(by_count), [0]
    for row in range(1, len(by_count)):
        if np.abs(channels[kept] - channels[row]).sum(1).min() >= APART:
            kept.append(row)
            if len(kept) == COLOURS:
                break
    return by_count[kept]


def _channels(colours: np.ndarray) -> np.ndarray:
    return np.stack([(colours >> shift & 0xFF).astype(np.int32) for shift in (16, 8, 0)], axis=1)
