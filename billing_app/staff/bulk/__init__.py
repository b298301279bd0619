"""Earlier bulk actions, and the receipt of each."""
