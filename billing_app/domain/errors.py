"""An error is a sentence with facts: a code for programs, facts for logs, words for people."""

import re
from collections.abc import Mapping
from typing import Self

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class BillingError(Exception):
    """Something a person is told: what happened, then what to do.

    `message` is a template over the facts, such as "{number} is {status}." Facts are put in as
    plain text: no format codes, no attribute access, and a fact's own braces stay as they are.
    """

    code: str = "billing.error"
    message: str = "This is not possible."
    facts: dict[str, object]

    def __init__(self, message: str | None = None, /, **facts: object) -> None:
        code = facts.pop("code", None)
        if code is not None:
            self.code = str(code)
        if message is not None:
            self.message = message
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The message with the facts put in; a place without a fact stays visible."""
        return _PLACE.sub(self._fact, self.message)

    def _fact(self, place: re.Match[str]) -> str:
        name = place.group(1)
        return str(self.facts[name]) if name in self.facts else place.group(0)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes with message, code and facts."""
        return (_rebuilt, (type(self), dict(self.__dict__)))


def _rebuilt(kind: type[BillingError], state: dict[str, object]) -> BillingError:
    error = kind()
    error.__dict__.update(state)
    error.args = (error.sentence,)
    return error


class Refused(BillingError):
    """A rule of billing forbids it."""

    code = "billing.refused"


class Invalid(BillingError):
    """What was entered cannot be used: each field with its sentence.

    Fields are named as in the form, lines by their number: "due_date", "lines.20.discount".
    """

    code = "billing.invalid"
    message = "Please check what was entered."
    fields: dict[str, str]

    def __init__(self, message: str | None = None, /, **facts: object) -> None:
        super().__init__(message, **facts)
        self.fields = {}

    @classmethod
    def of(cls, field: str, sentence: str) -> Self:
        """One field with its sentence."""
        return cls.many({field: sentence})

    @classmethod
    def many(cls, sentences: Mapping[str, str]) -> Self:
        """Several fields, each with its sentence; the error itself speaks the first one."""
        error = cls(" ".join(list(sentences.values())[:1]) or None)
        error.fields = dict(sentences)
        return error


class NotFound(BillingError):
    """There is no such record, or it belongs to somebody else: both sound the same."""

    code = "billing.not_found"
    message = "This does not exist."


class Forbidden(BillingError):
    """The person's level does not allow it."""

    code = "billing.forbidden"
    message = "Your level does not allow this. Ask an administrator to grant it."


class Conflict(BillingError):
    """Somebody was faster."""

    code = "billing.conflict"
    message = "Somebody else changed this meanwhile. Reload to see it."


class Unavailable(BillingError):
    """A service outside does not answer; trying again later may help."""

    code = "billing.unavailable"
    message = "This service does not answer at the moment. Please try again later."


class IllegalTransition(Refused):
    """The asked move is not in the transition table (SPEC 6.3)."""

    code = "invoice.illegal_transition"
    message = "{label} is {status}, so it cannot be {done}."


class PostingNotAllowed(Refused):
    """The four-eyes rule: who assembled an invoice does not post it (SPEC DLY-6)."""

    code = "invoice.posting_not_allowed"
    message = "You assembled {label}, so somebody else has to make it ready for posting or post it."
    title = "Posting not allowed"


class MixedCurrencies(Refused):
    """Amounts of two currencies cannot be added or compared."""

    code = "money.mixed_currencies"
    message = "{left} and {right} cannot be mixed: convert one of them first."


class NotEditable(Refused):
    """The field is fixed in this posting status (SPEC 6.6)."""

    code = "invoice.not_editable"
