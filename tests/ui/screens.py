"""Pictures of the window: which there are, how they are drawn, and when two are the same.

Fonts are drawn a little differently by different versions of FreeType, so pictures are compared at a
quarter of their size: edges of letters blur, while a word that moved, a colour that changed or a
widget that is gone still shows.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[2]
APPROVED = ROOT / "tests" / "golden" / "screens"
FAILED = APPROVED / "failed"

SHRINK = 4
SEEN = 24
"""So large a step of a colour channel, of 255, in the small picture can be seen."""
ALLOWED = 0.001
"""So many of the small picture's pixels may differ by more."""

WIDE, MIDDLE, NARROW, DIALOG = (1400, 860), (1100, 720), (960, 600), (1100, 720)


@dataclass(frozen=True)
class Picture:
    """A state of `stage.STATES` in a language, a theme, a size and a scale."""

    state: str
    language: str
    theme: str
    scale: int = 1
    size: tuple[int, int] = MIDDLE

    @property
    def name(self) -> str:
        """The name of its file."""
        narrow = "_narrow" if self.size == NARROW else ""
        return f"{self.state}_{self.language[:2]}_{self.theme}_{self.scale}x{narrow}"


PICTURES = (
    Picture("start", "zh_CN", "light", size=WIDE),
    Picture("start", "en", "dark"),
    Picture("phrases_empty", "en", "light"),
    Picture("phrases", "zh_CN", "light", size=WIDE),
    Picture("phrases", "en", "dark", size=WIDE),
    Picture("phrases", "zh_CN", "dark", scale=2),
    Picture("phrases", "en", "light", size=NARROW),
    Picture("workbook_empty", "zh_CN", "dark"),
    Picture("workbook", "zh_CN", "light", size=WIDE),
    Picture("workbook", "en", "dark", size=WIDE),
    Picture("workbook", "en", "light", scale=2),
    Picture("workbook", "zh_CN", "dark", size=NARROW),
    Picture("dictionary_term", "zh_CN", "light", size=WIDE),
    Picture("dictionary_term", "en", "dark", size=NARROW),
    Picture("smq_card", "zh_CN", "dark", size=WIDE),
    Picture("smq_card", "en", "light", scale=2),
    Picture("analysis_counts", "zh_CN", "light", size=WIDE),
    Picture("analysis_counts", "en", "dark"),
    Picture("versions", "zh_CN", "light"),
    Picture("narratives_read", "zh_CN", "light", size=WIDE),
    Picture("narratives_read", "en", "dark", size=NARROW),
    Picture("models", "zh_CN", "light"),
    Picture("models", "en", "dark"),
    Picture("import", "en", "light"),
    Picture("table", "zh_CN", "light"),
    Picture("export", "en", "dark"),
    Picture("memory", "zh_CN", "light"),
)


def run_child(folder: Path, scale: int | str, wanted: Mapping[str, Any]) -> None:
    """Draw or look at everything wanted, at one scale, into a folder."""
    environ = {**os.environ, "QT_SCALE_FACTOR": str(scale), "QT_QPA_PLATFORM": "offscreen"}
    environ["M2M_FONT"] = "bundled"
    command = [sys.executable, "-m", "tests.ui.screens_child", str(folder), json.dumps(wanted)]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


def wanted_of(pictures: list[Picture]) -> dict[str, Any]:
    """What the child is asked for."""
    return {"pictures": [{**asdict(one), "name": one.name} for one in pictures]}


def difference(one: QImage, other: QImage) -> float:
    """The share of pixels, at a quarter of the size, that can be told apart; 1.0 for other sizes."""
    if one.size() != other.size():
        return 1.0
    return float((steps(one, other) > SEEN).mean())


def steps(one: QImage, other: QImage) -> np.ndarray:
    """The largest step of a channel at each pixel of the small pictures."""
    return np.abs(small(one) - small(other)).max(axis=2)


def small(image: QImage) -> np.ndarray:
    """The picture at a quarter of its size: rows x columns x 3 channels."""
    shrunk = image.convertToFormat(QImage.Format.Format_RGB32).scaled(
        image.width() // SHRINK,
        image.height() // SHRINK,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    shrunk = shrunk.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(shrunk.constBits(), dtype=np.uint8)
    return pixels.reshape(shrunk.height(), shrunk.width(), 4)[:, :, :3].astype(np.int16)


def keep_failed(name: str, actual: Path, one: QImage, other: QImage) -> Path:
    """Put the picture as it is now, and where it differs, beside the approved ones."""
    FAILED.mkdir(parents=True, exist_ok=True)
    kept = FAILED / f"{name}.png"
    kept.write_bytes(actual.read_bytes())
    if one.size() == other.size():
        seen = np.where(steps(one, other) > SEEN, 0, 255).astype(np.uint8)
        height, width = seen.shape
        picture = QImage(
            np.ascontiguousarray(seen).tobytes(),
            width,
            height,
            width,
            QImage.Format.Format_Grayscale8,
        )
        picture.scaled(one.size()).save(str(FAILED / f"{name}_difference.png"))
    return kept
