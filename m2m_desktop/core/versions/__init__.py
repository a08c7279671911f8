"""Two releases of a terminology: what has changed, and what that means for what was decided."""
