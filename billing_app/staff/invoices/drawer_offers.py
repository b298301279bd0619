"""What the drawer offers of write-offs and of accounting (CRM-32)."""

from billing_app.domain.access import Permission
from billing_app.domain.accounting import Sync
from billing_app.domain.settlement import SMALL_DIFFERENCE_MINOR
from billing_app.persistence.queries.invoices.record import InvoiceRecord
from billing_app.services.context import Actor
from billing_app.services.invoices.listing import Opened


def can_push(opened: Opened, actor: Actor) -> bool:
    """Whether it can go to accounting: not there, not on its way, and one is connected."""
    is_free = opened.record.invoice.accounting_status in {Sync.NONE, Sync.ERROR}
    return opened.is_payable and is_free and actor.may(Permission.ACCOUNTING_PUSH)


def sync_label(record: InvoiceRecord, actor: Actor) -> str:
    """Where its push stands; nothing where it was never pushed or none is connected."""
    sync = Sync(record.invoice.accounting_status)
    is_absent = Permission.ACCOUNTING_PUSH in actor.withheld
    return "" if is_absent or sync is Sync.NONE else sync.label


def is_small(opened: Opened) -> bool:
    """Whether what is left after a payment is a difference that may be written off."""
    invoice = opened.record.invoice
    is_difference = 0 < invoice.open_minor <= SMALL_DIFFERENCE_MINOR and invoice.settled_minor > 0
    return opened.is_payable and is_difference
