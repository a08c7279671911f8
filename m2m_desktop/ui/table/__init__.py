"""Opening a table: sheet and header, columns, how cells are cut."""
