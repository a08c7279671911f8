"""Finds what is on the screen, for the steps of the tour: pages, parts, dialogs."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from _tour_stage import Stage, Steps, TourFailed

Kind = TypeVar("Kind")


def on_place(stage: Stage, number: int) -> Steps:
    """Wait for a page of the rail."""
    yield f"page {number}", lambda: stage.window.pages.currentIndex() == number


def go_to_pane(stage: Stage, is_there: Callable[[], bool]) -> Steps:
    """Press F6 until one is there."""
    for _time in range(12):
        if is_there():
            return
        yield from stage.press("F6")
    raise TourFailed("F6 does not lead there")


def page_of(stage: Stage, kind: type[Kind]) -> Kind:
    """The page of a kind, wherever it is in the window."""
    found = stage.window.findChildren(kind)  # type: ignore[type-var]
    stage.check(found, f"there is a {kind.__name__}")
    page: Kind = found[0]
    return page


def open_dialog(stage: Stage, kind: type[Kind]) -> Kind | None:
    """The dialog of a kind that is open, or None."""
    found: Iterator[Kind] = (
        one for one in stage.app.topLevelWidgets() if isinstance(one, kind) and one.isVisible()
    )
    return next(found, None)


def the_dialog(stage: Stage, kind: type[Kind]) -> Kind:
    """The dialog of a kind that must be open."""
    found = open_dialog(stage, kind)
    if found is None:
        raise TourFailed(f"no {kind.__name__} is open")
    return found
