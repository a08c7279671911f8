"""The self-test in the window."""
