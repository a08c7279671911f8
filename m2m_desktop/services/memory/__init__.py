"""The memory of decisions: store, files of it, what is remembered while coding."""
