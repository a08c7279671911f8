"""Running text of a report: the reactions it mentions, and which of them were meant to be reported."""
