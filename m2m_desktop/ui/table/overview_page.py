"""What was found in a table, before anything is made of it: kind, rows, reports, mentions, notes."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.tables.records import ColumnRole, SniffedTable, TableLayout
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.table.columns_page import column_names
from m2m_desktop.ui.table.protocol import TablePreview
from m2m_desktop.ui.widgets import button, card, label

ICON_PX = 18
ENCODINGS = (("", ""), ("utf-8", "UTF-8"), ("gb18030", "GB18030 (GBK)"), ("utf-16", "UTF-16"))


class OverviewPage(QWidget):
    """Says what was found; the ways to change it are buttons, none need be pressed."""

    columns_wanted = Signal()
    cuts_wanted = Signal()
    encoding_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.icon, self.kind = QLabel(), label(factor=style.LEAD, bold=True)
        self.facts = QFormLayout()
        self.facts.setHorizontalSpacing(style.XL)
        self.facts.setVerticalSpacing(style.S)
        self.notices = NoticeArea()
        self.encoding = QComboBox()
        self.encoding.setAccessibleName(_("Encoding of the text"))
        for value, words in ENCODINGS:
            self.encoding.addItem(words or _("as recognised"), value)
        self.encoding.activated.connect(
            lambda _n: self.encoding_chosen.emit(str(self.encoding.currentData()))
        )
        self.encoding_row = QWidget()
        row = QHBoxLayout(self.encoding_row)
        row.setContentsMargins(0, 0, 0, 0)
        encoding_label = label("muted")
        encoding_label.setText(_("Encoding of the text"))
        row.addWidget(encoding_label)
        row.addWidget(self.encoding)
        row.addStretch(1)
        self.columns_button, self.cuts_button = button(), button()
        self.columns_button.setText(_("Columns…"))
        self.cuts_button.setText(_("Look at the cuts…"))
        self.columns_button.clicked.connect(self.columns_wanted)
        self.cuts_button.clicked.connect(self.cuts_wanted)
        self.texts_box = QCheckBox(_("Keep the phrases in the project file"))
        self.texts_box.setChecked(True)
        self.texts_hint = label("muted", style.CAPTION)
        self.texts_hint.setWordWrap(True)
        self.texts_hint.setText(
            _(
                "Only the phrases, with row and report number; no other column is ever kept. "
                "Without them the project needs this file each time it is opened."
            )
        )
        self._lay_out()

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.XL, style.L, style.XL, style.L)
        inside.setSpacing(style.M)
        headline = QHBoxLayout()
        headline.setSpacing(style.S)
        headline.addWidget(self.icon)
        headline.addWidget(self.kind, 1)
        inside.addLayout(headline)
        inside.addLayout(self.facts)
        inside.addWidget(self.encoding_row)
        changes = QHBoxLayout()
        changes.setSpacing(style.S)
        changes.addWidget(self.columns_button)
        changes.addWidget(self.cuts_button)
        changes.addStretch(1)
        inside.addLayout(changes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.M)
        column.addWidget(surface)
        column.addWidget(self.notices)
        column.addStretch(1)
        column.addWidget(self.texts_box)
        column.addWidget(self.texts_hint)

    def show_table(
        self, table: SniffedTable, layout: TableLayout, preview: TablePreview | None
    ) -> None:
        """Show what was found; ``preview`` None: the rows are still being read."""
        self.kind.setText(kind_words(table, layout))
        colours = style.colours()
        is_sure = bool(layout.sheets) and (table.is_certain or table.is_remembered)
        name, colour = ("certain", colours.certain) if is_sure else ("doubtful", colours.doubtful)
        scale = self.devicePixelRatioF()
        self.icon.setPixmap(icons.pixmap(name, colour, colours.surface, ICON_PX, scale))
        self.encoding_row.setVisible(table.kind == "text")
        while self.facts.rowCount():
            self.facts.removeRow(0)
        for name, value in facts(table, layout, preview):
            left, right = label("muted"), label()
            left.setText(name)
            right.setText(value)
            right.setWordWrap(True)
            self.facts.addRow(left, right)
        self._say(table, preview)
        self.cuts_button.setEnabled(preview is not None and bool(preview.cells))

    def _say(self, table: SniffedTable, preview: TablePreview | None) -> None:
        for key in self.notices.texts():
            self.notices.clear(key)
        said = [note.text(_) for note in table.notes]
        said += list(preview.problems[:3]) if preview else []
        for number, text in enumerate(said):
            self.notices.say(f"note {number}", "warning", text)

    def value_labels(self) -> list[QLabel]:
        """The values shown, for tests."""
        found = []
        for row in range(self.facts.rowCount()):
            item = self.facts.itemAt(row, QFormLayout.ItemRole.FieldRole)
            widget = item.widget() if item else None
            if isinstance(widget, QLabel):
                found.append(widget)
        return found


def kind_words(table: SniffedTable, layout: TableLayout) -> str:
    """What kind of table this is, in a sentence."""
    if not layout.sheets:
        return _("No column of reactions was found: choose it under “Columns”.")
    if table.is_national_export:
        return _("National ADR export")
    if table.is_remembered:
        return _("Read as last time: a table with the same columns was opened before")
    if table.is_certain:
        return _("The columns were recognised by their names")
    return _("The columns were guessed: please look at them")


def facts(
    table: SniffedTable, layout: TableLayout, preview: TablePreview | None
) -> Sequence[tuple[str, str]]:
    """What was found, as pairs of a name and a value."""
    sheets = {sheet.name: sheet for sheet in table.sheets}
    name = _("Pasted") if table.kind == "pasted" else table.name
    found: list[tuple[str, str]] = [(_("File"), name)] if name else []
    for one in layout.sheets:
        names = column_names(sheets[one.sheet], one.header_row) if one.sheet in sheets else ()
        columns = [
            names[number - 1] if number <= len(names) and names[number - 1] else str(number)
            for number in one.columns.get(ColumnRole.REACTION, ())
        ]
        words = " + ".join(columns)
        found.append((_("Reactions"), f"{one.sheet} › {words}" if one.sheet else words))
    if preview is None:
        return [*found, (_("Rows"), _("reading…"))] if layout.sheets else found
    return [*found, *_row_facts(preview)]


def _row_facts(preview: TablePreview) -> list[tuple[str, str]]:
    counts = preview.counts
    rows = [_("{count} read").format(count=f"{counts.get('rows', 0):,}")]
    merged = counts.get("merged", 0)
    for name, words in (
        ("merged", ngettext("{count} repeats its report", "{count} repeat their report", merged)),
        ("empty", _("{count} without a reaction")),
        ("unreadable", _("{count} unreadable")),
    ):
        if counts.get(name):
            rows.append(words.format(count=f"{counts[name]:,}"))
    cells = [(cell.split.pieces, cell.count) for cell in preview.cells]
    coded = sum(n for pieces, n in cells for p in pieces if p.kind is PieceKind.REACTION)
    aside = sum(n for pieces, n in cells for p in pieces if p.kind is not PieceKind.REACTION)
    words = ngettext("{count} reaction", "{count} reactions", coded)
    if preview.cell_count > len(preview.cells):
        words = ngettext("at least {count} reaction", "at least {count} reactions", coded)
    mentions = words.format(count=f"{coded:,}")
    if aside:
        mentions += _(", ") + _("{count} set aside").format(count=f"{aside:,}")
    return [
        (_("Rows"), _(", ").join(rows)),
        (_("Reports"), f"{counts.get('kept', 0):,}"),
        (_("Mentions"), mentions),
    ]
