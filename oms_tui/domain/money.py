"""Amounts of money as people write them. Amounts are integer minor units with an ISO 4217 code."""

from __future__ import annotations

from typing import Final

_NO_DECIMALS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS: Final = "BHD IQD JOD KWD LYD OMR TND"
_DECIMALS: Final = {
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
    "CLF": 4,
    "UYW": 4,
}
"""ISO 4217 (list one, edition of 2024): decimals other than two. A test holds it to the connectors' own list."""

_SYMBOLS: Final = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$", "PLN": "zł"}

# Unicode CLDR's number formats: decimal mark, mark of thousands, whether the currency comes first.
_NO_BREAK: Final = "\u00a0"
_MARKS: Final = {
    "en": (".", ",", True),
    "de": (",", ".", False),
    "fr": (",", "\u202f", False),
    "es": (",", ".", False),
    "it": (",", ".", False),
    "nl": (",", ".", True),
    "pl": (",", _NO_BREAK, False),
}


def minor_digits(currency: str) -> int:
    """How many decimals the currency has (EUR 2, JPY 0, KWD 3)."""
    return _DECIMALS.get(currency.upper(), 2)


def money_text(amount: int, currency: str, language: str = "en") -> str:
    """``money_text(790000, "EUR") == "€7,900.00"``; in German ``7.900,00 €``. Other languages write as English does."""
    code = currency.upper()
    digits = minor_digits(code)
    whole, part = divmod(abs(amount), 10**digits)
    decimal, thousands, leads = _MARKS.get(language.partition("-")[0], _MARKS["en"])
    number = f"{whole:,}".replace(",", thousands) + (f"{decimal}{part:0{digits}}" if digits else "")
    sign = "-" if amount < 0 else ""
    symbol = _SYMBOLS.get(code, code)
    if not leads:
        return f"{sign}{number}{_NO_BREAK}{symbol}"
    close = symbol != code and language.partition("-")[0] != "nl"  # €7.00, but CHF 7.00 and, in Dutch, € 7,00
    return f"{sign}{symbol}{number}" if close else f"{sign}{symbol}{_NO_BREAK}{number}"
