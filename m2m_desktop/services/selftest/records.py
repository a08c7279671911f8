"""What a check found, and how that is told in both languages."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from m2m_desktop.core.messages import N_, Message
from m2m_desktop.services.language import CHINESE, ENGLISH, translate
from m2m_desktop.services.locations import Locations

Json = dict[str, Any]
SPOKEN = {"en": ENGLISH, "zh": CHINESE}


class Outcome(Enum):
    """How a check ended, from the best to the worst."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.OK: N_("in order"),
    Outcome.WARNING: N_("look at this"),
    Outcome.FAILED: N_("failed"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was seen, and what to do about it (None: nothing)."""

    outcome: Outcome
    detail: Message
    advice: Message | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found, at least one thing. ``title`` and ``looked_at`` are messages."""

    check_id: str
    title: str
    looked_at: str
    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Outcome:
        """That of its worst finding."""
        ranks = list(Outcome)
        return max((one.outcome for one in self.findings), key=ranks.index)


def good(detail: Message) -> Finding:
    """Something that is as it should be."""
    return Finding(Outcome.OK, detail)


def doubtful(detail: Message, advice: Message) -> Finding:
    """Something that works, but that a person should know of."""
    return Finding(Outcome.WARNING, detail, advice)


def bad(detail: Message, advice: Message) -> Finding:
    """Something that does not work."""
    return Finding(Outcome.FAILED, detail, advice)


class Places:
    """Takes the user's folders, and with them the user's name, out of what is told."""

    def __init__(self, locations: Locations) -> None:
        named = {
            locations.resources: "<resources>",
            locations.data: "<data>",
            locations.cache: "<cache>",
            locations.config: "<config>",
            locations.logs: "<logs>",
        }
        with suppress(RuntimeError):  # an account without a home
            named[Path.home()] = "<home>"
        # the longest first: one may lie in another
        self._names = sorted(
            ((str(path), name) for path, name in named.items() if path != path.parent),
            key=lambda one: -len(one[0]),
        )

    def hidden(self, text: str) -> str:
        """Give a text with the names of the folders in place of their paths."""
        for path, name in self._names:
            text = text.replace(path, name)
        return text

    def said(self, text: Message) -> Json:
        """Give a sentence in both languages."""
        return {
            key: self.hidden(text.text(lambda one, spoken=spoken: translate(one, spoken)))  # type: ignore[misc]
            for key, spoken in SPOKEN.items()
        }


def spoken(told: Mapping[str, Any], language: str) -> str:
    """Give a sentence of the report in a language."""
    return str(told["zh" if language == CHINESE else "en"])


def result_to_json(result: CheckResult, places: Places) -> Json:
    """Give a result as plain JSON; every sentence is there in both languages."""
    return {
        "id": result.check_id,
        "title": places.said(Message(result.title)),
        "looked_at": places.said(Message(result.looked_at)),
        "outcome": result.outcome.value,
        "findings": [
            {
                "outcome": one.outcome.value,
                "detail": places.said(one.detail),
                "advice": None if one.advice is None else places.said(one.advice),
            }
            for one in result.findings
        ],
    }


def worst(outcomes: Sequence[str]) -> Outcome:
    """Give the worst of the outcomes of a report; OK where there are none."""
    ranks = [one.value for one in Outcome]
    return Outcome(max(outcomes, key=ranks.index, default=Outcome.OK.value))
