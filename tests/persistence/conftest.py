"""Worlds for the persistence."""

from tests.services.worldmaking import lite, w

__all__ = ["lite", "w"]
