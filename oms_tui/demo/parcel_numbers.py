"""Tracking numbers as each carrier makes them, check digits included, so that the desk knows them in a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_S10_COUNTRY: Final = {
    "royal_mail": "GB",
    "la_poste": "FR",
    "correos": "ES",
    "poste_italiane": "IT",
    "postnl": "NL",
    "postnord": "SE",
}
_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SPREAD: Final = 387_276_917  # shares no factor with ten: neighbours get numbers far apart, and each its own


def parcel_number(carrier: str, number: int) -> str:
    """The tracking number of our parcel ``number``; each number has its own."""
    if carrier in _S10_COUNTRY:
        return _s10(number, _S10_COUNTRY[carrier])
    return _MAKERS.get(carrier, _plain)(number)


def _digits(number: int, count: int) -> str:
    return f"{number * _SPREAD % 10**count:0{count}d}"


def _s10(number: int, country: str) -> str:
    """UPU S10: two letters of service, eight digits, a check digit, the country. Letters carry what digits cannot."""
    digits = _digits(number, 8)
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, _S10_WEIGHTS, strict=True)) % 11
    return f"R{_ALPHABET[10 + number // 100_000_000 % 26]}{digits}{({10: 0, 11: 5}).get(rest, rest)}{country}"


def _gs1(digits: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def _dhl(number: int) -> str:
    return f"00{_gs1('34043' + _digits(number, 12))}"


def _usps(number: int) -> str:
    return _gs1(f"94001118{_digits(number, 13)}")


def _ups(number: int) -> str:
    body = f"7A4E91{_digits(number, 9)}"
    total = sum(
        (int(sign) if sign.isdigit() else (ord(sign) - 3) % 10) * (2 if place % 2 else 1)
        for place, sign in enumerate(body)
    )
    return f"1Z{body}{-total % 10}"


def _fedex(number: int) -> str:
    digits = _digits(number, 11)
    total = sum(int(digit) * (1, 3, 7)[place % 3] for place, digit in enumerate(reversed(digits)))
    return f"{digits}{total % 11 % 10}"


def _dhl_express(number: int) -> str:
    digits = _digits(number, 9)
    return f"{digits}{int(digits) % 7}"


def _dpd(number: int) -> str:
    body = f"0{_digits(number, 13)}"
    rest = 36
    for sign in body:
        rest = (rest + _ALPHABET.index(sign)) % 36 or 36
        rest = rest * 2 % 37
    return f"{body}{_ALPHABET[(1 - rest) % 36]}"


def _inpost(number: int) -> str:
    return f"6{_digits(number, 23)}"


def _plain(number: int) -> str:
    return _digits(number, 11)


_MAKERS: Final[dict[str, Callable[[int], str]]] = {
    "dhl": _dhl,
    "usps": _usps,
    "ups": _ups,
    "fedex": _fedex,
    "dhl_express": _dhl_express,
    "dpd": _dpd,
    "inpost": _inpost,
}
