"""What time it is where a customer lives, as far as the country says: before a call, not for arithmetic.

Of a country in several zones the westernmost and the easternmost with many people are named. From the time zone
database's table of countries (zone1970.tab, 2025b); the zones' rules are the system's.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from datetime import datetime

_EUROPE: Final = {
    "AD": "Andorra", "AL": "Tirane", "AT": "Vienna", "BA": "Sarajevo", "BE": "Brussels", "BG": "Sofia",
    "BY": "Minsk", "CH": "Zurich", "CZ": "Prague", "DE": "Berlin", "DK": "Copenhagen", "EE": "Tallinn",
    "FI": "Helsinki", "FR": "Paris", "GB": "London", "GR": "Athens", "HR": "Zagreb", "HU": "Budapest",
    "IE": "Dublin", "IT": "Rome", "LI": "Vaduz", "LT": "Vilnius", "LU": "Luxembourg", "LV": "Riga",
    "MC": "Monaco", "MD": "Chisinau", "ME": "Podgorica", "MK": "Skopje", "MT": "Malta", "NL": "Amsterdam",
    "NO": "Oslo", "PL": "Warsaw", "RO": "Bucharest", "RS": "Belgrade", "SE": "Stockholm", "SI": "Ljubljana",
    "SK": "Bratislava", "TR": "Istanbul", "UA": "Kyiv",
}  # fmt: skip
_ASIA: Final = {
    "AE": "Dubai", "AM": "Yerevan", "AZ": "Baku", "BD": "Dhaka", "CN": "Shanghai", "CY": "Nicosia",
    "GE": "Tbilisi", "HK": "Hong_Kong", "IL": "Jerusalem", "IN": "Kolkata", "JO": "Amman", "JP": "Tokyo",
    "KR": "Seoul", "KW": "Kuwait", "LB": "Beirut", "LK": "Colombo", "MO": "Macau", "MY": "Kuala_Lumpur",
    "NP": "Kathmandu", "OM": "Muscat", "PH": "Manila", "PK": "Karachi", "QA": "Qatar", "SA": "Riyadh",
    "SG": "Singapore", "TH": "Bangkok", "TW": "Taipei", "VN": "Ho_Chi_Minh", "BH": "Bahrain",
}  # fmt: skip
_OTHERS: Final = {
    "AR": "America/Argentina/Buenos_Aires", "CO": "America/Bogota", "CR": "America/Costa_Rica",
    "DZ": "Africa/Algiers", "EG": "Africa/Cairo", "GH": "Africa/Accra", "IS": "Atlantic/Reykjavik",
    "KE": "Africa/Nairobi", "MA": "Africa/Casablanca", "NG": "Africa/Lagos", "NZ": "Pacific/Auckland",
    "PA": "America/Panama", "PE": "America/Lima", "PR": "America/Puerto_Rico", "TN": "Africa/Tunis",
    "UY": "America/Montevideo", "VE": "America/Caracas", "ZA": "Africa/Johannesburg",
}  # fmt: skip
_SEVERAL: Final = {
    "AU": ("Australia/Perth", "Australia/Sydney"),
    "BR": ("America/Manaus", "America/Sao_Paulo"),
    "CA": ("America/Vancouver", "America/Halifax"),
    "CL": ("America/Punta_Arenas", "America/Santiago"),
    "ES": ("Atlantic/Canary", "Europe/Madrid"),
    "ID": ("Asia/Jakarta", "Asia/Makassar"),
    "KZ": ("Asia/Almaty",),
    "MX": ("America/Tijuana", "America/Mexico_City"),
    "PT": ("Atlantic/Azores", "Europe/Lisbon"),
    "RU": ("Europe/Moscow", "Asia/Vladivostok"),
    "US": ("America/Los_Angeles", "America/New_York"),
}


def zone_names(country: str) -> tuple[str, ...]:
    """The time zones of a country (ISO 3166-1 alpha-2), the western one first; none where nobody listed it."""
    code = country.strip().upper()
    if code in _SEVERAL:
        return _SEVERAL[code]
    for continent, cities in (("Europe", _EUROPE), ("Asia", _ASIA)):
        if code in cities:
            return (f"{continent}/{cities[code]}",)
    return (_OTHERS[code],) if code in _OTHERS else ()


def local_times(country: str, now: datetime) -> tuple[datetime, ...]:
    """What the clocks show there ``now`` (aware): one moment, or the earliest and the latest; none if nobody knows."""
    found: list[datetime] = []
    for name in zone_names(country):
        try:
            there = now.astimezone(UTC).astimezone(ZoneInfo(name))
        except ZoneInfoNotFoundError:  # a system without the database: then it is not told
            continue
        if not found or there.utcoffset() != found[-1].utcoffset():
            found.append(there)
    return tuple(found)
