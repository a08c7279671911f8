"""The place of a page in the window, empty until the page is made."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget


class PageHolder(QWidget):
    """Holds one page once it is there: pages are made when they are first wanted."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def hold(self, page: QWidget) -> None:
        """Put the page here."""
        self._column.addWidget(page)
        page.show()  # now, not with the next event: only what is shown can be given the keyboard


def hold(stack: QStackedWidget, place: int, page: QWidget) -> None:
    """Put a page into its holder, which stands at its place in ``stack``."""
    holder = stack.widget(place)
    assert isinstance(holder, PageHolder)
    holder.hold(page)
