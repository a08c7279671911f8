"""The page of a workbook: open, code, review, export."""
