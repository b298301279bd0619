"""Customers and their contacts: lists, one record, saving."""

from billing_app.services.customers.facts import EMAIL, ContactFacts, CustomerFacts
from billing_app.services.customers.finding import (
    CustomerPage,
    customer_numbered,
    existing_customer,
    find_customers,
    get_customer,
    list_customers,
    shown_name,
)
from billing_app.services.customers.saving import save_customer

__all__ = [
    "EMAIL",
    "ContactFacts",
    "CustomerFacts",
    "CustomerPage",
    "customer_numbered",
    "existing_customer",
    "find_customers",
    "get_customer",
    "list_customers",
    "save_customer",
    "shown_name",
]
