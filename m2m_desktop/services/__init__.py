"""Where the core meets the world: files, databases, model sessions, settings. Still no Qt."""
