"""Documents with marked entities, whichever format they came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from m2m_desktop.core.evaluation.entities import Entity
from m2m_desktop.core.messages import Message


class Unit(Enum):
    """What places are counted in; gold standard and predictions must agree."""

    CHARACTERS = "characters"
    TOKENS = "tokens"


@dataclass(frozen=True, slots=True)
class MarkedDocument:
    """A document or sentence; ``tokens`` only where the format has them. ``place`` is file:line."""

    name: str
    place: str
    entities: tuple[Entity, ...]
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedFile:
    """The documents of a file or folder by name. ``found`` are those of its second column of tags."""

    unit: Unit
    documents: Mapping[str, MarkedDocument]
    found: Mapping[str, MarkedDocument] | None = None
    warnings: tuple[Message, ...] = ()
