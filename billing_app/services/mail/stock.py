"""The templates the product ships with: they can be changed and reset (CXS-46, ORO-20)."""

from collections.abc import Mapping
from dataclasses import dataclass

INVOICE = "invoice_notification_template"
RECEIPT = "payment_confirmation_template"
NOTICE = "package_charge_template"
DISPUTE = "dispute_template"
DISPUTE_ANSWER = "dispute_answer_template"

_CLOSING = """
Kind regards
{{system.sellerCompanyName}}
{{#if system.sellerPhoneNumber}}
{{system.sellerPhoneNumber}}
{{/if}}
{{#if system.sellerContactEmail}}
{{system.sellerContactEmail}}
{{/if}}
"""


@dataclass(frozen=True, slots=True)
class Stock:
    """A template as shipped."""

    label: str
    sentence: str
    subject: str
    text: str


STOCK: Mapping[str, Stock] = {
    INVOICE: Stock(
        "Invoice notification",
        "Fills the mail that Send to Customer opens.",
        "{{invoice.type}} {{invoice.number}}",
        """Dear {{account.name}},

please find attached {{invoice.type}} {{invoice.number}} of {{dateFormat invoice.date}} over \
{{currencyFormat invoice.total invoice.currency}}.
{{#if invoice.due_date}}
It is due on {{dateFormat invoice.due_date}}.
{{/if}}
{{#if guestPaymentPage}}

You can pay it here: {{guestPaymentPage}}
{{/if}}
{{#if invoice.notes}}

{{invoice.notes}}
{{/if}}
{{#if invoice.terms}}

{{invoice.terms}}
{{/if}}
"""
        + _CLOSING,
    ),
    RECEIPT: Stock(
        "Payment confirmation",
        "Goes to all contacts of a customer whose payment was received.",
        "We received your payment {{payment.number}}",
        """Dear {{account.name}},

we received your payment of {{currencyFormat payment.amount payment.currency}} on \
{{dateFormat payment.date}}. Thank you.
{{#if payment.reference}}
Your reference: {{payment.reference}}
{{/if}}
"""
        + _CLOSING,
    ),
    NOTICE: Stock(
        "Package charge notification",
        "Goes to a customer some days before a package is charged.",
        "{{package.name}} will be charged on {{dateFormat package.date}}",
        """Dear {{account.name}},

on {{dateFormat package.date}} we will charge {{package.name}} with \
{{currencyFormat package.amount package.currency}}.
"""
        + _CLOSING,
    ),
    DISPUTE: Stock(
        "Dispute",
        "Goes to the seller's own address when a customer disputes an invoice.",
        "{{account.name}} disputes {{dispute.invoice}}",
        """{{dispute.person}} of {{account.name}} disputes \
{{currencyFormat dispute.amount dispute.currency}} of {{dispute.invoice}}:

{{dispute.reason}}

Answer it here: {{dispute.page}}
""",
    ),
    DISPUTE_ANSWER: Stock(
        "Answer to a dispute",
        "Goes to the person whose dispute is answered, accepted or rejected.",
        "Your dispute of {{dispute.invoice}} is {{dispute.state}}",
        """Dear {{dispute.person}},

your dispute of {{dispute.invoice}} is {{dispute.state}}.
{{#if dispute.answer}}

{{dispute.answer}}
{{/if}}

You see it here: {{dispute.page}}
"""
        + _CLOSING,
    ),
}
