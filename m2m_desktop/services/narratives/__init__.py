"""Narratives of reports: find their mentions, code them, hold them against the coded names."""
