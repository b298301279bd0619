"""The posting statuses and the actions that lead from one to another (SPEC 6.3): words only."""

from enum import StrEnum


class Posting(StrEnum):
    """The only status that is stored; every other one is computed."""

    DRAFT = "DRAFT"
    ASSEMBLED = "ASSEMBLED"
    READY = "READY_FOR_POSTING"
    POSTED = "POSTED"
    CANCELLED = "CANCELLED"
    VOID = "VOID"

    @property
    def label(self) -> str:
        """The status on the chip."""
        return "Ready for Posting" if self is Posting.READY else self.value.capitalize()


class Action(StrEnum):
    """What a person asks for."""

    ASSEMBLE = "assemble"
    DISSOLVE = "dissolve"
    READY = "ready"
    POST = "post"
    UNPOST = "unpost"
    CANCEL = "cancel"
    VOID = "void"
    REVERSE = "reverse"
    DELETE = "delete"

    @property
    def label(self) -> str:
        """The action on a button or in a menu."""
        return _WORDS[self][0]

    @property
    def done(self) -> str:
        """The action in a sentence: "it cannot be posted"."""
        return _WORDS[self][1]


_WORDS = {
    Action.ASSEMBLE: ("Assemble", "assembled"),
    Action.DISSOLVE: ("Dissolve", "dissolved"),
    Action.READY: ("Ready for Posting", "made ready for posting"),
    Action.POST: ("Post", "posted"),
    Action.UNPOST: ("Back to Ready for Posting", "set back to Ready for Posting"),
    Action.CANCEL: ("Cancel", "cancelled"),
    Action.VOID: ("Void", "voided"),
    Action.REVERSE: ("Credit", "reversed"),
    Action.DELETE: ("Delete", "deleted"),
}
