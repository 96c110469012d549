"""What the config says of a folder of files, checked: a name that means nothing is told with the nearest one."""

from __future__ import annotations

import difflib
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from connectors.base import Setting
from connectors.errors import Rejected
from connectors.orders.files_kinds import KINDS, fold
from connectors.orders.files_remote import SCHEME
from connectors.orders.files_words import ORDER_STATUS, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connectors.base import Account

_CHARSETS: Final = ("utf-8", "cp1252", "iso-8859-1", "iso-8859-2", "iso-8859-15", "cp1250", "utf-16")
_DELIMITERS: Final = {"tab": "\t"}
_READING: Final = 1  # raised when the same file would now be read otherwise

SETTINGS: Final = (
    Setting("path", "path", required=True, help="the folder that is watched; or sftp://user@host/folder"),
    Setting("password", "secret", help="of an sftp:// address; without it a key"),
    Setting("key_file", "path", help="the private key for an sftp:// address; without it the usual ones and the agent"),
    Setting("known_hosts", "path", help="where the server's key stands; without it ~/.ssh/known_hosts"),
    Setting("files", "table", help='which file holds what: "sales*.csv" = "orders"; or "ignore"'),
    Setting("columns", "table", help='their columns as ours, by kind: orders = { "Ref." = "number" }'),
    Setting(
        "values", "table", help='their words as ours, by kind and field: orders.payment_status = { "ok" = "paid" }'
    ),
    Setting("charset", choices=_CHARSETS, help="of CSV files; found out if left out"),
    Setting("delimiter", choices=(",", ";", "tab", "|"), help="between the columns of CSV; found out if left out"),
    Setting("decimal", choices=(",", "."), help="the decimal sign; the file's own values tell if left out"),
    Setting("dates", choices=("dmy", "mdy"), help="how 03/04/2026 is read; the file's own values tell if left out"),
    Setting("timezone", help="of times without an offset, an IANA name; UTC, and for days the desk's own", asked=True),
    Setting("currency", help="of amounts without one", asked=True),
    Setting("location", default="main", help="the location of stock where a file names none"),
    Setting("orders_from", help="the source whose orders are meant where a file names one by its id"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """A folder's settings.

    ``columns``: kind -> folded heading -> field; ``words``: "kind.field" -> folded word of theirs -> ours.
    """

    source: str
    folder: Path
    patterns: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    charset: str = ""
    delimiter: str = ""
    decimal: str = ""
    day_first: bool | None = None
    zone: tzinfo = UTC
    day_zone: tzinfo = UTC
    currency: str = ""
    location: str = "main"
    orders_from: str = ""
    digest: str = ""

    def mapped(self, kind: str) -> dict[str, str]:
        """Folded headings that the config gives a field of ``kind``; what is said of it alone wins."""
        return {**self.columns.get("", {}), **self.columns.get(kind, {})}


def settings_of(account: Account) -> Settings:
    """The settings of ``account``.

    Raises:
        Rejected: a name in a table means nothing; ``field`` says which table.
    """
    values = account.values
    path = values["path"]
    if not isinstance(path, Path):
        scheme, is_address, _ = str(path).partition("://")
        if is_address and scheme != SCHEME:
            raise Rejected(
                f"{scheme}:// addresses are not read: `path` is a folder of this machine, or sftp://user@host/folder",
                field="path",
                hint="mount it (rclone) or have the files fetched into a folder, and name that",
            )
        path = account.cache / "remote" if is_address else Path(str(path))
    words = _words(values.get("values") or {})
    columns = _columns(values.get("columns") or {})
    patterns = _patterns(values.get("files") or {})
    plain = {
        name: str(values.get(name) or "")
        for name in ("charset", "delimiter", "decimal", "dates", "timezone", "currency", "location", "orders_from")
    }
    day_zone = _zone(plain["timezone"]) if plain["timezone"] else account.zone
    shape = json.dumps([_READING, plain, str(day_zone), columns, words, patterns], sort_keys=True)
    return Settings(
        source=account.name,
        folder=path,
        patterns=patterns,
        columns=columns,
        words=words,
        charset=plain["charset"],
        delimiter=_DELIMITERS.get(plain["delimiter"], plain["delimiter"]),
        decimal=plain["decimal"],
        day_first={"dmy": True, "mdy": False}.get(plain["dates"]),
        zone=_zone(plain["timezone"] or "UTC"),
        day_zone=day_zone,
        currency=_currency(plain["currency"]),
        location=plain["location"] or "main",
        orders_from=plain["orders_from"],
        digest=hashlib.sha256(shape.encode()).hexdigest()[:16],
    )


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Rejected(
            f"there is no time zone “{name}”", field="timezone", hint='write it as "Europe/Berlin"'
        ) from None


def _currency(code: str) -> str:
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):  # noqa: PLR2004 - ISO 4217
        raise Rejected(f"“{code}” is no currency", field="currency", hint='write its three letters: "EUR"')
    return code.upper()


def _patterns(table: Mapping[str, Any]) -> dict[str, str]:
    for pattern, kind in table.items():
        _known(str(kind), (*KINDS, "ignore"), "files", f"“{pattern}”", "kind of file")
    return {str(pattern): str(kind) for pattern, kind in table.items()}


def _columns(table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """``heading = field`` for every kind, or a table of them for one."""
    found: dict[str, dict[str, str]] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            _known(str(name), KINDS, "columns", "a table", "kind of file")
            found[str(name)] = {
                fold(str(theirs)): _field(str(theirs), str(ours), str(name)) for theirs, ours in value.items()
            }
        else:
            found.setdefault("", {})[fold(str(name))] = _field(str(name), str(value), "")
    return found


def _field(theirs: str, ours: str, kind: str) -> str:
    fields = KINDS[kind].fields if kind else tuple({own for each in KINDS.values() for own in each.fields})
    if ours not in fields and theirs in fields:
        raise Rejected(
            f'columns: their heading stands first: "{ours}" = "{theirs}"', field="columns", hint="turn the two around"
        )
    _known(ours, fields, "columns", f"“{theirs}”", f"field of {kind or 'any kind'}")
    return ours


def _words(table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """``values.orders.payment_status = {theirs = ours}``, also with dots in the name."""
    found: dict[str, dict[str, str]] = {}
    for kind, fields in table.items():
        _known(str(kind), KINDS, "values", "a table", "kind of file")
        for own, words in (fields if isinstance(fields, dict) else {}).items():
            place = f"{kind}.{own}"
            _known(place, (*WORDS, "orders.status"), "values", "a table", "field with words")
            allowed = set(WORDS[place].values()) if place in WORDS else set(ORDER_STATUS)
            for theirs, ours in (words if isinstance(words, dict) else {}).items():
                _known(
                    str(ours) if place in WORDS else fold(str(ours)),
                    allowed,
                    "values",
                    f"“{theirs}”",
                    f"word of {place}",
                )
                found.setdefault(place, {})[fold(str(theirs))] = str(ours)
    return found


def _known(name: str, names: Iterable[str], table: str, what: str, sort: str) -> None:
    known = list(names)
    if name not in known:
        near = difflib.get_close_matches(name, known, 1, 0.5)
        meant = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(sorted(known)[:40])}"
        raise Rejected(
            f"{table}: {what} says “{name[:60]}”, which is no {sort}; {meant}", field=table, hint="correct the config"
        )
