"""The smallest window that PySide6 shows: what the stand-alone program's size and start are compared with."""

import sys

from PySide6.QtWidgets import QApplication, QMainWindow

app = QApplication(sys.argv)
window = QMainWindow()
window.resize(1000, 700)
window.show()
sys.exit(app.exec())
