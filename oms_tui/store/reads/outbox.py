"""Drafts, and what leaves or left. Bodies, bytes and snapshots stay on the disk: a list needs none of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oms_tui.store.reads.mail_requests import KINDS_SQL
from oms_tui.store.rows import marks
from oms_tui.store.shapes import DraftView, OutboxView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.workspace import Workspace

UNDECIDED: Final = ("in_doubt", "blocked", "failed")
"""States in which a person has to decide, the most pressing first."""

UNDONE: Final = (*UNDECIDED, "held", "queued", "sending", "sent")
"""States in which the last word is not spoken."""

MOST: Final = 500
"""Items of one list."""

_ITEM: Final = (
    "id, kind, source, remote_id, number, agent, account, state, message_id, recipients, subject, attempts, "
    "not_before, error, guard, filed, updated_at"
)
_DRAFT: Final = (
    "id, agent, account, mail, to_addresses, cc_addresses, subject, body, quote, macro, attachments, prepared_by, "
    "updated_at"
)


def outbox(store: Workspace, states: Sequence[str] = ()) -> tuple[OutboxView, ...]:
    """Items in the given states (none given: all that are not done); what needs a decision first, then the newest.

    What was asked of a mailbox (``mail_requests``) is listed until it is done.
    """
    wanted = list(states or UNDONE)
    rows = store.desk.execute(
        f"SELECT {_ITEM} FROM outbox WHERE state IN ({marks(len(wanted))}) "
        f"AND NOT (kind IN {KINDS_SQL} AND state IN ('sent','filed','recalled')) ORDER BY not_before DESC LIMIT {MOST}",
        wanted,
    )
    items = [_item(row) for row in rows]
    items.sort(key=lambda item: UNDECIDED.index(item.state) if item.state in UNDECIDED else len(UNDECIDED))
    return tuple(items)


def outbox_item(store: Workspace, item_id: str) -> OutboxView | None:
    """One item."""
    row = store.desk.execute(f"SELECT {_ITEM} FROM outbox WHERE id=?", [item_id]).fetchone()
    return _item(row) if row else None


def outbox_items(store: Workspace, start: str) -> tuple[OutboxView, ...]:
    """The items whose id begins so, at most two: who types the start of one sees whether it is enough."""
    rows = store.desk.execute(f"SELECT {_ITEM} FROM outbox WHERE substr(id,1,?)=? LIMIT 2", [len(start), start])
    return tuple(map(_item, rows))


def outbox_of(store: Workspace, source: str, remote_id: str) -> tuple[OutboxView, ...]:
    """What left or leaves for an order, newest first."""
    rows = store.desk.execute(
        f"SELECT {_ITEM} FROM outbox WHERE source=? AND remote_id=? AND kind NOT IN {KINDS_SQL} "
        f"ORDER BY created_at DESC LIMIT {MOST}",
        [source, remote_id],
    )
    return tuple(map(_item, rows))


def draft(store: Workspace, draft_id: str) -> DraftView | None:
    """One draft."""
    row = store.desk.execute(f"SELECT {_DRAFT} FROM drafts WHERE id=?", [draft_id]).fetchone()
    return _draft(row) if row else None


def drafts_of(store: Workspace, source: str, remote_id: str) -> tuple[DraftView, ...]:
    """The drafts on an order, the one touched last first."""
    rows = store.desk.execute(
        f"SELECT {_DRAFT} FROM drafts WHERE source=? AND remote_id=? ORDER BY updated_at DESC", [source, remote_id]
    )
    return tuple(map(_draft, rows))


def sent_text(store: Workspace, item_id: str) -> str:
    """The text of an item as its writer left it, "" if there is no such item."""
    row = store.desk.execute("SELECT body FROM outbox WHERE id=?", [item_id]).fetchone()
    return str(row[0]) if row else ""


def snapshot_of(store: Workspace, item_id: str) -> dict[str, Any]:
    """The order record that a reply was written from, and when its sources had been read; {} if none was kept."""
    row = store.desk.execute("SELECT snapshot FROM outbox WHERE id=?", [item_id]).fetchone()
    found: dict[str, Any] = json.loads(row[0]) if row and row[0] else {}
    return found


def attachments_in_use(store: Workspace) -> set[str]:
    """The attached files that a draft names, or an item that may still become one again."""
    named: set[str] = set()
    for (listed,) in store.desk.execute("SELECT attachments FROM drafts WHERE attachments<>'[]'"):
        named.update(json.loads(listed))
    open_items = store.desk.execute("SELECT draft FROM outbox WHERE state NOT IN ('filed','recalled') AND draft<>''")
    for (written,) in open_items:
        named.update(json.loads(json.loads(written).get("attachments", "[]")))
    return named


def answering(store: Workspace, mail: str) -> OutboxView | None:
    """The item under way that answers this mail (by its content name); None if there is none."""
    if not mail:
        return None
    wanted = [state for state in UNDONE if state != "sent"]
    row = store.desk.execute(
        f"SELECT {_ITEM} FROM outbox WHERE state IN ({marks(len(wanted))}) AND mail=? LIMIT 1", [*wanted, mail]
    ).fetchone()
    return _item(row) if row else None


def begun_on(store: Workspace, mail: str) -> bool:
    """Whether an answer to this mail (by its content name) is begun, by whomever and on whichever order."""
    return store.desk.execute("SELECT 1 FROM drafts WHERE mail=? LIMIT 1", [mail]).fetchone() is not None


def made_from(store: Workspace, draft_id: str) -> OutboxView | None:
    """The item that a draft became; None if it became none."""
    row = store.desk.execute(
        f"SELECT {_ITEM} FROM outbox WHERE key=? ORDER BY created_at DESC LIMIT 1", [draft_id]
    ).fetchone()
    return _item(row) if row else None


def _item(row: tuple[Any, ...]) -> OutboxView:
    return OutboxView(
        id=row[0],
        kind=row[1],
        source=row[2],
        remote_id=row[3],
        number=row[4],
        agent=row[5],
        account=row[6],
        state=row[7],
        message_id=row[8],
        recipients=tuple(json.loads(row[9])),
        subject=row[10],
        attempts=row[11],
        not_before=row[12],
        error=row[13],
        guard=tuple(str(each.get("words", "")) for each in json.loads(row[14] or "[]")),
        filed=bool(row[15]),
        since=row[16],
    )


def _draft(row: tuple[Any, ...]) -> DraftView:
    return DraftView(
        id=row[0],
        agent=row[1],
        account=row[2],
        mail=row[3],
        to=tuple(json.loads(row[4])),
        cc=tuple(json.loads(row[5])),
        subject=row[6],
        body=row[7],
        quote=bool(row[8]),
        macro=row[9],
        attachments=tuple(json.loads(row[10])),
        prepared_by=row[11],
        updated_at=row[12],
    )
