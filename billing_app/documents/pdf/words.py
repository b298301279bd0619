"""The fixed words of the paper, one set per language, and how that language writes figures."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words with {} take the named fact."""

    thousands: str
    point: str
    months: tuple[str, ...]
    day: str
    draft_title: str
    draft_lowers_title: bool
    invoice_no: str
    credit_no: str
    document: str
    dated: str
    due: str
    credits_invoice: str
    invoice_date: str
    customer_no: str
    reference: str
    purchase_order: str
    order: str
    period: str
    service_date: str
    period_span: str
    buyer_vat: str
    no: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    discount: str
    vat: str
    amount: str
    carried: str
    brought: str
    net: str
    tax: str
    gross: str
    total: str
    lines_sum: str
    prepaid: str
    to_pay: str
    credited: str
    please_pay: str
    please_pay_by: str
    recipient: str
    bank: str
    payment_reference: str
    scan: str
    nothing: str
    set_off: str
    settled: str
    draft_heading: str
    draft_credit_heading: str
    draft_text: str
    draft_mark: str
    draft_note: str
    page: str
    vat_id: str

    def dated_on(self, day: date) -> str:
        """Write a day with the month as a word, so no reader swaps it with the day."""
        return self.day.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def draft(self, title: str) -> str:
        """The title of a paper that is not yet one."""
        return self.draft_title.format(title=title.lower() if self.draft_lowers_title else title)

    def span(self, first: date | None, last: date | None) -> str:
        """Write a period; the year once if it is one."""
        if first is None or last is None or first == last:
            known = first or last
            return self.dated_on(known) if known else ""
        start = self.dated_on(first)
        if first.year == last.year:
            start = start.removesuffix(f" {first.year}")
            if first.month == last.month:
                start = start.split(" ")[0]
        return self.period_span.format(first=start, last=self.dated_on(last))


ENGLISH = Words(
    thousands=",",
    point=".",
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    day="{day} {month} {year}",
    draft_title="Draft {title}",
    draft_lowers_title=True,
    invoice_no="Invoice no.",
    credit_no="Credit note no.",
    document="Document",
    dated="Date",
    due="Due date",
    credits_invoice="Credits invoice",
    invoice_date="Invoice date",
    customer_no="Customer no.",
    reference="Your reference",
    purchase_order="Your order",
    order="Order no.",
    period="Service period",
    service_date="Service date",
    period_span="{first} to {last}",
    buyer_vat="Your VAT ID",
    no="No",
    description="Description",
    quantity="Quantity",
    unit="Unit",
    unit_price="Unit price",
    discount="Discount",
    vat="VAT",
    amount="Amount, {currency}",
    carried="Carried forward to page {page}",
    brought="Brought forward from page {page}",
    net="Net",
    tax="Tax",
    gross="Gross",
    total="Sum",
    lines_sum="Sum of lines",
    prepaid="Paid in advance",
    to_pay="Amount to pay",
    credited="Credited to you",
    please_pay="Please pay {amount}",
    please_pay_by="Please pay {amount} by {date}",
    recipient="Recipient",
    bank="Bank",
    payment_reference="Reference",
    scan="Scan the code with your banking app: recipient, amount and reference are filled in.",
    nothing="Nothing to pay",
    set_off=(
        "We set this amount off against your open invoices, or transfer it to you if none is open."
    ),
    settled="This invoice leaves nothing open.",
    draft_heading="Draft, not an invoice",
    draft_credit_heading="Draft, not a credit note",
    draft_text="Number, dates and amounts may still change. Nothing is owed on this paper.",
    draft_mark="DRAFT",
    draft_note="Draft",
    page="Page {page} of {pages} · {reference}",
    vat_id="VAT ID",
)

GERMAN = Words(
    thousands=".",
    point=",",
    months=(
        "Jan.",
        "Feb.",
        "März",
        "Apr.",
        "Mai",
        "Juni",
        "Juli",
        "Aug.",
        "Sept.",
        "Okt.",
        "Nov.",
        "Dez.",
    ),
    day="{day}. {month} {year}",
    draft_title="Entwurf: {title}",
    draft_lowers_title=False,
    invoice_no="Rechnungsnr.",
    credit_no="Gutschriftsnr.",
    document="Beleg",
    dated="Datum",
    due="Zahlbar bis",
    credits_invoice="Zu Rechnung",
    invoice_date="Rechnungsdatum",
    customer_no="Kundennr.",
    reference="Ihr Zeichen",
    purchase_order="Ihre Bestellung",
    order="Auftragsnr.",
    period="Leistungszeit",
    service_date="Leistungstag",
    period_span="{first} bis {last}",
    buyer_vat="Ihre USt-IdNr.",
    no="Pos.",
    description="Beschreibung",
    quantity="Menge",
    unit="Einheit",
    unit_price="Einzelpreis",
    discount="Rabatt",
    vat="USt.",
    amount="Betrag, {currency}",
    carried="Übertrag auf Seite {page}",
    brought="Übertrag von Seite {page}",
    net="Netto",
    tax="Steuer",
    gross="Brutto",
    total="Summe",
    lines_sum="Summe der Positionen",
    prepaid="Im Voraus bezahlt",
    to_pay="Zu zahlen",
    credited="Ihre Gutschrift",
    please_pay="Bitte zahlen Sie {amount}",
    please_pay_by="Bitte zahlen Sie {amount} bis {date}",
    recipient="Empfänger",
    bank="Bank",
    payment_reference="Verwendung",
    scan="Code mit der Banking-App lesen: Empfänger, Betrag und Verwendungszweck sind ausgefüllt.",
    nothing="Nichts zu zahlen",
    set_off=(
        "Wir verrechnen den Betrag mit Ihren offenen Rechnungen oder überweisen ihn,"
        " falls keine offen ist."
    ),
    settled="Aus dieser Rechnung ist nichts offen.",
    draft_heading="Entwurf, keine Rechnung",
    draft_credit_heading="Entwurf, keine Gutschrift",
    draft_text=(
        "Nummer, Daten und Beträge können sich noch ändern."
        " Mit diesem Papier ist nichts geschuldet."
    ),
    draft_mark="ENTWURF",
    draft_note="Entwurf",
    page="Seite {page} von {pages} · {reference}",
    vat_id="USt-IdNr.",
)

LANGUAGES = {"en": ENGLISH, "de": GERMAN}


def words_of(language: str) -> Words:
    """The words of a language tag ("de-AT" speaks German); English where there are none yet."""
    return LANGUAGES.get(language.replace("_", "-").split("-")[0].lower(), ENGLISH)
