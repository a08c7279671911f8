"""A tint that fades: shows for a second what has just changed."""

from collections.abc import Callable

from PySide6.QtCore import QVariantAnimation
from PySide6.QtWidgets import QStyle, QWidget

FADE_MS = 1000


class Fade(QVariantAnimation):
    """Hands out the strength of the tint, from 1 to 0.

    Where the system asks for no animations, the tint stands still and then goes.
    """

    def __init__(self, owner: QWidget, show: Callable[[float], None]) -> None:
        super().__init__(owner)
        self._owner, self._show = owner, show
        self.setDuration(FADE_MS)
        self.setEndValue(0.0)
        self.valueChanged.connect(self._changed)

    def run(self) -> None:
        """Begin, also if it is running already."""
        self.stop()
        steps = [(0.0, 1.0), (1.0, 0.0)]
        if is_motion_reduced(self._owner):
            steps.insert(1, (0.999, 1.0))
        self.setKeyValues(steps)
        self.start()

    def end(self) -> None:
        """Take the tint away at once."""
        self.stop()
        self._show(0.0)

    def _changed(self, strength: object) -> None:
        self._show(float(strength) if isinstance(strength, int | float) else 0.0)


def is_motion_reduced(widget: QWidget) -> bool:
    """Whether Qt says that nothing should be animated."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return widget.style().styleHint(hint, None, widget) <= 0
