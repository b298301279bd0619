"""Voyages: the list, and one voyage's form."""
