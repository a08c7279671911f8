"""Tables that users bring: workbooks, text files and pasted cells, whatever wrote them."""
