"""The numbers that name an order, in the one form in which they are stored and looked up (table ``order_keys``).

An order brings its own (``OWN_KINDS``); what hangs off it brings more: parcels their numbers, invoices theirs, payments
and refunds their ids. ``reversed`` is the value from behind, for people who know the last digits.
"""

from __future__ import annotations

import re
from typing import Final

from oms_tui.domain.safe_text import searchable

NUMBER: Final = "number"
REMOTE_ID: Final = "remote_id"
REFERENCE: Final = "reference"
TRACKING: Final = "tracking"
INVOICE: Final = "invoice"
PAYMENT: Final = "payment"  # of refunds and disputes too: what a customer copies from a statement
PURCHASE: Final = "purchase"

OWN_KINDS: Final = (NUMBER, REMOTE_ID, REFERENCE)
"""What an order itself says."""

RECORD_KINDS: Final = (TRACKING, INVOICE, PAYMENT, PURCHASE)
"""What the records that were joined to it bring."""

_LONGEST: Final = 200
_PUNCTUATION: Final = re.compile(r"[\W_]+")


def order_key(text: str) -> str:
    """``text`` as a key: case folded, without blanks and punctuation; ``#SO-10482`` is ``so10482``. May be ""."""
    if text.isascii() and text.isalnum():
        return text[:_LONGEST].lower()
    return _PUNCTUATION.sub("", searchable(text[:_LONGEST])).casefold()
