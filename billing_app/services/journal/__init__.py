"""Booking: what happens to money, as balanced entries of the journal."""
