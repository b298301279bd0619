"""Numbers of a series for many documents at once, in the order of their posting."""

from datetime import date

from sqlmodel import Session, col, select

from billing_app.domain.numbering import NumberGenerator, format_number, series_key
from billing_app.persistence.tables import DocumentType, Invoice, NumberSeries
from billing_app.services.invoices.numbers import prefix_of
from billing_app.services.settings import Place, settings_at

ASKED_AT_ONCE = 5_000


def take_numbers(
    session: Session, company_id: int, type_id: int, on: date, count: int
) -> list[str]:
    """The next `count` numbers of the series that `on` falls into; typed ones are passed over."""
    chosen = settings_at(session, Place(company_id=company_id))
    document_type = session.get_one(DocumentType, type_id)
    prefix = prefix_of(document_type.code, chosen)
    generator = NumberGenerator(chosen["number_generator"])
    period = series_key(company_id, document_type.code, on, generator).period
    series = _series(session, company_id, type_id, period)
    numbers: list[str] = []
    while len(numbers) < count:
        wanted = range(
            series.next_value, series.next_value + min(count - len(numbers), ASKED_AT_ONCE)
        )
        free = [format_number(prefix, on, value, generator) for value in wanted]
        taken = _taken(session, company_id, type_id, free)
        numbers += [number for number in free if number not in taken]
        series.next_value = wanted.stop
    session.add(series)
    session.flush()
    return numbers


def _series(session: Session, company_id: int, type_id: int, period: str) -> NumberSeries:
    found = session.exec(
        select(NumberSeries)
        .where(
            NumberSeries.company_id == company_id,
            NumberSeries.document_type_id == type_id,
            NumberSeries.period == period,
        )
        .with_for_update()
    ).first()
    if found is not None:
        session.refresh(found)  # the counter may have moved in plain SQL
        return found
    return NumberSeries(company_id=company_id, document_type_id=type_id, period=period)


def _taken(session: Session, company_id: int, type_id: int, numbers: list[str]) -> set[str]:
    return set(
        session.exec(
            select(Invoice.number).where(
                Invoice.company_id == company_id,
                Invoice.document_type_id == type_id,
                col(Invoice.number).in_(numbers),
                Invoice.number != "",  # else the index of numbers cannot be used
            )
        ).all()
    )
