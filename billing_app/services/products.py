"""Products: what a new line starts from."""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.domain.money import MAX_AMOUNT
from billing_app.domain.parsing import PERCENT_DIGITS, UNIT_PRICE_DIGITS, clean_text
from billing_app.persistence.tables import Product
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.paging import page_of

FIELDS = ("sku", "name", "description", "unit", "unit_price", "tax_rate", "is_active")


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What the product form says."""

    sku: str
    name: str
    unit_price: Decimal
    tax_rate: Decimal | None = None
    unit: str = "pcs"
    description: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class ProductPage:
    """One page of the products list."""

    rows: tuple[Product, ...]
    count: int


def find_products(ctx: Context, search: str = "", *, page: int = 1) -> ProductPage:
    """Products by name, 50 a page."""
    ctx.require(Permission.PRODUCT_VIEW)
    with ctx.read() as session:
        order = (col(Product.name), col(Product.id))
        found, count = page_of(session, _matching(search), *order, page=page)
        return ProductPage(tuple(row for (row,) in found), count)


def list_products(ctx: Context, search: str = "", *, active_only: bool = False) -> list[Product]:
    """Products by name for pickers, at most 500."""
    ctx.require(Permission.PRODUCT_VIEW)
    with ctx.read() as session:
        query = _matching(search).order_by(col(Product.name), col(Product.id)).limit(500)
        if active_only:
            query = query.where(col(Product.is_active))
        return list(session.exec(query).all())


def _matching(search: str) -> SelectOfScalar[Product]:
    query = select(Product)
    if wanted := search.replace("\0", "").strip():
        columns = (col(Product.name), col(Product.sku))
        query = query.where(or_(*(c.icontains(wanted, autoescape=True) for c in columns)))
    return query


def get_product(ctx: Context, product_id: int) -> Product:
    """One product. Raises: NotFound."""
    ctx.require(Permission.PRODUCT_VIEW)
    with ctx.read() as session:
        return _existing(session, product_id)


def save_product(ctx: Context, facts: ProductFacts, product_id: int = 0, version: int = 0) -> int:
    """Make or change a product; answers its id. Raises: Invalid, Conflict, NotFound."""
    ctx.require(Permission.PRODUCT_EDIT)
    cleaned = _cleaned(facts)
    with ctx.write() as session:
        product = _existing(session, product_id) if product_id else Product()
        if product_id and product.version != version:
            raise Conflict("Somebody else changed this product meanwhile. Reload to see it.")
        twin = session.exec(select(Product).where(Product.sku == cleaned["sku"])).first()
        if twin is not None and twin.id != product.id:
            raise Invalid.of("sku", f"The SKU {cleaned['sku']} belongs to {twin.name}.")
        before = {field: getattr(product, field) for field in FIELDS} if product_id else {}
        for field, value in cleaned.items():
            setattr(product, field, value)
        product.version += 1 if product_id else 0
        session.add(product)
        session.flush()
        was, now = changes(before, cleaned)
        action = "changed" if product_id else "created"
        saved = product.id or 0
        record(
            session, ctx, entity="product", entity_id=saved, action=action, before=was, after=now
        )
        return saved


def _existing(session: Session, product_id: int) -> Product:
    product = session.get(Product, product_id)
    if product is None:
        raise NotFound("This product does not exist.")
    return product


def _cleaned(facts: ProductFacts) -> dict[str, object]:
    problems: dict[str, str] = {}
    cleaned: dict[str, object] = {
        "unit_price": facts.unit_price,
        "tax_rate": facts.tax_rate,
        "is_active": facts.is_active,
    }
    for field, maximum, multiline in (
        ("sku", 64, False),
        ("name", 255, False),
        ("unit", 32, False),
        ("description", 2000, True),
    ):
        try:
            cleaned[field] = clean_text(
                getattr(facts, field), field=field, maximum=maximum, multiline=multiline
            )
        except Invalid as error:
            problems |= error.fields
    for field, figure, digits, least, most in (
        ("unit_price", facts.unit_price, UNIT_PRICE_DIGITS, -MAX_AMOUNT, MAX_AMOUNT),
        ("tax_rate", facts.tax_rate or Decimal(0), PERCENT_DIGITS, Decimal(0), Decimal(100)),
    ):
        if not figure.is_finite() or not least <= figure <= most or round(figure, digits) != figure:
            problems[field] = f"Give a figure with at most {digits} decimals, up to {most:,f}."
    if not cleaned.get("sku"):
        problems.setdefault("sku", "Give the product a SKU.")
    if not cleaned.get("name"):
        problems.setdefault("name", "Give the product a name.")
    if problems:
        raise Invalid.many(problems)
    return cleaned
