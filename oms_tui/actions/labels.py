"""What stops a label, a slip or a shipment, whichever action wants to make one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.conflict_fields import blocks_label

if TYPE_CHECKING:
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def label_refusal(session: Session, order: QueueItem) -> str:
    """Why nothing may be printed, labelled or sent for this order now; "" if it may.

    As the order's row has it: a conflict counts from the moment it was seen until somebody has decided it.
    """
    row = session.store.cache.execute("SELECT conflict_fields FROM queue_row WHERE order_id=?", (order.id,)).fetchone()
    return blocks_label(row[0].split()) if row else ""
