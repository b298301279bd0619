"""The demo company: a coherent year of business, and any number of invoices for measuring."""

from billing_app.services.demo.filling import fill_demo
from billing_app.services.demo.many import fill_many
from billing_app.services.demo.people import DEMO_PASSWORD, DEMO_PEOPLE, sign_ins

__all__ = ["DEMO_PASSWORD", "DEMO_PEOPLE", "fill_demo", "fill_many", "sign_ins"]
