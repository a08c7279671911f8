"""The style sheet of Qt, over the names of `style.Colours`.

What widgets can ask for, besides their kind: ``QPushButton[role=…]`` "primary", "quiet", "chip",
"filter" (checkable), "term", "segment" (checkable, one of a row; ``place`` "first", "middle", "last");
``QToolButton#chip`` (checkable), ``#filter``; ``QFrame#card``, ``#notice``, ``#drop``, ``#header``,
``#rail``; ``QLabel[tone=…]`` "muted", "warning", "error", ``#key``, ``#badge``, ``#heading``;
``QTextBrowser#manual`` and ``#quiet`` (text that is part of the page), ``QListView#contents``,
``QTableView#framed`` (a table that stands on the ground of the window, not on a card).

Whatever takes the focus shows it by a frame in the accent colour, never by a tint alone. Frames are
drawn in the room of the padding, so that nothing moves when the focus does.
"""

from string import Template

SURFACES = """
QToolTip { color: $text; background: $surface; border: 1px solid $border; padding: 4px 6px; }
QFrame#rail { background: $surface; border: none; border-right: 1px solid $border; }
QFrame#header { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame#card { background: $surface; border: 1px solid $border; border-radius: ${radius}px; }
QFrame#notice { border: 1px solid $border; border-radius: ${radius}px; }
QFrame#notice[kind="info"] { background: $info_ground; }
QFrame#notice[kind="warning"] { background: $warning_ground; }
QFrame#notice[kind="error"] { background: $error_ground; }
QFrame#drop { background: $header; border: 2px dashed $border; border-radius: ${radius}px; }
QFrame#drop[over="true"] { background: $info_ground; border: 2px dashed $accent; }
QGroupBox { background: $surface; border: 1px solid $border; border-radius: ${radius}px;
    margin-top: 10px; padding: 10px 8px 8px 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 10px; padding: 0 4px; color: $muted; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $border; }
QSplitter::handle:pressed { background: $control; }
QSizeGrip { width: 0; height: 0; }
"""

LABELS = """
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="error"] { color: $error; }
QLabel[tone="warning"] { color: $doubtful; }
QLabel#key { background: $window; border: 1px solid $border; border-radius: 4px; padding: 2px 7px; }
QLabel#badge { background: $chosen; color: $text; border-radius: 14px; }
QLabel#heading { background: $header; color: $muted; border-bottom: 1px solid $border;
    padding: 5px 8px; }
"""

FIELDS = """
QPlainTextEdit, QTextEdit, QTextBrowser, QLineEdit {
    background: $surface; color: $text; border: 1px solid $control; border-radius: ${radius}px;
    padding: 5px 7px; selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus, QLineEdit:focus {
    border: 2px solid $accent; padding: 4px 6px; }
QPlainTextEdit:disabled, QTextEdit:disabled, QTextBrowser:disabled, QLineEdit:disabled {
    color: $muted; background: $window; border-color: $border; }
QLineEdit#filter { border: 1px solid $control; border-radius: 3px; padding: 0 4px; }
QLineEdit#filter:focus { border: 2px solid $accent; padding: 0 3px; }
QTextBrowser#manual { border: 2px solid transparent; border-radius: 0; padding: 0; }
QTextBrowser#manual:focus { border: 2px solid $accent; padding: 0; }
QTextBrowser#quiet, QTextEdit#quiet, QPlainTextEdit#quiet { background: transparent;
    border: 2px solid transparent; padding: 2px; }
QTextBrowser#quiet:focus, QTextEdit#quiet:focus, QPlainTextEdit#quiet:focus {
    border: 2px solid $accent; padding: 2px; }
QComboBox, QDoubleSpinBox, QSpinBox, QDateEdit { background: $surface; color: $text;
    border: 1px solid $control; border-radius: ${radius}px; padding: 3px 8px; min-height: 22px;
    selection-background-color: $accent; selection-color: $on_accent; }
QComboBox:hover { background: $hover; }
QComboBox:focus, QDoubleSpinBox:focus, QSpinBox:focus, QDateEdit:focus {
    border: 2px solid $accent; padding: 2px 7px; }
QComboBox:disabled, QDoubleSpinBox:disabled, QSpinBox:disabled, QDateEdit:disabled {
    color: $muted; border-color: $border; background: $window; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$icons/down_$theme.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; outline: none;
    selection-background-color: $chosen; selection-color: $text; padding: 4px; }
QComboBox QLineEdit { border: none; padding: 0; background: transparent; }
QAbstractSpinBox { padding-right: 20px; }
QAbstractSpinBox QLineEdit { border: none; padding: 0 0 0 6px; background: transparent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 20px;
    background: transparent; }
QAbstractSpinBox::up-arrow { image: url("$icons/up_$theme.svg"); width: 11px; height: 11px; }
QAbstractSpinBox::down-arrow { image: url("$icons/down_$theme.svg"); width: 11px; height: 11px; }
QSlider { border: 2px solid transparent; border-radius: 4px; padding: 2px; }
QSlider:focus { border: 2px solid $accent; }
QSlider::groove:horizontal { height: 4px; background: $track; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; margin: -5px 0; border-radius: 7px; background: $accent; }
"""

BUTTONS = """
QPushButton {
    background: $surface; color: $text; border: 1px solid $control; border-radius: ${radius}px;
    padding: 5px 14px; min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $chosen; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 13px; }
QPushButton:disabled { color: $muted; border-color: $border; background: $window; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $focus_frame; background: $focus_fill;
    color: $on_focus; }
QPushButton[role="primary"]:disabled { background: $track; color: $muted; border-color: $border; }
QPushButton[role="chip"] { border: 1px solid $border; border-radius: 15px; padding: 6px 15px; }
QPushButton[role="chip"]:hover { border-color: $accent; background: $hover; }
QPushButton[role="chip"]:focus { border: 2px solid $accent; padding: 5px 14px; }
QPushButton[role="quiet"] { background: transparent; border: 1px solid transparent; color: $accent;
    padding: 4px 8px; }
QPushButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"]:checked { background: $chosen; }
QPushButton[role="quiet"]:focus { border: 2px solid $accent; padding: 3px 7px; }
QPushButton[role="quiet"]:disabled { color: $muted; }
QPushButton[role="filter"] { background: transparent; color: $muted; border: 1px solid $border;
    border-radius: 10px; padding: 2px 10px; min-height: 16px; }
QPushButton[role="filter"]:hover { background: $hover; }
QPushButton[role="filter"]:checked { background: $chosen; color: $text; border-color: $accent; }
QPushButton[role="filter"]:focus { border: 2px solid $accent; padding: 1px 9px; }
QPushButton[role="term"] { background: $chosen; color: $text; border: 1px solid $chosen;
    border-radius: 12px; padding: 3px 10px; min-height: 16px; }
QPushButton[role="term"]:hover { border-color: $accent; }
QPushButton[role="term"]:focus { border: 2px solid $accent; padding: 2px 9px; }
QPushButton[role="segment"] { background: $surface; color: $muted; border: 1px solid $control;
    border-radius: 0; padding: 4px 12px; margin-left: -1px; }
QPushButton[role="segment"][place="first"] { border-top-left-radius: ${radius}px;
    border-bottom-left-radius: ${radius}px; margin-left: 0; }
QPushButton[role="segment"][place="last"] { border-top-right-radius: ${radius}px;
    border-bottom-right-radius: ${radius}px; }
QPushButton[role="segment"]:hover { background: $hover; color: $text; }
QPushButton[role="segment"]:checked { background: $chosen; color: $text; border-color: $accent; }
QPushButton[role="segment"]:focus { border: 2px solid $accent; padding: 3px 11px; }
QToolButton { background: transparent; color: $text; border: 1px solid transparent;
    border-radius: ${radius}px; padding: 4px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $chosen; }
QToolButton:focus { border: 2px solid $accent; padding: 3px; }
QToolButton:disabled { color: $muted; }
QLineEdit QToolButton, QTabBar QToolButton { border: none; padding: 0; background: transparent; }
QToolButton#chip { color: $muted; border: 1px solid $border; border-radius: 10px;
    padding: 2px 10px; }
QToolButton#chip:hover { background: $hover; }
QToolButton#chip:checked { background: $chosen; color: $text; border-color: $accent; }
QToolButton#chip:focus { border: 2px solid $accent; padding: 1px 9px; }
QToolButton#filter { background: $surface; color: $text; border: 1px solid $border;
    border-radius: 3px; padding: 0 14px 0 4px; text-align: left; }
QToolButton#filter[on="true"] { border-color: $accent; }
QToolButton#filter:focus { border: 2px solid $accent; padding: 0 13px 0 3px; }
QToolButton#filter::menu-indicator { image: url("$icons/down_$theme.svg"); width: 9px; height: 9px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 3px; }
QFrame#rail QToolButton { border: 2px solid transparent; border-radius: ${radius}px; padding: 6px 2px;
    color: $muted; }
QFrame#rail QToolButton:hover { background: $hover; }
QFrame#rail QToolButton:checked { background: $chosen; color: $text; }
QFrame#rail QToolButton:focus { border: 2px solid $accent; }
QCheckBox, QRadioButton { color: $text; spacing: 7px; padding: 2px; border: 2px solid transparent;
    border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $muted; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $control; border-radius: 4px;
    background: $surface; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent;
    image: url("$icons/check_$theme.svg"); }
QCheckBox::indicator:disabled { border-color: $border; background: $window; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $control; border-radius: 8px;
    background: $surface; }
QRadioButton::indicator:checked { border-color: $accent; background: qradialgradient(cx:0.5, cy:0.5,
    radius:0.5, fx:0.5, fy:0.5, stop:0 $accent, stop:0.55 $accent, stop:0.62 $surface, stop:1 $surface); }
"""

LISTS = """
QTableView, QTreeView, QListView { background: $surface; border: 1px solid transparent;
    outline: none; }
QTableView:focus, QTreeView:focus, QListView:focus { border: 1px solid $accent; }
QTableView#framed { border: 1px solid $border; border-radius: ${radius}px; padding: 3px; }
QTableView#framed:focus { border: 1px solid $accent; }
QListView#contents { background: transparent; }
QListView#contents::item { padding: 5px 8px; border-radius: 4px; }
QListView#contents::item:hover { background: $hover; }
QListView#contents::item:selected { background: $chosen; color: $text; }
QHeaderView { background: $surface; }
QHeaderView::section { background: $surface; color: $muted; border: none; padding: 6px 3px;
    border-bottom: 1px solid $border; }
QTabWidget::pane { border: none; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; border: 2px solid transparent;
    padding: 4px 11px; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:selected:focus { border: 2px solid $accent; border-radius: 4px; }
QTabBar::tab:disabled { color: $muted; }
"""

WINDOW = """
QMenu { background: $surface; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 22px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: $chosen; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }
QMenu::indicator { width: 14px; height: 14px; left: 5px; border: 1px solid $control;
    border-radius: 4px; background: $surface; }
QMenu::indicator:checked { background: $accent; border-color: $accent;
    image: url("$icons/check_$theme.svg"); }
QMenuBar { background: $surface; border-bottom: 1px solid $border; padding: 2px 6px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QStatusBar { background: $surface; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $bar; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: $track; border: none; border-radius: 4px; max-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
"""

SHEET = Template(SURFACES + LABELS + FIELDS + BUTTONS + LISTS + WINDOW)
