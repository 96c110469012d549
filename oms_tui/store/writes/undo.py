"""Taking back what an agent did last, exactly, unless somebody has changed the same thing since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oms_tui.domain.refused import Refused
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.store.ids import unique

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oms_tui.store.desk_rows import Values
    from oms_tui.store.driver import Connection
    from oms_tui.store.session import Session


@dataclass(frozen=True, slots=True)
class Undone:
    """An action that was taken back; one to several orders counts as one.

    ``left`` is what of such a one could not be taken back: the order's number, and why.
    """

    undo_id: str
    action: str
    summary: str
    orders: tuple[tuple[str, str], ...]
    left: tuple[tuple[str, str], ...] = ()


def undo(session: Session, count: int = 1) -> list[Undone]:
    """Take back this agent's last ``count`` actions, newest first, what one did to one order whole or not at all.

    What was done to several orders at once is one action: all of it that still can be is taken back, the rest told. An
    empty list: there was nothing to undo. It ends early at one that can no longer be taken back. The caller settles the
    cache (``store.settle``), as after any write.

    Raises:
        Refused: the very last one cannot be taken back (code ``conflict``): somebody changed the same thing since.
    """
    found: list[Undone] = []
    for _ in range(max(0, count)):
        entry = last(session)
        if entry is None:
            break
        try:
            found.append(_undo_bulk(session, entry) if entry["bulk"] else _undo_last(session, entry))
        except Refused:
            if not found:
                raise
            break
    return found


def join(session: Session, undo_ids: Sequence[str]) -> None:
    """Make entries one: what one action did to several orders is taken back together."""
    bulk = unique()
    with transaction(session.store.desk):
        for undo_id in undo_ids:
            desk_rows.update(session.store.desk, "undo_entries", (undo_id,), bulk=bulk)


def undo_entry(session: Session, undo_id: str, *, of: str = "") -> Undone | None:
    """Take back one entry, the agent's own or that of a rule (``of`` its actor); None if it is gone or taken back.

    Raises:
        Refused: it cannot be taken back any more (code ``conflict``).
    """
    entry = desk_rows.get(session.store.desk, "undo_entries", undo_id)
    if entry is None or entry["undone_at"] is not None or entry["agent"] != (of or session.agent.id):
        return None
    return _undo(session, entry)


def last(session: Session) -> Values | None:
    """The row of what undo would take back now."""
    rows = desk_rows.select(
        session.store.desk,
        "undo_entries",
        "agent=? AND undone_at IS NULL",
        [session.agent.id],
        "created_at DESC, rowid DESC LIMIT 1",
    )
    return next(iter(rows), None)


def _undo_last(session: Session, entry: Values) -> Undone:
    try:
        return _undo(session, entry)
    except Refused:
        # Off the list, so that the next undo reaches what came before.
        desk_rows.update(session.store.desk, "undo_entries", (entry["id"],), undone_at=session.now())
        raise


def _undo_bulk(session: Session, last_one: Values) -> Undone:
    """Everything one action did to several orders, each order in a transaction of its own.

    Raises:
        Refused: none of it can be taken back.
    """
    entries = desk_rows.select(
        session.store.desk,
        "undo_entries",
        "bulk=? AND agent=? AND undone_at IS NULL",
        [last_one["bulk"], session.agent.id],
        "created_at DESC, rowid DESC",
    )
    done: list[Undone] = []
    left: list[tuple[str, str]] = []
    for entry in list(entries):
        try:
            done.append(_undo_last(session, entry))
        except Refused as refused:
            left.append((_numbers(session, entry), refused.message))
            refusal = refused
    if not done:
        raise refusal
    orders = tuple(dict.fromkeys(order for each in done for order in each.orders))
    words = f"{last_one['action'].replace('_', ' ')} of {len(done)} orders"
    return Undone(done[0].undo_id, last_one["action"], words, orders, tuple(left))


def _numbers(session: Session, entry: Values) -> str:
    """The numbers of an entry's orders, their ids where the cache does not know them."""
    found = []
    for source, remote_id in json.loads(entry["orders"]):
        row = session.store.cache.execute(
            "SELECT number FROM orders WHERE source=? AND remote_id=?", (source, remote_id)
        ).fetchone()
        found.append(str(row[0]) if row else str(remote_id))
    return ", ".join(found)


def _undo(session: Session, entry: Values) -> Undone:
    orders = tuple((str(source), str(remote_id)) for source, remote_id in json.loads(entry["orders"]))
    changes = json.loads(entry["changes"])
    desk, now = session.store.desk, session.now()
    with transaction(desk):
        for change in reversed(changes["rows"]):
            _take_back(desk, change, now)
        desk_rows.put(desk, "undo_entries", entry | {"undone_at": now})
        for kind, source, remote_id in changes["feed"]:
            desk_rows.changed(desk, kind, source, remote_id)
        for source, remote_id in orders or (("", ""),):
            desk_rows.record(
                desk,
                kind="undone",
                actor=session.agent.id,
                summary=f"undone: {entry['summary']}",
                at=now,
                source=source,
                remote_id=remote_id,
                data=json.dumps({"undo": entry["id"], "action": entry["action"]}),
            )
    return Undone(entry["id"], entry["action"], entry["summary"], orders)


def _take_back(desk: Connection, change: Mapping[str, Any], now: int) -> None:
    table, key, before, after = change["table"], change["key"], change["before"], change["after"]
    row = desk_rows.get(desk, table, *key)
    if after == "":
        if row is not None:
            raise _moved(table, "is there again")
        desk_rows.put(desk, table, before)
        return
    if row is None:
        raise _moved(table, "is gone")
    if isinstance(after, str):
        if row["row_hash"] != after:
            raise _moved(table, "has been changed since")
        if before is None:
            desk_rows.delete(desk, table, *key)
            return
    elif any(row[name] != value for name, value in after.items()):
        raise _moved(table, "has been changed since")
    row |= before
    if "version" in row:
        row["version"] += 1
    if "updated_at" in row and "updated_at" not in before:
        row["updated_at"] = now
    desk_rows.put(desk, table, row)


_NAMES = {
    "order_decisions": "the order's decision",
    "call_logs": "the call",
    "link_decisions": "the link",
    "thread_decisions": "the conversation",
    "identity_decisions": "the identity",
    "conflict_decisions": "the conflict",
    "outbox": "what was to leave",
    "agent_notices": "the notice",
}


def _moved(table: str, what: str) -> Refused:
    name = _NAMES.get(table, f"the {table.removesuffix('s')}")
    return Refused(f"{name} {what}: it cannot be undone any more", code="conflict")
