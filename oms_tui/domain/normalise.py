"""The same fact written by two people or two systems, brought to one form to compare. Never for showing.

What comes out is a key: lower case, without accents, in Latin letters where a table says how. Two different facts may
rarely share a key, so a key alone is evidence and no proof.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.safe_text import searchable

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 20_000
"""Characters of a text that are looked at: what a customer wants to say stands before that."""

# Letters that decomposition leaves alone, and the scripts whose passports have one Latin spelling.
_LETTERS: Final = str.maketrans(
    {
        **dict.fromkeys("æ", "a"), **dict.fromkeys("œø", "o"), "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h",
        "\u0131": "i", "ŋ": "n",
        **dict(zip("абвгдезийклмнопрстуфцыэё", "abvgdeziiklmnoprstufcyee", strict=True)), "ъ": "", "ь": "",
        "\u0456": "i", "\u0445": "kh", "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
        "ю": "iu", "я": "ia", "є": "ie", "ґ": "g",
        **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)), "θ": "th", "χ": "ch", "ψ": "ps",
    },
)  # fmt: skip
# Müller, Mueller and Muller are one person; both sides lose the e.
_UMLAUTS: Final = re.compile(r"(?<=[aou])e")
_WORD: Final = re.compile(r"[^\W_]+")

_STREET_WORDS: Final = {
    "strasse": "str", "street": "str", "strase": "str", "str": "str", "st": "str", "straat": "str",
    "road": "rd", "rd": "rd", "avenue": "av", "ave": "av", "av": "av", "avenida": "av", "avda": "av",
    "boulevard": "bd", "bld": "bd", "blvd": "bd", "bd": "bd", "platz": "pl", "place": "pl", "plaza": "pl", "pl": "pl",
    "lane": "ln", "ln": "ln", "drive": "dr", "dr": "dr", "via": "via", "viale": "via", "ulica": "ul", "ul": "ul",
    "calle": "c", "cl": "c", "square": "sq", "sq": "sq", "court": "ct", "ct": "ct", "weg": "weg", "way": "way",
}  # fmt: skip
_STREET_ENDINGS: Final = re.compile(r"(strasse|strase|straat|str)$")
_HOUSE: Final = re.compile(r"\d{1,5}[a-z]?")
_DOOR: Final = re.compile(r"\b(?:apt|apartment|flat|unit|suite|app|wohnung|whg|top|m)\b\W{0,3}\d{1,5}[a-z]?\b")
_FLAT_AFTER: Final = re.compile(r"(\d{1,5}[a-z]?)\s?[/-]\s?\d{1,5}[a-z]?\b")  # 12/5, 3-5: the house is the first

_CALLING_CODES: Final = {
    "AT": "43", "AU": "61", "BE": "32", "BG": "359", "BR": "55", "CA": "1", "CH": "41", "CN": "86", "CZ": "420",
    "DE": "49", "DK": "45", "EE": "372", "ES": "34", "FI": "358", "FR": "33", "GB": "44", "GR": "30", "HR": "385",
    "HU": "36", "IE": "353", "IN": "91", "IS": "354", "IT": "39", "JP": "81", "KR": "82", "LT": "370", "LU": "352",
    "LV": "371", "MX": "52", "NL": "31", "NO": "47", "NZ": "64", "PL": "48", "PT": "351", "RO": "40", "RS": "381",
    "SE": "46", "SI": "386", "SK": "421", "TR": "90", "UA": "380", "US": "1", "ZA": "27",
}  # fmt: skip
_KEEPS_ZERO: Final = frozenset({"IT"})  # its numbers keep the leading zero after the country's code
_FEWEST_DIGITS: Final = 6
_MOST_DIGITS: Final = 15  # E.164
_NORTH_AMERICA: Final = "1"
_TEN_DIGITS: Final = 10
# +49 030: the zero is dialled inside the country alone, and no number has it after the code but Italy's
_TRUNK: Final = re.compile("(" + "|".join(sorted(set(_CALLING_CODES.values()) - {"1", "39"}, key=len)) + ")0+")
_EXTENSION: Final = re.compile(r"(?<=\d)[\s,;]*(?:extension|ext|durchwahl|dw|x)\W{0,3}\d{1,6}\s*$", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<![\w+])(?:\+|00)?\(?\d(?:[ ./()-]{0,2}\d){6,17}(?!\w)")


def fold(text: str) -> str:
    """Lower case Latin letters without accents: ``Łódź`` is ``lodz``, ``Müller`` and ``Mueller`` are ``muller``."""
    bare = searchable(text[:LONGEST]).casefold()
    if not bare.isascii():  # most texts are
        decomposed = unicodedata.normalize("NFKD", bare)
        bare = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)
    return _UMLAUTS.sub("", bare)


def word_list(text: str) -> list[str]:
    """The folded words and numbers of a text, in order."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=8192)
def email(address: str) -> str:
    """A mail address to compare: lower case; Google's two names are one domain, so are two of ``müller.de``."""
    local, at, domain = address.strip().lower().rpartition("@")
    if at and "xn--" in domain:
        domain = _readable(domain)
    return f"{local}@gmail.com" if at and domain == "googlemail.com" else f"{local}{at}{domain}"


def _readable(domain: str) -> str:
    """A domain in its letters, as RFC 3492 wrote it in ASCII; unchanged if it did not."""
    try:
        plain = domain.encode("ascii").decode("idna").lower()
    except UnicodeError:
        return domain
    return plain if "@" not in plain and plain.isprintable() else domain


@lru_cache(maxsize=4096)
def name(text: str) -> tuple[str, ...]:
    """A person's name to compare, whatever the order of its words: ``Kowal, Jan`` is ``Jan Kowal``."""
    return tuple(sorted(word_list(text)))


@lru_cache(maxsize=4096)
def phone(text: str, country: str = "") -> str:
    """A phone number like E.164: ``+49301234567``.

    Args:
        text: however somebody wrote it.
        country: the ISO 3166 country it is dialled from, for numbers without a country's code.

    Returns:
        ``+`` and digits; digits alone if the country is not known; "" if it is no phone number.
    """
    plain = _EXTENSION.sub("", searchable(text[:60]).replace("(0)", ""))
    digits = "".join(char for char in plain if char.isdecimal() and char.isascii())
    international = plain.lstrip(" (").startswith("+")
    if digits.startswith("00") and not international:
        digits, international = digits[2:], True
    code = _CALLING_CODES.get(country.upper(), "")
    if not international and code:
        national = digits if country.upper() in _KEEPS_ZERO else digits.lstrip("0")
        if code == _NORTH_AMERICA and len(national) == _TEN_DIGITS + 1 and national.startswith(code):
            national = national[1:]  # dialled before numbers of another area
        digits, international = code + national, True
    elif international and (trunk := _TRUNK.match(digits)):
        digits = trunk[1] + digits[trunk.end() :]
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return ""
    return f"+{digits}" if international else digits


@lru_cache(maxsize=1024)
def phone_variants(number: str) -> tuple[str, ...]:
    """What a normalised number may be with a country's code, where it lacks one: for looking it up."""
    if number.startswith("+") or not number:
        return (number,) if number else ()
    national = number.lstrip("0")
    dialled = (f"+{code}{national}" for code in dict.fromkeys(_CALLING_CODES.values()))
    return tuple(dict.fromkeys((number, f"+{number}", *dialled, f"+39{number}")))  # Italy keeps the zero


def same_phone(one: str, other: str, country: str = "") -> bool:
    """Whether two numbers, however they were written, may be one; so are two of which one is none.

    A spreadsheet takes ``+`` and leading zeros away: 49301234567 is read with and without a country's code.
    """
    ours, theirs = phone(one, country), phone(other, country)
    if not ours or not theirs:
        return True
    return bool(
        {*phone_variants(ours), *_code_alone(one, country)} & {*phone_variants(theirs), *_code_alone(other, country)}
    )


def _code_alone(text: str, country: str) -> tuple[str, ...]:
    """A number that begins with its country's code, without the sign of one."""
    digits = "".join(char for char in _EXTENSION.sub("", searchable(text[:60])) if char.isascii() and char.isdecimal())
    code = _CALLING_CODES.get(country.upper(), "")
    return (f"+{digits}",) if code and digits.startswith(code) else ()


def phones_in(text: str, country: str = "") -> tuple[str, ...]:
    """The phone numbers that a text names, at most ten."""
    found = dict.fromkeys(phone(match[0], country) for match in _PHONE.finditer(searchable(text[:LONGEST])))
    return tuple(number for number in found if number)[:10]


class Street(NamedTuple):
    """A street and house number to compare: ``("lindenweg", "4")``."""

    street: str
    house: str

    @property
    def key(self) -> str:
        """Both as one text; "" without a house number, which alone says too little."""
        return f"{self.street} {self.house}" if self.street and self.house else ""


@lru_cache(maxsize=4096)
def street(text: str) -> Street:
    """The street and house number of an address line, wherever the number stands.

    ``Lindenstraße 4``, ``Lindenstr. 4``, ``4 Linden Street`` and ``Linden-Strasse 4`` are the same.
    """
    words = _WORD.findall(_FLAT_AFTER.sub(r"\1", _DOOR.sub(" ", fold(text))))
    places = [index for index, word in enumerate(words) if _HOUSE.fullmatch(word)]
    if not places:
        return Street(_street_name(words), "")
    at = places[0] if places[0] == 0 else places[-1] if places[-1] == len(words) - 1 else places[0]
    house, used = _house(words, at)
    around = words[:at] if at else words[used:]
    return Street(_street_name(around), house)


def streets_in(text: str) -> Iterator[Street]:
    """What may be a street with its number in a text: up to three words before or after each number."""
    words = _WORD.findall(_FLAT_AFTER.sub(r"\1", fold(text)))
    for at, word in enumerate(words):
        if not _HOUSE.fullmatch(word):
            continue
        house, used = _house(words, at)
        for length in (1, 2, 3):
            before, after = words[max(0, at - length) : at], words[used : used + length]
            for around in (before, after):
                if len(around) == length and not any(part.isdigit() for part in around):
                    yield Street(_street_name(around), house)


def _house(words: list[str], at: int) -> tuple[str, int]:
    """The house number at ``at`` with a letter that stands apart (``4 a``), and the place after it."""
    following = words[at + 1] if at + 1 < len(words) else ""
    apart = words[at].isdigit() and len(following) == 1 and following.isalpha() and at + 2 >= len(words)
    return (words[at] + following, at + 2) if apart else (words[at], at + 1)


def _street_name(words: list[str]) -> str:
    """The words of a street as one: kinds of street shortened, blanks and hyphens gone."""
    return "".join(_STREET_ENDINGS.sub("str", _STREET_WORDS.get(word, word)) for word in words)


_SOUNDS: Final = (
    (re.compile(r"shch|sch|sh|zh|sz|ž|z"), "s"),
    (re.compile(r"tch|ch|cz|kh|gh|ts|tz|c|q|x|h"), "k"),
    (re.compile(r"ph|th"), "t"),
    (re.compile(r"[vwbf]"), "v"),
    (re.compile(r"[aeiouyj]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def sounds(text: str) -> frozenset[str]:
    """The words of a name by their hard sounds alone: how Ярослав is spelt in Latin letters differs by language.

    For holding a name of one script against one of another, never for telling two of the same script apart.
    """
    found = []
    for word in word_list(text):
        for pattern, sound in _SOUNDS:
            word = pattern.sub(sound, word)  # noqa: PLW2901 - step by step
        found.append(word)
    return frozenset(found)


def in_latin(text: str) -> bool:
    """Whether every letter of it is a Latin one."""
    return all(unicodedata.name(char, "").startswith("LATIN") for char in text if char.isalpha())


def comparable(one: str, other: str) -> bool:
    """Whether two texts can be held against each other once they are folded.

    Of a script that has no one Latin spelling (Han, kana, Hangul, Arabic, Hebrew, Indic ones), only texts of the same
    script say anything: that 健二 is not Kenji is not for us to find.
    """
    ours, theirs = (any(char.isalpha() and not char.isascii() for char in fold(text)) for text in (one, other))
    return ours == theirs


@lru_cache(maxsize=1024)
def postcode_spellings(text: str) -> tuple[str, ...]:
    """How a postcode may stand in another system: together, or with the blank or hyphen that its country puts in.

    For looking it up where it is kept as it was written; ``postcode`` compares.
    """
    plain = postcode(text)
    if not plain:
        return ()
    places = {3, 4, len(plain) - 3} if len(plain) > 4 else set()  # noqa: PLR2004 - four signs are never parted
    apart = [f"{plain[:at]}{mark}{plain[at:]}" for at in sorted(places | {2}) for mark in " -" if 0 < at < len(plain)]
    return tuple(dict.fromkeys((text, plain, plain.lower(), *apart)))


def postcode(text: str) -> str:
    """A postcode to compare: capitals and digits without blanks."""
    return "".join(char for char in searchable(text).upper() if char.isalnum())
