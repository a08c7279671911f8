"""Long work as a generator: whoever drives it does other things between its steps."""

from collections.abc import Callable, Generator, Hashable
from typing import TypeVar

Result = TypeVar("Result")
Done = tuple[int, int]
"""How much is done, and of how much; 0 of 0 where that is not known yet."""

Steps = Generator[Done, None, Result]


def finished(steps: Steps[Result]) -> Result:
    """Do all steps at once and give their result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


class SpareWork:
    """Long work that can wait, a step at a time, one work after the other.

    What failed once is not wanted again before it is dropped. Not for several threads.
    """

    def __init__(self) -> None:
        self._makers: dict[Hashable, Callable[[], Steps[None]]] = {}
        self._failed: set[Hashable] = set()
        self._begun: tuple[Hashable, Steps[None]] | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._makers)

    def want(self, key: Hashable, make: Callable[[], Steps[None]]) -> None:
        """Ask for a work, unless it is asked for already; ``make`` is called when its turn comes."""
        if key not in self._failed:
            self._makers.setdefault(key, make)

    def drop(self, is_dropped: Callable[[Hashable], bool] = lambda _: True) -> None:
        """Let go of works, begun or not, and of what is remembered of them."""
        for key in filter(is_dropped, [*self._makers]):
            self._forget(key)
        self._failed = {key for key in self._failed if not is_dropped(key)}

    def step(self) -> Done | None:
        """Do one step and tell how far it is; None where a work ended. Raises what the work raises."""
        key = next(iter(self._makers))
        if self._begun is None:
            self._begun = key, self._makers[key]()
        try:
            return next(self._begun[1])
        except StopIteration:
            self._forget(key)
            return None
        except BaseException:
            self._forget(key)
            self._failed.add(key)
            raise

    def _forget(self, key: Hashable) -> None:
        self._makers.pop(key, None)
        if self._begun is not None and self._begun[0] == key:
            self._begun[1].close()
            self._begun = None
