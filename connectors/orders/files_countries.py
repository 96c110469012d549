"""Countries as exports write them, made into ISO 3166-1's two letters: "Deutschland", "Germany" and "DEU" are DE.

A country that is not in the table stays as it is written: nothing is guessed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connectors.orders.files_kinds import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

_LETTERS: Final = 2
# Two letters, three letters, what it is called in English, its own language, and those of its neighbours' shops.
_ROWS: Final = """
    AE ARE: united arab emirates, uae, emirate, vereinigte arabische emirate
    AT AUT: austria, österreich, autriche, oostenrijk, rakousko
    AU AUS: australia, australien, australie
    BE BEL: belgium, belgien, belgië, belgique, belgio, bélgica, belgia
    BG BGR: bulgaria, bulgarien, българия, bulgarie, bułgaria
    BR BRA: brazil, brasil, brasilien
    CA CAN: canada, kanada
    CH CHE: switzerland, schweiz, suisse, svizzera, zwitserland, szwajcaria, suiza
    CN CHN: china, chine, chiny, people's republic of china, 中国
    CY CYP: cyprus, zypern, κύπρος, chypre
    CZ CZE: czechia, czech republic, tschechien, česko, česká republika, czechy, tschechische republik
    DE DEU: germany, deutschland, allemagne, germania, alemania, duitsland, niemcy, tyskland, německo,
        federal republic of germany, bundesrepublik deutschland, d
    DK DNK: denmark, dänemark, danmark, danemark, dania, denemarken, danimarca
    EE EST: estonia, estland, eesti
    ES ESP: spain, spanien, españa, espagne, spagna, hiszpania, spanje
    FI FIN: finland, finnland, suomi, finlande, finlandia
    FR FRA: france, frankreich, francia, francja, frankrijk, frankrike
    GB GBR: united kingdom, great britain, uk, england, scotland, wales, northern ireland, vereinigtes königreich,
        grossbritannien, großbritannien, royaume uni, reino unido, regno unito, wielka brytania, verenigd koninkrijk
    GR GRC: greece, griechenland, ελλάδα, ελλάς, grèce, grecia, grecja, el
    HK HKG: hong kong, hongkong
    HR HRV: croatia, kroatien, hrvatska, chorwacja, croazia
    HU HUN: hungary, ungarn, magyarország, hongrie, węgry, ungheria
    IE IRL: ireland, irland, éire, irlande, irlanda, irlandia, ierland, republic of ireland
    IL ISR: israel
    IN IND: india, indien, inde
    IS ISL: iceland, island, ísland
    IT ITA: italy, italien, italia, italie, włochy, italië
    JP JPN: japan, japon, 日本
    KR KOR: south korea, korea, republic of korea, südkorea, 대한민국
    LI LIE: liechtenstein
    LT LTU: lithuania, litauen, lietuva, litwa
    LU LUX: luxembourg, luxemburg, luksemburg
    LV LVA: latvia, lettland, latvija, łotwa
    MT MLT: malta, malte
    MX MEX: mexico, mexiko, méxico
    NL NLD: netherlands, the netherlands, niederlande, nederland, pays bas, holland, holandia, paesi bassi, países bajos
    NO NOR: norway, norwegen, norge, norvège, norwegia
    NZ NZL: new zealand, neuseeland
    PL POL: poland, polen, polska, pologne, polonia
    PT PRT: portugal, portogallo, portugalia
    RO ROU: romania, rumänien, românia, roumanie, rumunia
    RS SRB: serbia, serbien, srbija, србија
    RU RUS: russia, russland, россия, russian federation
    SE SWE: sweden, schweden, sverige, suède, szwecja, svezia, zweden
    SG SGP: singapore, singapur
    SI SVN: slovenia, slowenien, slovenija, słowenia
    SK SVK: slovakia, slowakei, slovensko, słowacja
    TR TUR: turkey, türkiye, türkei
    UA UKR: ukraine, україна, ukraina
    US USA: united states, united states of america, usa, u.s.a., vereinigte staaten, états unis, stany zjednoczone,
        estados unidos, stati uniti, verenigde staten
    ZA ZAF: south africa, südafrika
"""


def _codes() -> Mapping[str, str]:
    found: dict[str, str] = {}
    code = ""
    for row in _ROWS.strip().splitlines():
        head, colon, rest = row.strip().partition(":")
        if colon:
            code, three = head.split()
            found[fold(three)] = code
        for word in (rest if colon else row).split(","):
            if word.strip():
                found[fold(word)] = code
    return found


_CODES: Final = _codes()


@lru_cache(maxsize=1024)
def country(written: str) -> str:
    """A country's two letters; what it is called, if the table does not have it."""
    plain = written.strip()
    known = _CODES.get(fold(plain))
    if known:
        return known
    return plain.upper() if len(plain) == _LETTERS and plain.isascii() and plain.isalpha() else plain
