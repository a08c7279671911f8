"""What is to be counted, of what, and how: as it is asked, and as it stands under the figures."""

from dataclasses import dataclass
from enum import Enum
from pathlib import PureWindowsPath

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _


class Source(Enum):
    """Where the terms come from."""

    PROJECT = "project"
    LIST = "list"
    FILE = "file"


UNIT_WORDS = {
    "rows": N_("every mention"),
    "reports": N_("each PT once a report"),
    "terms": N_("each PT once"),
}
"""What counts as one, by the name that the engine has for it."""


@dataclass(frozen=True, slots=True)
class Question:
    """``text`` is the list, ``path`` a workbook with one, ``name`` the title of the open project.

    ``decided_only``: proposals that nobody has decided about do not count.
    """

    source: Source
    text: str = ""
    path: str = ""
    name: str = ""
    unit: str = "rows"
    decided_only: bool = True
    all_paths: bool = False

    def params(self, terminology: str, snapshot: str) -> dict[str, object]:
        """What the engine is asked with; ``snapshot`` is a copy of the project."""
        asked: dict[str, object] = {"terminology": terminology, "all_paths": self.all_paths}
        if self.source is Source.LIST:
            return {**asked, "source": {"text": self.text}}
        if self.source is Source.FILE:
            return {**asked, "source": {"file": self.path}}
        return {
            **asked,
            "source": {"project": snapshot},
            "unit": self.unit,
            "decided_only": self.decided_only,
        }

    def title(self) -> str:
        """What was counted, as the result is headed."""
        if self.source is Source.FILE:
            return PureWindowsPath(self.path).name
        return self.name if self.source is Source.PROJECT else _("List of terms")

    def provenance(self, release: str, used: int, unit: str = "") -> str:
        """By which release, unit and paths: what makes a printed table honest.

        ``unit`` is what was counted in the end, where that is not what was asked for.
        """
        words = [self.title()]
        if self.source is Source.PROJECT:
            words.append(_(UNIT_WORDS.get(unit, UNIT_WORDS[self.unit])))
            words.append(_("decided terms") if self.decided_only else _("decided and proposed"))
        words.append(_("all paths") if self.all_paths else _("primary path only"))
        words.append(_("counted: {count}").format(count=f"{used:,}"))
        return " · ".join((*words, release))
