"""Paints what was found: two lines a hit, the matched characters bold, headings between groups."""

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.hit_model import (
    JOINT,
    Heading,
    HitModel,
    HitRow,
    hit_name,
    second_line,
)
from m2m_desktop.ui.dictionary.protocol import Hit, Spans

Index = QModelIndex | QPersistentModelIndex
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
LEVEL_FACTOR = 0.78
WIDEST_LEVEL = "HLGT"


class HitDelegate(QStyledItemDelegate):
    """For a list over a `HitModel`. Sizes are asked for every row, so they are measured once."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._hit_height = self._other_height = self._indent = 0
        self.measure()

    def measure(self) -> None:
        """Take over the font of the program."""
        body, caption = (
            QFontMetrics(style.sized(style.BODY)),
            QFontMetrics(style.sized(style.CAPTION)),
        )
        self._hit_height = body.height() + caption.height() + 2 * style.XS + 2
        self._other_height = caption.height() + 2 * style.S + style.XS
        level = QFontMetrics(style.sized(LEVEL_FACTOR)).horizontalAdvance(WIDEST_LEVEL)
        self._indent = level + style.S

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line for a heading, two for a hit."""
        return QSize(0, self._hit_height if self._is_hit(index) else self._other_height)

    def _is_hit(self, index: Index) -> bool:
        return isinstance(self._row(index), Hit)

    def _row(self, index: Index) -> HitRow | None:
        model = index.model()
        return model.row(index.row()) if isinstance(model, HitModel) else None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        model, row = index.model(), self._row(index)
        if row is None or not isinstance(model, HitModel):
            return
        painter.save()
        colours = style.colours()
        if isinstance(row, Heading):
            painter.setFont(style.sized(style.CAPTION, bold=True))
            painter.setPen(QColor(colours.muted))
            self._line(painter, option.rect.adjusted(style.S, style.S, -style.S, 0), model, index)
        else:
            self._ground(painter, option)
            if isinstance(row, Hit):
                self._hit(painter, option.rect, row, model)
            else:
                painter.setPen(QColor(colours.accent))
                left = style.S + self._indent
                self._line(painter, option.rect.adjusted(left, 0, -style.S, 0), model, index)
        painter.restore()

    def _line(self, painter: QPainter, room: QRect, model: HitModel, index: Index) -> None:
        text = str(model.data(index))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, LEFT, elided)

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours, state = style.colours(), option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colours.chosen))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(colours.hover))
        if state & QStyle.StateFlag.State_HasFocus:
            mark = QRect(option.rect.left(), option.rect.top(), 3, option.rect.height())
            painter.fillRect(mark, QColor(colours.accent))

    def _hit(self, painter: QPainter, rect: QRect, hit: Hit, model: HitModel) -> None:
        colours = style.colours()
        muted, text = QColor(colours.muted), QColor(colours.text)
        inner = rect.adjusted(style.S, style.XS, -style.S, -style.XS)
        indent = self._indent
        upper = QRect(inner.left(), inner.top(), inner.width(), inner.height() * 11 // 20)
        lower = QRect(inner.left() + indent, upper.bottom() + 1, inner.width() - indent, 0)
        lower.setBottom(inner.bottom())
        painter.setFont(style.sized(LEVEL_FACTOR))
        painter.setPen(muted)
        painter.drawText(upper, LEFT, hit.term.level.name)
        painter.setPen(text if hit.term.is_current else muted)
        name, spans = hit_name(hit, model.names)
        draw_marked(painter, upper.adjusted(indent, 0, 0, 0), name, spans)
        code, *rest = second_line(hit)
        painter.setPen(muted)
        is_code = hit.matched_in == "code"
        marks = (hit.spans or ((0, len(code)),)) if is_code else ()
        draw_marked(painter, lower, JOINT.join((code, *rest)), marks, style.CAPTION)


def runs(text: str, spans: Spans) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is marked."""
    at = 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def draw_marked(
    painter: QPainter, room: QRect, text: str, spans: Spans, factor: float = style.BODY
) -> None:
    """Draw one line whose marked characters are bold, cut with dots where there is no more room."""
    left, right = room.left(), room.right() + 1
    for piece, is_marked in runs(text, spans):
        font = style.sized(factor, bold=is_marked)
        metrics = QFontMetrics(font)
        width = metrics.horizontalAdvance(piece)
        painter.setFont(font)
        if left + width > right:
            piece = metrics.elidedText(piece, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, room.top(), right - left, room.height()), LEFT, piece)
        left += width
        if left >= right:
            return
