"""The manual, offline, in the language of the window."""
