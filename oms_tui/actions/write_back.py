"""Actions that a source performs: decided here, put into the outbox with a key, done there once.

What no connector can do is refused with words that say where to do it instead: nothing here pretends.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oms_tui.actions.base import Outcome
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.actions.base import WhyNot
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem
    from oms_tui.store.writes.desk_write import DeskWrite

KIND: Final = "order_action"
ASKED: Final = "action_asked"
"""The log's word for an action that was put into the outbox; what became of it is another event."""

_VERBS: Final = {"note": "take a note", "edit_address": "change the address", "record_receipt": "record a receipt"}

_AGAIN: Final = frozenset({"note"})
"""Actions that may be asked for again while one is on its way."""


def not_now(order: QueueItem, action: str) -> str:
    """Why the order's axes do not allow ``action``, "" if they do: told before anything else that is against it."""
    from oms_tui.domain.transitions import ORDER_AXES, order_refusal

    return order_refusal(action, order.state, {axis: getattr(order, axis) for axis in ORDER_AXES})


def cannot(session: Session, order: QueueItem, action: str) -> str:
    """Why the order's own source does not do ``action`` now: the trade's rules, what it can, what is on its way."""
    return not_now(order, action) or source_cannot(session, order, order.source, action)


def unless_it_cannot(action: str) -> WhyNot:
    """``why_not`` of an action whose only rules are the trade's and what the order's own source can do."""
    return lambda session, order: cannot(session, order, action)


def source_cannot(session: Session, order: QueueItem, source: str, action: str) -> str:
    """Why ``source`` does not do ``action`` to this order, "" if it can."""
    from oms_tui.store.reads.write_back import under_way
    from oms_tui.store.writes.source_actions import declared

    known = declared(session.store.cache, source)
    words = _VERBS.get(action, action)
    if known is None:
        return f"nobody knows yet what {source} can do: run `oms-tui sync {source}`"
    if action not in known:
        return f"{source} cannot {words} from here: do it in {source} itself, it shows here after the next sync"
    if action not in _AGAIN and any(each.action == action for each in under_way(session.store, *name_of(order))):
        return f"it was asked to {words} already: see the outbox"
    return ""


def queue(
    session: Session,
    order: QueueItem,
    action: str,
    words: str,
    fields: Mapping[str, Any],
    *,
    account: str = "",
    expect: str | None = None,
) -> Outcome:
    """Put an action into the outbox: it leaves after the undo window, and never twice.

    Args:
        session: who decided it.
        order: the order it is about.
        action: the id that the connector knows.
        words: what it does, for people.
        fields: as the connector takes them.
        account: the source that performs it; without it the order's own.
        expect: the version it is decided on; without it the order's.
    """
    account = account or order.source
    with write_on(session, action, order, words) as write:
        ask(write, session, order, action, words=words, fields=fields, account=account, expect=expect)
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(f"{words}: {account} is asked", write.undo_id, result="queued")


def ask(
    write: DeskWrite,
    session: Session,
    order: QueueItem,
    action: str,
    *,
    words: str,
    fields: Mapping[str, Any],
    account: str,
    expect: str | None = None,
) -> None:
    """The same inside a transaction that does more."""
    from oms_tui.store.ids import unique
    from oms_tui.store.reads.write_back import version_of

    payload = {
        "action": action,
        "fields": dict(fields),
        "expect": version_of(session.store, order.id) if expect is None else expect,
    }
    item = _row(session, order, write.now) | {
        "account": account,
        "subject": words,
        "payload": json.dumps(payload, ensure_ascii=False),
        "key": unique(),
    }
    write.put("outbox", item, undone={"state": "recalled"})
    write.event(ASKED, f"{words} (asked of {account})", name_of(order), {"outbox": item["id"], **payload})
    write.changed("outbox", *name_of(order))


def _row(session: Session, order: QueueItem, now: int) -> dict[str, Any]:
    from oms_tui.store.ids import unique
    from oms_tui.store.writes.desk_write import blank

    return blank("outbox") | {
        "id": unique(),
        "kind": KIND,
        "source": order.source,
        "remote_id": order.remote_id,
        "number": order.number,
        "agent": session.agent.id,
        "state": "held",
        "not_before": now + int(session.policy.undo_window.total_seconds() * 1000),
        "created_at": now,
        "updated_at": now,
    }
