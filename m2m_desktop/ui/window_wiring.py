"""Who hears whom in the window: one line for each thing that is wanted, chosen or changed."""

from typing import TYPE_CHECKING

from m2m_desktop.services.language import _
from m2m_desktop.ui.places import NARRATIVES, PHRASES
from m2m_desktop.ui.selftest.start_check import OwnFilesNotice

if TYPE_CHECKING:
    from m2m_desktop.ui.main_window import MainWindow


def connect_frame(window: "MainWindow") -> None:
    """Rail, header and engine."""
    window.rail.wanted.connect(window.show_place)
    window.bar.import_wanted.connect(window.import_release)
    window.bar.models_wanted.connect(window.manage_models)
    engine = window.engine
    engine.import_wanted.connect(window.import_release)
    engine.status_known.connect(
        lambda status: window.lookup.set_terminologies(status.terminologies)
    )
    engine.status_known.connect(window.coding.look_at_memory)
    own_files = OwnFilesNotice(window.client, window.notices, window.dialogs.run_selftest)
    engine.status_known.connect(lambda _status: own_files.look())
    engine.choices_shown.connect(window.show_choices)
    engine.warming.connect(window.coding.show_progress)
    engine.choices_taken.connect(window.coding.set_choices)
    engine.choices_taken.connect(
        lambda _choices: window.lookup.set_terminology(window.bar.current_terminology())
    )
    engine.answers_stale.connect(window.coding.recode)
    engine.answers_stale.connect(window.coding.say_mode)


def connect_pages(window: "MainWindow") -> None:
    """What the pages want of the window and of one another."""
    coding, lookup = window.coding, window.lookup
    for pages in (coding, lookup):
        pages.said.connect(window.say)
        pages.place_wanted.connect(window.show_place)
        pages.import_wanted.connect(window.import_release)
    coding.term_wanted.connect(lookup.show_term)
    coding.install_wanted.connect(lambda: window.install_model())
    coding.manual_wanted.connect(window.show_manual)
    coding.language_wanted.connect(window.menus.language_chosen)
    coding.threshold_wanted.connect(window.engine.set_threshold)
    coding.project_changed.connect(window.take_project)
    coding.review_said.connect(window.review_label.setText)
    lookup.project_changed.connect(lambda: coding.workbook.review.reload())
    lookup.memory_changed.connect(lambda: coding.workbook.tools.refresh_memory())
    lookup.phrase_wanted.connect(window.show_phrase)


def connect_dialogs(window: "MainWindow") -> None:
    """What came of a dialog."""
    dialogs, engine = window.dialogs, window.engine
    dialogs.imported.connect(engine.ask_status)
    dialogs.terminology_wanted.connect(engine.ask_status)
    dialogs.model_wanted.connect(engine.use_model)
    dialogs.model_installed.connect(engine.take_model)
    dialogs.model_removed.connect(engine.forget_model)
    dialogs.model_chosen.connect(engine.use_for)
    dialogs.vectors_made.connect(engine.look_at_vectors)


def connect_menus(window: "MainWindow") -> None:
    """What each entry of the menus does."""
    menus, coding, dialogs = window.menus, window.coding, window.dialogs
    menus.place_chosen.connect(window.show_place)
    menus.names_chosen.connect(window.show_names)
    menus.open_table.triggered.connect(lambda: window.lead_to_workbook().choose_file())
    menus.paste_table.triggered.connect(lambda: window.lead_to_workbook().paste())
    window.recent.wanted.connect(lambda path: window.lead_to_workbook().open_project(path))
    window.recent.cleared.connect(coding.show_recent)
    menus.export.triggered.connect(lambda: coding.workbook.tools.export())
    menus.save.triggered.connect(lambda: window.say(_("Everything is saved already")))
    menus.memory.triggered.connect(lambda: window.lead_to_workbook().tools.show_memory())
    menus.reviewer.triggered.connect(window.ask_reviewer)
    menus.narratives.triggered.connect(lambda: coding.workbook.check_narratives())
    menus.compare.triggered.connect(lambda: coding.workbook.tools.choose_other())
    menus.own_check.triggered.connect(lambda: coding.workbook.tools.check_own())
    menus.audit.triggered.connect(lambda: coding.workbook.tools.write_audit())
    menus.purge.triggered.connect(lambda: coding.workbook.tools.purge())
    menus.close_project.triggered.connect(lambda: coding.workbook.close_project())
    menus.import_release.triggered.connect(window.import_release)
    menus.quit.triggered.connect(window.close)
    menus.manage_models.triggered.connect(window.manage_models)
    menus.install_model.triggered.connect(lambda: window.install_model())
    menus.copy_table.triggered.connect(lambda: coding.copy_table(window.pages.currentIndex()))
    menus.next_pane.triggered.connect(lambda: window.go_to_pane(1))
    menus.previous_pane.triggered.connect(lambda: window.go_to_pane(-1))
    menus.back.triggered.connect(lambda: coding.phrases.mentions.box.setFocus())
    menus.manual.triggered.connect(window.show_manual)
    menus.keys.triggered.connect(dialogs.show_keys)
    menus.selftest.triggered.connect(dialogs.run_selftest)
    menus.changes.triggered.connect(lambda: dialogs.show_manual("changes"))
    menus.about.triggered.connect(dialogs.about)


def offer(window: "MainWindow") -> None:
    """Let those menu entries be chosen that do something on the page that is shown."""
    menus = window.menus
    is_project = window.coding.project is not None
    place = window.pages.currentIndex()
    for action in (
        menus.export,
        menus.save,
        menus.close_project,
        menus.compare,
        menus.own_check,
        menus.audit,
        menus.purge,
    ):
        action.setEnabled(is_project)
    menus.narratives.setEnabled(is_project and window.coding.workbook.has_narratives)
    menus.copy_table.setEnabled(place in (PHRASES, NARRATIVES))
    menus.back.setEnabled(place == PHRASES)
