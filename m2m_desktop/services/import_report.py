"""What an import found: counts, and everything odd or wrong by kind with file and line.

A defect refuses the whole release; an anomaly is reported and the release loads. Neither ever
holds the name of a term: codes, file names and line numbers only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.errors import ReleaseBroken
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.snomed import findings as rf2

PLACES_KEPT = 5
DEFECTS_KEPT = 20

DEFECT_TEXTS: Mapping[str, str] = {
    "empty_file": N_("{place}: the file is empty. Copy it again from the delivered zip."),
    "too_large": N_("{place}: the file has more rows or fields than any release."),
    "control_character": N_("{place}: a control character; the file was damaged or re-saved."),
    "replacement_character": N_(
        "{place}: a replacement character (U+FFFD) where a letter was lost when the file was "
        "re-saved. Use the file as delivered."
    ),
    "too_few_fields": N_("{place}: the row has too few fields; it was cut short or edited."),
    "dollar_in_field": N_("{place}: the row has too many fields; a $ stands inside a text."),
    "bad_code": N_("{place}: field {column} is not a code of 8 digits (0-9)."),
    "empty_name": N_("{place}: the term has no name."),
    "bad_currency": N_("{place}: the currency is neither Y nor N."),
    "bad_primary_flag": N_("{place}: the primary flag is neither Y nor N."),
    "duplicate_code": N_("{place}: code {code} stands twice with different content."),
    "orphan_llt": N_("{place}: the PT {code} of this LLT is not in pt.asc."),
    "self_llt_elsewhere": N_("{place}: the LLT bears the code of a PT but belongs to another PT."),
    "unknown_primary_soc": N_("{place}: the primary SOC {code} is not in soc.asc."),
    "orphan_pt": N_("{place}: PT {code} is not in pt.asc."),
    "orphan_hlt": N_("{place}: HLT {code} is not in hlt.asc."),
    "orphan_hlgt": N_("{place}: HLGT {code} is not in hlgt.asc."),
    "orphan_soc": N_("{place}: SOC {code} is not in soc.asc."),
    "pt_without_path": N_("{place}: PT {code} has no row in mdhier.asc."),
    "pt_without_primary": N_("{place}: PT {code} has no primary path in mdhier.asc."),
    "pt_with_two_primaries": N_("{place}: PT {code} has more than one primary path."),
    "primary_soc_differs": N_("{place}: the primary SOC of PT {code} is another one in pt.asc."),
    "primary_flag_wrong": N_(
        "{place}: the primary flag of PT {code} does not agree with its primary SOC."
    ),
    "path_not_linked": N_(
        "{place}: the path of PT {code} is not in hlt_pt.asc, hlgt_hlt.asc and soc_hlgt.asc."
    ),
    "many_without_self_llt": N_(
        "{place}: PTs without an LLT of their own code: {count}, the first of them {code}; "
        "llt.asc was cut short or belongs to another release."
    ),
    "mixed_files": N_(
        "{place}: most names differ from those in {other}; the files come from different "
        "releases or languages."
    ),
    "mixed_language": N_(
        "{place}: most names are not {language}, the language of the release; files of two "
        "languages were mixed."
    ),
    "mixed_version": N_(
        "{place}: names a version later than {version}, the version of the release; files of "
        "two versions were mixed."
    ),
    "two_release_lines": N_("{place}: a second, different release line."),
    "bad_smq_field": N_("{place}: field {column} has a value that no SMQ file has."),
    "join_version_differs": N_(
        "The two releases are of different versions ({first} and {second}). Choose two of the same."
    ),
    "join_codes_differ": N_(
        "{level}: codes that are in one release only: {count}, for example {code}. They cannot be "
        "joined. Import each alone or choose two complete releases of the same version."
    ),
    "join_content_differs": N_(
        "{level}: rows about which the two releases disagree: {count}, for example code {code}."
    ),
    "csv_missing_columns": N_("{place}: the columns {columns} are missing."),
    "csv_empty_cell": N_("{place}: the cell {column} is empty."),
    "csv_field_count": N_("{place}: number of cells in the row: {count} instead of {expected}."),
    "csv_long_code": N_("{place}: the pt_code is too long."),
    "csv_bad_character": N_("{place}: a cell holds a line break or a control character."),
    **rf2.DEFECTS,
}

ANOMALY_TEXTS: Mapping[str, str] = {
    "missing_file": N_("An optional file is missing"),
    "extra_fields": N_("Rows have more fields than expected; the rest was ignored"),
    "short_rows": N_("Rows end early; the missing fields are taken as empty"),
    "blank_lines": N_("Blank lines"),
    "unusual_character": N_("Tabs, line separators or similar characters inside a text"),
    "decoded_twice": N_("Text that looks as if it had been decoded wrongly once"),
    "last_resort_encoding": N_("Only an encoding that fits any file fitted; check the names"),
    "repeated_row": N_("Rows stand twice; the second was ignored"),
    "long_name": N_("Names of more than 100 characters"),
    "spaces_around_name": N_("Names that begin or end with a space"),
    "duplicate_llt_name": N_("LLTs that share their name with another LLT"),
    "pt_without_self_llt": N_("PTs without an LLT of their own code"),
    "self_llt_not_current": N_("PTs whose own LLT is not current"),
    "self_llt_name_differs": N_("PTs whose own LLT has another name"),
    "unused_term": N_("Terms that are on no path"),
    "name_differs": N_("Names in mdhier.asc that differ from the name of the term"),
    "two_paths_in_soc": N_("PTs with two paths in the same SOC"),
    "link_without_path": N_("Links that lead to paths which mdhier.asc does not have"),
    "soc_count": N_("The number of SOCs is not 27"),
    "soc_order": N_("The international order of SOCs is incomplete; the file order is used"),
    "release_unknown": N_("The release does not say its version and language"),
    "odd_version": N_("An unusual version number"),
    "unknown_language": N_("An unknown language"),
    "smq_orphan": N_("SMQ rows about terms that do not exist; they were dropped"),
    "smq_cycle": N_("SMQs that contain themselves; each is counted once"),
    "smq_without_list": N_("SMQ contents without a list of SMQs; they were dropped"),
    "history_other_language": N_("The history file is of another language"),
    "history_unreadable": N_("The history cannot be read and was left out"),
    "history_row": N_("History rows that cannot be understood; they were dropped"),
    "japanese_orphan": N_("Japanese names of terms that do not exist; they were dropped"),
    "japanese_missing": N_("Terms without a Japanese name; the English one is shown"),
    "not_joined": N_("Two languages of one version do not hold the same codes; kept apart"),
    "same_version_other_files": N_("The same version was imported before from other files"),
    "csv_differing_row": N_("Rows of one PT disagree; the first row was believed"),
    **rf2.ANOMALIES,
}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something odd that a release was loaded with: how often, and the first places."""

    kind: str
    count: int
    places: tuple[str, ...] = ()

    @property
    def text(self) -> Message:
        """What it is, in words; the count and the places are shown beside it."""
        return message(ANOMALY_TEXTS[self.kind])


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was imported. ``counts`` has one entry a level and one each for paths, SMQs, history.

    ``encodings`` are (which files, encoding) pairs. No term names are in it.
    """

    label: str
    version: str
    language: str
    counts: Mapping[str, int]
    encodings: tuple[tuple[str, str], ...]
    anomalies: tuple[Anomaly, ...] = ()

    def with_anomaly(self, anomaly: Anomaly) -> "ImportReport":
        """Give the same report with one more anomaly."""
        return replace(self, anomalies=(*self.anomalies, anomaly))

    def to_json(self) -> dict[str, object]:
        """Give plain values for a JSON file."""
        return {
            "label": self.label,
            "version": self.version,
            "language": self.language,
            "counts": dict(self.counts),
            "encodings": [list(pair) for pair in self.encodings],
            "anomalies": [
                {"kind": a.kind, "count": a.count, "places": list(a.places)} for a in self.anomalies
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "ImportReport":
        """Read what `to_json` wrote; KeyError, TypeError or ValueError on anything else."""
        counts, encodings, anomalies = data["counts"], data["encodings"], data["anomalies"]
        if not (
            isinstance(counts, dict) and isinstance(encodings, list) and isinstance(anomalies, list)
        ):
            raise TypeError("not an import report")
        return cls(
            label=str(data["label"]),
            version=str(data["version"]),
            language=str(data["language"]),
            counts={str(name): int(count) for name, count in counts.items()},
            encodings=tuple((str(what), str(encoding)) for what, encoding in encodings),
            anomalies=tuple(
                Anomaly(str(a["kind"]), int(a["count"]), tuple(map(str, a["places"])))
                for a in anomalies
                if a["kind"] in ANOMALY_TEXTS
            ),
        )


class Rows(Protocol):
    """Something whose rows have a place in a file."""

    def place(self, row: int) -> str:
        """Give ``file:line`` of a row."""


@dataclass
class Findings:
    """Collects defects and anomalies while a release is checked."""

    path: str
    defects: list[Message] = field(default_factory=list)
    defect_count: int = 0
    _odd: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

    def refuse(self, kind: str, *, count: int = 1, **fields: object) -> None:
        """Note one defect, which stands for ``count`` of them."""
        self.defect_count += count
        if len(self.defects) < DEFECTS_KEPT:
            self.defects.append(message(DEFECT_TEXTS[kind], count=count, **fields))

    def refuse_rows(
        self,
        kind: str,
        rows: Rows,
        bad: NDArray[np.integer],
        codes: NDArray[np.bytes_] | None = None,
        **fields: object,
    ) -> None:
        """Note a defect for each row in ``bad``; ``codes`` gives each row's ``{code}``."""
        self.defect_count += len(bad)
        for row in map(int, bad[: max(0, DEFECTS_KEPT - len(self.defects))]):
            code = "" if codes is None else bytes(codes[row]).decode("ascii", "replace")
            self.defects.append(
                message(DEFECT_TEXTS[kind], place=rows.place(row), code=code, **fields)
            )

    def warn(self, kind: str, places: Iterable[str] = (), count: int = 1) -> None:
        """Note something odd; ``count`` times in all."""
        if kind not in ANOMALY_TEXTS:
            raise KeyError(kind)
        known, kept = self._odd.get(kind, (0, []))
        for place in places:
            if len(kept) >= PLACES_KEPT:
                break
            kept.append(place)
        self._odd[kind] = (known + count, kept)

    def warn_rows(self, kind: str, rows: Rows, odd: NDArray[np.integer]) -> None:
        """Note something odd about each row in ``odd``."""
        if len(odd):
            self.warn(kind, (rows.place(int(row)) for row in odd[:PLACES_KEPT]), len(odd))

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """All that was odd, by kind, in the order of first appearance."""
        return tuple(
            Anomaly(kind, count, tuple(places)) for kind, (count, places) in self._odd.items()
        )

    def raise_if_broken(self) -> None:
        """Refuse the release if any defect was found so far."""
        if self.defects:
            raise ReleaseBroken(
                path=self.path,
                detail=self.defects[0],
                count=self.defect_count,
                defects=tuple(self.defects),
            )
