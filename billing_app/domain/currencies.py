"""The currencies an invoice can have, and how many decimals each one's amounts carry.

Source: ISO 4217 list one (active codes) as of 2026-01-01. Left out are the codes for which the
list gives no minor unit (metals, bond units, special drawing rights, testing, "no currency").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from billing_app.domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency: its code and the number of decimals of its amounts."""

    code: str
    digits: int

    def __str__(self) -> str:
        return self.code


_CODES_BY_DIGITS: Mapping[int, str] = {
    0: """
        BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
    """,
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
        CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
        GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
        LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
        NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS
        SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST
        XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: """
        BHD IQD JOD KWD LYD OMR TND
    """,
    4: """
        CLF UYW
    """,
}

CURRENCIES: Mapping[str, Currency] = MappingProxyType(
    {
        code: Currency(code, digits)
        for digits, codes in _CODES_BY_DIGITS.items()
        for code in codes.split()
    }
)


def currency(code: str) -> Currency:
    """Look a currency up by its code. Raises: Invalid for field "currency" when there is none."""
    found = CURRENCIES.get(code)
    if found is None:
        raise Invalid.of("currency", "This is not a currency. Use a three-letter code such as EUR.")
    return found
