"""Results out: the same workbook with answers beside the cells, and tables of their own."""
