"""What the operator does with the packages of one customer."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from billing_app.services.packages.booking import Charged


@click.command("run-packages")
@click.argument("customer")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Up to this day, in UTC.")
@click.option("--simulate", is_flag=True, help="Say what would be charged, and write nothing.")
def run_packages(customer: str, as_of: datetime | None, *, simulate: bool) -> None:
    """Charge what all packages of CUSTOMER, named by its number, owe and were not charged."""
    from billing_app.bootstrap import world  # noqa: PLC0415
    from billing_app.services.customers import customer_numbered  # noqa: PLC0415
    from billing_app.services.packages.charging import run_packages as run  # noqa: PLC0415

    ctx = world().system()
    until = as_of.date() if as_of else ctx.now().date()
    found = run(ctx, customer_numbered(ctx, customer).id or 0, until, simulate=simulate)
    for one in found:
        click.echo(_told(one))
    done = "would be made; nothing was written" if simulate else "made"
    click.echo(f"{len(found):,} {'charge' if len(found) == 1 else 'charges'} {done}.")


def _told(one: "Charged") -> str:
    from billing_app.domain.money import currency, format_minor  # noqa: PLC0415

    whole, fraction = format_minor(one.amount_minor, currency(one.currency).digits)
    figure = f"{whole}.{fraction}" if fraction else whole
    return f"{one.on}  {one.currency} {figure:>14}  {one.text}"
