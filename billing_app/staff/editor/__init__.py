"""Writing an invoice: the form with its line editor, totals and paper preview."""
