"""The guards of the life cycle: each says why a move is refused, or nothing (SPEC 6.3)."""

from collections.abc import Callable

from billing_app.domain.document_types import DocumentKind, SignRestriction, sign
from billing_app.domain.errors import PostingNotAllowed, Refused
from billing_app.domain.lifecycle_facts import ActorFacts, InvoiceFacts
from billing_app.domain.posting import Posting

Guard = Callable[[InvoiceFacts, ActorFacts], Refused | None]


def has_lines(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """At least one line (SPEC ERP-50)."""
    if facts.line_count > 0:
        return None
    return Refused(
        "{label} has no lines. Add at least one line first.",
        code="invoice.no_lines",
        label=facts.label,
    )


def quantities_set(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """No line with quantity 0 (SPEC 6.3, T3)."""
    if not facts.any_zero_quantity:
        return None
    return Refused(
        "A line of {label} has the quantity 0. Give it a quantity or remove it.",
        code="invoice.zero_quantity",
        label=facts.label,
    )


def sign_allowed(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """Line and total amounts have the sign the document type asks for (SPEC ERP-52).

    Judged as shown: a credit note is stored positive and shown negative. Zero is always allowed.
    """
    shown = sign(facts.kind)
    has_positive = facts.has_positive_line or facts.total_minor > 0
    has_negative = facts.has_negative_line or facts.total_minor < 0
    if shown < 0:
        has_positive, has_negative = has_negative, has_positive
    wrong = {
        SignRestriction.ANY: False,
        SignRestriction.POSITIVE: has_negative,
        SignRestriction.NEGATIVE: has_positive,
    }[facts.sign_restriction]
    if not wrong:
        return None
    return Refused(
        "The document type of {label} allows only {sign} amounts. Correct its lines or choose "
        "another type.",
        code="invoice.sign",
        label=facts.label,
        sign=str(facts.sign_restriction),
    )


def due_not_before_date(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """The due date does not lie before the document date (SPEC ORO-47)."""
    if facts.due_on is None or facts.document_date is None or facts.due_on >= facts.document_date:
        return None
    return Refused(
        "{label} would be due before its invoice date. Correct one of the two dates.",
        code="invoice.due_before_date",
        label=facts.label,
    )


def voyages_open(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """No line belongs to a Closed voyage (SPEC DLY-9)."""
    if not facts.closed_voyages:
        return None
    several = len(facts.closed_voyages) > 1
    return Refused(
        "{voyages} closed, so the status of {label} cannot be changed. Reopen {them} first.",
        code="invoice.voyage_closed",
        label=facts.label,
        voyages=f"Voyages {', '.join(facts.closed_voyages)} are"
        if several
        else f"Voyage {facts.closed_voyages[0]} is",
        them="them" if several else "it",
    )


def four_eyes(facts: InvoiceFacts, actor: ActorFacts) -> Refused | None:
    """Who assembled it does not post it, where the setting says so (SPEC DLY-6).

    Posting a draft makes the actor its assembler (T9). Administrators are not exempt.
    """
    if not facts.restrict_self_assembled or actor.is_system:
        return None
    if facts.status is Posting.DRAFT:
        return PostingNotAllowed(
            "Posting {label} would make you its assembler, so somebody else has to post it. "
            "Assemble it and ask a colleague.",
            label=facts.label,
        )
    if facts.assembled_by != actor.user_id:
        return None
    return PostingNotAllowed(label=facts.label)


def not_allocated(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """No payment or credit is allocated to it."""
    if not facts.allocated:
        return None
    return Refused(
        "A payment is allocated to {label}. Release it first.",
        code="invoice.allocated",
        label=facts.label,
    )


def not_fully_paid(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """A paid invoice is credited or refunded, not voided (SPEC 5.4c)."""
    if not facts.is_fully_paid:
        return None
    return Refused(
        "{label} is paid, so it cannot be voided. Refund it or make a credit note.",
        code="invoice.fully_paid",
        label=facts.label,
    )


def not_corrected(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """What is credited in part is credited wholly, not voided beside its credit note."""
    if not facts.corrections:
        return None
    return Refused(
        "{label} is corrected by {made}. Credit what is left, or end {made} first.",
        code="invoice.corrected",
        label=facts.label,
        made=", ".join(facts.corrections),
    )


def gateway_refunded(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """No completed charge of the payment gateway is left unrefunded."""
    if not facts.has_unrefunded_gateway:
        return None
    return Refused(
        "An online payment of {label} is not refunded. Refund it first.",
        code="invoice.gateway_unrefunded",
        label=facts.label,
    )


def reversible_kind(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """Only invoices and credit notes have an opposite document (SPEC DLY-42)."""
    if facts.kind in {DocumentKind.INVOICE, DocumentKind.CREDIT}:
        return None
    return Refused(
        "{label} is neither an invoice nor a credit note, so it cannot be reversed.",
        code="invoice.kind_not_reversible",
        label=facts.label,
    )


def not_imported_and_posted(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """A document another system posted stays."""
    if not facts.imported_and_posted:
        return None
    return Refused(
        "{label} was posted by another system, so it cannot be deleted.",
        code="invoice.imported_and_posted",
        label=facts.label,
    )


def reason_given(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """Cancelling and voiding keep a reason."""
    if facts.reason.strip():
        return None
    return Refused("Give a reason.", code="invoice.reason_missing", label=facts.label)


def is_confirmed(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """Voiding is final, so it is asked twice."""
    if facts.confirmed:
        return None
    return Refused(
        "Voiding {label} cannot be undone. Confirm it first.",
        code="invoice.unconfirmed",
        label=facts.label,
    )


def sync_confirmed(facts: InvoiceFacts, _actor: ActorFacts) -> Refused | None:
    """What accounting has taken over is set back only when confirmed (SPEC 6.3, T8)."""
    if facts.confirmed or not facts.is_synced:
        return None
    return Refused(
        "Accounting has already taken over {label}. Confirm that it is set back nevertheless.",
        code="invoice.synced",
        label=facts.label,
    )
