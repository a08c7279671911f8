"""What is known beside a converted bundle: where its original lies, and how far it is from it.

The file is no part of the bundle: the hash of a manifest, by which scores are kept, stays the same
when the full comparison is made later. It is sealed as a manifest is; one that was changed, or that
belongs to another manifest, counts as not there.
"""

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from m2m_desktop.services.bundle_files import ModelInfo, sealed
from m2m_desktop.services.whole_files import write_whole

COMPARISON = "comparison.json"
MAX_BYTES = 1 << 20
_FORMAT = 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ComparisonRecord:
    """One bundle's: ``manifest`` is its hash, ``original`` the path of the checkpoint.

    ``fingerprint`` tells whether it is still the same one (`conversion.comparing.fingerprint`).
    ``parity`` is the full comparison, empty until it was made.
    """

    manifest: str
    original: str
    fingerprint: str
    parity: Mapping[str, float] = field(default_factory=dict)


def write_record(folder: Path, record: ComparisonRecord) -> None:
    """Write or replace the record of the bundle in a folder, in one step; OSError."""
    fields = {"format": _FORMAT, **asdict(record), "seal": "0" * 64}
    # only ASCII: paths of some systems hold what is no text
    write_whole(folder / COMPARISON, sealed(json.dumps(fields, indent=1).encode("ascii") + b"\n"))


def read_record(info: ModelInfo) -> ComparisonRecord | None:
    """Read the record of a bundle folder; None where there is none that can be used."""
    path = Path(info.path) / COMPARISON
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES)
        if sealed(content) != content:
            raise ValueError("changed")
        record = _parse(json.loads(content))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        _log.info("the comparison of a model cannot be read: %s", type(error).__name__)
        return None
    return record if record.manifest == info.hash else None


def with_full_parity(info: ModelInfo) -> ModelInfo:
    """Give a bundle's full comparison in place of the quick one, where it was made."""
    record = read_record(info) if info.parity_is_quick else None
    if record is None or not record.parity:
        return info
    return replace(info, parity=record.parity, parity_is_quick=False)


def _parse(fields: Mapping[str, Any]) -> ComparisonRecord:
    if fields["format"] != _FORMAT:
        raise ValueError("made by another version")
    parity = {str(name): float(value) for name, value in fields["parity"].items()}
    if not all(map(math.isfinite, parity.values())):
        raise ValueError("parity")
    manifest, original, mark = (str(fields[n]) for n in ("manifest", "original", "fingerprint"))
    return ComparisonRecord(manifest, original, mark, parity)
