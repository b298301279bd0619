"""Questions about invoices: the grid's pages, sums and counts, one record whole."""
