"""What the engine process can be asked about the installation."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.progress import Progress
from m2m_desktop.services.engine_requests import Json, Params

if TYPE_CHECKING:
    from m2m_desktop.services.engine_methods import Methods


def selftest(methods: "Methods", params: Params, progress: Progress) -> Iterator[Json]:  # noqa: ARG001
    """Check the installation; the first part says what it is, each other one is a result."""
    from m2m_desktop.services.selftest.report import told_parts

    return told_parts(methods.engine, methods.locations, progress)


def own_files(methods: "Methods", params: Params, progress: Progress) -> Json:  # noqa: ARG001
    """Compare the sizes of the program's files with its list; for every start.

    ``problem`` is None, or what is wrong in both languages.
    """
    from m2m_desktop.core.messages import message
    from m2m_desktop.services.selftest.file_list import program_folder
    from m2m_desktop.services.selftest.own_files import INSTALL_AGAIN, quick_problem
    from m2m_desktop.services.selftest.records import Places

    found = quick_problem(program_folder())
    if found is None:
        return {"problem": None, "advice": None}
    places = Places(methods.locations)
    return {"problem": places.said(found), "advice": places.said(message(INSTALL_AGAIN))}


SELFTEST_METHODS: Mapping[str, Callable[["Methods", Params, Progress], Any]] = {
    "selftest": selftest,
    "own_files": own_files,
}
