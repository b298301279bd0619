"""What people do with invoices: write drafts, move them through posting, note, look, print."""
