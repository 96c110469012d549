"""What a reply needs of the cache beside the order itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms_tui.store.workspace import Workspace


def order_id_of(store: Workspace, source: str, remote_id: str) -> int | None:
    """The id of the order that ``source`` calls ``remote_id``; None if the cache has none."""
    row = store.cache.execute("SELECT id FROM orders WHERE source=? AND remote_id=?", [source, remote_id]).fetchone()
    return None if row is None else int(row[0])


def order_of_draft(store: Workspace, draft_id: str) -> int | None:
    """The id of the order a draft is about; None if either is not there."""
    row = store.desk.execute("SELECT source, remote_id FROM drafts WHERE id=?", [draft_id]).fetchone()
    return None if row is None else order_id_of(store, row[0], row[1])


def references_of(store: Workspace, message: int) -> tuple[str, ...]:
    """The Message-IDs a mail refers to, oldest first: its References, else its In-Reply-To (RFC 5322 3.6.4)."""
    row = store.cache.execute("SELECT refs, in_reply_to FROM messages WHERE id=?", [message]).fetchone()
    if row is None:
        return ()
    found = tuple(str(each) for each in json.loads(row[0] or "[]"))
    return found or ((str(row[1]),) if row[1] else ())
