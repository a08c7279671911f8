"""Menus of the window and the actions in them."""

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui.places import PLACES

LANGUAGE_CHOICES = (("", N_("As the system")), ("zh_CN", "简体中文"), ("en", "English"))
NAMES_CHOICES = (
    ("first", N_("Language of the release")),
    ("second", N_("Second language")),
    ("both", N_("Both languages")),
)
THEME_CHOICES = (("system", N_("As the system")), ("light", N_("Light")), ("dark", N_("Dark")))


class Menus(QObject):
    """Makes the menu bar; the window connects the actions."""

    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    names_chosen = Signal(str)
    place_chosen = Signal(int)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        bar = window.menuBar()
        self._menus = [bar.addMenu("") for _menu in range(6)]
        file_menu, edit_menu, view_menu, review_menu, model_menu, help_menu = self._menus
        self.open_table = self._action(file_menu, "Ctrl+O")
        self.paste_table = self._action(file_menu, "Ctrl+Shift+V")
        self.recent_menu = file_menu.addMenu("")
        self.export = self._action(file_menu, "Ctrl+E")
        self.save = self._action(file_menu, "Ctrl+S")
        self.close_project = self._action(file_menu, "Ctrl+W")
        file_menu.addSeparator()
        self.import_release = self._action(file_menu, "Ctrl+I")
        file_menu.addSeparator()
        self.quit = self._action(file_menu, "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.copy_table = self._action(edit_menu, "Ctrl+Shift+T")
        self.places = [self._action(view_menu, place.keys) for place in PLACES]
        for number, action in enumerate(self.places):
            action.triggered.connect(lambda _on=False, n=number: self.place_chosen.emit(n))
        view_menu.addSeparator()
        self._names_menu, self._language_menu, self._theme_menu = (
            view_menu.addMenu("") for _menu in range(3)
        )
        self._names = self._group(self._names_menu, NAMES_CHOICES, self.names_chosen)
        self._languages = self._group(self._language_menu, LANGUAGE_CHOICES, self.language_chosen)
        self._themes = self._group(self._theme_menu, THEME_CHOICES, self.theme_chosen)
        view_menu.addSeparator()
        self.next_pane = self._action(view_menu, "F6")
        self.previous_pane = self._action(view_menu, "Shift+F6")
        self.back = self._action(view_menu, "Esc")
        self.memory = self._action(review_menu, "Ctrl+M")
        self.reviewer = self._action(review_menu, "")
        review_menu.addSeparator()
        self.narratives = self._action(review_menu, "")
        self.compare = self._action(review_menu, "")
        self.own_check = self._action(review_menu, "")
        self.audit = self._action(review_menu, "")
        self.purge = self._action(review_menu, "")
        self.manage_models = self._action(model_menu, "")
        self.install_model = self._action(model_menu, "")
        self.manual = self._action(help_menu, "F1")
        self.keys = self._action(help_menu, "Ctrl+F1")
        help_menu.addSeparator()
        self.selftest = self._action(help_menu, "")
        self.changes = self._action(help_menu, "")
        self.about = self._action(help_menu, "")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def _action(self, menu: QMenu, keys: str) -> QAction:
        action = QAction(self)
        if keys:
            action.setShortcut(keys)
        menu.addAction(action)
        return action

    def _group(
        self, menu: QMenu, choices: tuple[tuple[str, str], ...], chosen: SignalInstance
    ) -> dict[str, QAction]:
        group = QActionGroup(self)
        actions = {}
        for value, text in choices:
            action = QAction(text, self, checkable=True)
            action.setData(value)
            group.addAction(action)
            menu.addAction(action)
            actions[value] = action
        group.triggered.connect(lambda action: chosen.emit(action.data()))
        return actions

    def show_choice(self, language: str, theme: str, names: str) -> None:
        """Tick what is chosen."""
        self._names[names].setChecked(True)
        self._languages[language].setChecked(True)
        self._themes[theme].setChecked(True)

    def retranslate(self) -> None:
        """Take over the language."""
        titles = (_("&File"), _("&Edit"), _("&View"), _("&Review"), _("&Model"), _("&Help"))
        for menu, title in zip(self._menus, titles, strict=True):
            menu.setTitle(title)
        self.open_table.setText(_("Open workbook or project…"))
        self.paste_table.setText(_("Paste a table"))
        self.export.setText(_("Export…"))
        self.save.setText(_("Save"))
        self.close_project.setText(_("Close project"))
        for action, place in zip(self.places, PLACES, strict=True):
            action.setText(_(place.name))
        self._names_menu.setTitle(_("Names of terms"))
        for value, text in NAMES_CHOICES:
            self._names[value].setText(_(text))
        self.import_release.setText(_("Import release…"))
        self.quit.setText(_("Quit"))
        self.copy_table.setText(_("Copy table"))
        # both words stand in the menu: who cannot read the one must find the other
        self._language_menu.setTitle("语言 / Language")
        self._theme_menu.setTitle(_("Colours"))
        for value, text in LANGUAGE_CHOICES:
            self._languages[value].setText(_(text))
        for value, text in THEME_CHOICES:
            self._themes[value].setText(_(text))
        self.next_pane.setText(_("Next part of the window"))
        self.previous_pane.setText(_("Previous part of the window"))
        self.back.setText(_("Back to the box for phrases"))
        self.memory.setText(_("Memory…"))
        self.reviewer.setText(_("Name of the reviewer…"))
        self.narratives.setText(_("Compare with narratives…"))
        self.compare.setText(_("Compare with another coding…"))
        self.own_check.setText(_("Check on own phrases…"))
        self.audit.setText(_("Audit trail…"))
        self.purge.setText(_("Delete the phrases from the project…"))
        self.manage_models.setText(_("Manage models…"))
        self.install_model.setText(_("Install model…"))
        self.manual.setText(_("Manual"))
        self.keys.setText(_("Keys"))
        self.selftest.setText(_("Self-test…"))
        self.changes.setText(_("What is new"))
        self.about.setText(_("About"))
