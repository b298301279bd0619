"""Writing drafts: new, changed, read back for the form."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlmodel import Session, col, delete, select

from billing_app.domain.access import Permission
from billing_app.domain.document_types import sign
from billing_app.domain.errors import Forbidden, NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.totals import Totals
from billing_app.persistence.tables import (
    Customer,
    DocumentType,
    Invoice,
    InvoiceLine,
)
from billing_app.services.audit import record
from billing_app.services.charges.following import charges_by_line, follow_lines
from billing_app.services.context import Context
from billing_app.services.customers import existing_customer
from billing_app.services.invoices.checks import (
    checked,
    refuse_absent,
    refuse_strange_contact,
    refuse_taken_number,
)
from billing_app.services.invoices.claims import claim, lines_of, refuse_stale
from billing_app.services.invoices.credited import lock_original, within_original
from billing_app.services.invoices.derived import derive, make_findable
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.numbers import number_at_creation
from billing_app.services.invoices.sources import link, refuse_strange_sources
from billing_app.services.requests import answered, remember
from billing_app.services.settings import require_invoices

NO_CHARGES: Mapping[int, int] = MappingProxyType({})
COPIED = (
    "title",
    "document_date",
    "due_on",
    "currency",
    "po_number",
    "external_document_no",
    "document_text",
    "invoice_text",
    "notes",
    "terms",
    "internal_comment",
    "contact_id",
    "discount_type",
    "discount_value",
    "tax_mode",
    "tax_value",
    "prices_include_tax",
    "opportunity_id",
    "credited_invoice_id",
)


def create_draft(ctx: Context, draft: Draft, *, key: str = "") -> int:
    """Make a draft; answers its id. Raises: Invalid with every field's sentence."""
    ctx.require(Permission.INVOICE_CREATE)
    draft, totals = checked(draft)
    with ctx.write() as session:
        before = answered(session, ctx, key, "create_draft")
        if before is not None:
            return int(before["id"])
        made = add_draft(session, ctx, draft, totals)
        remember(session, ctx, key, "create_draft", {"id": made})
        return made


def add_draft(session: Session, ctx: Context, draft: Draft, totals: Totals) -> int:
    """Write a checked draft in the running transaction; answers its id. Raises: Invalid."""
    customer = existing_customer(session, draft.customer_id)
    company_id = draft.company_id or customer.company_id
    require_invoices(session, company_id)
    invoice = Invoice(
        customer_id=draft.customer_id,
        company_id=company_id,
        document_type_id=draft.document_type_id or default_type_id(session),
        owner_id=ctx.actor.user_id,
        created_by_id=ctx.actor.user_id,
        created_at=ctx.now(),
        updated_at=ctx.now(),
        document_date=draft.document_date,
        origin=draft.origin,
    )
    write_content(session, ctx, invoice, draft, totals, customer)
    if draft.order_ids:
        link(session, ctx, invoice, draft.order_ids)
    record(session, ctx, entity="invoice", entity_id=invoice.id or 0, action="created")
    return invoice.id or 0


def save_draft(ctx: Context, invoice_id: int, draft: Draft, *, version: int) -> int:
    """Replace a draft's content; answers the new version.

    Raises: Conflict when somebody else saved meanwhile, Refused when it is no draft any more.
    """
    draft, totals = checked(draft)
    with ctx.write() as session:
        lock_original(session, draft)
        invoice = claim(session, invoice_id)
        require_draft_right(ctx, invoice)
        refuse_stale(session, invoice, version)
        customer = existing_customer(session, draft.customer_id)
        was = {"total_minor": invoice.total_minor, "lines": invoice.line_count}
        invoice.customer_id = draft.customer_id
        invoice.company_id = draft.company_id or customer.company_id
        invoice.document_type_id = draft.document_type_id or invoice.document_type_id
        invoice.version += 1
        write_content(session, ctx, invoice, draft, totals, customer)
        follow_lines(session, invoice_id, [line.charge_id for line in draft.lines])
        now = {"total_minor": invoice.total_minor, "lines": invoice.line_count}
        record(
            session,
            ctx,
            entity="invoice",
            entity_id=invoice_id,
            action="changed",
            before=was,
            after=now,
        )
        return invoice.version


def read_draft(ctx: Context, invoice_id: int) -> tuple[Draft, int]:
    """A draft's content for the form, and its version. Raises: NotFound, Refused."""
    with ctx.read() as session:
        invoice = session.get(Invoice, invoice_id)
        if invoice is None or invoice.deleted_at is not None:
            raise NotFound("This invoice does not exist.")
        require_invoices(session, invoice.company_id)
        require_draft_right(ctx, invoice)
        charges = charges_by_line(session, invoice_id)
        rows = lines_of(session, invoice_id)
        return content_of(invoice, rows, charges), invoice.version


def content_of(
    invoice: Invoice,
    rows: Sequence[InvoiceLine],
    charges: Mapping[int, int] = NO_CHARGES,
) -> Draft:
    """What an invoice says, as its draft said it; `charges` are those its lines bill."""
    return Draft(
        customer_id=invoice.customer_id,
        document_type_id=invoice.document_type_id,
        company_id=invoice.company_id,
        number=invoice.number,
        origin=invoice.origin,
        lines=tuple(draft_line(row, charges.get(row.line_no)) for row in rows),
        **{name: getattr(invoice, name) for name in COPIED},
    )


def require_draft_right(ctx: Context, invoice: Invoice) -> None:
    """Raise unless the actor may write this draft: billing any, sales their own (SPEC 6.7)."""
    if invoice.posting_status != Posting.DRAFT:
        status = Posting(invoice.posting_status).label
        raise Refused(
            "{label} is {status}; only drafts can be edited.", label=invoice.label, status=status
        )
    if ctx.actor.may(Permission.INVOICE_EDIT):
        return
    if ctx.actor.may(Permission.INVOICE_EDIT_OWN) and invoice.created_by_id == ctx.actor.user_id:
        return
    raise Forbidden("You can edit your own drafts only. Billing can edit any.")


def default_type_id(session: Session) -> int:
    """The default document type's id. Raises: NotFound before set-up."""
    found = session.exec(select(DocumentType.id).where(DocumentType.is_default)).first()
    if found is None:
        raise NotFound("There is no default document type. Set up the product first.")
    return found


def write_content(
    session: Session,
    ctx: Context,
    invoice: Invoice,
    draft: Draft,
    totals: Totals,
    customer: Customer,
) -> None:
    """Give an invoice the content of a checked draft, and its lines anew; the row may be new."""
    refuse_strange_contact(session, draft)
    refuse_absent(session, draft)
    refuse_strange_sources(session, draft, invoice.id)
    draft, totals = within_original(session, invoice, draft, totals)
    for name in COPIED:
        setattr(invoice, name, getattr(draft, name))
    invoice.customer_name = customer.name
    invoice.account_no = customer.account_no
    invoice.sign = sign(session.get_one(DocumentType, invoice.document_type_id).kind)
    invoice.updated_at = ctx.now()
    if invoice.id is None:
        session.add(invoice)
        session.flush()
    invoice.number = draft.number or number_at_creation(session, invoice)
    refuse_taken_number(session, invoice)
    session.exec(delete(InvoiceLine).where(col(InvoiceLine.invoice_id) == invoice.id))
    rows = line_rows(invoice.id or 0, draft.lines, totals)
    session.add_all(rows)
    apply_totals(invoice, totals)
    derive(invoice)
    session.add(invoice)
    session.flush()
    make_findable(session, invoice, rows)


def line_rows(invoice_id: int, lines: tuple[DraftLine, ...], totals: Totals) -> list[InvoiceLine]:
    """The lines as rows, with their computed amounts."""
    return [
        InvoiceLine(
            invoice_id=invoice_id,
            line_no=amounts.line_no,
            description=line.description,
            unit=line.unit,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount_type=line.discount_type,
            discount_value=line.discount_value,
            tax_rate=line.tax_rate,
            tax_category=line.tax_category,
            tax_description=line.tax_description,
            product_id=line.product_id,
            package_id=line.package_id,
            voyage_id=line.voyage_id,
            date_from=line.date_from,
            date_to=line.date_to,
            account=line.account,
            calls=line.calls,
            billed_s=line.billed_s,
            credited_line_no=line.credited_line_no,
            tax_shift_minor=line.tax_shift_minor,
            gross_minor=amounts.gross,
            discount_minor=amounts.discount,
            share_minor=amounts.share,
            net_minor=amounts.net,
            tax_minor=amounts.tax,
            total_minor=amounts.total,
        )
        for line, amounts in zip(lines, totals.lines, strict=True)
    ]


def apply_totals(invoice: Invoice, totals: Totals) -> None:
    """Write what the lines come to."""
    invoice.subtotal_minor = totals.subtotal
    invoice.discount_minor = totals.discount_total
    invoice.tax_minor = totals.tax_total
    invoice.total_minor = totals.total
    invoice.line_count = len(totals.lines)


def draft_line(row: InvoiceLine, charge_id: int | None = None) -> DraftLine:
    """A stored line as it was entered, with the charge it bills."""
    names = [name for name in DraftLine.__dataclass_fields__ if name != "charge_id"]
    return DraftLine(**{name: getattr(row, name) for name in names}, charge_id=charge_id)
