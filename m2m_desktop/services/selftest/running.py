"""Carries the checks out, one after the other; whatever goes wrong in one becomes its finding."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.logs import describe
from m2m_desktop.services.phrases import os_reason
from m2m_desktop.services.selftest.file_list import program_folder
from m2m_desktop.services.selftest.records import CheckResult, Finding, bad
from m2m_desktop.services.selftest.scene import Check, Scene, scratch_folder

if TYPE_CHECKING:
    from m2m_desktop.services.engine import Engine

UNEXPECTED = N_("This check ended unexpectedly ({kind}).")
SEND_LOG = N_("Run the self-test again. If it happens again, send the log files to your support.")
SYSTEM_SAYS = N_("A file or folder cannot be used: {reason}")
LOOK_AT_DRIVE = N_("Check that the drive has room and that you may write to your own folders.")

logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The clock of this computer, with its offset from UTC."""
    return datetime.now(UTC).astimezone()


def run_checks(
    engine: "Engine",
    locations: Locations,
    checks: Sequence[Check],
    progress: Progress = silent,
    *,
    now: Callable[[], datetime] = utc_now,
    program: Path | None = None,
) -> Iterator[CheckResult]:
    """Give the results in the order of the checks; progress counts checks and names the next one.

    ``program`` None means where this program says it lies. Only Cancelled is raised.
    """
    with scratch_folder(locations) as scratch:
        scene = Scene(
            engine=engine,
            locations=locations,
            program=program or program_folder(),
            now=now,
            cancel=lambda: progress(0, 0),
            scratch=scratch,
        )
        for done, check in enumerate(checks):
            progress(done, len(checks), check.title)
            yield CheckResult(check.check_id, check.title, check.looked_at, _found(check, scene))
        progress(len(checks), len(checks))


def _found(check: Check, scene: Scene) -> tuple[Finding, ...]:
    try:
        found = tuple(check.examine(scene))
        if not found:
            raise LookupError("a check without a finding")
        return found
    except (Cancelled, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except CodingToolError as error:
        advice = message(error.hint or SEND_LOG, **error.fields)
        return (bad(message(error.what, **error.fields), advice),)
    except OSError as error:
        logger.info("self-test %s: %s", check.check_id, describe(error))
        return (bad(message(SYSTEM_SAYS, reason=os_reason(error)), message(LOOK_AT_DRIVE)),)
    except BaseException as error:  # libraries in machine code have panics that are no Exception
        logger.exception("self-test %s", check.check_id)
        detail = message(UNEXPECTED, kind=type(error).__name__)
        return (bad(detail, message(SEND_LOG)),)
