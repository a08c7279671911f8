"""Analysis of pasted terms and of coded projects: read, counted, written to a workbook."""
