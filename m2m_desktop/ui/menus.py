"""Menus of the window and the actions in them."""

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _

LANGUAGE_CHOICES = (("", N_("As the system")), ("zh_CN", "简体中文"), ("en", "English"))
THEME_CHOICES = (("system", N_("As the system")), ("light", N_("Light")), ("dark", N_("Dark")))


class Menus(QObject):
    """Makes the menu bar; the window connects the actions."""

    language_chosen = Signal(str)
    theme_chosen = Signal(str)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        bar = window.menuBar()
        self._menus = [bar.addMenu("") for _menu in range(5)]
        file_menu, edit_menu, view_menu, model_menu, help_menu = self._menus
        self.import_release = self._action(file_menu, "Ctrl+I")
        file_menu.addSeparator()
        self.quit = self._action(file_menu, "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.copy_table = self._action(edit_menu, "Ctrl+Shift+T")
        self._language_menu, self._theme_menu = view_menu.addMenu(""), view_menu.addMenu("")
        self._languages = self._group(self._language_menu, LANGUAGE_CHOICES, self.language_chosen)
        self._themes = self._group(self._theme_menu, THEME_CHOICES, self.theme_chosen)
        view_menu.addSeparator()
        self.next_pane = self._action(view_menu, "F6")
        self.previous_pane = self._action(view_menu, "Shift+F6")
        self.back = self._action(view_menu, "Esc")
        self.manage_models = self._action(model_menu, "")
        self.install_model = self._action(model_menu, "")
        self.keys = self._action(help_menu, "F1")
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

    def show_choice(self, language: str, theme: str) -> None:
        """Tick what is chosen."""
        self._languages[language].setChecked(True)
        self._themes[theme].setChecked(True)

    def retranslate(self) -> None:
        """Take over the language."""
        titles = (_("&File"), _("&Edit"), _("&View"), _("&Model"), _("&Help"))
        for menu, title in zip(self._menus, titles, strict=True):
            menu.setTitle(title)
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
        self.manage_models.setText(_("Manage models…"))
        self.install_model.setText(_("Install model…"))
        self.keys.setText(_("Keys"))
        self.about.setText(_("About"))
