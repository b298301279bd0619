"""Orders of the demo company, linked to the invoices made from them."""

from datetime import timedelta

from billing_app.persistence.tables import Invoice, InvoiceOrder, SalesOrder
from billing_app.services.demo.stage import Stage
from billing_app.services.invoices.draft import Draft


def link_order(stage: Stage, invoice_id: int, draft: Draft, serial: int) -> None:
    """Make the order behind a draft, a week older, and link both."""
    invoice = stage.session.get_one(Invoice, invoice_id)
    order = SalesOrder(
        number=f"SO-{draft.document_date.year}-{serial:04d}",
        ordered_on=draft.document_date - timedelta(days=7),
        type_name="Service order",
        customer_id=draft.customer_id,
        currency=draft.currency,
        amount_minor=invoice.total_minor,
        status="Invoiced",
    )
    stage.session.add(order)
    stage.session.flush()
    stage.session.add(InvoiceOrder(invoice_id=invoice_id, order_id=order.id or 0))
    stage.session.flush()
