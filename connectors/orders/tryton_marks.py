"""The notes that writes to Tryton leave: Tryton knows no idempotency keys, so a note carries the key of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.orders.tryton_row import Row

if TYPE_CHECKING:
    from connectors.orders.tryton_rpc import TrytonRpc


def marked(rpc: TrytonRpc, key: str) -> list[Row]:
    """The notes that carry ``key``."""
    pattern = "".join(f"\\{char}" if char in "\\%_" else char for char in _mark(key))
    rows = rpc.search_read("ir.note", [["message", "like", f"%{pattern}"]], ["message", "resource"])
    return [Row(values) for values in rows]


def mark(rpc: TrytonRpc, resource: str, text: str, key: str) -> int:
    """Leave a note with ``key`` on a record ("sale.sale,3"); the note's id."""
    made = rpc.write("model.ir.note.create", [{"resource": resource, "message": f"{text}\n\n{_mark(key)}"}])
    return int(made[0]) if isinstance(made, list) and made else 0


def _mark(key: str) -> str:
    return f"[oms-tui {key}]"
