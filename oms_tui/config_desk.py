"""The parts of [desk] that are more than one value: its hours and its store."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from oms_tui import config_schema as schema
from oms_tui import config_values as read
from oms_tui.config_folders import path_in
from oms_tui.config_model import Hours, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oms_tui.config_document import Document
    from oms_tui.config_errors import KeyPath
    from oms_tui.config_model import Folders

_HOLIDAYS: Final = "holidays"
_ANY_SPAN: Final = ("00:00-24:00",)


def read_hours(table: Mapping[str, Any] | None, document: Document) -> Hours:
    """[desk.hours]. A day's own line says more than a range of days: ``fri = []`` closes Friday in spite of mon-fri."""
    if table is None:
        return Hours()
    path: KeyPath = ("desk", "hours")
    holidays = document.read({key: table[key] for key in table if key == _HOLIDAYS}, path, {_HOLIDAYS: read.days})
    week: dict[str, tuple[str, ...]] = {}
    for key in sorted(table, key=lambda each: "-" not in each):
        if key != _HOLIDAYS:
            days = _days(key, (*path, key), document)
            week.update(dict.fromkeys(days, _spans(table[key], (*path, key), document)))
    if not any(week.values()) and document.clean:
        document.wrong(path, 'never opens: write mon-fri = ["09:00-17:00"], or leave [desk.hours] out for always open')
    return Hours({day: week[day] for day in schema.WEEK if day in week}, holidays.get(_HOLIDAYS, ()))


def _days(key: str, path: KeyPath, document: Document) -> Iterable[str]:
    """The days a key names: one, or a range."""
    from oms_tui.domain.business_time import read_week

    first, dash, last = key.partition("-")
    if first not in schema.WEEK or (dash and last not in schema.WEEK):
        document.unknown(path, ("mon-fri", *schema.WEEK, _HOLIDAYS), what="day")
        return ()
    try:
        week = read_week({key: _ANY_SPAN})
    except ValueError as error:
        document.wrong(path, str(error))
        return ()
    return [name for name, spans in zip(schema.WEEK, week, strict=True) if spans]


def _spans(value: object, path: KeyPath, document: Document) -> tuple[str, ...]:
    from oms_tui.domain.business_time import BusinessHours, read_week

    try:
        spans = read.texts(value)
    except read.WrongItemError as error:
        document.wrong((*path, *error.path), str(error))
        return ()
    except ValueError as error:
        document.wrong(path, str(error))
        return ()
    for place, span in enumerate(spans):
        try:
            read_week({"mon": [span]})
        except ValueError as error:
            document.wrong((*path, place), str(error).removeprefix("mon: "))
            return ()
    try:
        if spans:
            BusinessHours(UTC, read_week({"mon": spans}))  # whatever day: that the key names none is told elsewhere
    except ValueError:
        document.wrong(path, "two of its spans overlap")
    return spans


def read_store(written: str, document: Document, folders: Folders) -> Store:
    """``desk.store``. A URL with a password is refused, and never repeated."""
    path: KeyPath = ("desk", "store")
    scheme, _, rest = written.partition("://")
    if written == "sqlite":
        return Store("sqlite", folders.data)
    if scheme == "sqlite" and rest.startswith("/") and rest != "/":
        return Store("sqlite", path_in(folders.config, rest[1:]))
    if scheme not in {"postgresql", "postgres"} or not rest:
        document.wrong(path, 'must be "sqlite", "sqlite:///folder" or "postgresql://user@host/database"')
    elif ":" in rest.rpartition("@")[0] or "password" in rest:
        words = (
            "holds a password; leave it out and give it as PGPASSWORD or in ~/.pgpass, where PostgreSQL looks for it"
        )
        document.wrong(path, words)
    return Store("postgresql", folders.data, f"postgresql://{rest}")
