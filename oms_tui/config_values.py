"""How single values of the config are read: each function takes what TOML gave and returns ours.

All raise ValueError with words for the person who wrote it. What the words repeat of a value is safe to show: these
readers are for places where no secret belongs.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from oms_tui.config_errors import meant, nearest, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from oms_tui.config_errors import KeyPath

    Reader = Callable[[Any], Any]

_DURATION: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+", re.ASCII)
_DURATION_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)", re.ASCII)
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_LONGEST: Final = timedelta(days=3660)
_HEAVIEST: Final = 1_000_000  # points of one term
_LONGEST_TEXT: Final = 12  # characters of a number in a duration: keeps floats finite

# Compiled when first used: not every desk has them, and every desk starts.
_COLOR: Final = r"#(?:[0-9a-f]{3}|[0-9a-f]{6})"
_LANGUAGE: Final = r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?"

_TYPE_WORDS: Final = (
    (bool, "true or false"),
    (str, "text"),
    (int, "a whole number"),
    (float, "a number"),
    (dict, "a table"),
    (list, "a list"),
    (date, "a date"),
)


class WrongItemError(ValueError):
    """A value is wrong in one of its parts; ``path`` leads there from the value."""

    def __init__(self, words: str, path: KeyPath) -> None:
        super().__init__(words)
        self.path = path


def type_words(value: object) -> str:
    """What kind of value TOML gave, in words; never the value."""
    return next((words for kind, words in _TYPE_WORDS if isinstance(value, kind)), "a time")


def wrong_type(wanted: str, value: object) -> ValueError:
    """The error for a value of another type."""
    return ValueError(f"must be {wanted}, not {type_words(value)}")


def text(value: object) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise wrong_type("text", value)
    return value


def name(value: object) -> str:
    """A text of one line that says something."""
    if not text(value).strip():
        raise ValueError("must not be empty")
    if not text(value).isprintable():
        raise ValueError("must be one line, without control characters")
    return text(value).strip()


def boolean(value: object) -> bool:
    """Either true or false."""
    if not isinstance(value, bool):
        raise wrong_type("true or false", value)
    return value


def integer(value: object) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type("a whole number", value)
    return value


def weight(value: object) -> int:
    """A whole number that is not negative, and such that a sum of a few fits the store."""
    if integer(value) < 0:
        raise ValueError("must not be negative")
    if integer(value) > _HEAVIEST:
        raise ValueError(f"must not be more than {_HEAVIEST:,}")
    return integer(value)


def duration(value: object) -> timedelta:
    """``"90s"``, ``"10m"``, ``"1h30m"``, ``"2d"``."""
    written = value.replace(" ", "").lower() if isinstance(value, str) else ""
    if not _DURATION.fullmatch(written):
        raise ValueError('must be a length of time such as "60s", "10m", "1h30m" or "2d"')
    total = timedelta()
    for amount, unit in _DURATION_PART.findall(written):
        if len(amount) > _LONGEST_TEXT or float(amount) > _LONGEST / _UNITS[unit]:
            raise ValueError("is longer than ten years")
        total += float(amount) * _UNITS[unit]
    return total


def positive_duration(value: object) -> timedelta:
    """A length of time that is not nothing."""
    length = duration(value)
    if not length:
        raise ValueError("must be longer than nothing")
    return length


def texts(value: object) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list):
        raise wrong_type('a list of texts such as ["a", "b"]', value)
    return tuple(_item(text, item, place) for place, item in enumerate(value))


def text_or_texts(value: object) -> tuple[str, ...]:
    """One text, or a list of them."""
    return (name(value),) if isinstance(value, str) else texts(value)


def days(value: object) -> tuple[date, ...]:
    """A list of dates, as TOML dates or as text."""
    if not isinstance(value, list):
        raise wrong_type('a list of dates such as ["2026-12-25"]', value)
    return tuple(_item(day, item, place) for place, item in enumerate(value))


def day(value: object) -> date:
    """A date, as TOML's own or as text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        shown = f'"{printable(value)}" is no date' if isinstance(value, str) else "is no date"
        raise ValueError(f'{shown}: write it as "2026-12-25"') from None


def day_spans(value: object) -> tuple[tuple[date, date], ...]:
    """A list of days and spans of days, both ends included: ``["2026-12-24..2027-01-06", "2027-02-01"]``."""
    if not isinstance(value, list):
        raise wrong_type('a list of days such as ["2026-12-24..2027-01-06"]', value)
    return tuple(_item(_day_span, item, place) for place, item in enumerate(value))


def _day_span(value: object) -> tuple[date, date]:
    first, dots, last = value.partition("..") if isinstance(value, str) else (value, "", "")
    found = day(first), day(last if dots else first)
    if found[1] < found[0]:
        raise ValueError(f'"{printable(str(value))}" ends before it begins')
    return found


def zone(value: object) -> ZoneInfo:
    """A time zone of the IANA database."""
    from zoneinfo import ZoneInfo

    written = name(value)
    try:
        return ZoneInfo(written)
    except (LookupError, ValueError, OSError):  # unknown; with dots or blanks in it; a folder of zones
        from zoneinfo import available_timezones

        words = nearest(written, available_timezones()) or 'write it as "Europe/Berlin"'
        raise ValueError(f'"{printable(written)}" is no time zone; {words}') from None


def color(value: object) -> str:
    """``#rgb``, ``#rrggbb`` or a colour's name, one of the web's."""
    written = text(value).lower()
    if re.fullmatch(_COLOR, written):
        return written
    from oms_tui.config_colors import NAMES

    if written not in NAMES:
        words = meant(written, NAMES) or 'write #rrggbb or a name such as "red"'
        raise ValueError(f'"{printable(text(value))}" is no colour: {words}')
    return written


def language(value: object) -> str:
    """A language tag: ``en``, ``de-AT``."""
    if not re.fullmatch(_LANGUAGE, text(value)):
        raise ValueError(f'"{printable(text(value))}" is no language: write "en", "de" or "pt-BR"')
    return text(value)


def address(value: object) -> str:
    """An e-mail address, as far as a config can tell."""
    local, at, host = name(value).rpartition("@")
    if not (local and at and host) or any(char.isspace() or not char.isprintable() for char in name(value)):
        raise ValueError(f'"{printable(name(value))}" is no e-mail address')
    return name(value)


def choice(known: Sequence[str]) -> Reader:
    """One of the given words."""

    def read(value: object) -> str:
        if text(value) not in known:
            raise ValueError(f'"{printable(text(value))}" is none of {", ".join(known)}; {meant(text(value), known)}')
        return text(value)

    return read


def choices(known: Sequence[str]) -> Reader:
    """A list of the given words, each once."""
    one = choice(known)

    def read(value: object) -> tuple[str, ...]:
        chosen = tuple(_item(one, item, place) for place, item in enumerate(texts(value)))
        return tuple(dict.fromkeys(chosen))

    return read


def fields(value: object) -> Mapping[str, Any]:
    """A table of plain values: the fields of an action."""
    if not isinstance(value, dict):
        raise wrong_type("a table", value)
    for key, each in value.items():
        if not isinstance(each, str | int | float):
            raise WrongItemError(f"must be text, a number, true or false, not {type_words(each)}", (key,))
    return value


def _item(read: Reader, item: object, place: int) -> Any:
    try:
        return read(item)
    except ValueError as error:
        raise WrongItemError(str(error), (place,)) from None
