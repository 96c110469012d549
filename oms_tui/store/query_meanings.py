"""What each value of ``has:`` and ``is:`` means: shown while a query is written, and in the docs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

HAS: Final[Mapping[str, str]] = {
    "mail": "a mail lies on it",
    "delay_reason": "somebody or a carrier says why it is late",
    "tracking": "a carrier knows of a parcel of it",
    "invoice": "an invoice was issued",
    "conflict": "systems disagree on it",
    "owner": "it is in somebody's hands",
    "tag": "it has a tag",
    "promise": "a day was promised",
    "call": "a milestone call was due, made or missed",
    "account_manager": "its customer has an account manager",
    "task": "a task is open, other than a milestone call",
    "note": "there is an internal note",
    "attachment": "a mail on it has a file",
    "phone": "a phone number is known",
    "email": "a mail address is known",
    "draft": "a reply to it is being written, or was prepared",
    "prepared": "a rule prepared a reply that nobody has touched",
}

IS: Final[Mapping[str, str]] = {
    "open": "it belongs in a queue: under way, or something of it waits",
    "closed": "it is over, and nothing of it waits",
    "late": "the promised day is over and something is missing",
    "waiting": "its customer waits for an answer",
    "unheld": "open, of a customer with a service of their own, and in nobody's hands",
    "unlinked": "its customer wrote a mail that lies on no order",
    "untold": "late, soon to be or a parcel in trouble, and the customer has heard nothing since",
    "mine": "you look after it",
    "snoozed": "put aside until later",
    "unattended": "its customer waits, or our answer came back, and it is nobody's or not due, without a task in time",
    "stale": "the system it is from was not read in time",
}
