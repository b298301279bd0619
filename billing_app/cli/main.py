"""`billing ...`: the operator's commands; each calls the same use cases as the pages."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from billing_app.cli.books import backup, restore, verify
from billing_app.cli.documents import export, post, render
from billing_app.cli.packages import run_packages
from billing_app.domain.errors import BillingError
from billing_app.settings import SettingsError, settings

if TYPE_CHECKING:
    from billing_app.bootstrap import World


EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104  addresses to listen on, not to go to


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Billing: invoicing for staff, a portal for their customers."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=3000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--demo", is_flag=True, help="Fill an empty database with the demo company.")
@click.option("--no-build", is_flag=True, help="Serve the front end as it was built.")
def serve(*, host: str, port: int, demo: bool, no_build: bool) -> None:
    """Migrate, build the front end if it changed, and serve everything on one port."""
    reachable = "127.0.0.1" if host in EVERYWHERE else host
    address = f"http://{reachable}:{port}"
    os.environ.setdefault("BILLING_PUBLIC_URL", address)
    public = os.environ["BILLING_PUBLIC_URL"]
    os.environ.setdefault("BILLING_ORIGINS", f"{public},{address},http://localhost:{port}")
    if demo:
        os.environ["BILLING_DEMO"] = "1"
    settings()  # a wrong one is said before anything is built
    from billing_app.cli.serving import build_front_end, serve_forever  # noqa: PLC0415

    if not no_build and build_front_end():
        click.echo("The front end is built.")
    click.echo(_prepare(demo=demo, address=public))
    _close()
    sys.stdout.flush()
    serve_forever(host, port)


@main.command()
def build() -> None:
    """Build the front end if anything it is made from changed, and compile the modules."""
    from billing_app.cli.serving import build_front_end, compile_modules  # noqa: PLC0415

    compile_modules()
    click.echo("The front end is built." if build_front_end() else "The front end is up to date.")


@main.command()
def migrate() -> None:
    """Bring the database up to date."""
    from billing_app.persistence.migrating import migrate as apply  # noqa: PLC0415

    apply(_world().database)
    click.echo("The database is up to date.")


@main.command()
@click.option(
    "--invoices", default=0, type=click.IntRange(0, 5_000_000), help="How many to fill in."
)
def demo(invoices: int) -> None:
    """Fill an empty database with a coherent demo company, or with many invoices."""
    from billing_app.services.demo import fill_demo, fill_many  # noqa: PLC0415

    _migrated()
    ctx = _world().system()
    if fill_demo(ctx, password_hash=_demo_password_hash()):
        click.echo("The demo company is there.")
    if invoices:
        with click.progressbar(length=invoices, label="Invoices") as bar:
            rate = fill_many(ctx, invoices, progress=bar.update)
        click.echo(f"{invoices:,} invoices, {rate:,.0f} a second.")


@main.command("create-admin")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.password_option()
def create_admin(email: str, name: str, password: str) -> None:
    """Make a staff user with the level Admin."""
    from billing_app.security.passwords import check_new_password, hash_password  # noqa: PLC0415
    from billing_app.services.people.staff import create_staff  # noqa: PLC0415

    _migrated()
    check_new_password(password, email, name)
    create_staff(_world().system(), email, name, level=80, password_hash=hash_password(password))
    click.echo(f"{email} is an administrator.")


@main.command("import")
@click.argument("kind", type=click.Choice(["invoices", "online-retail", "usage"]))
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and report, write nothing.")
@click.option(
    "--known-customers", is_flag=True, help="Usage: refuse calls of customers that do not exist."
)
@click.option("--source", default="", help="Invoices: the system they come from.")
@click.option("--currency", default="", help="Invoices: of rows that name none.")
@click.option("--customer", default="", help="Invoices: the customer number of rows without one.")
@click.option("--days", type=click.Choice(["day-first", "month-first"]), help="How 7/6 is read.")
@click.option("--figures", type=click.Choice(["point", "comma"]), help="How 1.020 is read.")
@click.option("--all", "status", type=click.Choice(["draft", "posted"]), help="Not as stated.")
@click.option("--refused", type=click.Path(path_type=Path), help="Write refused rows there.")
def import_(kind: str, file: Path, **chosen: Any) -> None:  # noqa: ANN401  the options above
    """Import invoices or usage of another system; the same file twice changes nothing."""
    from billing_app.cli.importing import IMPORTERS  # noqa: PLC0415

    if file.is_dir() != (kind == "usage"):
        raise click.BadParameter("Usage is a folder, invoices are a file.", param_hint="FILE")
    _migrated()
    click.echo(IMPORTERS[kind](_world().system(), file, chosen))


@main.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As if it were this day, in UTC.")
@click.option("--rehearse", "only", is_flag=True, help="Say what it would do, and write nothing.")
def generate(as_of: datetime | None, *, only: bool) -> None:
    """Make the missing invoices of every finished period, and book packages paid from credit."""
    if only:
        _rehearse(as_of)
        return
    from billing_app.services.generation.invoicing import (  # noqa: PLC0415
        generate_all,
        scheduled_customers,
    )
    from billing_app.services.packages.charging import charge_packages  # noqa: PLC0415

    _migrated()
    ctx, day = _world().system(), as_of.date() if as_of else None
    purchases, failures = charge_packages(ctx, as_of=day)
    failed = [f"Customer {key}: {sentence}" for key, sentence in failures]
    with click.progressbar(length=len(scheduled_customers(ctx)), label="Customers") as bar:
        made = generate_all(ctx, as_of=day, progress=bar.update)
    click.echo(f"{len(made.invoice_ids):,} drafts for {made.customers:,} customers.")
    click.echo(f"{purchases:,} purchases from customers' credit.")
    failed += [f"Customer {number}: {sentence}" for number, sentence in made.failures]
    if failed:
        raise click.ClickException("\n".join(["Some customers were left out:", *failed]))


def _rehearse(as_of: datetime | None) -> None:
    from billing_app.cli.rehearsing import report  # noqa: PLC0415
    from billing_app.services.generation.invoicing import scheduled_customers  # noqa: PLC0415
    from billing_app.services.generation.rehearsal import rehearse  # noqa: PLC0415

    _migrated()
    ctx = _world().system()
    day = as_of.date() if as_of else ctx.now().date()
    with click.progressbar(length=len(scheduled_customers(ctx)), label="Customers") as bar:
        found = rehearse(ctx, day, progress=bar.update)
    click.echo(report(found))


@main.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As if it were this day.")
def recur(as_of: datetime | None) -> None:
    """Make the drafts of recurring invoices that are due, and those that were missed."""
    from billing_app.services.recurrence.run import due_plans, run_recurrence  # noqa: PLC0415

    _migrated()
    ctx, day = _world().system(), as_of.date() if as_of else None
    with click.progressbar(length=len(due_plans(ctx, as_of=day)), label="Plans") as bar:
        ran = run_recurrence(ctx, as_of=day, progress=bar.update)
    click.echo(f"{len(ran.invoice_ids):,} drafts made.")
    if ran.failures:
        said = [f"{label}: {sentence}" for label, sentence in ran.failures]
        raise click.ClickException("\n".join(["Some plans were left out:", *said]))


@main.command()
def worker() -> None:
    """Deliver outbox and mail queue and run jobs that are due, until interrupted."""
    from billing_app.jobs.worker import run_forever  # noqa: PLC0415

    _migrated()
    world = _world()
    run_forever(world.system(), world.mailer(), world.gateways(), world.poster())


@main.group()
def jobs() -> None:
    """The clock's jobs: what there is, and running one now."""


@jobs.command("list")
def list_jobs_() -> None:
    """Each job with its next run, and its latest one."""
    from billing_app.cli.clock import listed  # noqa: PLC0415

    _migrated()
    click.echo(listed(_world().system()))


@jobs.command("run")
@click.argument("name")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As if it were this day, in UTC.")
def run_job(name: str, as_of: datetime | None) -> None:
    """Run a job now."""
    from billing_app.cli.clock import run_now  # noqa: PLC0415

    _migrated()
    said, failures = run_now(_world().system(), name, as_of.date() if as_of else None)
    click.echo(said)
    if failures:
        raise click.ClickException("\n".join(["Some items failed:", *failures]))


def _prepare(*, demo: bool, address: str) -> str:
    """Migrate, ship the basics, fill the demo; answers what the operator should read."""
    from billing_app.services.people.setup import is_empty, new_setup_token  # noqa: PLC0415

    _migrated()
    ctx = _world().system()
    if demo:
        from billing_app.services.demo import fill_demo, sign_ins  # noqa: PLC0415

        if is_empty(ctx):  # hashing the password takes a while
            fill_demo(ctx, password_hash=_demo_password_hash())
        return f"Billing is at {address}\n{sign_ins()}"
    if is_empty(ctx):
        token = new_setup_token(ctx)
        return f"Nobody can sign in yet. Set up within 15 minutes at\n{address}/setup?token={token}"
    return f"Billing is at {address}"


def _demo_password_hash() -> str:
    from billing_app.security.passwords import hash_password  # noqa: PLC0415
    from billing_app.services.demo import DEMO_PASSWORD  # noqa: PLC0415

    return hash_password(DEMO_PASSWORD)


def _migrated() -> None:
    from billing_app.persistence.migrating import migrate as apply  # noqa: PLC0415
    from billing_app.services.people.setup import ship_basics  # noqa: PLC0415

    apply(_world().database)
    ship_basics(_world().system())


def _world() -> "World":
    from billing_app.bootstrap import world  # noqa: PLC0415

    return world()


def _close() -> None:
    """Close what the supervisor opened: workers are forked and open their own."""
    _world().database.close()


for command in (post, render, export, verify, backup, restore, run_packages):
    main.add_command(command)


def run() -> None:
    """The entry of `billing`: errors are sentences."""
    try:
        main()
    except BillingError as error:
        click.echo(error.sentence, err=True)
        sys.exit(1)
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    run()
