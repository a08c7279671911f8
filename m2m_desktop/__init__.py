"""mention2meddra Desktop: codes Chinese adverse-reaction phrases to MedDRA Preferred Terms, offline."""

__version__ = "0.1.0"
