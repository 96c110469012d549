"""Days and times as customers read them, in the languages of the shops we know; any other gets ISO 8601."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import tzinfo

# From Unicode CLDR: month names as they stand in a date, weekdays from Monday, the pattern of a long date.
_MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
}
_WEEKDAYS: Final = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela",
}
_DATES: Final = {"de": "{day}. {month} {year}", "es": "{day} de {month} de {year}"}


def date_text(value: date, zone: tzinfo, language: str = "en") -> str:
    """``20 November 2026``; a moment (aware) is the day it is in ``zone``."""
    day = _local(value, zone)
    base = language.partition("-")[0]
    if base not in _MONTHS:
        return f"{day:%Y-%m-%d}"
    month = _MONTHS[base].split()[day.month - 1]
    return _DATES.get(base, "{day} {month} {year}").format(day=day.day, month=month, year=day.year)


def weekday_text(value: date, zone: tzinfo, language: str = "en") -> str:
    """``Friday``; in a language we do not know, in English."""
    base = language.partition("-")[0]
    return _WEEKDAYS.get(base, _WEEKDAYS["en"]).split()[_local(value, zone).weekday()]


def time_text(value: datetime, zone: tzinfo) -> str:
    """``14:05`` on the clocks of ``zone``."""
    return f"{_local(value, zone):%H:%M}"


def _local(value: date, zone: tzinfo) -> date:
    return value.astimezone(zone) if isinstance(value, datetime) else value
