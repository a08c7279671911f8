"""Reviewing the answers of a workbook: the list, the candidates, keys, undo."""
