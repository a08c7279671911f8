"""The dictionary to look things up in: searching, browsing, SMQs and collected terms."""
