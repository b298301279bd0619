"""Worlds for the properties."""

from tests.services.worldmaking import lite, w

__all__ = ["lite", "w"]
