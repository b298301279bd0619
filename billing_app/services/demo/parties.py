"""Whom the demo company deals with, in their own scripts and currencies."""
# ruff: noqa: E501, RUF001  one party a line, its name as it is written there

from typing import NamedTuple


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
    Party("Müller & Söhne Schiffsausrüstung", "Große Elbstraße 143", "22767", "Hamburg", "DE", "EUR", "Ulf Müller", "muellersoehne.example", "DE118515656", 30, is_supplier=True),
    Party("Adria Spedizioni S.r.l.", "Molo VII", "34123", "Trieste", "IT", "EUR", "Chiara Furlan", "adriasped.example", "IT00743110157"),
    Party("Satcom Wholesale Ltd", "30 Finsbury Square", "EC2A 1AG", "London", "GB", "GBP", "Priya Nair", "satcomwholesale.example", "GB555555555", 30, is_supplier=True),
    Party("Hafenlogistik Cuxhaven GmbH", "Am Fischereihafen 5", "27472", "Cuxhaven", "DE", "EUR", "Meike Harms", "hlcux.example", "DE143454214", 21, is_supplier=True),
)  # fmt: skip
