"""Which open tabs want to hear of changes: a tab says so itself, and forgets with its session."""

_listening: set[str] = set()
_hearing: dict[str, int] = {}


def listen(token: str) -> None:
    """Note that a tab shows something that others may change."""
    if token:
        _listening.add(token)


def is_listening(token: str) -> bool:
    """Whether the tab asked to hear of changes."""
    return token in _listening


def hear(token: str, user_id: int) -> None:
    """Note whose bell a tab shows."""
    if token:
        _hearing[token] = user_id


def hearing_for(token: str) -> int:
    """The person whose bell the tab shows; 0 where it shows none."""
    return _hearing.get(token, 0)


def forget_tab(token: str) -> None:
    """The tab is gone, or belongs to another session now."""
    _listening.discard(token)
    _hearing.pop(token, None)
