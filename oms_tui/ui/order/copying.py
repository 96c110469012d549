"""What an agent wants on the clipboard from a row: the number to paste elsewhere, not the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from oms_tui.store.shapes import OrderView


def copied_of(view: OrderView, key: Hashable) -> str:
    """Tracking number, invoice number, SKU, link or address of what a row stands for; "" where its words are better."""
    match key:
        case ("url", str(url)):
            return url
        case ("parcel" | "scans", str(source), str(number)):
            return next(
                (each.tracking_number for each in view.shipments if (each.source, each.source_id) == (source, number)),
                "",
            )
        case ("invoice", str(source), str(number)):
            return next(
                (each.number for each in view.invoices if (each.source, each.source_id) == (source, number)), ""
            )
        case ("line", int(position)):
            return next((each.sku for each in view.lines if each.position == position), "")
        case _:
            return ""
