"""From gathered rows to invoices: every figure, day and word of them, or why not."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.columns import AMOUNTS, Column, Mapping, StatusRule, Table
from billing_app.domain.foreign.days import DayStyle, read_day
from billing_app.domain.foreign.figures import FigureStyle, read_figure, sign_currency
from billing_app.domain.foreign.grouping import Gathered, Told, gathered
from billing_app.domain.foreign.invoices import (
    ForeignCustomer,
    ForeignInvoice,
    ForeignLine,
    Group,
)
from billing_app.domain.foreign.lines import MAX_TEXT, Figures, line_of
from billing_app.domain.foreign.taxing import Stated, Taxed, net_of, taxed
from billing_app.domain.foreign.words import (
    ENDED,
    POSTED,
    currency_of,
    is_paid,
    kind_of,
    status_of,
)
from billing_app.domain.money import currency, format_amount, from_minor, to_minor

MAX_ROWS = 10_000
LINE_FIGURES = (
    Column.QUANTITY, Column.UNIT_PRICE, Column.LINE_NET, Column.TAX_AMOUNT, Column.LINE_DISCOUNT,
)  # fmt: skip
ORDER = re.compile(r"[^\s,;]+")
PRICED = (Column.UNIT_PRICE, Column.LINE_NET)
ADDRESS = (Column.VAT_NO, Column.STREET, Column.POSTCODE, Column.CITY, Column.COUNTRY)


def read_invoices(table: Table, mapping: Mapping) -> list[Group]:
    """The invoices of a table in their order; one that cannot be used says why.

    `mapping` has a style for each of its columns of figures and days (`styles.settled`).
    """
    return [_read(group, mapping) for group in gathered(table, mapping)]


def _read(group: Gathered, mapping: Mapping) -> Group:
    reader = _Reader(group, mapping)
    invoice: ForeignInvoice | None = None
    failed: list[str] = []
    try:
        invoice = reader.invoice()
    except Invalid as error:
        failed = [error.sentence]
    problems = [*group.problems, *reader.problems, *failed]
    return Group(
        key=group.key,
        rows=tuple(told.row for told in group.rows),
        invoice=None if problems else invoice,
        number=group.first(Column.NUMBER),
        customer=group.first(Column.CUSTOMER_NAME) or group.first(Column.CUSTOMER_EMAIL),
        problems=tuple(dict.fromkeys(problems)),
    )


class _Reader:
    """Reads one gathered invoice and collects what is wrong with it."""

    def __init__(self, group: Gathered, mapping: Mapping) -> None:
        self.group = group
        self.mapping = mapping
        self.problems: list[str] = []
        self.currency = currency("EUR")

    def invoice(self) -> ForeignInvoice:
        """The invoice. Raises: Invalid for what makes reading on pointless."""
        group = self.group
        if len(group.rows) > MAX_ROWS:
            raise Invalid.of("lines", f"it has more than {MAX_ROWS:,} rows")
        self.currency = currency(self._currency())
        is_posted = self._is_posted()
        stated = self._stated()
        kind = kind_of(group.first(Column.KIND))
        stated, kind = self._signed(stated, kind)
        found = taxed(stated)
        self._compare(stated, found)
        on = self._day(Column.DATE)
        if on is None:
            raise Invalid.of("document_date", "it has no invoice date")
        return self._assembled(found, stated, kind, on, is_posted=is_posted)

    def _assembled(
        self, found: Taxed, stated: Stated, kind: str, on: date, *, is_posted: bool
    ) -> ForeignInvoice:
        first = self.group.first
        return ForeignInvoice(
            external_id=self.group.key,
            number=first(Column.NUMBER),
            customer=self._customer(),
            document_date=on,
            due_on=None if kind == "credit" else self._day(Column.DUE),
            currency=self.currency.code,
            kind=kind,
            is_posted=is_posted,
            title=first(Column.TITLE),
            po_number=first(Column.PO_NUMBER),
            orders=tuple(ORDER.findall(first(Column.ORDERS))),
            notes=first(Column.NOTES),
            terms=first(Column.TERMS),
            payment_page=first(Column.PAYMENT_PAGE),
            lines=found.lines,
            discount=stated.discount,
            tax_mode=found.mode,
            tax_value=found.value,
            prices_include_tax=stated.includes_tax and found.mode != "fixed",
            total_minor=found.totals.total,
            paid_minor=self._paid(found.totals.total),
            paid_on=self._day(Column.PAID_ON),
        )

    def _paid(self, total: int) -> int:
        """What was paid: the stated sum, or all of it where only the status says so."""
        stated = self._amount(Column.PAID)
        if stated is not None:
            return abs(stated)
        return total if is_paid(self.group.first(Column.STATUS)) else 0

    def _customer(self) -> ForeignCustomer:
        first = self.group.first
        named = ForeignCustomer(
            number=first(Column.CUSTOMER_NUMBER),
            external_id=first(Column.CUSTOMER_ID),
            name=first(Column.CUSTOMER_NAME),
            email=first(Column.CUSTOMER_EMAIL),
            **{str(column): " ".join(first(column).split()) for column in ADDRESS},
        )
        if named.shown:
            return named
        if self.mapping.customer:
            return ForeignCustomer(number=self.mapping.customer)
        raise Invalid.of("customer", "it names no customer")

    def _currency(self) -> str:
        named = currency_of(self.group.first(Column.CURRENCY))
        if named:
            return named
        for told in self.group.rows:
            for column in AMOUNTS:
                if found := sign_currency(told.cells.get(column, "")):
                    return currency_of(found)
        if not self.mapping.currency:
            raise Invalid.of("currency", "it names no currency; give one for the whole file")
        return currency_of(self.mapping.currency)

    def _is_posted(self) -> bool:
        word, rule = self.group.first(Column.STATUS), self.mapping.status
        try:
            status = status_of(word)
        except Invalid:
            if rule is StatusRule.STATED:
                raise
            status = ""
        if status == ENDED:
            raise Invalid.of("status", f'it is "{word[:40]}" in the source, so it is left out')
        return status == POSTED if rule is StatusRule.STATED else rule is StatusRule.POSTED

    def _stated(self) -> Stated:
        lines, taxes = [], []
        for told in self._priced_rows():
            try:
                figures = self._figures(told)
                line, tax = line_of(told, figures, self.currency.digits, self._tax_style(told))
            except Invalid as error:
                self.problems += [f"row {told.row.no}: {text}" for text in error.fields.values()]
                continue
            lines.append(line)
            taxes.append(tax)
        net, tax_total, total = map(
            self._amount, (Column.NET_TOTAL, Column.TAX_TOTAL, Column.TOTAL)
        )
        if self.problems:
            raise Invalid.of("lines", self.problems[0])
        if not lines:
            if net is None and total is not None:
                net = total - (tax_total or 0) + abs(self._amount(Column.DISCOUNT_TOTAL) or 0)
            lines, taxes = [self._whole(net)], [tax_total]
        includes = self.mapping.prices_include_tax
        if said := self.group.first(Column.PRICES).strip().lower():
            includes = said.startswith(("incl", "true", "yes", "brutto", "gross"))
        return Stated(
            currency=self.currency,
            lines=tuple(lines),
            line_taxes=tuple(taxes),
            discount=from_minor(
                abs(self._amount(Column.DISCOUNT_TOTAL) or 0), self.currency.digits
            ),
            includes_tax=includes and bool(lines),
            net=net,
            tax=tax_total,
            total=total,
        )

    def _priced_rows(self) -> list[Told]:
        """The rows that say a line, where any of them says what it costs."""
        rows = self.group.rows
        if not any(told.cells.get(column) for told in rows for column in PRICED):
            return []
        return [told for told in rows if told.has_line()]

    def _whole(self, net: int | None) -> ForeignLine:
        """The one line of an invoice that states sums only."""
        if net is None:
            raise Invalid.of("lines", "it has neither lines nor a total")
        first = self.group.first
        text = first(Column.DESCRIPTION) or first(Column.ITEM) or first(Column.TITLE)
        text = text or f"Invoice {first(Column.NUMBER) or self.group.key}"
        amount = from_minor(net, self.currency.digits)
        quantity = Decimal(-1) if net < 0 else Decimal(1)
        return ForeignLine(text[:MAX_TEXT], quantity, abs(amount))

    def _signed(self, stated: Stated, kind: str) -> tuple[Stated, str]:
        """Amounts positive: an invoice that comes to less than nothing is a credit note."""
        digits = self.currency.digits
        is_negative = sum(net_of(line, digits) for line in stated.lines) < 0
        if not is_negative:
            return stated, kind or "invoice"
        flipped = replace(
            stated,
            lines=tuple(replace(line, quantity=-line.quantity) for line in stated.lines),
            line_taxes=tuple(map(_opposite, stated.line_taxes)),
            net=_opposite(stated.net),
            tax=_opposite(stated.tax),
            total=_opposite(stated.total),
        )
        return flipped, "credit"

    def _compare(self, stated: Stated, found: Taxed) -> None:
        """Tell a difference between the stated total and ours."""
        ours, digits = found.totals.total, self.currency.digits
        if stated.total is None or stated.total == ours:
            return
        less = stated.total - ours
        self.problems.append(
            f"the file states a total of {format_amount(stated.total, digits)}, its lines come to "
            f"{format_amount(ours, digits)} ({format_amount(abs(less), digits)} "
            f"{'less' if less > 0 else 'more'})"
        )

    def _tax_style(self, told: Told) -> FigureStyle:
        return self.mapping.figures.get(told.heads.get(Column.TAX_RATE, ""), FigureStyle.POINT)

    def _figures(self, told: Told) -> Figures:
        problems: dict[str, str] = {}
        figures: dict[Column, Decimal | None] = {}
        for column in LINE_FIGURES:
            try:
                figures[column] = self._figure(told, column)
            except Invalid as error:
                problems[str(column)] = f"{column.label}: {error.sentence}"
        if problems:
            raise Invalid.many(problems)
        return figures

    def _figure(self, told: Told, column: Column) -> Decimal | None:
        text = told.cells.get(column, "")
        if not text:
            return None
        style = self.mapping.figures.get(told.heads[column], FigureStyle.POINT)
        value = read_figure(text.rstrip("%"), style, field=str(column))
        if value is not None and self.mapping.in_minor and column in AMOUNTS:
            return value.scaleb(-self.currency.digits)
        return value

    def _amount(self, column: Column) -> int | None:
        """A sum of the document in minor units, from the first row that states it."""
        for told in self.group.rows:
            if told.cells.get(column):
                try:
                    value = self._figure(told, column)
                except Invalid as error:
                    raise Invalid.of(str(column), f"{column.label}: {error.sentence}") from error
                return None if value is None else to_minor(value, self.currency.digits)
        return None

    def _day(self, column: Column) -> date | None:
        for told in self.group.rows:
            if text := told.cells.get(column):
                style = self.mapping.days.get(told.heads[column], DayStyle.DAY_FIRST)
                try:
                    return read_day(text, style, field=str(column))
                except Invalid as error:
                    raise Invalid.of(
                        str(column), f"row {told.row.no}: {column.label}: {error.sentence}"
                    ) from error
        return None


def _opposite(minor: int | None) -> int | None:
    return None if minor is None else -minor
