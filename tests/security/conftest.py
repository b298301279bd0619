"""The served product, once for all attacks that do not disturb each other."""

from collections.abc import Iterator

import pytest

from tests.security.served import Served, serve
from tests.services.worldmaking import lite, w

__all__ = ["lite", "w"]


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """The real server on SQLite."""
    with serve() as running:
        yield running
