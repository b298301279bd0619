"""Templates of mails by scope: the customer's, else the company's, else the global, else stock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.domain.mail import LONGEST_SUBJECT, LONGEST_TEXT
from billing_app.domain.parsing import clean_text
from billing_app.domain.templates import TemplateError, read, render
from billing_app.persistence.tables import Company, Customer, Invoice, MailTemplate
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.claims import whole
from billing_app.services.mail.stock import STOCK
from billing_app.services.mail.variables import invoice_variables
from billing_app.services.settings import Place

NARROWEST = ("customer", "company", "global")


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template at a scope: its words, and where they come from if not from there."""

    name: str
    subject: str
    text: str
    version: int
    """0 where this scope has none of its own."""
    source: str
    """customer, company, global or stock."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a template says."""

    subject: str
    text: str


def templated(
    session: Session, name: str, place: Place, variables: Mapping[str, object]
) -> Written:
    """What the template that counts at a place says. Raises: TemplateError."""
    found = _counting(session, name, place)
    return _render(found.subject, found.text, variables)


def get_template(ctx: Context, name: str, scope: str = "global", scope_id: int = 0) -> TemplateView:
    """A template at a scope; the words it inherits where it has none there. Raises: NotFound."""
    ctx.require(Permission.TEMPLATE_EDIT)
    with ctx.read() as session:
        place = _place(session, name, scope, scope_id)
        own = _row(session, name, scope, scope_id)
        found = _counting(session, name, place)
        return TemplateView(
            name, found.subject, found.text, own.version if own else 0, found.source
        )


def save_template(
    ctx: Context,
    name: str,
    subject: str,
    text: str,
    *,
    scope: str = "global",
    scope_id: int = 0,
    version: int = 0,
) -> int:
    """Change a template at a scope; answers its new version. Raises: Invalid, Conflict."""
    ctx.require(Permission.TEMPLATE_EDIT)
    subject, text = check_template(subject, text)
    with ctx.write() as session:
        _place(session, name, scope, scope_id)
        row = _row(session, name, scope, scope_id, lock=True)
        if (row.version if row else 0) != version:
            raise Conflict("Somebody changed this template meanwhile. Reload to see it.")
        before = {"subject": row.subject, "text": row.text} if row else None
        row = row or MailTemplate(name=name, scope=scope, scope_id=scope_id, version=0)
        row.subject, row.text, row.version = subject, text, version + 1
        session.add(row)
        session.flush()
        _record(session, ctx, row, "changed", before, {"subject": subject, "text": text})
        return row.version


def reset_template(ctx: Context, name: str, scope: str = "global", scope_id: int = 0) -> None:
    """Forget what was changed at a scope, so that what is above it counts again (CXS-46)."""
    ctx.require(Permission.TEMPLATE_EDIT)
    with ctx.write() as session:
        _place(session, name, scope, scope_id)
        row = _row(session, name, scope, scope_id, lock=True)
        if row is not None:
            before = {"subject": row.subject, "text": row.text}
            _record(session, ctx, row, "reset", before, None)
            session.delete(row)


def check_template(subject: str, text: str) -> tuple[str, str]:
    """A template's words if they can be read. Raises: Invalid with a sentence at each field."""
    problems: dict[str, str] = {}
    words = {}
    for name, typed, longest in (
        ("subject", subject, LONGEST_SUBJECT),
        ("text", text, LONGEST_TEXT),
    ):
        try:
            words[name] = clean_text(typed, field=name, maximum=longest, multiline=name == "text")
            read(words[name])
            if not words[name]:
                problems[name] = "Write something here."
        except Invalid as error:
            problems |= error.fields
        except TemplateError as error:
            problems[name] = error.sentence
    if problems:
        raise Invalid.many(problems)
    return words["subject"], words["text"]


def preview_template(ctx: Context, subject: str, text: str, label: str) -> Written:
    """What a template under work says of a real invoice, by its number or document id.

    Raises: Invalid at subject, text or invoice.
    """
    ctx.require(Permission.TEMPLATE_EDIT)
    subject, text = check_template(subject, text)
    with ctx.read() as session:
        found = whole(session, _invoice_id(session, label))
        variables = invoice_variables(session, found) | _examples(found.invoice)
    if not ctx.actor.sees_partner:
        variables["account"] = dict.fromkeys(variables["account"], "Hidden")
    try:
        return _render(subject, text, variables)
    except TemplateError as error:
        raise Invalid.of("text", error.sentence) from error


def newest_label(ctx: Context) -> str:
    """The newest posted invoice, to try a template with; empty where there is none."""
    ctx.require(Permission.TEMPLATE_EDIT)
    query = select(Invoice.label).where(
        Invoice.posting_status == "POSTED", col(Invoice.deleted_at).is_(None)
    )
    with ctx.read() as session:
        return session.exec(query.order_by(col(Invoice.id).desc()).limit(1)).first() or ""


def template_scopes(ctx: Context) -> list[tuple[int, str]]:
    """The companies, each of which may have templates of its own."""
    ctx.require(Permission.TEMPLATE_EDIT)
    with ctx.read() as session:
        rows = session.exec(select(Company.id, Company.name).order_by(col(Company.id))).all()
    return [(key or 0, name) for key, name in rows]


def _render(subject: str, text: str, variables: Mapping[str, object]) -> Written:
    line = " ".join(render(subject, variables).split())
    return Written(line[:LONGEST_SUBJECT], render(text, variables).strip()[:LONGEST_TEXT])


@dataclass(frozen=True, slots=True)
class _Counting:
    subject: str
    text: str
    source: str


def _counting(session: Session, name: str, place: Place) -> _Counting:
    scopes = {"customer": place.customer_id, "company": place.company_id, "global": 0}
    for scope in NARROWEST:
        if scope == "global" or scopes[scope]:
            row = _row(session, name, scope, scopes[scope])
            if row is not None:
                return _Counting(row.subject, row.text, scope)
    return _Counting(STOCK[name].subject, STOCK[name].text, "stock")


def _row(
    session: Session, name: str, scope: str, scope_id: int, *, lock: bool = False
) -> MailTemplate | None:
    query = select(MailTemplate).where(
        MailTemplate.name == name, MailTemplate.scope == scope, MailTemplate.scope_id == scope_id
    )
    return session.exec(query.with_for_update() if lock else query).first()


def _place(session: Session, name: str, scope: str, scope_id: int) -> Place:
    """Where a template stands. Raises: NotFound for a template, a scope or a record that is not."""
    if name not in STOCK:
        raise NotFound("There is no such template.")
    if scope == "global" and not scope_id:
        return Place()
    if scope == "company" and session.get(Company, scope_id) is not None:
        return Place(company_id=scope_id)
    customer = session.get(Customer, scope_id) if scope == "customer" else None
    if customer is None:
        raise NotFound("There is nothing here that could have a template of its own.")
    return Place(company_id=customer.company_id, customer_id=scope_id)


def _invoice_id(session: Session, label: str) -> int:
    wanted = clean_text(label, field="invoice", maximum=64)
    query = select(Invoice.id).where(Invoice.label == wanted, col(Invoice.deleted_at).is_(None))
    found = session.exec(query.order_by(col(Invoice.id).desc()).limit(1)).first()
    if not wanted or found is None:
        raise Invalid.of("invoice", "Give the number of an invoice, like INV-2026-11-00001.")
    return found


def _examples(invoice: Invoice) -> dict[str, Any]:
    """What the templates of payments, packages and disputes speak of, with figures to look at."""
    return {
        "payment": {
            "number": "PMI-000001",
            "amount": "123.45",
            "currency": invoice.currency,
            "date": invoice.document_date,
            "reference": "Example",
            "method": "bank transfer",
        },
        "package": {
            "name": "Example package",
            "amount": "12.30",
            "currency": invoice.currency,
            "date": invoice.document_date,
        },
        "dispute": {
            "invoice": invoice.label,
            "person": "Example person",
            "reason": "Example reason",
            "state": "answered",
            "answer": "Example answer",
            "amount": "12.30",
            "currency": invoice.currency,
            "page": "https://billing.example/portal/invoices/1",
        },
    }


def _record(
    session: Session,
    ctx: Context,
    row: MailTemplate,
    action: str,
    before: Mapping[str, str] | None,
    after: Mapping[str, str] | None,
) -> None:
    where = {"template": row.name, "scope": row.scope, "scope_id": row.scope_id}
    record(
        session,
        ctx,
        entity="template",
        entity_id=row.id or 0,
        action=action,
        before=where | dict(before) if before else None,
        after=where | dict(after or {}),
    )


__all__ = [
    "TemplateView",
    "Written",
    "check_template",
    "get_template",
    "newest_label",
    "preview_template",
    "reset_template",
    "save_template",
    "template_scopes",
    "templated",
]
