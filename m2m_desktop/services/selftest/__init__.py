"""Whether an installation works: checks of all its parts, to be repeated and printed at any time."""
