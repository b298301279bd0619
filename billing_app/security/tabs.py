"""Which open tabs want to hear of changes: a tab says so itself, and forgets with its session."""

_listening: set[str] = set()


def listen(token: str) -> None:
    """Note that a tab shows something that others may change."""
    if token:
        _listening.add(token)


def is_listening(token: str) -> bool:
    """Whether the tab asked to hear of changes."""
    return token in _listening


def forget_tab(token: str) -> None:
    """The tab is gone, or belongs to another session now."""
    _listening.discard(token)
