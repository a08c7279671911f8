"""What the window needs that has nothing to do with Qt, to be imported before Qt is.

Qt's Python binding reads the source of every module that is imported after it, to see whether it
uses the binding. For these modules that is a tenth of the start for nothing.
"""

# ruff: noqa: F401
import gettext
import json
import locale
import logging
import platform

import m2m_desktop.core.errors
import m2m_desktop.core.messages
import m2m_desktop.core.records
import m2m_desktop.services.language
import m2m_desktop.services.locations
import m2m_desktop.services.logs
import m2m_desktop.services.settings
import m2m_desktop.services.snapshots
import m2m_desktop.ui.engine_protocol
import m2m_desktop.ui.style_sheet
import m2m_desktop.ui.term_names
import m2m_desktop.ui.texts
