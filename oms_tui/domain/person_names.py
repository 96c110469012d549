"""The first name to greet somebody by, where a name tells it beyond doubt.

To greet a company as a friend, or by the family name, is worse than to be asked for the name: so every doubt gives "".
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES: Final = _words("""
    mr mrs ms miss mx sir dr prof med rer nat phil jur ing dipl mag msc mba bsc hon rev herr frau hr fr
    mme mlle monsieur madame mademoiselle sr sra srta señor señora señorita signor signora sig dott ssa dhr mevr mw pan
    pani
""")
_COMPANY: Final = _words("""
    ag gmbh mbh kg kgaa ohg gbr ug eg ev ltd limited llc llp lp plc inc incorporated corp corporation co company sa sarl
    sas sasu srl spa snc sl slu bv nv vof oy oyj ab aps as asa sro doo kft zrt sp zoo pty pte gruppe group holding
    holdings shop store stores verein stiftung foundation institut institute universität university schule school hotel
    restaurant club gesellschaft verlag praxis kanzlei apotheke studio team firma firm office service services solutions
    systems trading customer kunde guest gast unknown test
""")
_SEVERAL: Final = _words("and und et y e en i oder or")
_PARTICLES: Final = _words("van von der den de da di del della du la le el al bin ibn ter ten zu zum zur mc st")
_FAMILY_FIRST: Final = frozenset({"CN", "HK", "HU", "JP", "KH", "KP", "KR", "MO", "SG", "TW", "VN"})
"""Countries where the family name is often written first in Latin letters too."""

_GIVEN_FIRST_SCRIPTS: Final = ("LATIN", "GREEK", "ARABIC", "HEBREW")
_NAME: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_NEVER_IN_NAMES: Final = frozenset('&+/@|\\()[]{}<>=*#_:;!?"')
_PART: Final = re.compile(r"(['\u2019-])")
_LONGEST: Final = 80
_SHORTEST: Final = 2  # one letter is an initial
_MOST: Final = 5  # words of a person's name


def first_name(name: str, country: str = "") -> str:
    """The first name in a full name, "" where it cannot be told.

    Args:
        name: as the shop has it: ``Dr. Jan Kowal``, ``KOWAL, JAN``, ``佐藤 花子``, ``Kowal GmbH``.
        country: ISO 3166 code of the customer's country, if known: some write the family name first.
    """
    given, _ = _parts(name, country)
    return _written(given[0]) if given else ""


def last_name(name: str, country: str = "") -> str:
    """The family name, "" where it cannot be told: of ``Jan van der Berg``, ``van der Berg``."""
    given, family = _parts(name, country)
    if not family or (given and not _written(given[0])):
        return ""
    if len(family) == 1 and not _NAME.fullmatch(family[0]):
        return ""
    return " ".join(_capital(word) if word.isupper() else word for word in family)


def _parts(name: str, country: str) -> tuple[list[str], list[str]]:
    """The given and the family names of one person; two empty lists where there is a doubt."""
    text = unicodedata.normalize("NFC", name).strip()
    if not text or len(text) > _LONGEST or country.upper() in _FAMILY_FIRST or _is_no_person(text):
        return [], []
    before, comma, after = text.partition(",")
    first, last = (after, before) if comma else (text, "")
    words, family = _untitled(first), _untitled(last)
    if comma:
        return (words, family) if words and family and "," not in after else ([], [])
    if len(words) == 1 and len(text.split()) > 1:
        return [], words  # Herr Kowal
    if not 2 <= len(words) <= _MOST:  # noqa: PLR2004 - a first and a family name
        return [], []
    start = next((at for at, word in enumerate(words) if at and word.casefold() in _PARTICLES), len(words) - 1)
    return words[:start], words[start:]


def _untitled(text: str) -> list[str]:
    return [word for word in text.split() if _plain(word) not in _TITLES]


def _is_no_person(text: str) -> bool:
    """A company, several people, an address, a number: nobody with one first name."""
    if any(char in _NEVER_IN_NAMES or char.isdigit() for char in text):
        return True
    plain = [_plain(word) for word in text.split()]
    return any(word in _COMPANY or word.replace(".", "") in _COMPANY for word in plain) or any(
        word in _SEVERAL for word in plain[1:]
    )


def _plain(word: str) -> str:
    return word.strip(".,").casefold()


def _written(word: str) -> str:
    """A first name with its capital; "" for an initial, a particle or letters whose order of names we do not know."""
    if not _NAME.fullmatch(word) or len(word) < _SHORTEST or word.casefold() in _PARTICLES:
        return ""
    if not all(unicodedata.name(char, "").startswith(_GIVEN_FIRST_SCRIPTS) for char in word if char.isalpha()):
        return ""
    if word.isupper() and len(word) == _SHORTEST:
        return ""  # JP Morgan: two initials
    return _capital(word) if word.islower() or word.isupper() else word


def _capital(word: str) -> str:
    """Every part of a name with a capital: ``ANNA-MARIA`` is ``Anna-Maria``, ``o'neill`` is ``O'Neill``."""
    return "".join(part.capitalize() for part in _PART.split(word))
