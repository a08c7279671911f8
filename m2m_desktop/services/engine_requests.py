"""A request to the engine process, and its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import Mention, TermLevel

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One line that asks for work."""

    request_id: int
    method: str
    params: "Params"


@dataclass(frozen=True)
class Params:
    """The parameters of a request; a value of the wrong kind is a `BadRequest`."""

    values: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        """Give a string; without ``default`` it must be there."""
        return str(self._get(name, default, str))

    def number(self, name: str, default: float) -> float:
        """Give a number."""
        return float(self._get(name, default, (int, float)))

    def flag(self, name: str, *, default: bool) -> bool:
        """Give what is true or false."""
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise bad_parameter(name)
        return value

    def optional(self, name: str) -> str | None:
        """Give a string, or None where it is missing, null or empty."""
        return self.text(name, "") or None if self.values.get(name) is not None else None

    def path(self, name: str) -> Path:
        """Give a path; it must be there."""
        return Path(self.text(name))

    def mentions(self) -> list[Mention]:
        """Give the phrases to code."""
        items = self._get("mentions", None, list)
        if not all(isinstance(item, dict) for item in items):
            raise bad_parameter("mentions")
        return [
            Mention(Params(item).text("mention_id"), Params(item).text("text")) for item in items
        ]

    def level(self, name: str = "level") -> TermLevel | None:
        """Give a level by its lower-case name, or None where it is missing, null or empty."""
        wanted = self.optional(name)
        if wanted is None:
            return None
        try:
            return TermLevel[wanted.upper()]
        except KeyError:
            raise bad_parameter(name) from None

    def _get(self, name: str, default: object, kind: type | tuple[type, ...]) -> Any:
        value = self.values.get(name, default)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise bad_parameter(name)
        return value


def bad_parameter(name: str) -> BadRequest:
    """The error for a parameter that is missing or of the wrong kind."""
    return BadRequest(detail=message(N_("the parameter {name} is missing or wrong."), name=name))
