"""Mails: written, queued with what causes them, delivered to each recipient on its own."""
