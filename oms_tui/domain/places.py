"""Whether two systems mean one street, one postcode and one city, however each writes it.

What is not said contradicts nothing, and so does what stands in two scripts that have no spelling in common.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from oms_tui.domain import normalise

_ALIKE: Final = 0.75  # of two names of a city, where letters were swapped or left out
_ZIP: Final = 5
_ZIP_4: Final = 9  # with the four digits that name the block of houses
_COUNTRY_BEFORE: Final = re.compile(r"^[A-Z]{1,3}[- ]*(?=\d{4,}$)")  # D-10115, LV-1010

# Cities that maps of other languages call by another name; each as ``normalise.fold`` writes it.
_NAMES_OF_CITIES: Final = """
    munchen munich monachium monaco
    koln cologne keulen colonia kolonia
    nurnberg nuremberg norimberga norymberga
    frankfurt francfort francoforte
    hannover hanover hanovre
    braunschweig brunswick
    aachen aix aquisgrana akwizgran
    regensburg ratisbon ratisbonne
    dresden dresde drezno
    leipzig lipsk lipsia
    wien vienna vienne viena wieden becs
    salzburg salisburgo
    graz gradec
    zurich zuerich zurigo zurych
    geneve geneva genf ginevra genewa
    basel bale basilea bazylea
    bern berne berna
    luzern lucerne lucerna
    warszawa warsaw warschau varsovie varsavia varsovia
    krakow cracow krakau cracovie cracovia
    gdansk danzig
    wroclaw breslau
    poznan posen
    szczecin stettin
    praha prague prag praga
    brno brunn
    bratislava pressburg
    budapest budapeszt
    bucuresti bucharest bukarest bucarest
    beograd belgrade belgrad belgrado
    sofiia sofia
    athina athinai athens athen athenes atene ateny
    thessaloniki salonica salonicco saloniki
    roma rome rom rzym
    milano milan mailand mediolan
    torino turin turyn
    venezia venice venedig venise wenecja
    firenze florence florenz florencja
    napoli naples neapel neapol
    genova genoa genua genes
    livorno leghorn
    padova padua
    bolzano bozen
    paris parigi paryz parijs
    lyon lyons lione
    marseille marseilles marsiglia
    strasbourg strassburg strasburgo
    nice nizza nicea
    lille rijsel
    bruxelles brussel brussels brussel bruselas
    antwerpen antwerp anvers amberes
    gent ghent gand
    brugge bruges brujas
    liege luik luttich
    leuven louvain
    mechelen malines
    sgravenhage denhaag hague haag
    lisboa lisbon lissabon lisbonne lizbona
    porto oporto
    sevilla seville sewilla
    zaragoza saragossa saragosse
    cordoba cordova
    kobenhavn copenhagen kopenhagen copenhague kopenhaga
    goteborg gothenburg
    malmo malmoe
    helsinki helsingfors
    turku abo
    tallinn reval
    vilnius wilno wilna
    kyiv kiev kiew kijow kiiv
    lviv lvov lwow lemberg
    odesa odessa
    moskva moscow moskau moscou mosca moskwa
    istanbul constantinople stambul
    london londres londra londyn londen
    edinburgh edimbourg edimburgo
    dublin bailathacliath
"""
_CITIES: Final = {
    normalise.fold(name): row.split()[0] for row in _NAMES_OF_CITIES.strip().splitlines() for name in row.split()
}
_SMALL_WORDS: Final = frozenset(
    "am an bei der die das den im in a d of the upon on de la le les el los da do di sur sous saint st sankt san santa "  # noqa: SIM905 - reads as the list it is
    "bad new city".split()
)


def same_street(one: str, other: str) -> bool:
    """Whether two address lines may be of one door. Without a house number in both, the streets alone are held.

    A line of one system may hold more than the other's: a flat, a name of the house.
    """
    here, there = normalise.street(one), normalise.street(other)
    one_script = normalise.in_latin(one) == normalise.in_latin(other)
    if here.key and there.key:
        # of two scripts, the house says all there is
        return here.house == there.house and (not one_script or here.street == there.street)
    if not here.street or not there.street or not one_script or not normalise.comparable(one, other):
        return True
    ours, theirs = set(normalise.word_list(one)), set(normalise.word_list(other))
    return ours <= theirs or theirs <= ours or here.street in there.street or there.street in here.street


@lru_cache(maxsize=8192)
def same_postcode(one: str, other: str) -> bool:
    """Whether two postcodes may be one: with the country before it, without the zero that a spreadsheet took."""
    ours, theirs = (_COUNTRY_BEFORE.sub("", normalise.postcode(text)) for text in (one, other))
    if not ours or not theirs or ours == theirs:
        return True
    if not (ours.isdecimal() and theirs.isdecimal()):
        return False
    if {len(ours), len(theirs)} == {_ZIP, _ZIP_4}:
        return ours[:_ZIP] == theirs[:_ZIP]
    return len(ours) != len(theirs) and ours.lstrip("0") == theirs.lstrip("0")


@lru_cache(maxsize=8192)
def same_city(one: str, other: str, lines: str = "") -> bool:
    """Whether two names may be of one city.

    A part of it (``Berlin-Mitte``), a name in another language, a slip of the pen are; so is a place that the other
    system wrote into the street's line.

    Args:
        one: as one system has it.
        other: as the other one has it.
        lines: the streets' lines of both.
    """
    ours, theirs = (frozenset(_CITIES.get(word, word) for word in _city_words(text)) for text in (one, other))
    if not ours or not theirs or ours & theirs or not normalise.comparable(one, other):
        return True
    if normalise.in_latin(one) != normalise.in_latin(other):
        return bool(normalise.sounds(one) & normalise.sounds(other))
    if (ours | theirs) & frozenset(normalise.word_list(lines)):
        return True
    first, second = sorted(("".join(sorted(ours)), "".join(sorted(theirs))))  # its ratio knows a first and a second
    return SequenceMatcher(None, first, second).ratio() >= _ALIKE


def _city_words(text: str) -> list[str]:
    """The words of a city's name that tell it: no numbers of districts, no articles, nothing in brackets."""
    words = normalise.word_list(re.sub(r"\(.*?\)", " ", text))
    joined = "".join(words)
    if joined in _CITIES:
        return [joined]
    return [word for word in words if not word.isdecimal() and word not in _SMALL_WORDS]
