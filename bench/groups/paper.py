"""How fast papers are drawn."""

from datetime import timedelta
from decimal import Decimal
from statistics import mean

from bench.databases import as_staff, with_demo
from bench.figures import MILLISECONDS, Options, Row, rate, repeat, timing
from billing_app.documents.pdf import render_invoice
from billing_app.documents.snapshot import from_json
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import Snapshot
from billing_app.services.context import Context
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.drafts import create_draft
from billing_app.services.invoices.moves import move_invoice

LINES = {10: 100.0, 1_000: None}
TIMES, SECONDS = 300, 8.0


def measure(options: Options) -> list[Row]:
    """A usual invoice and a very long one."""
    world = with_demo("paper")
    ctx = as_staff(world)
    rows: list[Row] = []
    for lines, least in LINES.items():
        content = _stored_snapshot(ctx, lines)

        def draw(content: str = content) -> bytes:
            return render_invoice(from_json(content))

        first = repeat(draw, times=1, seconds=1, warm=0)
        samples = repeat(draw, times=options.times(TIMES), seconds=options.seconds(SECONDS))
        column = f"{lines:,} lines"
        rows += [
            rate("PDFs", column, MILLISECONDS / mean(samples), least=least),
            timing("one PDF", column, samples),
            timing("the first of this length", column, first),
            Row("size", column, f"{len(draw()) / 1024:,.0f} KiB"),
        ]
    world.database.close()
    return rows


def _stored_snapshot(ctx: Context, lines: int) -> str:
    line = DraftLine("VSAT airtime, 50 GB, MV Nordstern", Decimal(3), Decimal("19.99"), "percent")
    draft = Draft(
        customer_id=1,
        document_date=ctx.today(),
        due_on=ctx.today() + timedelta(days=30),
        currency="EUR",
        lines=(line,) * lines,
    )
    invoice_id = create_draft(ctx, draft)
    move_invoice(ctx, invoice_id, Action.POST, confirmed=True)
    with ctx.read() as session:
        return session.get_one(Snapshot, invoice_id).content
