"""Number series and document types as staff see and change them (DLY-46, ORO-26, ERP-52)."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.document_types import DocumentKind, SignRestriction
from billing_app.domain.errors import Invalid, NotFound, Refused
from billing_app.domain.numbering import NumberGenerator, check_start, format_number, series_key
from billing_app.domain.parsing import clean_text
from billing_app.persistence.tables import Company, DocumentType, NumberSeries
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.invoices.numbers import prefix_of
from billing_app.services.settings import Place, settings_at

NUMBERED = (DocumentKind.INVOICE, DocumentKind.CREDIT, DocumentKind.ADVANCE)


@dataclass(frozen=True, slots=True)
class Series:
    """The series that a document of today would count in; `next_number` is a look ahead."""

    company_id: int
    company: str
    type_id: int
    type_name: str
    period: str
    next_value: int
    next_number: str
    has_begun: bool


def list_series(ctx: Context) -> list[Series]:
    """Today's series of every company and numbered document type."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        companies = session.exec(select(Company).order_by(col(Company.id))).all()
        types = session.exec(
            select(DocumentType)
            .where(col(DocumentType.kind).in_(NUMBERED))
            .order_by(col(DocumentType.id))
        ).all()
        return [_series(session, ctx, company, kind) for company in companies for kind in types]


def set_start(ctx: Context, company_id: int, type_id: int, start: int) -> str:
    """Let a series that has not begun begin higher; answers its first number.

    Raises: Invalid at "start", Refused once a number was taken, NotFound.
    """
    ctx.require(Permission.SEQUENCE_EDIT)
    with ctx.write() as session:
        company, kind = _whose(session, company_id, type_id)
        period = _series(session, ctx, company, kind).period
        row = _counter(session, company_id, type_id, period, lock=True) or NumberSeries(
            company_id=company_id, document_type_id=type_id, period=period
        )
        found = _series(session, ctx, company, kind)
        if found.has_begun:
            raise Refused(
                "This series has begun; the next number is {next}. Raising it now would leave a "
                "gap. Choose another prefix, or wait for the next period.",
                next=found.next_number,
            )
        check_start(row.next_value, start)
        before, row.next_value, row.first_value = row.next_value, start, start
        session.add(row)
        session.flush()
        of = {"type": kind.code, "period": row.period}
        record(
            session,
            ctx,
            entity="number_series",
            entity_id=row.id or 0,
            action="changed",
            before={"next_value": before, **of},
            after={"next_value": start, **of},
        )
        return _series(session, ctx, company, kind).next_number


def list_types(ctx: Context) -> list[DocumentType]:
    """Every document type, as shipped (DLY-47)."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        return list(session.exec(select(DocumentType).order_by(col(DocumentType.id))).all())


def save_type(ctx: Context, type_id: int, name: str, sign_restriction: str) -> None:
    """Change what may be changed of a document type: its name and the signs it allows.

    Code, direction and kind say what documents there are, and stay. Raises: Invalid, NotFound.
    """
    ctx.require(Permission.DOCUMENT_TYPE_EDIT)
    cleaned = clean_text(name, field="name", maximum=128)
    if not cleaned:
        raise Invalid.of("name", "Give the document type a name.")
    if sign_restriction not in set(SignRestriction):
        raise Invalid.of("sign_restriction", "Choose any, positive or negative.")
    with ctx.write() as session:
        kind = session.get(DocumentType, type_id, with_for_update=True)
        if kind is None:
            raise NotFound("This document type does not exist.")
        twin = session.exec(
            select(DocumentType.id).where(DocumentType.name == cleaned, DocumentType.id != type_id)
        ).first()
        if twin is not None:
            raise Invalid.of("name", f"There is a document type {cleaned} already.")
        was = {"name": kind.name, "sign_restriction": kind.sign_restriction}
        before, after = changes(was, {"name": cleaned, "sign_restriction": sign_restriction})
        if not after:
            return
        kind.name, kind.sign_restriction = cleaned, sign_restriction
        session.add(kind)
        record(
            session,
            ctx,
            entity="document_type",
            entity_id=type_id,
            action="changed",
            before=before,
            after=after,
        )


def _whose(session: Session, company_id: int, type_id: int) -> tuple[Company, DocumentType]:
    company, kind = session.get(Company, company_id), session.get(DocumentType, type_id)
    if company is None or kind is None or kind.kind not in NUMBERED:
        raise NotFound("This series does not exist.")
    return company, kind


def _series(session: Session, ctx: Context, company: Company, kind: DocumentType) -> Series:
    company_id, today = company.id or 0, ctx.today()
    chosen = settings_at(session, Place(company_id=company_id))
    generator = NumberGenerator(chosen["number_generator"])
    period = series_key(company_id, kind.code, today, generator).period
    row = _counter(session, company_id, kind.id or 0, period)
    value = row.next_value if row else 1
    return Series(
        company_id=company_id,
        company=company.name,
        type_id=kind.id or 0,
        type_name=kind.name,
        period=period,
        next_value=value,
        next_number=format_number(prefix_of(kind.code, chosen), today, value, generator),
        has_begun=row is not None and row.next_value > row.first_value,
    )


def _counter(
    session: Session, company_id: int, type_id: int, period: str, *, lock: bool = False
) -> NumberSeries | None:
    """The counter of a series as it is now."""
    query = (
        select(NumberSeries)
        .where(
            NumberSeries.company_id == company_id,
            NumberSeries.document_type_id == type_id,
            NumberSeries.period == period,
        )
        .execution_options(populate_existing=True)
    )
    return session.exec(query.with_for_update() if lock else query).first()
