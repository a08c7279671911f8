"""Undo and redo of a session, without limit.

Each stack holds groups of events that can be taken back; taking one back is a group of its own,
which can be taken back in turn: that is redo. A new step makes redo impossible.
"""

from dataclasses import dataclass, field

from m2m_desktop.core.review import Action


@dataclass(frozen=True, slots=True)
class Step:
    """A group to take back, and what the person had done when it first came about."""

    group_id: int
    action: Action


@dataclass
class UndoStacks:
    """What can be undone and redone now, the last step at the end."""

    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)

    def did(self, group_id: int, action: Action) -> None:
        """Take note of a step."""
        self.done.append(Step(group_id, action))
        self.undone.clear()

    def moved(self, origin: list[Step], group_id: int) -> None:
        """Take note that the last step of a stack was taken back by a group."""
        target = self.undone if origin is self.done else self.done
        target.append(Step(group_id, origin.pop().action))
