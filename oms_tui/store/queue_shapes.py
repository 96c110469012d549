"""A row of a list, apart from the other shapes: the first frame needs it, and thirty more classes cost 25 ms.

Tuples with names, and no dataclasses: a page is two hundred of them, and a frozen dataclass of so many fields takes ten
times as long to make as the row takes to read.
"""

from __future__ import annotations

from typing import NamedTuple


class Flag(NamedTuple):
    """A short word on a queue row, with how much it presses: ``alarm``, ``warn``, ``info``, ``good`` or ``quiet``."""

    text: str
    level: str


class QueueItem(NamedTuple):
    """One order in a list."""

    id: int
    source: str
    remote_id: str
    number: str
    name: str
    tier: str
    account_manager: str
    state: str
    payment_status: str
    fulfillment_status: str
    return_status: str
    stage: str
    progress: str
    currency: str
    total: int
    placed_at: int
    promised_at: int | None
    due_at: int | None
    priority: int
    next_action: str
    owner: str
    country: str
    carrier: str
    tracking: str
    days_late: int
    waiting_since: int | None
    snoozed_until: int | None
    risk: str
    is_open: bool
    flags: tuple[Flag, ...]
