"""The views every desk has, and the columns a view may name. What a config calls the same goes before these."""

from __future__ import annotations

from typing import Final, NamedTuple


class StandardView(NamedTuple):
    """A list one can choose: its query, by what it is sorted, the columns it shows, and what it is for."""

    name: str
    query: str
    help: str
    sort: str = "priority"
    columns: tuple[str, ...] = ()


STANDARD: Final = (
    StandardView("Queue", "", "every open order, the most pressing first"),
    StandardView("My queue", "(owner:me OR owner:none) state:open", "yours and nobody's"),
    StandardView("Mine", "owner:me", "what is in your hands"),
    StandardView("Unowned", "owner:none", "open and in nobody's hands"),
    StandardView(
        "Open priority accounts in nobody's hands",
        "is:unheld",
        "open, of customers with a service of their own, and nobody looks after them",
        columns=("customer", "flags", "account_manager", "due_at"),
    ),
    StandardView("Mail waits", "mail.waiting:*", "a customer waits for an answer, the longest first", "waiting"),
    StandardView("Breach soon", "sla:soon", "three quarters of the promised time are gone", "due"),
    StandardView("Breached", "sla:breached", "the promised time is over", "due"),
    StandardView(
        "At risk",
        "risk:*",
        "payment trouble, silence, late: what drives customers away",
        columns=("customer", "risk", "flags"),
    ),
    StandardView("Unattended", "is:unattended", "a customer waits, and nobody looks after it", "waiting"),
    StandardView(
        "Tasks due", "(owner:me OR owner:none) task:due", "a task on one of yours, or of nobody's, is due", "due"
    ),
    StandardView("Late", "ship:late", "the promised day is over"),
    StandardView("Late without a reason", "ship:late -has:delay_reason", "nobody has said why"),
    StandardView("Late and not told", "ship:late is:untold", "the customer heard nothing since it became late"),
    StandardView(
        "Will be late and not told", "ship:slipping is:untold", "slipping or in trouble, and the customer heard nothing"
    ),
    StandardView("Draft prepared", "has:prepared", "a rule has written before the customer asks: look, and send it"),
    StandardView("Calls due", "call:due", "a milestone call is due", "due"),
    StandardView("Short of stock", "stock:short", "something is missing to ship it"),
    StandardView("Unpaid", "payment:pending", "the money is not there yet"),
    StandardView("Snoozed", "is:snoozed", "put aside for now", "due"),
    StandardView("Closed", "state:closed", "what is over", "placed"),
)

COLUMNS: Final = (
    "number",
    "customer",
    "flags",
    "risk",
    "stage",
    "owner",
    "account_manager",
    "due_at",
    "promised_at",
    "placed_at",
    "waiting_since",
    "total",
    "priority",
    "next",
    "state",
    "payment_status",
    "fulfillment_status",
    "return_status",
    "carrier",
    "tracking",
    "country",
    "source",
    "tier",
)
"""What a view's list can show of an order. Number, customer and tier always stand in a row."""
