"""The terminologies that there are: opened when first needed, kept open, imported, deleted."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from m2m_desktop.core.errors import BadRequest, TerminologyUnknown
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.services.import_report import ImportReport
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.terminology_store import TerminologyStore

DEMO = "demo"

Imported = list[tuple[ReleaseInfo, ImportReport]]

_log = logging.getLogger(__name__)


class OpenTerminologies:
    """The demo dictionary and what was imported. Not for use from several threads.

    ``default`` is the id of the terminology that is meant where none is named, "" for the demo
    dictionary.
    """

    def __init__(self, locations: Locations, default: str) -> None:
        self.store = TerminologyStore(locations.terminologies)
        self._locations = locations
        self._default = default
        self._open: dict[str, Terminology] = {}

    def open(self, name: str = "", progress: Progress = silent) -> Terminology:
        """Open a terminology by id, beginning of an id, or path; empty means the default."""
        wanted = name or self._default or DEMO
        if wanted in self._open:
            return self._open[wanted]
        try:
            source = self._locations.resources / "demo" if wanted == DEMO else wanted
            opened = self.store.open(source, progress=progress)
        except TerminologyUnknown:
            if name:
                raise
            _log.warning("the default terminology is gone; using the demo dictionary")
            return self.open(DEMO, progress)
        # what lies at a path may change, so it is looked at each time
        if wanted == DEMO or opened.info.terminology_id.startswith(wanted):
            self._open[wanted] = opened
        return opened

    def demo(self) -> Terminology:
        """Open the demo dictionary."""
        return self.open(DEMO)

    def list(self) -> list[ReleaseInfo]:
        """List the demo dictionary and everything that was imported."""
        demo = self.demo().info
        others = [
            info
            for info in self.store.list()
            if info.terminology_id != demo.terminology_id and not info.is_demo
        ]
        return [demo, *others]

    def check(
        self, path: Path, *, password: str | None, encoding: str | None, progress: Progress
    ) -> Imported:
        """Read and check a release without keeping anything."""
        self._locations.data.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._locations.data) as folder:
            return TerminologyStore(Path(folder)).import_release(
                path, password=password, encoding=encoding, progress=progress
            )

    def removable(self, terminology_id: str) -> str:
        """Give the whole id of what may be deleted, from the beginning of one.

        Raises BadRequest for the demo dictionary. What is not known is given as it is: a damaged
        terminology is in no list, but can be deleted by its whole id.
        """
        known = {info.terminology_id: info.is_demo for info in self.store.list()}
        matching = [one for one in known if terminology_id and one.startswith(terminology_id)]
        wanted = matching[0] if len(matching) == 1 else terminology_id
        if wanted == DEMO or (known.get(wanted) and wanted == self.demo().info.terminology_id):
            detail = message(N_("the demo dictionary ships with the app and cannot be removed"))
            raise BadRequest(detail=detail)
        return wanted

    def close(self, terminology_id: str) -> None:
        """Let go of a terminology: its files are to be deleted."""
        self._open = {
            name: opened
            for name, opened in self._open.items()
            if opened.info.terminology_id != terminology_id
        }
