"""One step of an outbox item: a transaction of its own on the desk file, refused if the item is no longer as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.safe_text import safe_line
from oms_tui.domain.transitions import after
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.store.reads.mail_requests import KINDS_SQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.desk_rows import Values
    from oms_tui.store.driver import Connection

ORDER_ACTION: Final = "order_action"
"""The kind of an item that is a write to another system; every other kind is a mail, or asked of a mailbox."""

_ERROR_LENGTH: Final = 500
_AS_IT_WAS: Final = ("state", "phase", "attempts", "key")


class Moved(Exception):
    """The item was changed by somebody else meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class Event:
    """What the timeline is told of a step."""

    kind: str
    summary: str
    data: dict[str, Any] = field(default_factory=dict)


def items(
    desk: Connection, states: Sequence[str], accounts: Sequence[str], *, actions: bool = False, asked: bool = False
) -> Iterator[Values]:
    """Mails in ``states`` that leave by ``accounts``, oldest first.

    ``actions``: writes to other systems instead; ``asked``: what was asked of mailboxes.

    Read one by one: a hundred replies with attachments need not be in memory together.
    """
    by = "coalesce(nullif(account, ''), source)" if actions else "account"
    mails = f"kind<>'{ORDER_ACTION}' AND kind NOT IN {KINDS_SQL}"
    kind = f"kind='{ORDER_ACTION}'" if actions else f"kind IN {KINDS_SQL}" if asked else mails
    places = ",".join("?" * len(states)), ",".join("?" * len(accounts))
    ids = desk.execute(
        f"SELECT id FROM outbox WHERE state IN ({places[0]}) AND {by} IN ({places[1]}) AND {kind} "
        "ORDER BY not_before, created_at, id",
        [*states, *accounts],
    ).fetchall()
    for (number,) in ids:
        row = desk_rows.get(desk, "outbox", number)
        if row is not None and row["state"] in states:
            yield row


def advance(
    desk: Connection, item: Values, action: str, now: int, *, event: Event | None = None, **changes: Any
) -> Values:
    """Take the step ``action`` of the outbox's machine; the row as it is then.

    Raises:
        Moved: the item is not as ``item`` says.
        ValueError: the machine has no such step from its state.
    """
    state = after("outbox", item["state"], action)
    return _changed(desk, item, event, {**changes, "state": state, "updated_at": now}, now)


def refine(desk: Connection, item: Values, now: int, **changes: Any) -> Values:
    """Change an item within its state. Raises Moved."""
    return _changed(desk, item, None, {**changes, "updated_at": now}, now)


def note(desk: Connection, item: Values, **changes: Any) -> Values:
    """Write down words or a time of the next try; the item's own time does not move. Raises Moved."""
    return _changed(desk, item, None, changes, item["updated_at"])


def words(error: BaseException) -> str:
    """An error as the outbox keeps it: one safe line with what to do."""
    hint = getattr(error, "hint", "")
    return safe_line(f"{error}; {hint}" if hint else str(error) or type(error).__name__, _ERROR_LENGTH)


def listed(text: str) -> list[Any]:
    """A JSON list of a column; what is none counts as empty."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def mapped(text: str) -> dict[str, Any]:
    """A JSON object of a column; what is none counts as empty."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _changed(desk: Connection, item: Values, event: Event | None, changes: dict[str, Any], now: int) -> Values:
    with transaction(desk):
        row = desk_rows.get(desk, "outbox", item["id"])
        if row is None or any(row[name] != item[name] for name in _AS_IT_WAS):
            raise Moved(f"the outbox item {item['id']} was changed meanwhile")
        written = desk_rows.put(desk, "outbox", row | changes)
        if event is not None:
            desk_rows.record(
                desk,
                kind=event.kind,
                actor=row["agent"],
                summary=safe_line(event.summary, _ERROR_LENGTH),
                at=now,
                source=row["source"],
                remote_id=row["remote_id"],
                data=json.dumps({"outbox": row["id"], **event.data}, ensure_ascii=False),
            )
        desk_rows.changed(desk, "outbox", row["source"], row["remote_id"])
    return written
