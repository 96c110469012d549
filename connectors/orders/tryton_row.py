"""Reading Tryton's records: a field is what it should be, or the whole record is set aside with the reason."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.records import LARGEST_NUMBER, Quarantined, minor_units

_LONGEST_RAW = 20_000
_LONGEST_ID = 18  # digits that fit every database's integers


class UnreadableRecordError(ValueError):
    """A field that is not what Tryton's own schema says."""


class Row:
    """One record as ``search_read`` gives it; ``party.name`` asked for lies in ``row.row("party")``.

    A field that is absent or null reads as empty where a default is natural; one of another type raises
    UnreadableRecordError.
    """

    def __init__(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise UnreadableRecordError(f"a record is a {type(values).__name__}")
        self.values = values

    @property
    def id(self) -> int:
        """The record's id, which every record has."""
        found = self.values.get("id")
        if not isinstance(found, int) or isinstance(found, bool):
            raise UnreadableRecordError("id is no number")
        return found

    def text(self, name: str) -> str:
        """A text; "" where there is none."""
        found = self.values.get(name)
        if found is None:
            return ""
        if not isinstance(found, str):
            raise UnreadableRecordError(f"{name} is no text")
        return found

    def word(self, name: str) -> str:
        """A selection's value, which must be there."""
        found = self.text(name)
        if not found:
            raise UnreadableRecordError(f"{name} is missing")
        return found

    def link(self, name: str) -> int | None:
        """The id of the record a many-to-one points to."""
        found = self.values.get(name)
        if found is None or (isinstance(found, int) and not isinstance(found, bool)):
            return found
        raise UnreadableRecordError(f"{name} is no id")

    def links(self, name: str) -> list[int]:
        """Ids of a to-many field."""
        found = self.values.get(name) or []
        if not isinstance(found, list) or not all(isinstance(each, int) for each in found):
            raise UnreadableRecordError(f"{name} is no list of ids")
        return found

    def reference(self, name: str) -> tuple[str, int]:
        """Model and id of a reference ("sale.line,5"); ("", 0) where there is none."""
        found = self.text(name)
        model, _, number = found.partition(",")
        if not found or number in {"", "-1"}:
            return "", 0
        if not number.isdecimal():
            raise UnreadableRecordError(f"{name} is no reference")
        return model, int(number)

    def row(self, name: str) -> Row | None:
        """The record behind a many-to-one, as far as its fields were asked for."""
        found = self.values.get(f"{name}.")
        return None if found is None else Row(found)

    def rows(self, name: str) -> list[Row]:
        """The records behind a to-many."""
        found = self.values.get(f"{name}.") or []
        if not isinstance(found, list):
            raise UnreadableRecordError(f"{name} is no list")
        return [Row(each) for each in found]

    def number(self, name: str) -> Decimal:
        """A quantity or amount; zero where there is none."""
        found = self.values.get(name)
        if found is None:
            return Decimal(0)
        if isinstance(found, dict) and found.get("__class__") == "Decimal":
            found = found.get("decimal")
        if isinstance(found, bool) or not isinstance(found, (int, float, str)):
            raise UnreadableRecordError(f"{name} is no number")
        try:
            number = Decimal(str(found))
        except InvalidOperation:
            raise UnreadableRecordError(f"{name} is no number") from None
        if not number.is_finite():
            raise UnreadableRecordError(f"{name} is no number")
        if abs(number) > LARGEST_NUMBER:
            raise UnreadableRecordError(f"{name} is too large")
        return number

    def amount(self, name: str, currency: str) -> int:
        """Minor units of an amount that must be there."""
        if self.values.get(name) is None:
            raise UnreadableRecordError(f"{name} is missing")
        return minor_units(self.number(name), currency)

    def day(self, name: str) -> date | None:
        """A date, without a zone as Tryton keeps it."""
        found = self._stamp(name, "date")
        return None if found is None else _built(name, date, found, ("year", "month", "day"))

    def moment(self, name: str) -> datetime | None:
        """A timestamp; Tryton keeps them in UTC."""
        found = self._stamp(name, "datetime")
        if found is None:
            return None
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        moment: datetime = _built(name, datetime, found, parts)
        return moment.replace(tzinfo=UTC)

    def midnight(self, name: str) -> datetime | None:
        """The start of a date, in UTC."""
        day = self.day(name)
        return None if day is None else datetime.combine(day, time(), UTC)

    def changed_at(self) -> datetime | None:
        """When it was last written: ``write_date`` is null until the first write after creation."""
        return self.moment("write_date") or self.moment("create_date")

    def _stamp(self, name: str, kind: str) -> dict[str, Any] | None:
        found = self.values.get(name)
        if found is None:
            return None
        if not isinstance(found, dict) or found.get("__class__") != kind:
            raise UnreadableRecordError(f"{name} is no {kind}")
        return found


def _built(name: str, kind: Any, found: dict[str, Any], parts: tuple[str, ...]) -> Any:
    try:
        return kind(*(found[part] for part in parts))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise UnreadableRecordError(f"{name} is no {kind.__name__}") from None


def record_id(text: str) -> int | None:
    """The id that ``text`` is; None where it is none that a database gives."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID else None


def stamp(moment: datetime) -> dict[str, Any]:
    """A moment as Tryton wants it in a domain."""
    utc = moment.astimezone(UTC)
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{part: getattr(utc, part) for part in parts}}


def day_stamp(day: date) -> dict[str, Any]:
    """A date as Tryton wants it in a context."""
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def set_aside(kind: str, values: Any, reason: Exception) -> Quarantined:
    """The record kept raw, with the reason it could not be read."""
    number = values.get("number") or values.get("id") if isinstance(values, dict) else ""
    return Quarantined(
        ref=f"{kind} {number}", reason=str(reason), raw=json.dumps(values, ensure_ascii=False)[:_LONGEST_RAW]
    )
