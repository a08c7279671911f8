"""Finding Chinese names by their sound: whole syllables (xuexiao), or their first letters (xx).

Each character of a name is one syllable without tone; a Latin letter or a digit in a name is a
syllable of its own. What is typed may begin at any syllable and end within one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.term_search.name_text import NameText, first_of_each
from m2m_desktop.core.term_search.numbering import BoolArray

MAX_LETTERS = 60


@dataclass(frozen=True)
class SoundText:
    """The syllables of names, one number each; 0 stands between two names and for what is silent.

    ``syllables[n]`` is syllable ``n`` in letters; ``document_of`` has the document of each place.
    """

    sounds: NDArray[np.uint16]
    document_of: IntArray
    syllables: NDArray[np.bytes_]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Give the arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "SoundText":
        """Take arrays back; raises KeyError where one is missing."""
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})  # type: ignore[arg-type]

    @cached_property
    def _names(self) -> list[str]:
        return [syllable.decode() for syllable in self.syllables.tolist()]

    @cached_property
    def _initials(self) -> NDArray[np.uint8]:
        first = self.syllables.view(np.uint8).reshape(len(self.syllables), -1)[:, 0]
        return first[self.sounds]

    @cached_property
    def _by_initial(self) -> dict[int, IntArray]:
        """The places of each first letter, ascending."""
        order = np.argsort(self._initials, kind="stable").astype(np.int32)
        counts = np.bincount(self._initials, minlength=1)
        parts = np.split(order, np.cumsum(counts)[:-1])
        return {letter: part for letter, part in enumerate(parts) if letter and len(part)}

    @cached_property
    def _first_places(self) -> IntArray:
        """The places at which a name begins; a silent beginning counts as well."""
        return (np.flatnonzero(self.document_of[1:] != self.document_of[:-1]) + 1).astype(np.int32)

    def _is_first(self, places: IntArray) -> BoolArray:
        """Whether a name begins at these places (place 0 is a separator)."""
        first: BoolArray = self.document_of[places] != self.document_of[places - 1]
        return first

    def find(self, letters: str) -> tuple[IntArray, IntArray]:
        """Find the documents that sound like ``letters``: first those that begin so, then others.

        One letter finds beginnings only: hardly a name has none of its sounds inside.
        """
        if len(letters) == 1:
            places = self._first_places
            heard = places[self._initials[places] == ord(letters)]
            return self.document_of[heard], np.empty(0, np.int32)
        found = list(self._follow(letters[:MAX_LETTERS], None, None))
        places = np.sort(np.concatenate([np.empty(0, np.int32), *found]))
        return self._parted(places[first_of_each(places)])

    def find_initials(self, letters: str) -> tuple[IntArray, IntArray]:
        """Find the documents that hold characters whose sounds begin with ``letters``, as `find`."""
        wanted = np.frombuffer(letters[:MAX_LETTERS].encode(), dtype=np.uint8)
        places = self._by_initial.get(int(wanted[0]), np.empty(0, np.int32))
        places = places[: np.searchsorted(places, len(self._initials) - len(wanted), side="right")]
        for at in range(1, len(wanted)):
            places = places[self._initials[at:][places] == wanted[at]]
        return self._parted(places)

    def _parted(self, places: IntArray) -> tuple[IntArray, IntArray]:
        first = self._is_first(places)
        return self.document_of[places[first]], self.document_of[places[~first]]

    @cached_property
    def _places(self) -> list[IntArray]:
        """The places of each syllable, ascending."""
        order = np.argsort(self.sounds, kind="stable").astype(np.int32)
        counts = np.bincount(self.sounds, minlength=len(self.syllables))
        return np.split(order, np.cumsum(counts)[:-1])

    def _follow(
        self, rest: str, starts: IntArray | None, at: IntArray | None
    ) -> Iterator[IntArray]:
        """Give the places from which ``rest`` is heard; ``at`` is where the hearing has got to."""
        for number, name in enumerate(self._names):
            is_end = name.startswith(rest)
            if not is_end and not (name and rest.startswith(name)):
                continue
            if starts is None or at is None:
                heard = self._places[number]
                after = heard
            else:
                kept = self.sounds[at] == number
                heard, after = starts[kept], at[kept]
            if is_end:
                yield heard
            elif len(heard):
                yield from self._follow(rest[len(name) :], heard, after + np.int32(1))


def letters_typed(text: str) -> str:
    """Give what may be sounds: the letters of a text, empty where it holds anything else.

    ``ü`` is typed as v; spaces and the apostrophe between syllables do not matter.
    """
    letters = "".join(text.casefold().replace("ü", "v").replace("'", "").replace("’", "").split())
    return letters if letters.isascii() and letters.isalpha() else ""


def is_spoken(key: str) -> bool:
    """Tell whether a name holds a Chinese character."""
    return any("\u3400" <= character <= "\u9fff" for character in key)


def build_sound_text(names: NameText, spoken: Mapping[int, Sequence[str]]) -> SoundText:
    """Put the syllables of documents together; ``spoken`` has one for each character of a key."""
    numbers = {"": 0}
    sounds, documents = [0], [-1]
    for document in sorted(spoken):
        for syllable in spoken[document]:
            sounds.append(numbers.setdefault(syllable, len(numbers)))
        sounds.append(0)
        documents += [document] * (len(spoken[document]) + 1)
    # names is what the documents are numbers of: a document beyond it would be another text's
    assert not documents or documents[-1] < len(names)
    return SoundText(
        np.array(sounds, dtype=np.uint16),
        np.array(documents, dtype=np.int32),
        np.array([name.encode() for name in numbers], dtype="S8"),
    )
