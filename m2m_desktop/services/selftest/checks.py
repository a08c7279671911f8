"""All checks of the self-test, in the order they are carried out and reported in."""

from m2m_desktop.core.messages import N_
from m2m_desktop.services.selftest.coding import check_coding
from m2m_desktop.services.selftest.computer import (
    check_clock,
    check_memory_size,
    check_processor,
)
from m2m_desktop.services.selftest.disk import check_disk
from m2m_desktop.services.selftest.fonts import check_font
from m2m_desktop.services.selftest.libraries import check_libraries
from m2m_desktop.services.selftest.memory import check_memory
from m2m_desktop.services.selftest.models import check_models
from m2m_desktop.services.selftest.network import check_network
from m2m_desktop.services.selftest.own_files import check_own_files
from m2m_desktop.services.selftest.scene import Check
from m2m_desktop.services.selftest.store import check_store
from m2m_desktop.services.selftest.terminologies import check_terminologies
from m2m_desktop.services.selftest.workbook import check_workbook

CHECKS = (
    Check(
        "files",
        N_("Files of the program"),
        N_("every file, compared with the list made when the program was built"),
        check_own_files,
    ),
    Check(
        "libraries",
        N_("Libraries"),
        N_("versions, compared with those the program was tried with"),
        check_libraries,
    ),
    Check(
        "network",
        N_("No network"),
        N_("a network socket is asked for and must be refused; switches of the libraries"),
        check_network,
    ),
    Check(
        "processor",
        N_("Processor"),
        N_("instructions and number of processors"),
        check_processor,
    ),
    Check(
        "memory_size",
        N_("Memory of the computer"),
        N_("how much there is"),
        check_memory_size,
    ),
    Check("clock", N_("Clock"), N_("date, time and time zone"), check_clock),
    Check(
        "disk",
        N_("Drive and folders"),
        N_("free space; writing and reading back; long Chinese paths"),
        check_disk,
    ),
    Check("font", N_("Font"), N_("Chinese characters of the bundled font"), check_font),
    Check(
        "models",
        N_("Models"),
        N_("hashes, and the answers recorded by their makers"),
        check_models,
    ),
    Check(
        "terminologies",
        N_("Dictionaries"),
        N_("the demo dictionary, and the hashes of every imported release"),
        check_terminologies,
    ),
    Check(
        "coding",
        N_("Coding of phrases"),
        N_("fixed phrases must get their fixed answers"),
        check_coding,
    ),
    Check(
        "store",
        N_("Projects"),
        N_("one is made, decided in, locked, verified, damaged and restored"),
        check_store,
    ),
    Check(
        "memory",
        N_("Memory"),
        N_("the user's file is looked at; another one is written, asked and emptied"),
        check_memory,
    ),
    Check(
        "workbook",
        N_("Workbooks"),
        N_("one is written and read back in a process of its own"),
        check_workbook,
    ),
)
