"""Figures as the paper shows them: exact digits, grouped, a true minus."""

from decimal import Decimal

from billing_app.documents.pdf.words import Words

MINUS = "\u2212"
NO_BREAK = "\u00a0"
SYMBOLS = {"EUR": "€", "GBP": "£"}  # those that mean one currency only
LEAST_PRICE_DECIMALS = 2


def money(minor: int, digits: int, words: Words) -> str:
    """Write an amount in minor units: 104900050 with 2 digits is 1,049,000.50."""
    whole, part = divmod(abs(minor), 10**digits)
    sign = MINUS if minor < 0 else ""
    grouped = f"{whole:,}".replace(",", words.thousands)
    return f"{sign}{grouped}{words.point}{part:0{digits}d}" if digits else f"{sign}{grouped}"


def with_currency(figure: str, currency: str) -> str:
    """Put the symbol before a figure, or the code where a symbol would be ambiguous."""
    return f"{SYMBOLS.get(currency, currency)}{NO_BREAK}{figure}"


def number(value: Decimal, words: Words, least: int = 0) -> str:
    """Write a quantity, price or rate with all its decimals, and no fewer than `least`."""
    whole, _, part = format(abs(value), "f").partition(".")
    part = part.rstrip("0").ljust(least, "0")
    grouped = f"{int(whole):,}".replace(",", words.thousands)
    sign = MINUS if value < 0 else ""
    return f"{sign}{grouped}{words.point}{part}" if part else f"{sign}{grouped}"


def decimals(figure: str, words: Words) -> int:
    """How many decimals a written figure has."""
    return len(figure.rpartition(words.point)[2]) if words.point in figure else 0


def percent(rate: Decimal, words: Words) -> str:
    """Write a rate as 19 %."""
    return f"{number(rate, words)}{NO_BREAK}%"
