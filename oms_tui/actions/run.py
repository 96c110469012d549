"""Doing an action to orders: who may, what the fields say, each order in a transaction of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Done, Refused
from oms_tui.actions.catalogue import action as action_called
from oms_tui.actions.field_values import read_fields

__all__ = ["Done", "run", "settle", "why_not"]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def run(
    session: Session,
    action_id: str,
    order_ids: Sequence[int],
    fields: Mapping[str, object] | None = None,
    *,
    preview: bool = False,
    whole: bool = False,
) -> list[Done]:
    """Do an action to every one of ``order_ids``, and settle the cache so that whoever reads next sees it.

    Args:
        session: who does it.
        action_id: an action's id.
        order_ids: orders by their id in the store.
        fields: by field id, as text or as values.
        preview: change nothing; ``why`` says what would be done.
        whole: wait until lists have every one of them as it is now, and what follows from them, not only some hundred.

    Raises:
        Refused: for all of them: no such action, not this role (``forbidden``), or the fields are wrong (``usage``).
    """
    from oms_tui.store.reads.queue import items
    from oms_tui.store.writes.undo import join

    action = action_called(action_id)
    if why := action.allowed(session):
        raise Refused(f"{action.title}: {why}", code="forbidden")
    values = read_fields(session, action, fields or {})
    orders = {item.id: item for item in items(session.store, order_ids)}
    done = [_one(session, action, orders.get(each), each, values, preview=preview) for each in order_ids]
    if len(ways_back := [each.undo_id for each in done if each.undo_id]) > 1:
        join(session, ways_back)
    if any(each.result in {"done", "queued"} for each in done):
        settle(session, whole=len(order_ids) if whole else None)
    return done


def doubt(session: Session, action_id: str, order_id: int, fields: Mapping[str, object]) -> str:
    """What speaks against doing an action to an order though it may be done: a person is asked first. "" for nothing.

    Raises:
        Refused: as ``run``.
    """
    from oms_tui.store.reads.queue import items

    action = action_called(action_id)
    found = items(session.store, [order_id]) if action.doubt is not None else ()
    if action.doubt is None or not found or action.refusal(session, found[0]):
        return ""
    return action.doubt(session, found[0], read_fields(session, action, fields))


def why_not(session: Session, action: Action, order: QueueItem) -> str:
    """Why ``action`` cannot be done to ``order`` now, by role or by rule; "" if it can."""
    return action.refusal(session, order)


def settle(session: Session, *, whole: int | None = None) -> None:
    """Let the cache show what the desk now says; inside a transaction of the desk that is left to whoever began it.

    ``whole``: this many orders were decided on, and they are waited for, and what follows from them (up to
    ``store.settle.WHOLE`` more); None: as many as nobody has to wait for.
    """
    if session.store.desk.in_transaction:
        return
    from oms_tui.store.settle import DERIVED, WHOLE
    from oms_tui.store.settle import settle as settle_store

    most = DERIVED if whole is None else whole + WHOLE
    settle_store(session.store, session.policy, session.now(), most=most)


def _one(
    session: Session,
    action: Action,
    order: QueueItem | None,
    order_id: int,
    values: Mapping[str, object],
    *,
    preview: bool,
) -> Done:
    if order is None:
        return Done(str(order_id), action.id, "refused", "there is no such order", code="not_found")
    name = (order.source, order.remote_id)
    if why := action.why_not(session, order):
        return Done(order.number, action.id, "refused", why, code="refused", order=name)
    try:
        if preview:
            return Done(order.number, action.id, "previewed", action.in_words(session, order, values), order=name)
        outcome = action.apply(session, order, values)
    except Refused as refused:
        why = f"{refused.message}: {refused.hint}" if refused.hint else refused.message
        return Done(order.number, action.id, "refused", why, code=refused.code, order=name)
    return Done(order.number, action.id, outcome.result, outcome.summary, outcome.undo_id, outcome.warning, order=name)
