"""The kinds of tracking numbers: shape, checksum, carrier; and where a carrier shows a parcel to the public.

A further kind is one more row of ``KINDS``. Numbers are compact here: upper case, no blanks, at most ``LONGEST`` long.
Sources: UPU S10, GS1 General Specifications (mod 10), ISO 7064 (mod 37,36), and what carriers publish of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 40
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FEDEX_WEIGHTS: Final = (1, 3, 7)
_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)

# ISO 3166-1: a number that ends in no country is no S10 number.
_COUNTRIES: Final = frozenset(
    re.findall(
        "..",
        "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZ"
        "DEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJM"
        "JOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONP"
        "NRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTO"
        "TRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW",
    )
)
_POSTS: Final = {
    "AT": "austrian_post",
    "AU": "australia_post",
    "BE": "bpost",
    "CA": "canada_post",
    "CH": "swiss_post",
    "CN": "china_post",
    "DE": "dhl",
    "DK": "postnord",
    "ES": "correos",
    "FR": "la_poste",
    "GB": "royal_mail",
    "IT": "poste_italiane",
    "JP": "japan_post",
    "NL": "postnl",
    "PL": "poczta_polska",
    "SE": "postnord",
    "US": "usps",
}


def _gs1(digits: str) -> bool:
    """GS1 modulo 10: from the right, before the check digit, times 3 and 1 by turns."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits[:-1])))
    return (10 - total % 10) % 10 == int(digits[-1])


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the cross sum of two digits
    return total % 10 == 0


def _ups(number: str) -> bool:
    """UPS: letters count (code - 3) mod 10, every second place twice; the sum and the check digit make a ten."""
    total = sum(
        (int(sign) if sign.isdigit() else (ord(sign) - 3) % 10) * (2 if place % 2 else 1)
        for place, sign in enumerate(number[:-1])
    )
    return (10 - total % 10) % 10 == int(number[-1])


def _fedex(digits: str) -> bool:
    """FedEx: from the right times 1, 3, 7 by turns; the remainder by 11, its last digit."""
    total = sum(int(digit) * _FEDEX_WEIGHTS[place % 3] for place, digit in enumerate(reversed(digits[:-1])))
    return total % 11 % 10 == int(digits[-1])


def _dhl_express(digits: str) -> bool:
    return int(digits[:-1]) % 7 == int(digits[-1])


def _dhl_identcode(digits: str) -> bool:
    """DHL Identcode: times 4 and 9 by turns, to the next ten."""
    total = sum(int(digit) * (9 if place % 2 else 4) for place, digit in enumerate(digits[:-1]))
    return (10 - total % 10) % 10 == int(digits[-1])


def _mod_37_36(number: str) -> bool:
    """ISO 7064, mod 37,36."""
    rest = 36
    for sign in number[:-1]:
        rest = (rest + _ALPHABET.index(sign)) % 36 or 36
        rest = rest * 2 % 37
    return (rest + _ALPHABET.index(number[-1])) % 36 == 1


def _s10(number: str) -> bool:
    """UPU S10: eight weighted digits, 11 less the remainder by 11; 10 stands as 0 and 11 as 5."""
    if number[-2:] not in _COUNTRIES:
        return False
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(number[2:10], _S10_WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest) == int(number[10])


def _usps(number: str) -> bool:
    """USPS: the barcode's own digits, without the routing ``420`` and ZIP code; an old one leaves its ``91`` out."""
    digits = number
    if number.startswith("420"):
        digits = number[8:] if len(number[8:]) in {20, 22} else number[12:]
    if not digits.strip("0") or not digits[2:].strip("0"):
        return False
    return _gs1(digits) or (not digits.startswith("9") and _gs1("91" + digits))


def _any(number: str) -> bool:
    """A kind whose check digit is not public, or that has none."""
    return bool(number)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of number.

    ``sure``: the shape and checksum are proof enough in any text. ``named_only``: so common a shape that it counts only
    where the text names the carrier just before.
    """

    name: str
    carrier: str
    shape: re.Pattern[str]
    check: Callable[[str], bool]
    sure: bool = False
    named_only: bool = False


KINDS: Final[tuple[Kind, ...]] = (
    Kind("ups_1z", "ups", re.compile(r"1Z[A-Z0-9]{15}[0-9]"), lambda number: _ups(number[2:]), sure=True),
    Kind("s10", "", re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}"), _s10, sure=True),
    Kind("sscc_dhl", "dhl", re.compile(r"(?:00)?34043[0-9]{13}"), lambda number: _gs1(number[-18:]), sure=True),
    Kind("dhl_piece", "dhl_express", re.compile(r"J[A-Z]{2,3}[0-9]{9,10}"), _any),
    Kind("dhl_de_piece", "dhl", re.compile(r"JJD[0-9]{14,18}"), _any, named_only=True),
    Kind("dhl_ecommerce", "dhl_ecommerce", re.compile(r"GM(?=[A-Z]?[0-9])[0-9A-Z]{10,38}"), _any, sure=True),
    Kind("yodel", "yodel", re.compile(r"JJ?D[0-9]{16}"), _any, sure=True),
    Kind("amazon", "amazon", re.compile(r"TB[ACM][0-9]{12}"), _any, sure=True),
    Kind("usps_420", "usps", re.compile(r"420(?:[0-9]{5}|[0-9]{9})9[1-5][0-9]{20}"), _usps, sure=True),
    Kind("usps_22", "usps", re.compile(r"9[1-5][0-9]{20}"), _usps, sure=True),
    Kind("usps_26", "usps", re.compile(r"92[0-9]{24}"), _usps, sure=True),
    Kind("usps_20", "usps", re.compile(r"[0-8][0-9]{19}"), _usps),
    Kind("fedex_96", "fedex", re.compile(r"96[0-9]{20}"), lambda number: _gs1(number[-15:]), sure=True),
    Kind("fedex_96_34", "fedex", re.compile(r"96[0-9]{32}"), lambda number: _fedex(number[-14:]), sure=True),
    Kind("fedex_34", "fedex", re.compile(r"[0-8][0-9]{33}"), lambda number: _fedex(number[-14:]), sure=True),
    Kind("dpd_28", "dpd", re.compile(r"[0-9]{27}[0-9A-Z]"), _mod_37_36, sure=True),
    Kind("sscc", "", re.compile(r"(?:00)?[0-9]{18}"), lambda number: _gs1(number[-18:])),
    Kind("canada_post", "canada_post", re.compile(r"[0-47][0-9]{15}"), _gs1),
    Kind("dpd_15", "dpd", re.compile(r"[0-9]{14}[0-9A-Z]"), _mod_37_36),
    Kind("fedex_15", "fedex", re.compile(r"[0-9]{15}"), _gs1),
    Kind("fedex_12", "fedex", re.compile(r"[0-9]{12}"), _fedex),
    Kind("ups_waybill", "ups", re.compile(r"[AHJKTV][0-9]{10}"), lambda number: _ups(number[1:])),
    Kind("dhl_express", "dhl_express", re.compile(r"[0-9]{10,11}"), _dhl_express),
    Kind("ontrac_c", "ontrac", re.compile(r"C[0-9]{14}"), lambda number: _luhn_like(number, "4")),
    Kind("ontrac_d", "ontrac", re.compile(r"D[0-9]{14}"), lambda number: _luhn_like(number, "5")),
    Kind("purolator", "purolator", re.compile(r"[0-5][0-9]{11}"), _luhn),
    Kind("dhl_identcode", "dhl", re.compile(r"[0-9]{12}"), _dhl_identcode, named_only=True),
    Kind("dhl_ecommerce_14", "dhl_ecommerce", re.compile(r"[0-9]{14}"), _any, named_only=True),
    Kind("hermes", "hermes", re.compile(r"[0-9]{14}|[0-9]{16}|H[0-9]{19}"), _any, named_only=True),
    Kind("gls", "gls", re.compile(r"[0-9]{11,12}|(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{8}"), _any, named_only=True),
    Kind("dpd_14", "dpd", re.compile(r"[0-9]{14}"), _any, named_only=True),
)


def _luhn_like(number: str, first: str) -> bool:
    """OnTrac: its letter counts as a digit, every second place twice, without cross sums."""
    digits = number[1:] if number[1] == first else first + number[1:]
    total = sum(int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits[:-1]))
    return (10 - total % 10) % 10 == int(digits[-1])


def carrier_of(kind: Kind, number: str) -> str:
    """The carrier of a number of ``kind``, "" where it does not tell. An S10 number names its country's post."""
    return _POSTS.get(number[-2:], "") if kind.name == "s10" else kind.carrier


NAMES: Final = {
    "amazon": "amazon",
    "canada post": "canada_post",
    "dhl": "dhl",
    "dpd": "dpd",
    "fedex": "fedex",
    "gls": "gls",
    "hermes": "hermes",
    "ontrac": "ontrac",
    "purolator": "purolator",
    "royal mail": "royal_mail",
    "ups": "ups",
    "usps": "usps",
    "yodel": "yodel",
}
"""How a text names a carrier."""

PUBLIC_PAGES: Final = {
    "australia_post": "https://auspost.com.au/mypost/track/details/{}",
    "austrian_post": "https://www.post.at/sv/sendungsdetails?snr={}",
    "bpost": "https://track.bpost.cloud/btr/web/#/search?itemCode={}",
    "canada_post": "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={}",
    "correos": "https://www.correos.es/es/en/tools/tracker/items/details?tracking-number={}",
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    "dhl_ecommerce": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    "dhl_express": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    "dpd": "https://tracking.dpd.de/status/en_US/parcel/{}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "gls": "https://gls-group.eu/track/{}",
    "hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{}",
    "la_poste": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "ontrac": "https://www.ontrac.com/tracking/?number={}",
    "postnl": "https://postnl.post/details/?barcodes={}",
    "postnord": "https://tracking.postnord.com/en/tracking?id={}",
    "purolator": "https://www.purolator.com/en/shipping/tracker?pin={}",
    "royal_mail": "https://www.royalmail.com/track-your-item#/tracking-results/{}",
    "swiss_post": "https://service.post.ch/ekp-web/ui/entry/search/{}",
    "ups": "https://www.ups.com/track?tracknum={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
    "yodel": "https://www.yodel.co.uk/tracking/{}",
}
