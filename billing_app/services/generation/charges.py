"""Where charges that wait for an invoice join a generated one: the seam of SPEC 6.9.

Charges made by hand, by orders or by voyages are kept elsewhere. What waits for the customer by
the end of the period is answered here as lines, and marked billed when the invoice is written.
"""

from collections.abc import Sequence

from sqlmodel import Session

from billing_app.domain.periods import Period
from billing_app.services.bulk_posting import Line


def pending_lines(session: Session, customer_id: int, period: Period) -> Sequence[Line]:
    """The customer's pending charges up to the end of the period."""
    del session, customer_id, period
    return ()


def mark_billed(session: Session, customer_id: int, period: Period, invoice_id: int) -> None:
    """Turn the charges of `pending_lines` into billed ones, in the same transaction."""
    del session, customer_id, period, invoice_id
