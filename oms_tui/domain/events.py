"""What can happen to an order, and which filter of the timeline shows it.

The kinds follow Saleor's ``OrderEvents`` where that has one. A kind nobody listed still has its place on the timeline:
with what the shop said.
"""

from __future__ import annotations

from typing import Final

from oms_tui.domain.vocabulary import Word


class TimelineGroup(Word):
    """A filter of the timeline; ``GROUP_KEYS`` has the key of each."""

    MAIL = "mail"
    TRACKING = "tracking", "parcels"
    CALLS = "calls"
    INTERNAL = "internal", "notes and tasks"
    MONEY = "money"
    SHOP = "shop"


GROUP_KEYS: Final = {
    "m": TimelineGroup.MAIL,
    "t": TimelineGroup.TRACKING,
    "c": TimelineGroup.CALLS,
    "i": TimelineGroup.INTERNAL,
    "$": TimelineGroup.MONEY,
    "s": TimelineGroup.SHOP,
}
"""The key that filters the timeline by each group."""

_KINDS: Final = {
    TimelineGroup.MAIL: (
        "mail_received mail_sent mail_bounced mail_automatic mail_queued mail_failed mail_in_doubt mail_recalled "
        "message_sent"  # a text message, not a mail
    ),
    TimelineGroup.TRACKING: "parcel_created parcel_labelled handed_over tracking parcel_delivered parcel_returned",
    TimelineGroup.CALLS: "call_made call_received call_missed callback_asked milestone_call",
    TimelineGroup.INTERNAL: (
        "note task_opened task_done task_changed reminder "
        "assigned claimed tagged linked unlinked split merged identity_confirmed identity_reopened manager_assigned "
        "identity_rejected conflict_found conflict_resolved delay_reason_set snoozed woken rule_ran "
        "step_done step_skipped step_opened "
        "override action_asked attachment_saved printed picked inspected packed undone draft"
    ),
    TimelineGroup.MONEY: (
        "payment payment_authorized payment_captured payment_failed payment_voided receipt_recorded refund_issued "
        "refund_failed invoice_issued invoice_paid invoice_overdue credit_note_issued dispute_opened dispute_closed"
    ),
    TimelineGroup.SHOP: (
        "placed confirmed order fulfillment return promise address edited released held line_edited cancelled closed "
        "reopened replacement_created source_note purchase_order stock feedback"
    ),
}

HANDLED: Final = "handled"
"""The kind of the desk's event that says what handling an order took: its data have ``keys`` and ``screens``.

It is for the report; the timeline leaves it out."""

EVENT_GROUPS: Final = {kind: group for group, kinds in _KINDS.items() for kind in kinds.split()}
"""Each kind of event and its group."""


def group_of(kind: str) -> TimelineGroup:
    """The filter of the timeline that shows ``kind``; an unlisted kind is the shop's."""
    return EVENT_GROUPS.get(kind, TimelineGroup.SHOP)
