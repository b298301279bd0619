"""Files of other systems as tables of text: CSV, XLSX and JSON, within limits."""
