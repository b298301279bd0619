"""Paper. Pure: a snapshot goes in, bytes come out."""
