"""Turn the SQLModel declaration into the SQL text that the program runs: ``python -m oms_tui.store.compile``.

Importing SQLModel costs about 400 ms of CPU, twice a Textual start, so it must not happen before the first frame. The
declaration stays the only place where a column is named; this text is checked in, and a test fails when it drifts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from oms_tui.store import cache_mail_tables, cache_queue_tables, cache_tables, desk_tables

if TYPE_CHECKING:
    from types import ModuleType

    from sqlalchemy import Table

OUTPUT = Path(__file__).with_name("compiled_sql.py")
_HEAD = '''"""Compiled from the declarations in *_tables.py by ``python -m oms_tui.store.compile``: do not edit."""

# fmt: off
# ruff: noqa: E501, Q000
'''


def _tables(*modules: ModuleType) -> list[Table]:
    found = [
        value.__table__
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, SQLModel)
        and hasattr(value, "__table__")
        and value.__module__ == module.__name__
    ]
    return sorted(found, key=lambda table: table.name)


def _ddl(tables: list[Table], *, extra: tuple[str, ...] = ()) -> list[str]:
    dialect = sqlite.dialect()
    statements = []
    for table in tables:
        statements.append(" ".join(str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)).split()))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [
            " ".join(str(CreateIndex(index, if_not_exists=True).compile(dialect=dialect)).split()) for index in indexes
        ]
    return [*statements, *extra]


def compiled() -> str:
    """The text of compiled_sql.py as the declaration has it now."""
    cache, desk = _tables(cache_tables, cache_mail_tables, cache_queue_tables), _tables(desk_tables)
    parts = [_HEAD]
    for name, statements in (
        ("CACHE_DDL", _ddl(cache, extra=cache_queue_tables.VIRTUAL_TABLES_SQLITE)),
        ("DESK_DDL", _ddl(desk)),
    ):
        parts.append(
            f"{name}: tuple[str, ...] = (\n" + "".join(f"    {statement!r},\n" for statement in statements) + ")\n"
        )
    for name, tables in (("CACHE_COLUMNS", cache), ("DESK_COLUMNS", desk)):
        rows = "".join(f"    {table.name!r}: {tuple(column.name for column in table.columns)!r},\n" for table in tables)
        parts.append(f"{name}: dict[str, tuple[str, ...]] = {{\n{rows}}}\n")
    keys = "".join(
        f"    {table.name!r}: {tuple(column.name for column in table.primary_key)!r},\n" for table in [*cache, *desk]
    )
    parts.append(f"PRIMARY_KEYS: dict[str, tuple[str, ...]] = {{\n{keys}}}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    OUTPUT.write_text(compiled(), encoding="utf-8")
