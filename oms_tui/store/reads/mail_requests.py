"""What the desk asked a mailbox for: a file of a mail, or the text of one of which only the header was read.

Such a request is an item of the outbox, because a screen never reaches a mailbox itself; nothing leaves by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.store.rows import marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.workspace import Workspace

ATTACHMENT: Final = "attachment"
BODY: Final = "body"
KINDS: Final = (ATTACHMENT, BODY)
"""The kinds of outbox items by which nothing leaves."""

KINDS_SQL: Final = "('attachment','body')"


class Place(NamedTuple):
    """Where a mail lies, and how the desk calls it whatever happens to that place."""

    source: str
    folder: str
    generation: str
    uid: str
    name: str


class RequestView(NamedTuple):
    """A request: its state in the outbox; ``answer`` is the path of a file that was saved, ``error`` why not."""

    id: str
    kind: str
    state: str
    subject: str
    answer: str
    error: str


def place(store: Workspace, message_id: int) -> Place | None:
    """Where a mail of this id lies; None if there is none."""
    from oms_tui.store.mail_rows import content_name  # the top bar's counts import this module

    row = store.cache.execute(
        "SELECT source, folder, generation, uid, message_id, digest FROM messages WHERE id=?", [message_id]
    ).fetchone()
    return Place(row[0], row[1], row[2], row[3], content_name(row[4], row[5])) if row else None


def places(store: Workspace, source: str, name: str) -> list[Place]:
    """Where a mail of this content name lies in a mailbox now: it may have been moved, or numbered anew."""
    by, value = ("digest", name.removeprefix("sha256:")) if name.startswith("sha256:") else ("message_id", name)
    found = store.cache.execute(
        f"SELECT folder, generation, uid FROM messages WHERE {by}=? AND source=? AND gone_at IS NULL",
        [value, source],
    )
    return [Place(source, folder, generation, uid, name) for folder, generation, uid in found]


def has_text(store: Workspace, where: Place) -> bool:
    """Whether the text of the mail that lies there was read."""
    row = store.cache.execute(
        "SELECT has_body FROM messages WHERE source=? AND folder=? AND generation=? AND uid=?", where[:4]
    ).fetchone()
    return row is not None and row[0] == 1


def under_way(store: Workspace, key: str) -> str:
    """The id of the request with this key that has not ended, "" if there is none."""
    row = store.desk.execute(
        "SELECT id FROM outbox WHERE key=? AND state IN ('queued','sending','sent') LIMIT 1", [key]
    ).fetchone()
    return str(row[0]) if row else ""


def requests(store: Workspace, ids: Sequence[str]) -> tuple[RequestView, ...]:
    """Requests of these ids."""
    found = store.desk.execute(
        f"SELECT id, kind, state, subject, answer, error FROM outbox WHERE id IN ({marks(len(ids))})", list(ids)
    )
    return tuple(RequestView(*row) for row in found)
