"""Bring the cache up to what people decided: who wrote a decision sees it at once, and in a cache made anew too.

The desk's change feed is read from where the cache last was (``meta.desk_seq``); what it names is derived again. It may
be applied twice without harm, and a restored or newer desk is applied whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.derive.run import derive_dirty
from oms_tui.store.driver import transaction

if TYPE_CHECKING:
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.workspace import Workspace

_MOST: Final = 5_000
_DERIVED: Final = 200
"""Orders derived at once by whoever wrote; more is the worker's."""

_MAIL: Final = "mail"
"""What the feed calls a decision about a mail; it names the mail by its content."""


def settle(store: Workspace, policy: DeskPolicy, now: int) -> int:
    """Apply the desk's feed to the cache; how many entries were new. Some hundred orders they name are derived too."""
    applied = 0
    while True:
        count = _apply(store, policy, now)
        applied += count
        if count < _MOST:
            break
    if applied:
        derive_dirty(store, policy, now=now, limit=_DERIVED)
    return applied


def _apply(store: Workspace, policy: DeskPolicy, now: int) -> int:
    from oms_tui.store.mail_links import relink_named
    from oms_tui.store.persons import join_persons

    with transaction(store.cache) as cache:
        found = cache.execute("SELECT value FROM meta WHERE key = 'desk_seq'").fetchone()
        seq = int(found[0]) if found else 0
        entries = store.desk.execute(
            "SELECT seq, kind, source, remote_id FROM desk_changes WHERE seq > ? ORDER BY seq LIMIT ?", (seq, _MOST)
        ).fetchall()
        if not entries:
            return 0
        orders = {(source, remote_id) for _, _, source, remote_id in entries if source and remote_id}
        for source, remote_id in orders:
            cache.execute(
                "INSERT OR IGNORE INTO dirty(order_id) SELECT id FROM orders WHERE source = ? AND remote_id = ?",
                (source, remote_id),
            )
        if any(kind == "restored" for _, kind, _, _ in entries):
            _everything(store)
        if any(kind in {"identity", "restored"} for _, kind, _, _ in entries):
            join_persons(store)
        mails = {remote_id for _, kind, source, remote_id in entries if kind == _MAIL and not source and remote_id}
        if mails:
            relink_named(store, policy, mails, now)
        cache.execute("INSERT OR REPLACE INTO meta(key, value) VALUES ('desk_seq', ?)", (str(entries[-1][0]),))
        return len(entries)


def _everything(store: Workspace) -> None:
    """Rows came back from a copy: every order that has a decision is derived again."""
    for table in ("order_decisions", "tasks", "outbox", "call_logs"):
        for source, remote_id in store.desk.execute(f"SELECT DISTINCT source, remote_id FROM {table}"):
            store.cache.execute(
                "INSERT OR IGNORE INTO dirty(order_id) SELECT id FROM orders WHERE source = ? AND remote_id = ?",
                (source, remote_id),
            )
