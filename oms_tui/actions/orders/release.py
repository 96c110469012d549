"""Letting the warehouse begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import DESK_AND_WAREHOUSE, Action, Outcome
from oms_tui.actions.labels import label_refusal
from oms_tui.actions.write_back import cannot, not_now, queue

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _why_not(session: Session, order: QueueItem) -> str:
    return not_now(order, "release") or label_refusal(session, order) or cannot(session, order, "release")


def _apply(session: Session, order: QueueItem, _fields: Fields) -> Outcome:
    return queue(session, order, "release", "release to the warehouse", {})


ACTION = Action(
    id="release",
    title="Release",
    help="Hands the paid order to the warehouse.",
    group="order",
    key="H",
    rank=105,
    roles=DESK_AND_WAREHOUSE,
    why_not=_why_not,
    apply=_apply,
)
