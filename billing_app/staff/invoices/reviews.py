"""The review before an action: what happens, to how much, and what becomes fixed."""

from dataclasses import dataclass, field

from billing_app.domain.document_types import sign
from billing_app.domain.lifecycle import Action
from billing_app.kit.wording import amount, count, day
from billing_app.persistence.queries.invoices.record import InvoiceRecord
from billing_app.staff.invoices.rows import HIDDEN

CONSEQUENCES: dict[Action, tuple[str, ...]] = {
    Action.ASSEMBLE: ("Amounts, dates and customer become fixed; the texts stay open.",),
    Action.READY: ("The content becomes fixed. Accounting can post it.",),
    Action.POST: (
        "The content becomes fixed for good and the document gets its number.",
        "The customer sees it in the portal; its PDF is made and kept.",
        "A mistake is corrected by a credit note, or by voiding it.",
    ),
    Action.UNPOST: (
        "Content, number, PDF and payments stay; only the hand-over to accounting is reopened.",
    ),
    Action.CANCEL: ("The document ends here and is kept as a record.",),
    Action.VOID: (
        "The document ends for good and is kept as a record, with its number.",
        "Allocated payments become credit of the customer.",
    ),
    Action.DELETE: ("The document disappears from every list.",),
    Action.DISSOLVE: (
        "Every line becomes pending again, with its current text; hand-made ones too.",
        "The document disappears from every list; its number is not used again.",
    ),
}
TITLES = {
    Action.ASSEMBLE: ("Assemble {label}?", "Assemble invoice", "Keep as draft"),
    Action.READY: (
        "Set {label} to Ready for Posting?",
        "Set to Ready for Posting",
        "Keep as it is",
    ),
    Action.POST: ("Post {label}?", "Post invoice", "Keep as it is"),
    Action.UNPOST: ("Set {label} back to Ready for Posting?", "Set back", "Keep posted"),
    Action.CANCEL: ("Cancel {label}?", "Cancel invoice", "Keep it"),
    Action.VOID: ("Void {label}?", "Void invoice", "Keep it"),
    Action.DELETE: ("Delete {label}?", "Delete invoice", "Keep it"),
    Action.DISSOLVE: ("Dissolve {label}?", "Dissolve invoice", "Keep it assembled"),
}


@dataclass(frozen=True)
class ReviewFact:
    """A label with its value."""

    label: str
    value: str


@dataclass(frozen=True)
class Review:
    """A question before an action; empty when there is none."""

    action: str = ""
    title: str = ""
    verb: str = ""
    keep: str = ""
    facts: list[ReviewFact] = field(default_factory=list)
    consequences: list[str] = field(default_factory=list)
    needs_reason: bool = False
    is_final: bool = False
    may_free: bool = False
    """Whether to ask if the charges behind its lines become pending again."""


def review_of(
    action: Action, record: InvoiceRecord, *, sees_partner: bool, charges: int = 0, takings: int = 0
) -> Review:
    """The review of one action on one invoice; the customer's name as the viewer may see it.

    `charges`: how many of its lines came from charges; `takings`: what it took beside them, too.
    """
    if action not in TITLES:
        return Review()
    invoice = record.invoice
    title, verb, keep = TITLES[action]
    total = sign(record.document_type.kind) * invoice.total_minor
    return Review(
        action=str(action),
        title=title.format(label=invoice.label),
        verb=verb,
        keep=keep,
        facts=[
            ReviewFact("Customer", record.customer.name if sees_partner else HIDDEN),
            ReviewFact("Amount", f"{invoice.currency} {amount(total, invoice.currency)}"),
            ReviewFact("Invoice date", day(invoice.document_date)),
            ReviewFact("Due date", day(invoice.due_on)),
            ReviewFact("Lines", str(len(record.lines))),
        ],
        consequences=[*CONSEQUENCES[action], *_freed(action, charges)],
        needs_reason=action in {Action.CANCEL, Action.VOID},
        is_final=action in {Action.VOID, Action.DELETE, Action.CANCEL, Action.DISSOLVE},
        may_free=action == Action.VOID and takings > 0,
    )


def _freed(action: Action, charges: int) -> list[str]:
    if action not in {Action.CANCEL, Action.DELETE} or not charges:
        return []
    return [f"{count(charges, 'charge')} behind its lines will be pending again."]
