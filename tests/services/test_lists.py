"""Lists of records: by the page, with how many there are in all."""

from decimal import Decimal

import pytest

from billing_app.domain.errors import Forbidden
from billing_app.persistence.tables import Package, Product
from billing_app.services.packages.catalog import find_packages
from billing_app.services.products import find_products


def test_products_are_paged_and_counted(w):
    with w.database.write() as session:
        session.add_all(
            Product(sku=f"S-{at:03d}", name=f"Ware {at:03d}", unit_price=Decimal(at))
            for at in range(120)
        )
    pages = [find_products(w.ctx("viewer"), page=page) for page in (1, 2, 3, 4)]
    assert [(len(page.rows), page.count) for page in pages] == [
        (50, 121),
        (50, 121),
        (21, 121),
        (0, 121),
    ]
    names = [row.name for page in pages for row in page.rows]
    assert names == [*(f"Ware {at:03d}" for at in range(120)), "Work"]
    found = find_products(w.ctx("viewer"), "s-11")
    assert ([row.sku for row in found.rows], found.count) == ([f"S-11{at}" for at in range(10)], 10)
    assert find_products(w.ctx("viewer"), "%_\0'").count == 0
    with pytest.raises(Forbidden):
        find_products(w.ctx("a90"))


def test_packages_are_paged_and_counted(w):
    with w.database.write() as session:
        session.add_all(Package(name=f"Line {at:03d}") for at in range(60))
    pages = [find_packages(w.ctx("viewer"), "LINE", page=page) for page in (1, 2)]
    assert [(len(page.rows), page.count) for page in pages] == [(50, 60), (10, 60)]
    assert pages[1].rows[0].name == "Line 050"
    assert find_packages(w.ctx("viewer"), "%").count == 0
    with pytest.raises(Forbidden):
        find_packages(w.ctx("a90"))
