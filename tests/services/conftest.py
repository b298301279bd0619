"""Worlds for the use cases."""

from tests.services.worldmaking import lite, w

__all__ = ["lite", "w"]
