"""One change of the desk: its rows, its line in the feed, its event in the log and the way back, in one transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oms_tui.store import desk_rows
from oms_tui.store.compiled_sql import DESK_COLUMNS, PRIMARY_KEYS
from oms_tui.store.driver import transaction
from oms_tui.store.ids import unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType
    from typing import Self

    from oms_tui.store.desk_rows import Values
    from oms_tui.store.driver import Connection
    from oms_tui.store.session import Session

OrderName = tuple[str, str]
"""How desk rows name an order: (source, remote id)."""

BOOKKEEPING = frozenset({"row_hash", "version", "updated_at"})
"""Columns that move with every write: no reason to call a row changed by somebody else."""


class DeskWrite:
    """A context manager: everything inside is committed together when it ends, and nothing of it if it raises.

    Args:
        session: who writes, where.
        action: id of the action, for the log and for undo.
        orders: the orders it is about.
        summary: what it did, in words, for undo; the first event's words if left out.
        undoable: keep the way back. Sending over a wire is none of it: that is taken back by the outbox.

    Attributes:
        undo_id: after the end, the entry of the undo list; "" if there is nothing to undo.
    """

    def __init__(
        self,
        session: Session,
        action: str,
        orders: Iterable[OrderName] = (),
        *,
        summary: str = "",
        undoable: bool = True,
    ) -> None:
        self.undo_id = ""
        self.now = session.now()
        self.desk: Connection = session.store.desk
        self.agent = session.agent.id
        self._action = action
        self._orders = list(orders)
        self._summary = summary
        self._undoable = undoable
        self._rows: list[dict[str, Any]] = []
        self._feed: list[tuple[str, str, str]] = []
        self._transaction: AbstractContextManager[Connection] = transaction(self.desk)

    def __enter__(self) -> Self:
        self._transaction.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._keep_way_back()
            except BaseException as failure:
                self._transaction.__exit__(type(failure), failure, failure.__traceback__)
                raise
        self._transaction.__exit__(kind, error, traceback)

    def get(self, table: str, *key: object) -> Values | None:
        """The row with this primary key, as it is inside this transaction."""
        return desk_rows.get(self.desk, table, *key)

    def put(self, table: str, values: Mapping[str, Any], *, undone: Mapping[str, Any] | None = None) -> Values:
        """Insert a row, or replace the one with its key.

        Args:
            table: a desk table.
            values: every column but ``row_hash``.
            undone: what undo sets, where it must not simply take the new row away.
        """
        key = tuple(values[column] for column in PRIMARY_KEYS[table])
        before = self.get(table, *key)
        row = desk_rows.put(self.desk, table, values)
        if before is not None:
            self._note_changes(table, key, before, row)
        elif undone is None:
            self._rows.append({"table": table, "key": key, "before": None, "after": row["row_hash"]})
        else:
            self._rows.append({"table": table, "key": key, "before": dict(undone), "after": row["row_hash"]})
        return row

    def insert(self, table: str, **values: Any) -> Values:
        """A new row; columns left out are empty (``_at`` columns and ``until`` None, JSON lists ``[]``)."""
        return self.put(table, blank(table) | values)

    def merge(self, table: str, key: tuple[object, ...], **changes: Any) -> Values:
        """Change columns of a row that need not be there yet. Undo takes back these columns and no others."""
        names = PRIMARY_KEYS[table]
        before = self.get(table, *key) or (blank(table) | dict(zip(names, key, strict=True)))
        row = before | changes
        if "version" in row:
            row["version"] = int(before["version"] or 0) + 1
        if "updated_at" in row:
            row["updated_at"] = self.now
        written = desk_rows.put(self.desk, table, row)
        self._note_changes(table, key, before, written)
        return written

    def delete(self, table: str, *key: object) -> None:
        """Delete a row; undo puts it back as it was."""
        before = self.get(table, *key)
        if before is None:
            return
        desk_rows.delete(self.desk, table, *key)
        self._rows.append({"table": table, "key": key, "before": before, "after": ""})

    def event(
        self,
        kind: str,
        summary: str,
        order: OrderName | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> str:
        """Append to the audit log and to the order's timeline: who, what, and in ``data`` what was before and after.

        Which action it was is in the data too: by that a procedure's steps tick themselves.
        """
        source, remote_id = order or ("", "")
        self._summary = self._summary or summary
        return desk_rows.record(
            self.desk,
            kind=kind,
            actor=self.agent,
            summary=summary,
            at=self.now,
            source=source,
            remote_id=remote_id,
            data=json.dumps({"action": self._action, **(data or {})}, ensure_ascii=False, separators=(",", ":")),
        )

    def changed(self, kind: str, source: str = "", remote_id: str = "") -> None:
        """Write to the desk's change feed; the cache is settled by it, screens read again by it."""
        desk_rows.changed(self.desk, kind, source, remote_id)
        self._feed.append((kind, source, remote_id))

    def _note_changes(self, table: str, key: tuple[object, ...], before: Values, after: Values) -> None:
        moved = [name for name in after if name not in BOOKKEEPING and before.get(name) != after[name]]
        if moved:
            self._rows.append(
                {
                    "table": table,
                    "key": key,
                    "before": {name: before.get(name) for name in moved},
                    "after": {name: after[name] for name in moved},
                }
            )

    def _keep_way_back(self) -> None:
        if not self._undoable or not self._rows:
            return
        self.undo_id = unique()
        desk_rows.put(
            self.desk,
            "undo_entries",
            {
                "id": self.undo_id,
                "agent": self.agent,
                "action": self._action,
                "summary": self._summary or self._action.replace("_", " "),
                "bulk": "",
                "orders": json.dumps(self._orders),
                "changes": json.dumps({"rows": self._rows, "feed": self._feed}, ensure_ascii=False),
                "created_at": self.now,
                "undone_at": None,
            },
        )


_LISTS = frozenset(
    {
        "tags",
        "evidence",
        "values",
        "attachments",
        "to_addresses",
        "cc_addresses",
        "recipients",
        "thread_ids",
        "seen_ids",
    }
    | {"quotes", "overrides", "orders", "changes", "seen"}
)
_NUMBERS = frozenset({"linked", "attempts", "quote", "filed", "times"})
_MOMENTS = frozenset(
    {"snoozed_until", "reached_at", "missed_at", "closed_at", "deleted_at", "done_at", "undone_at", "left_at"}
)


def blank(table: str) -> Values:
    """A row with nothing in it: what a table's declaration gives where nothing is said."""
    return {column: _nothing(column) for column in DESK_COLUMNS[table]}


def _nothing(column: str) -> Any:
    if column in _MOMENTS:
        return None
    if column in _LISTS:
        return "[]"
    if column in {"payload", "data"}:
        return "{}"
    if column == "version":
        return 0
    if column in _NUMBERS or column.endswith("_at"):
        return 0
    return b"" if column == "raw" else ""
