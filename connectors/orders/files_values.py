"""Numbers, money, dates and yes-or-no as exports write them. What could mean two things is told, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from connectors.days import end_of
from connectors.records import LARGEST_NUMBER, minor_digits, minor_units

LARGEST: Final = LARGEST_NUMBER
"""Minor units and pieces beyond this are a column that was mistaken for another."""

_BLANKS: Final = re.compile(r"[\s\u00a0\u202f'\u2019]+")
_SIGNS: Final = {"€": "EUR", "£": "GBP", "zł": "PLN", "₺": "TRY", "₴": "UAH", "₹": "INR", "¥": "JPY", "Kč": "CZK"}
"""Signs that stand for one currency in a shop's export. "$" and "kr" stand for many."""
_CODE: Final = re.compile(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])")
_SIGN: Final = rf"(?:{'|'.join(map(re.escape, _SIGNS))}|[$%]|kr\.?|[A-Z]{{3}})?"
_AROUND: Final = re.compile(rf"(?P<before>{_SIGN}[-+(]?{_SIGN})(?P<number>[\d.,]+)(?P<after>[-)]?{_SIGN}[-)]?)")
_SAFE_DIGITS: Final = 12
_CENTS: Final = re.compile(r"(-?\d{1,12})\.(\d{1,2})", re.ASCII)
_AMOUNT: Final = re.compile(r"[-+]?\d[\d.,]*|[-+]?[.,]\d+")
_PLAIN: Final = re.compile(r"[-+]?\d+")

_COMMA: Final = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{1,3}(?:\.\d{3}){2,})")
_POINT: Final = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+\.\d+|\d+\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{1,3}(?:,\d{3}){2,})")
_WRITTEN: Final = {
    ",": re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d+)?"),
    ".": re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?"),
}

_DAY_FIRST: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:(?:,?\s+|T)(.+))?")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:(?:,?\s+|T)(.+))?")
_TIME: Final = re.compile(
    r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?:\s*Uhr)?"
)
_DAY_ALONE: Final = re.compile(r"\d{8}|[\dW]+([./-])[\dW]+(?:\1\d+)?")
_SPACED_OFFSET: Final = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)|\s+(?=(?:UTC|GMT|Z)$)")
_EPOCH: Final = re.compile(r"\d{10}|\d{13}")
_NEVER: Final = re.compile(r"0000-00-00.*|0?0[./]0?0[./]0000.*|-+|n/?a|null|none", re.IGNORECASE)
_EARLIEST, _LATEST = 1990, 2200
_NOON: Final = 12
_CENTURY: Final = 2000

_YES: Final = frozenset("1 true t yes y ja j wahr oui si sì sí tak on x subscribed".split())  # noqa: SIM905 - reads as a list
_NO: Final = frozenset("0 false f no n nein falsch non nie off unsubscribed".split())  # noqa: SIM905 - likewise


class Unreadable(ValueError):
    """A value that cannot be read, in words for the person who can correct the file or the config."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How a file writes what can be written in several ways.

    ``decimal`` is "," or ".", ``day_first`` says how 03/04/2026 is read; "" and None: nothing in the file tells.
    ``zone`` is that of times without an offset, ``day_zone`` of days without a time (None: the same), ``currency`` of
    amounts without one.
    """

    decimal: str = ""
    day_first: bool | None = None
    zone: tzinfo = UTC
    currency: str = ""
    day_zone: tzinfo | None = None


def decimal_evidence(text: str) -> str:
    """The decimal sign that a written number proves: "," or ".", "" where both are possible."""
    number = _digits(text)
    if _COMMA.fullmatch(number):
        return ","
    return "." if _POINT.fullmatch(number) else ""


def date_evidence(text: str) -> bool | None:
    """Whether the day comes first in a date such as 25/12/2026: True or False, None where it does not tell."""
    found = _DAY_FIRST.fullmatch(text.strip())
    if found is None or found[2] == ".":
        return None
    first, second = int(found[1]), int(found[3])
    return None if (first > _NOON) == (second > _NOON) else first > _NOON


def decimal(value: Any, notation: Notation) -> Decimal:
    """A number; blanks, apostrophes, currency signs and brackets of negative amounts are seen through.

    Raises:
        Unreadable: it is none, or could be two.
    """
    if isinstance(value, bool):
        raise Unreadable(f"{value} is no number")
    if isinstance(value, int | Decimal):
        return Decimal(value)
    number = _digits(value)
    if _PLAIN.fullmatch(number):
        return Decimal(number)
    if not _AMOUNT.fullmatch(number):
        raise Unreadable(f"{shown(value)} is no number")
    sign = notation.decimal or decimal_evidence(value)
    if not sign:
        raise Unreadable(
            f'{shown(value)} may be thousands or a fraction, and nothing in the file tells: set `decimal` to "," or "."'
        )
    if not _WRITTEN[sign].fullmatch(number):
        raise Unreadable(
            f"{shown(value)} is written otherwise than the rest of the file, whose decimal sign is {sign!r}"
        )
    try:
        return Decimal(number.replace("," if sign == "." else ".", "").replace(",", "."))
    except InvalidOperation:
        raise Unreadable(f"{shown(value)} is no number") from None


def whole(value: Any, notation: Notation) -> int:
    """A count of pieces.

    Raises:
        Unreadable: it is no whole number.
    """
    if type(value) is str and value.isdecimal() and len(value) < _SAFE_DIGITS:
        return int(value)
    number = decimal(value, notation)
    if not number.is_finite() or number != number.to_integral_value():
        raise Unreadable(f"{shown(value)} is no whole number")
    if abs(number) > LARGEST:
        raise Unreadable(f"{shown(value)} is larger than any count")
    return int(number)


def money(value: Any, currency: str, notation: Notation) -> int:
    """Minor units of an amount in major units.

    Raises:
        Unreadable: it is no amount, or names another currency.
    """
    if notation.decimal == "." and type(value) is str and (plain := _CENTS.fullmatch(value)):
        digits = minor_digits(currency)  # how nearly all amounts are written, and so a shorter way
        if len(plain[2]) <= digits:
            return int(plain[1] + plain[2].ljust(digits, "0"))
    own = currency_in(value)
    if own and currency and own != currency:
        raise Unreadable(f"{shown(value)} is in {own}, the row in {currency}")
    amount = decimal(value, notation)
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise Unreadable(f"{shown(value)} is no amount of money")
    return minor_units(amount, currency)


def currency_in(value: Any) -> str:
    """The currency that an amount names itself ("12,50 €", "EUR 12.50"), "" for none."""
    if not isinstance(value, str) or _PLAIN.fullmatch(value):
        return ""
    if code := _CODE.search(value):
        return code[1]
    return next((code for sign, code in _SIGNS.items() if sign in value), "")


def moment(value: Any, notation: Notation, *, until: bool = False) -> datetime | None:
    """An aware moment; a day alone is its midnight, or its end (``until``). Zero dates of databases are none.

    Raises:
        Unreadable: it is none, or could be two.
    """
    text = str(value).strip()
    found: datetime | None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = _other_moment(text, notation)
    if found is None:
        return None
    if not _EARLIEST <= found.year <= _LATEST:
        raise Unreadable(f"{shown(value)} is not a date of this trade")
    if found.tzinfo:
        return found
    if _DAY_ALONE.fullmatch(text):
        zone = notation.day_zone or notation.zone
        return end_of(found, zone) if until else found.replace(tzinfo=zone)
    return found.replace(tzinfo=notation.zone)


def _other_moment(text: str, notation: Notation) -> datetime | None:
    if not text or _NEVER.fullmatch(text):
        return None
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    joined = _SPACED_OFFSET.sub("", text).replace("UTC", "Z").replace("GMT", "Z")
    try:
        return datetime.fromisoformat(joined)
    except ValueError:
        pass  # one of the other ways
    try:
        if found := _YEAR_FIRST.fullmatch(text):
            return _at(int(found[1]), int(found[2]), int(found[3]), found[4] or "")
        if found := _DAY_FIRST.fullmatch(text):
            return _written_day(found, text, notation)
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"there is no date {shown(text)}") from None
    raise Unreadable(f"{shown(text)} is no date: write 2026-01-31, 31.01.2026 or 31/01/2026")


def _written_day(found: re.Match[str], text: str, notation: Notation) -> datetime:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    day_first = notation.day_first
    if day_first is None:
        # With points it is always the day; with slashes the date itself may tell.
        day_first = True if found[2] == "." else date_evidence(text)
        if day_first is None and first == second:
            day_first = True
    if day_first is None:
        raise Unreadable(f"{shown(text)} has two readings, and nothing in the file tells: set `dates` to dmy or mdy")
    day, month = (first, second) if day_first else (second, first)
    if month > _NOON:
        raise Unreadable(f"{shown(text)} is written otherwise than the rest of the file")
    return _at(year if len(found[4]) > 2 else _CENTURY + year, month, day, found[5] or "")  # noqa: PLR2004 - digits of a year


def _at(year: int, month: int, day: int, time: str) -> datetime:
    if not time:
        return datetime(year, month, day)  # noqa: DTZ001 - the zone is given by the caller
    found = _TIME.fullmatch(time.strip())
    if found is None:
        raise Unreadable(f"{shown(time)} is no time of day")
    hour = int(found[1])
    if found[4]:
        hour = hour % _NOON + (_NOON if found[4].lower() == "pm" else 0)
    made = datetime(year, month, day, hour, int(found[2]), int(found[3] or 0))  # noqa: DTZ001 - likewise
    return made.replace(tzinfo=_offset(found[5])) if found[5] else made


def _offset(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    length = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(length if text[0] == "+" else -length)


def yes_or_no(value: Any) -> bool | None:
    """Yes, no, or None for a word that is neither."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    return True if word in _YES else False if word in _NO else None


def shown(value: Any) -> str:
    """A value as a message shows it: short, and one line."""
    text = ascii(str(value)[:60]) if any(ord(char) < 32 for char in str(value)[:60]) else f"“{str(value)[:60]}”"  # noqa: PLR2004 - control characters
    return text if len(str(value)) <= 60 else f"{text[:-1]}…”"  # noqa: PLR2004 - the length shown


def _digits(value: str) -> str:
    """A written number without blanks and the currency around it, its sign in front."""
    found = _AROUND.fullmatch(_BLANKS.sub("", value).replace("\u2212", "-"))
    if found is None:
        return ""
    before, number, after = found["before"], found["number"], found["after"]
    if "(" in before or ")" in after:
        return f"-{number}" if "(" in before and ")" in after and "-" not in before + after else ""
    return f"-{number}" if "-" in before + after else number
