"""Mails whose answer is on its way: from the moment it is sent on the desk the customer does not wait for us any more.

The mailbox shows the answer only when it has left and was filed; until then the outbox is what is known. An answer that
was stopped, failed, taken back or is in doubt answers nothing, nor does one that came back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from oms_tui.domain import normalise
from oms_tui.domain.conversations import returned_from
from oms_tui.store.mail_threads import bounces_of
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

LEAVING: Final = ("held", "queued", "sending", "sent", "filed")
"""The states of an answer that leaves, or has left."""


def answered_at(store: Workspace, names: Iterable[str]) -> dict[str, int]:
    """For each mail (by its content name) that is being answered: when the newest answer was sent on the desk."""
    sent: list[tuple[str, int, str, str]] = []
    for part in chunks(name for name in names if name):
        sent += store.desk.execute(
            f"SELECT mail, created_at, message_id, recipients FROM outbox WHERE mail IN ({marks(len(part))}) "
            f"AND state IN ({marks(len(LEAVING))})",
            [*part, *LEAVING],
        ).fetchall()
    came = bounces_of(store.cache, {message_id for _, _, message_id, _ in sent})
    found: dict[str, int] = {}
    for mail, at, message_id, recipients in sent:
        there = frozenset(filter(None, map(normalise.email, json.loads(recipients))))
        bounces = [text for _, text in came.get(message_id, ())]
        if not bounces or there - returned_from(there, bounces):
            found[mail] = max(at, found.get(mail, at))
    return found


def closed_at(desk: Connection, names: Iterable[str]) -> dict[str, int]:
    """For each mail (by its content name) whose conversation somebody closed: when. It may have been opened since."""
    if desk.execute("SELECT 1 FROM thread_decisions WHERE kind='status' LIMIT 1").fetchone() is None:
        return {}
    found: dict[str, int] = {}
    for part in chunks(name for name in names if name):
        rows = desk.execute(
            "SELECT mail, decided_at FROM thread_decisions WHERE kind='status' AND value='closed' "
            f"AND mail IN ({marks(len(part))})",
            list(part),
        )
        found.update(rows.fetchall())
    return found
