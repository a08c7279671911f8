"""Evaluation from files: predictions and gold standards read, figures computed, reports written."""
