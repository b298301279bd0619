"""Bulk actions: one engine that plans, runs, resumes and keeps a receipt."""
