"""What the operator does with the books as a whole: check them, save them, bring them back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from billing_app.services.books.violations import Proved


@click.command()
@click.option("--all", "every", is_flag=True, help="Name the promises that hold, too.")
@click.option("--deep", is_flag=True, help="Have the database read its whole file, too.")
def verify(*, every: bool, deep: bool) -> None:
    """Prove that the books are right: everything is computed anew. Ends with 1 where it is not."""
    from billing_app.bootstrap import world  # noqa: PLC0415
    from billing_app.services.books.verify import count_of_proofs  # noqa: PLC0415
    from billing_app.services.books.verify import verify as prove  # noqa: PLC0415

    ctx = world().system()
    with click.progressbar(length=count_of_proofs(ctx, deep=deep), label="Promises") as bar:
        found = prove(ctx, lambda _: bar.update(1), deep=deep)
    for one in found:
        if one.count or every:
            click.echo(_told(one))
    wrong = sum(one.count for one in found)
    if wrong:
        raise click.ClickException(f"{wrong:,} things are wrong in the books.")
    click.echo(f"The books are right: {len(found)} promises hold.")


def _told(one: "Proved") -> str:
    if not one.count:
        return f"holds  {one.promise}"
    lines = [f"BROKEN {one.promise}", *(f"       {each.sentence}" for each in one.violations)]
    if one.count > len(one.violations):
        lines.append(f"       ... and {one.count - len(one.violations):,} more.")
    return "\n".join(lines)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Save everything to FILE while the product runs: the database and the key that seals."""
    from billing_app.bootstrap import world  # noqa: PLC0415
    from billing_app.services.books.backups import back_up  # noqa: PLC0415

    with click.progressbar(length=100, label="Copying") as bar:
        manifest = back_up(
            world().system(),
            file.resolve(),
            lambda done, every: bar.update(100 * done // max(every, 1) - bar.pos),
        )
    click.echo(f"{file}: {manifest.invoices:,} invoices, {file.stat().st_size / 1e6:,.1f} MB.")
    click.echo("It holds everything the product knows, and its key: keep it where nobody reads it.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring a backup back into an empty folder or database, and check its books."""
    from billing_app.persistence.database import Database  # noqa: PLC0415
    from billing_app.services.books.backups import restore as fill  # noqa: PLC0415
    from billing_app.settings import SECRET_FILE, settings  # noqa: PLC0415

    chosen = settings()
    manifest = fill(Database(chosen.url), chosen.data_dir / SECRET_FILE, file)
    click.echo(f"{manifest.invoices:,} invoices as of {manifest.made_at} are back.")
    verify.callback(every=False, deep=True)  # type: ignore[misc]
