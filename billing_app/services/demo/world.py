"""What the demo company is and whom it deals with, as tables of plain facts."""

from decimal import Decimal
from typing import NamedTuple

ZONE = "Europe/Berlin"
COMPANY = {
    "name": "Nordlicht Marine Services GmbH",
    "street": "Am Sandtorkai 41",
    "postcode": "20457",
    "city": "Hamburg",
    "country": "DE",
    "phone": "+49 40 555 0140",
    "email": "billing@demo.example",
    "website": "www.demo.example",
    "tax_id": "DE299999994",
    "registration_no": "Amtsgericht Hamburg, HRB 140799",
    "base_currency": "EUR",
    "time_zone": ZONE,
    "bank_name": "Demobank Hamburg",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "payment_details": "Please give the invoice number as reference.",
}


class Ware(NamedTuple):
    """A product; the price is in euro, the rate the one for a German customer."""

    sku: str
    name: str
    unit: str
    price: Decimal
    rate: Decimal = Decimal(19)


def _ware(sku: str, name: str, unit: str, price: str, rate: int = 19) -> Ware:
    return Ware(sku, name, unit, Decimal(price), Decimal(rate))


PRODUCTS = (
    _ware("VSAT-50", "VSAT airtime, 50 GB", "month", "1290.00"),
    _ware("VSAT-UNL", "VSAT airtime, unlimited", "month", "3450.00"),
    _ware("LEO-TERM", "LEO terminal, flat panel", "pcs", "4980.00"),
    _ware("SIM-CREW", "Crew calling SIM", "pcs", "12.50"),
    _ware("VOICE-MIN", "Satellite voice, outbound", "min", "0.68450"),
    _ware("SMS", "Ship-to-shore SMS", "pcs", "0.09125"),
    _ware("PORT-AG", "Port agency fee", "call", "850.00"),
    _ware("PILOT", "Pilotage arrangement", "call", "410.00"),
    _ware("TUG", "Towage coordination", "h", "265.00"),
    _ware("MOOR", "Mooring and unmooring", "call", "320.00"),
    _ware("BUNK-SUP", "Bunker survey", "h", "145.00"),
    _ware("NAV-ENC", "Electronic navigational charts", "cell", "17.35", 7),
    _ware("NAV-PUB", "Nautical publications, printed", "pcs", "38.90", 7),
    _ware("PROV", "Crew provisions", "kg", "6.47500", 7),
    _ware("WASTE", "Waste disposal, MARPOL V", "m3", "78.40"),
    _ware("CREW-TR", "Crew transfer by launch", "trip", "195.00"),
    _ware("HULL-INS", "Hull inspection by diver", "h", "230.00"),
    _ware("RADIO-SRV", "GMDSS radio survey", "pcs", "640.00"),
    _ware("CONS", "Technical consulting", "h", "128.00"),
    _ware("HARB-DUES", "Harbour dues, passed on", "pcs", "512.35", 0),
)
PACKAGES = (
    ("Fleet Basic", "189.00", "99.00", "0", "monthly", "1"),
    ("Fleet Premium", "490.00", "310.00", "250.00", "monthly", "1"),
    ("Crew Welfare Wi-Fi", "75.00", "41.00", "0", "monthly", "15"),
    ("Weather Routing", "49.00", "22.00", "0", "weekly", "1"),
)
VESSELS = (
    "MV Nordstern",
    "MT Elbe Trader",
    "MS Fjordkongen",
    "MV Aegean Dawn",
    "東光丸",
    "MV Cap Verde",
)
VOYAGES = (
    ("NST-2601", 0, "Liner", "Closed"),
    ("NST-2602", 0, "Liner", "Operational"),
    ("ELB-2611", 1, "Tanker", "Invoiced"),
    ("ELB-2612", 1, "Tanker", "Operationally Closed"),
    ("FJK-2605", 2, "Offshore", "Allocated"),
    ("AEG-2608", 3, "Liner", "Operational"),
    ("TKM-2603", 4, "Liner", "Nominated"),
    ("CVD-2609", 5, "Spot", "Estimate"),
)
# units of the customer's currency for one euro of the price list, so that amounts look real
RATES = {
    "EUR": Decimal(1), "USD": Decimal("1.1"), "GBP": Decimal("0.86"),
    "NOK": Decimal("11.6"), "JPY": Decimal(160), "KWD": Decimal("0.34"),
}  # fmt: skip
EU = frozenset({"PL", "GR", "ES", "FR", "NL", "DK", "IT"})
