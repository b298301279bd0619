"""Assembling: pending charges become one document, whole or not at all (SPEC 6.3, T2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.charges import ChargeStatus, PendingView, check_assembly
from billing_app.domain.document_types import Direction, DocumentKind, sign
from billing_app.domain.errors import Invalid
from billing_app.domain.lifecycle import Action
from billing_app.domain.periods import due_date
from billing_app.domain.totals import Totals
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import (
    ChargeLine,
    Company,
    Customer,
    DocumentType,
    Invoice,
    InvoiceOrder,
)
from billing_app.services.audit import record
from billing_app.services.charges.facts import assembly_of, charges_of
from billing_app.services.charges.lines import line_of, suggests_credit
from billing_app.services.context import Context
from billing_app.services.invoices.checks import checked
from billing_app.services.invoices.claims import Whole, lines_of
from billing_app.services.invoices.draft import Draft
from billing_app.services.invoices.drafts import write_content
from billing_app.services.invoices.moves import Moved, move_within
from billing_app.services.requests import answered, remember
from billing_app.services.settings import is_on

AUTOFILL = "autofill_external_document_no"
VERB = "assemble charges"


@dataclass(frozen=True, slots=True)
class Header:
    """What the Assemble window says about the document to be made."""

    document_type_id: int
    posted_on: date
    due_on: date | None = None
    external_document_no: str = ""
    document_text: str = ""
    invoice_text: str = ""
    internal_comment: str = ""


@dataclass(frozen=True, slots=True)
class Prefilled:
    """The Assemble window as it opens: what is fixed, what is proposed, and what it comes to."""

    customer_name: str
    company: str
    account_no: str
    totals: Totals
    types: tuple[tuple[int, str], ...]
    header: Header


def prefill(ctx: Context, ids: Sequence[int], view: PendingView) -> Prefilled:
    """What the Assemble window opens with. Raises: Refused or Conflict where it may not open."""
    ctx.require(Permission.INVOICE_ASSEMBLE)
    with ctx.read() as session:
        charges = charges_of(session, ids)
        types = _types(session, charges)
        kind = DocumentKind.CREDIT if suggests_credit(charges) else DocumentKind.INVOICE
        proposed = next((row for row in types if row.kind == kind), types[0])
        today = ctx.today()
        asked = assembly_of(session, charges, proposed, today, ctx.today(), view)
        check_assembly(asked)
        customer = session.get_one(Customer, charges[0].customer_id)
        reference = charges[0].ext_ref if is_on(session, AUTOFILL) else ""
        header = Header(
            document_type_id=proposed.id or 0,
            posted_on=today,
            due_on=due_date(today, customer.payment_term_days),
            external_document_no=reference,
        )
        _, totals = checked(_draft(charges, customer, header, proposed))
        return Prefilled(
            customer_name=customer.name,
            company=session.get_one(Company, charges[0].company_id).name,
            account_no=customer.account_no,
            totals=totals,
            types=tuple((row.id or 0, row.name) for row in types),
            header=header,
        )


def assemble_charges(
    ctx: Context,
    ids: Sequence[int],
    header: Header,
    *,
    view: PendingView = PendingView.PARTNER,
    is_confirmed: bool = False,
    key: str = "",
) -> Moved:
    """Make one assembled document of pending charges; the actor is its assembler.

    Raises: Conflict where one is no longer pending, OldPostingDate until `is_confirmed`, Refused
    with the sentence of the first other rule, Invalid at the field that is wrong.
    """
    ctx.require(Permission.INVOICE_ASSEMBLE)
    with ctx.write() as session:
        before = answered(session, ctx, key, VERB)
        if before is not None:
            return Moved(**before)
        charges = charges_of(session, ids, lock=True)
        document_type = _type(session, header.document_type_id)
        asked = assembly_of(session, charges, document_type, header.posted_on, ctx.today(), view)
        check_assembly(replace(asked, is_confirmed=is_confirmed))
        found = _written(session, ctx, charges, header, document_type)
        moved = move_within(session, ctx, found, Action.ASSEMBLE)
        _bill(session, charges, found.invoice)
        remember(session, ctx, key, VERB, _answer(moved))
        return moved


def _types(session: Session, charges: Sequence[ChargeLine]) -> list[DocumentType]:
    """The document types these charges can become, invoices first."""
    direction = charges[0].direction if charges else str(Direction.OUT)
    rows = session.exec(
        select(DocumentType)
        .where(
            DocumentType.direction == direction,
            col(DocumentType.kind).in_([str(DocumentKind.INVOICE), str(DocumentKind.CREDIT)]),
        )
        .order_by(col(DocumentType.kind).desc(), col(DocumentType.id))
    )
    return list(rows.all())


def _type(session: Session, type_id: int) -> DocumentType:
    found = session.get(DocumentType, type_id)
    if found is None:
        raise Invalid.of("document_type", "Choose the document type.")
    return found


def _draft(
    charges: Sequence[ChargeLine], customer: Customer, header: Header, document_type: DocumentType
) -> Draft:
    return Draft(
        customer_id=customer.id or 0,
        company_id=charges[0].company_id,
        document_type_id=document_type.id or 0,
        document_date=header.posted_on,
        due_on=header.due_on,
        currency=charges[0].currency,
        lines=tuple(line_of(charge, document_type.kind) for charge in charges),
        external_document_no=header.external_document_no,
        document_text=header.document_text,
        invoice_text=header.invoice_text,
        internal_comment=header.internal_comment,
        prices_include_tax=charges[0].prices_include_tax,
        origin="assembled",
    )


def _written(
    session: Session,
    ctx: Context,
    charges: Sequence[ChargeLine],
    header: Header,
    document_type: DocumentType,
) -> Whole:
    """The document with its lines as a draft, which the caller assembles in this transaction."""
    customer = session.get_one(Customer, charges[0].customer_id)
    company = session.get_one(Company, charges[0].company_id)
    draft, totals = checked(_draft(charges, customer, header, document_type))
    invoice = Invoice(
        customer_id=draft.customer_id,
        company_id=draft.company_id,
        document_type_id=draft.document_type_id,
        owner_id=ctx.actor.user_id,
        created_by_id=ctx.actor.user_id,
        created_at=ctx.now(),
        updated_at=ctx.now(),
        document_date=draft.document_date,
        origin=draft.origin,
        sign=sign(document_type.kind),
    )
    write_content(session, ctx, invoice, draft, totals, customer)
    made_of: dict[str, Any] = {"charges": [charge.id for charge in charges]}
    record(
        session,
        ctx,
        entity="invoice",
        entity_id=invoice.id or 0,
        action="created",
        after=made_of,
    )
    return Whole(invoice, document_type, company, customer, lines_of(session, invoice.id or 0))


def _bill(session: Session, charges: Sequence[ChargeLine], invoice: Invoice) -> None:
    for at, charge in enumerate(charges, start=1):
        charge.status = str(ChargeStatus.BILLED)
        charge.invoice_id, charge.invoice_line_no = invoice.id, 10 * at
        charge.version += 1
        session.add(charge)
    orders = sorted({charge.order_id for charge in charges if charge.order_id is not None})
    add(session, InvoiceOrder, [{"invoice_id": invoice.id, "order_id": key} for key in orders])
    session.flush()


def _answer(moved: Moved) -> dict[str, Any]:
    return {
        "id": moved.id,
        "label": moved.label,
        "status": moved.status,
        "version": moved.version,
    }
