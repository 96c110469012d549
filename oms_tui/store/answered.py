"""Mails whose answer is on its way: from the moment it is sent on the desk the customer does not wait for us any more.

The mailbox shows the answer only when it has left and was filed; until then the outbox is what is known. An answer that
was stopped, failed, taken back or is in doubt answers nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.driver import Connection

LEAVING: Final = ("held", "queued", "sending", "sent", "filed")
"""The states of an answer that leaves, or has left."""


def answered_at(desk: Connection, names: Iterable[str]) -> dict[str, int]:
    """For each mail (by its content name) that is being answered: when the newest answer was sent on the desk."""
    found: dict[str, int] = {}
    for part in chunks(name for name in names if name):
        rows = desk.execute(
            f"SELECT mail, max(created_at) FROM outbox WHERE mail IN ({marks(len(part))}) "
            f"AND state IN ({marks(len(LEAVING))}) GROUP BY mail",
            [*part, *LEAVING],
        )
        found.update(rows.fetchall())
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
