"""Which columns of a table are read: for files whose columns are not known by their names."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.services.tables.records import (
    ColumnRole,
    SheetLayout,
    SheetPreview,
    SniffedTable,
    TableLayout,
)
from m2m_desktop.ui import style
from m2m_desktop.ui.widgets import Table, label

MAX_HEADER_ROW = 20
ROLE_WORDS = {
    ColumnRole.REACTION: N_("Reactions"),
    ColumnRole.NARRATIVE: N_("Narrative"),
    ColumnRole.REPORT_ID: N_("Report number"),
    ColumnRole.SEVERITY: N_("Severity"),
}
"""The columns a person may choose; nothing else of the file is ever kept."""

Index = QModelIndex | QPersistentModelIndex


class PreviewModel(QAbstractTableModel):
    """The first rows of a sheet; the header and the chosen columns stand out."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._header_row = 0
        self._roles: dict[int, ColumnRole] = {}

    def show_sheet(self, rows: tuple[tuple[str, ...], ...], layout: SheetLayout) -> None:
        """Show these rows, read by this layout."""
        self.beginResetModel()
        self._rows, self._header_row = rows, layout.header_row
        self._roles = {
            column: role for role in ROLE_WORDS for column in layout.columns.get(role, ())
        }
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """One row of the sheet each."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As many as the widest row has."""
        return 0 if parent.isValid() else max(map(len, self._rows), default=0)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The letters of Excel, with what the column is used for; numbers of rows."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        used = self._roles.get(section + 1)
        return (
            f"{column_letters(section + 1)}  {_(ROLE_WORDS[used])}"
            if used
            else column_letters(section + 1)
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row[index.column()].replace("\n", " ") if index.column() < len(row) else ""
        colours = style.colours()
        if role == Qt.ItemDataRole.BackgroundRole and index.column() + 1 in self._roles:
            return QColor(colours.chosen)
        if role == Qt.ItemDataRole.ForegroundRole and index.row() + 1 < self._header_row:
            return QColor(colours.muted)
        if role == Qt.ItemDataRole.FontRole and index.row() + 1 == self._header_row:
            return style.sized(style.BODY, bold=True)
        return None


class ColumnsPage(QWidget):
    """Edits a layout, sheet by sheet."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._sheets: tuple[SheetPreview, ...] = ()
        self._layouts: dict[str, SheetLayout] = {}
        self._table = TableLayout(())
        self.sheets = QListWidget()
        self.sheets.setAccessibleName(_("Sheets to read"))
        self.sheets.setMaximumSize(180, 150)
        self.sheets.currentRowChanged.connect(lambda _row: self._show_sheet())
        self.sheets.itemChanged.connect(lambda _item: self.changed.emit())
        self.header = QSpinBox(minimum=0, maximum=MAX_HEADER_ROW)
        self.header.setSpecialValueText(_("none"))
        self.header.lineEdit().setTextMargins(style.XS, 0, 0, 0)
        self.header.valueChanged.connect(self._take_header)
        self.combos = {role: QComboBox() for role in ROLE_WORDS}
        self.combos[ColumnRole.NARRATIVE].setToolTip(
            _(
                "The descriptions of what happened. They are not coded; later the project can show "
                "what they tell and the names leave out."
            )
        )
        self.second = QComboBox()
        for combo in (*self.combos.values(), self.second):
            combo.setMinimumWidth(150)
            combo.setMinimumContentsLength(10)
            combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            combo.currentIndexChanged.connect(self._take_columns)
        self.header.setFixedSize(88, self.second.sizeHint().height())
        self.merged_box = QCheckBox(_("A merged cell holds for all its rows"))
        self.report_box = QCheckBox(_("Rows with the same report number are one report"))
        self.merged_box.toggled.connect(self._take_columns)
        self.report_box.toggled.connect(self._take_columns)
        self.model, self.preview = PreviewModel(), Table()
        self.preview.setModel(self.model)
        self.preview.verticalHeader().show()
        self.preview.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.preview.setAccessibleName(_("First rows of the sheet"))
        self._lay_out()

    def _lay_out(self) -> None:
        left, right = QFormLayout(), QFormLayout()
        for form in (left, right):
            form.setSpacing(style.S)
        left.addRow(_("Row of the column names"), self.header)
        left.addRow(_(ROLE_WORDS[ColumnRole.REACTION]), self.combos[ColumnRole.REACTION])
        left.addRow(_("More reactions"), self.second)
        left.addRow(_(ROLE_WORDS[ColumnRole.NARRATIVE]), self.combos[ColumnRole.NARRATIVE])
        for role in (ColumnRole.REPORT_ID, ColumnRole.SEVERITY):
            right.addRow(_(ROLE_WORDS[role]), self.combos[role])
        right.addRow(self.report_box)
        right.addRow(self.merged_box)
        upper = QHBoxLayout()
        upper.setSpacing(style.XL)
        upper.addWidget(self.sheets)
        upper.addLayout(left, 1)
        upper.addLayout(right, 1)
        note = label("muted", style.CAPTION)
        note.setText(_("Only the columns chosen here are read. Nothing else leaves the file."))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addLayout(upper)
        column.addWidget(self.preview, 1)
        column.addWidget(note)
        order = [self.sheets, self.header, self.combos[ColumnRole.REACTION], self.second]
        order += [self.combos[role] for role in ROLE_WORDS if role is not ColumnRole.REACTION]
        order += [self.report_box, self.merged_box, self.preview]
        for one, following in pairwise(order):
            self.setTabOrder(one, following)

    def first_field(self) -> QWidget:
        """What must be chosen."""
        return self.combos[ColumnRole.REACTION]

    def show_table(self, table: SniffedTable) -> None:
        """Begin with the layout that was found or guessed."""
        self._sheets, self._table = table.sheets, table.layout
        found = {layout.sheet: layout for layout in table.layout.sheets}
        self._layouts = {
            sheet.name: found.get(sheet.name, SheetLayout(sheet.name, 1, {}))
            for sheet in table.sheets
        }
        with QSignalBlocker(self.sheets):
            self.sheets.clear()
            for sheet in table.sheets:
                item = QListWidgetItem(sheet.name or _("The file"))
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                is_read = sheet.name in found
                item.setCheckState(Qt.CheckState.Checked if is_read else Qt.CheckState.Unchecked)
                self.sheets.addItem(item)
            first = next((n for n, s in enumerate(table.sheets) if s.name in found), 0)
            self.sheets.setCurrentRow(first)
        self.sheets.setVisible(len(table.sheets) > 1)
        self._show_sheet()

    def layout_wanted(self) -> TableLayout:
        """The layout as chosen: checked sheets that have a column of reactions."""
        return replace(
            self._table,
            sheets=tuple(
                self._layouts[sheet.name]
                for n, sheet in enumerate(self._sheets)
                if self._is_read(n) and self._layouts[sheet.name].columns.get(ColumnRole.REACTION)
            ),
        )

    def _is_read(self, number: int) -> bool:
        return (
            len(self._sheets) == 1 or self.sheets.item(number).checkState() == Qt.CheckState.Checked
        )

    def _current(self) -> SheetPreview | None:
        row = self.sheets.currentRow()
        return self._sheets[row] if 0 <= row < len(self._sheets) else None

    def _show_sheet(self) -> None:
        sheet = self._current()
        if sheet is None:
            return
        layout = self._layouts[sheet.name]
        with QSignalBlocker(self.header):
            self.header.setValue(layout.header_row)
        self._fill_combos(sheet, layout)
        for box, is_on in (
            (self.merged_box, layout.fills_merged),
            (self.report_box, layout.one_per_report),
        ):
            with QSignalBlocker(box):
                box.setChecked(is_on)
        self.merged_box.setVisible(bool(sheet.merged_ranges))
        self._show_preview(sheet, layout)

    def _fill_combos(self, sheet: SheetPreview, layout: SheetLayout) -> None:
        names = column_names(sheet, layout.header_row)
        reactions = layout.columns.get(ColumnRole.REACTION, ())
        wanted = {self.combos[role]: layout.columns.get(role, ()) for role in ROLE_WORDS}
        wanted[self.combos[ColumnRole.REACTION]] = reactions[:1]
        wanted[self.second] = reactions[1:2]
        for combo, columns in wanted.items():
            with QSignalBlocker(combo):
                combo.clear()
                combo.addItem(_("(none)"), 0)
                for number, name in enumerate(names, 1):
                    combo.addItem(f"{column_letters(number)}  {name}".rstrip(), number)
                combo.setCurrentIndex(max(combo.findData(columns[0]), 0) if columns else 0)

    def _show_preview(self, sheet: SheetPreview, layout: SheetLayout) -> None:
        self.model.show_sheet(sheet.rows, layout)
        header = self.preview.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultSectionSize(150)
        chosen = layout.columns.get(ColumnRole.REACTION)
        if chosen:
            self.preview.scrollTo(self.model.index(max(layout.header_row - 1, 0), chosen[0] - 1))

    def _take_header(self, row: int) -> None:
        sheet = self._current()
        if sheet is not None:
            self._layouts[sheet.name] = replace(self._layouts[sheet.name], header_row=row)
            self._show_sheet()
            self.changed.emit()

    def _take_columns(self) -> None:
        sheet = self._current()
        if sheet is None:
            return
        columns = {
            role: (number,)
            for role, combo in self.combos.items()
            if (number := int(combo.currentData() or 0))
        }
        second = int(self.second.currentData() or 0)
        first = columns.get(ColumnRole.REACTION, ())
        if second and second not in first:
            columns[ColumnRole.REACTION] = (*first, second)
        old = self._layouts[sheet.name]
        kept = {role: places for role, places in old.columns.items() if role not in ROLE_WORDS}
        self._layouts[sheet.name] = replace(
            old,
            columns={**kept, **columns},
            fills_merged=self.merged_box.isChecked(),
            one_per_report=self.report_box.isChecked(),
        )
        if first and len(self._sheets) > 1:
            with QSignalBlocker(self.sheets):
                self.sheets.currentItem().setCheckState(Qt.CheckState.Checked)
        self._show_preview(sheet, self._layouts[sheet.name])
        self.changed.emit()


def column_names(sheet: SheetPreview, header_row: int) -> Sequence[str]:
    """The names of the columns, empty where there are none."""
    width = max(map(len, sheet.rows), default=0)
    named = sheet.rows[header_row - 1] if 0 < header_row <= len(sheet.rows) else ()
    return [" ".join(named[n].split()) if n < len(named) else "" for n in range(width)]


def column_letters(number: int) -> str:
    """The letters of a column as Excel has them: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
