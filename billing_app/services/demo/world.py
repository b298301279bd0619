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


class Party(NamedTuple):
    """A customer or supplier with its first contact."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    currency: str
    contact: str
    domain: str
    vat_no: str = ""
    term_days: int = 30
    is_supplier: bool = False


CUSTOMERS = (
    Party("Hansekontor Reederei AG", "Ballindamm 17", "20095", "Hamburg", "DE", "EUR", "Lukas Reimer", "customer-a.example", "DE129999991"),
    Party("Bałtyk Żegluga S.A.", "ul. Portowa 8", "81-339", "Gdynia", "PL", "EUR", "Maria Kowalska", "customer-b.example", "PL5260001246"),
    Party("Fjordlinjen Offshore AS", "Strandgaten 12", "5013", "Bergen", "NO", "NOK", "Ingrid Solheim", "fjordlinjen.example", "NO999999999MVA"),
    Party("Thames Harbour Pilots Ltd", "4 Wapping Wall", "E1W 3SG", "London", "GB", "GBP", "Oliver Grant", "thamespilots.example", "GB123456789"),
    Party("Gulf Tanker Operations K.S.C.", "Al Shuhada Street 21", "13001", "Kuwait City", "KW", "KWD", "Faisal Al-Sabah", "gulftanker.example"),
    Party("東海海運株式会社", "港区海岸1-2-3", "105-0022", "東京", "JP", "JPY", "田中 美咲", "tokaikaiun.example"),
    Party("Bluewater Logistics Inc.", "200 Harbor Drive", "90731", "San Pedro, CA", "US", "USD", "Grace Miller", "bluewater.example"),
    Party("Αιγαίο Ναυτιλία Α.Ε.", "Ακτή Μιαούλη 45", "185 36", "Πειραιάς", "GR", "EUR", "Νίκος Παπαδάκης", "aegeo.example", "EL094259216"),
    Party("Compañía Naviera del Sur S.L.", "Muelle de Poniente 3", "11006", "Cádiz", "ES", "EUR", "José Núñez", "navsur.example", "ESB58378431"),
    Party("Société Maritime d’Armor", "12 quai des Indes", "56100", "Lorient", "FR", "EUR", "Aurélie Le Gall", "armor.example", "FR40303265045"),
    Party("شركة الخليج للملاحة", "شارع الميناء 7", "", "دبي", "AE", "USD", "ليلى حداد", "khaleejnav.example"),
    Party("Rotterdam Bunkering B.V.", "Waalhaven Z.z. 19", "3089 JH", "Rotterdam", "NL", "EUR", "Sanne de Vries", "rtmbunker.example", "NL004495445B01"),
    Party("Øresund Ferries ApS", "Havnegade 44", "1058", "København", "DK", "EUR", "Søren Kjær", "oresundferries.example", "DK13585628"),
    Party("Чорноморські Лінії ТОВ", "вул. Приморська 6", "65026", "Одеса", "UA", "USD", "Оксана Шевченко", "chornomor.example"),
    Party("Elbe Feeder GmbH & Co. KG", "Stubbenhuk 10", "20459", "Hamburg", "DE", "EUR", "Torsten Möller", "elbefeeder.example", "DE136695976", 14),
    Party("Weser Schlepper GmbH", "Barkhausenstraße 60", "27568", "Bremerhaven", "DE", "EUR", "Gesa Lührs", "weserschlepper.example", "DE811569869", 14),
    Party("Kieler Yachtwerft eG", "Wischhofstraße 1", "24148", "Kiel", "DE", "EUR", "Jörg Petersen", "kieleryacht.example", "", 14),
    Party("सागर शिपिंग प्रा. लि.", "बैलार्ड एस्टेट 9", "400001", "मुंबई", "IN", "USD", "प्रिया शर्मा", "sagarshipping.example"),
    Party("Clyde Marine Surveyors LLP", "9 Broomielaw", "G1 4RU", "Glasgow", "GB", "GBP", "Fiona MacLeod", "clydesurvey.example", "GB987654321"),
    Party("Nordkapp Havfiske AS", "Sjøgata 3", "9750", "Honningsvåg", "NO", "NOK", "Lars Mikkelsen", "nordkapphavfiske.example"),
    Party("Pacific Reefer Lines Pte. Ltd.", "1 Maritime Square", "099253", "Singapore", "SG", "USD", "Tan Wei Ling", "pacificreefer.example"),
    Party("瀬戸内フェリー株式会社", "中央区波止場町5", "650-0042", "神戸", "JP", "JPY", "佐藤 健", "setoferry.example"),
    Party("Müller & Söhne Schiffsausrüstung", "Große Elbstraße 143", "22767", "Hamburg", "DE", "EUR", "Ulf Müller", "muellersoehne.example", "DE118515656", 30, True),
    Party("Adria Spedizioni S.r.l.", "Molo VII", "34123", "Trieste", "IT", "EUR", "Chiara Furlan", "adriasped.example", "IT00743110157"),
    Party("Satcom Wholesale Ltd", "30 Finsbury Square", "EC2A 1AG", "London", "GB", "GBP", "Priya Nair", "satcomwholesale.example", "GB555555555", 30, True),
    Party("Hafenlogistik Cuxhaven GmbH", "Am Fischereihafen 5", "27472", "Cuxhaven", "DE", "EUR", "Meike Harms", "hlcux.example", "DE143454214", 21, True),
)  # fmt: skip


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
VESSELS = ("MV Nordstern", "MT Elbe Trader", "MS Fjordkongen", "MV Aegean Dawn", "東光丸", "MV Cap Verde")
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
# how many units of the customer's currency an euro of the price list buys, so that amounts look real
RATES = {
    "EUR": Decimal(1), "USD": Decimal("1.1"), "GBP": Decimal("0.86"),
    "NOK": Decimal("11.6"), "JPY": Decimal(160), "KWD": Decimal("0.34"),
}  # fmt: skip
EU = frozenset({"PL", "GR", "ES", "FR", "NL", "DK", "IT"})
