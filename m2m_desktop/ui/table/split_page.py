"""How the cells are cut into mentions: a list of the distinct cells, and an editor for one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.messages import N_
from m2m_desktop.core.pieces import CellSplit, Piece, PieceKind
from m2m_desktop.core.splitting import joined, split_by_hand, with_cut
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.table.protocol import PreviewCell
from m2m_desktop.ui.widgets import Table, button, label

KIND_WORDS = {
    PieceKind.REACTION: N_("reaction"),
    PieceKind.NEGATED: N_("denied"),
    PieceKind.DRUG: N_("drug"),
    PieceKind.DOSE: N_("dose"),
    PieceKind.DATE: N_("date"),
    PieceKind.OUTCOME: N_("outcome"),
}
CELL, PIECES, COUNT = range(3)
TITLES = (N_("Cell"), N_("Becomes"), N_("Rows"))
NUMBER_SIDE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
BETWEEN = "  ｜  "


def piece_words(piece: Piece) -> str:
    """A piece as a person reads it: what is no reaction says so."""
    extra = [piece.severity] if piece.severity else []
    if piece.kind is not PieceKind.REACTION:
        extra.append(_(KIND_WORDS[piece.kind]))
    return f"{piece.text} 〔{' · '.join(extra)}〕" if extra else piece.text


class CellModel(RowModel):
    """Distinct cells with their counts and pieces."""

    def __init__(self) -> None:
        super().__init__(TITLES)
        self.cells: list[PreviewCell] = []

    def set_cells(self, cells: Sequence[PreviewCell]) -> None:
        """Show these."""
        self.beginResetModel()
        self.cells = list(cells)
        self.endResetModel()

    def set_split(self, row: int, split: CellSplit) -> None:
        """Show how a cell is cut now."""
        self.cells[row] = replace(self.cells[row], split=split)
        self.dataChanged.emit(self.index(row, 0), self.index(row, COUNT))

    def row_count(self) -> int:
        """One row a cell."""
        return len(self.cells)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles; that of the count stands above its numbers."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section == COUNT:
            return NUMBER_SIDE
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What stands in a cell of the list."""
        cell = self.cells[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == COUNT:
            return NUMBER_SIDE
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == COUNT:
            return QColor(style.colours().muted)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if index.column() == COUNT:
            return f"{cell.count:,}"
        if index.column() == CELL:
            return " ".join(cell.text.split())
        return BETWEEN.join(map(piece_words, cell.split.pieces)) or _("nothing to code")


class SplitPage(QWidget):
    """Lets a person see and change the cuts; `edits` are what was changed."""

    def __init__(self) -> None:
        super().__init__()
        self._original: dict[str, CellSplit] = {}
        self._shown: str | None = None
        self.edits: dict[str, tuple[tuple[int, int], ...]] = {}
        self.model, self.table = CellModel(), Table()
        self.table.setModel(self.model)
        self.table.setAccessibleName(_("Cells and their cuts"))
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _old: self._show())
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.text.setAccessibleName(_("The cell; put the cursor where it is to be cut"))
        self.text.setMaximumHeight(110)
        self.hint = label("muted", style.CAPTION)
        self.hint.setText(_("Put the cursor where the cell is to be cut, or inside a piece."))
        self.cut_button, self.join_button, self.reset_button = button(), button(), button()
        self.cut_button.setText(_("Cut here"))
        self.join_button.setText(_("Join with the next"))
        self.reset_button.setText(_("Undo the changes"))
        self.cut_button.clicked.connect(self.cut_here)
        self.join_button.clicked.connect(self.join_next)
        self.reset_button.clicked.connect(self.reset_cell)
        self.suggested = QHBoxLayout()
        self.suggested.setSpacing(style.S)
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(style.S)
        for part in (self.cut_button, self.join_button, self.reset_button):
            row.addWidget(part)
        row.addSpacing(style.M)
        row.addLayout(self.suggested)
        row.addStretch(1)
        editor = QWidget()
        column = QVBoxLayout(editor)
        column.setContentsMargins(0, style.S, 0, 0)
        column.setSpacing(style.S)
        column.addWidget(self.text)
        column.addLayout(row)
        column.addWidget(self.hint)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(editor)
        splitter.setStretchFactor(0, 1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(splitter)

    def show_cells(self, cells: Sequence[PreviewCell]) -> None:
        """Show the cells of a table; earlier edits of the same cells hold."""
        self._original = {cell.text: cell.split for cell in cells}
        shown = [
            replace(cell, split=split_by_hand(cell.text, self.edits[cell.text]))
            if cell.text in self.edits
            else cell
            for cell in cells
        ]
        self.model.set_cells(shown)
        self.table.lay_out({COUNT: ("88,888",)})
        if shown:
            self.table.selectRow(0)
        self._show()

    # -- one cell --------------------------------------------------------------------------------

    def _cell(self) -> PreviewCell | None:
        row = self.table.current_row()
        return self.model.cells[row] if 0 <= row < len(self.model.cells) else None

    def _show(self) -> None:
        cell = self._cell()
        for part in (self.cut_button, self.join_button):
            part.setEnabled(cell is not None)
        self.reset_button.setEnabled(cell is not None and cell.text in self.edits)
        while (item := self.suggested.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if cell is None:
            self._shown = None
            self.text.setPlainText("")
            return
        if self._shown != cell.text:
            self._shown = cell.text
            self.text.setPlainText(cell.text.replace("\r", " "))  # Qt would make "\r\n" one
        self._mark(cell)
        for cut in cell.split.suggestions:
            chip = button("chip")
            chip.setText(_("Cut at {word}").format(word=cut.word))
            chip.clicked.connect(
                lambda _on=False, c=cut, of=cell: self._change(with_cut(of.split, of.text, c))
            )
            self.suggested.addWidget(chip)

    def _mark(self, cell: PreviewCell) -> None:
        """Underlay each piece; neighbours differ, and what is no reaction is grey and crossed."""
        colours = style.colours()
        marks = []
        for number, piece in enumerate(cell.split.pieces):
            shape = QTextCharFormat()
            if piece.kind is PieceKind.REACTION:
                shape.setBackground(QColor(colours.chosen if number % 2 == 0 else colours.hover))
                shape.setFontUnderline(True)
            else:
                shape.setForeground(QColor(colours.muted))
                shape.setFontStrikeOut(True)
            cursor = QTextCursor(self.text.document())
            cursor.setPosition(_utf16(cell.text, piece.start))
            cursor.setPosition(_utf16(cell.text, piece.end), QTextCursor.MoveMode.KeepAnchor)
            mark = QTextEdit.ExtraSelection()
            mark.cursor, mark.format = cursor, shape
            marks.append(mark)
        self.text.setExtraSelections(marks)

    def _place(self, text: str) -> int:
        """The cursor's place, counted as Python counts characters."""
        units = self.text.textCursor().position()
        at = 0
        while at < len(text) and units > 0:
            units -= _utf16(text[at], 1)
            at += 1
        return at

    def _piece_at(self, cell: PreviewCell, place: int) -> int:
        """The piece the cursor is in or behind; -1 before the first."""
        return max(
            (n for n, piece in enumerate(cell.split.pieces) if piece.start <= place), default=-1
        )

    def cut_here(self) -> None:
        """Cut the piece under the cursor into two."""
        cell = self._cell()
        if cell is None:
            return
        place = self._place(cell.text)
        spans: list[tuple[int, int]] = []
        for piece in cell.split.pieces:
            is_inside = piece.start < place < piece.end
            spans += [(piece.start, place), (place, piece.end)] if is_inside else [_span(piece)]
        self._change(split_by_hand(cell.text, spans))

    def join_next(self) -> None:
        """Join the piece under the cursor with the one after it."""
        cell = self._cell()
        if cell is None:
            return
        number = max(self._piece_at(cell, self._place(cell.text)), 0)
        if number + 1 < len(cell.split.pieces):
            self._change(joined(cell.split, cell.text, number))

    def reset_cell(self) -> None:
        """Take the changes of this cell back."""
        cell = self._cell()
        if cell is not None and self.edits.pop(cell.text, None) is not None:
            self.model.set_split(self.table.current_row(), self._original[cell.text])
            self._show()

    def _change(self, split: CellSplit) -> None:
        cell = self._cell()
        if cell is None or split.pieces == cell.split.pieces:
            return
        self.edits[cell.text] = tuple(map(_span, split.pieces))
        self.model.set_split(self.table.current_row(), split)
        self._show()

    def params(self) -> list[Mapping[str, object]]:
        """The edits as a request has them."""
        return [
            {"text": text, "spans": [list(span) for span in spans]}
            for text, spans in self.edits.items()
        ]


def _span(piece: Piece) -> tuple[int, int]:
    return piece.start, piece.end


def _utf16(text: str, place: int) -> int:
    """A place as Qt counts: in UTF-16 units."""
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2
