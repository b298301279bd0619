"""An amount in words, in English and German: for the line below the totals (DLY-44).

The units of the currency follow as a fraction, as on cheques, so no currency needs a plural:
"One hundred five and 30/100 EUR", "Einhundertfünf und 30/100 EUR".
"""

ENGLISH_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
ENGLISH_TENS = (
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
ENGLISH_POWERS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
GERMAN_SMALL = (
    "null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn",
    "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn",
    "neunzehn",
)  # fmt: skip
GERMAN_TENS = (
    "", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig",
)  # fmt: skip
GERMAN_POWERS = (
    (10**12, "Billion", "Billionen"),
    (10**9, "Milliarde", "Milliarden"),
    (10**6, "Million", "Millionen"),
)
TEEN, HUNDRED, THOUSAND = 20, 100, 1000


def amount_in_words(minor: int, digits: int, code: str, language: str) -> str:
    """An amount in words; in English for a language other than German.

    `digits` are those of the currency `code`; a negative amount begins with "minus".
    """
    is_german = language.startswith("de")
    whole, rest = divmod(abs(minor), 10**digits)
    words = german(whole) if is_german else english(whole)
    words = f"minus {words}" if minor < 0 else words
    fraction = f" {'und' if is_german else 'and'} {rest:0{digits}d}/{10**digits}" if digits else ""
    return f"{words[0].upper()}{words[1:]}{fraction} {code}"


def english(number: int) -> str:
    """A whole number from 0 up: "one thousand two hundred thirty-four"."""
    if number < TEEN:
        return ENGLISH_SMALL[number]
    if number < HUNDRED:
        tens, one = divmod(number, 10)
        return ENGLISH_TENS[tens] + (f"-{ENGLISH_SMALL[one]}" if one else "")
    if number < THOUSAND:
        hundreds, rest = divmod(number, HUNDRED)
        return f"{ENGLISH_SMALL[hundreds]} hundred" + (f" {english(rest)}" if rest else "")
    power, word = next(pair for pair in ENGLISH_POWERS if number >= pair[0])
    count, rest = divmod(number, power)
    return f"{english(count)} {word}" + (f" {english(rest)}" if rest else "")


def german(number: int) -> str:
    """A whole number from 0 up: "eintausendzweihundertvierunddreißig"."""
    for power, single, plural in GERMAN_POWERS:
        if number >= power:
            count, rest = divmod(number, power)
            word = f"eine {single}" if count == 1 else f"{german(count)} {plural}"
            return word + (f" {german(rest)}" if rest else "")
    words = _german_below_million(number)
    # alone or at the end, one is "eins": hunderteins, but einhundert
    return f"{words}s" if number % HUNDRED == 1 else words


def _german_below_million(number: int) -> str:
    if number < TEEN:
        return GERMAN_SMALL[number]
    if number < HUNDRED:
        tens, one = divmod(number, 10)
        return (f"{GERMAN_SMALL[one]}und" if one else "") + GERMAN_TENS[tens]
    power, word = (THOUSAND, "tausend") if number >= THOUSAND else (HUNDRED, "hundert")
    count, rest = divmod(number, power)
    return _german_below_million(count) + word + (_german_below_million(rest) if rest else "")
