"""By what lists of orders are sorted, and the index of ``queue_row`` that each sort walks.

The declaration of the table takes its indexes from here, so an order by which people page is never sorted at read time.
"""

from __future__ import annotations

from typing import Final, NamedTuple

LATER: Final = 1 << 60
"""Where nothing is due: sorts behind everything that is."""

_ZERO_DIGITS: Final = (
    "'BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','UYI','VND','VUV','XAF','XOF','XPF'"
)
_THREE_DIGITS: Final = "'BHD','IQD','JOD','KWD','LYD','OMR','TND'"
AMOUNT: Final = (
    f"(total / CASE WHEN currency IN ({_ZERO_DIGITS}) THEN 1.0 "
    f"WHEN currency IN ({_THREE_DIGITS}) THEN 1000.0 WHEN currency IN ('CLF','UYW') THEN 10000.0 ELSE 100.0 END)"
)
"""An order's total in major units; by which orders of all currencies are compared as they read."""

_STAGES: Final = (
    "awaiting_payment",
    "awaiting_stock",
    "ready_to_release",
    "picking",
    "sorting",
    "inspection",
    "packing",
    "labelled",
    "handed_over",
    "in_transit",
    "delivered",
    "after_sales",
    "done",
)
_TIERS: Final = ("key", "priority", "standard", "one_off")


def _rank(column: str, values: tuple[str, ...]) -> str:
    """The place of a value in the order of the trade; one that nobody listed comes last."""
    places = " ".join(f"WHEN '{value}' THEN {rank}" for rank, value in enumerate(values))
    return f"CASE {column} {places} ELSE 99 END"


class Key(NamedTuple):
    """One thing to sort by: an expression over ``queue_row``, and whether the largest comes first."""

    sql: str
    descending: bool = False

    @property
    def backwards(self) -> Key:
        """The same the other way round."""
        return Key(self.sql, not self.descending)


class Sort(NamedTuple):
    """How a list is sorted: ``keys``, the last of them the order's id, along the index ``along``.

    ``everywhere``: closed orders stand among the open ones; else they follow them, the newest first.
    """

    keys: tuple[Key, ...]
    along: str
    everywhere: bool = False


_ID: Final = Key("order_id")
_URGENT: Final = (Key("priority", descending=True), _ID)

SORTS: Final[dict[str, Sort]] = {
    "priority": Sort(_URGENT, "queue_row_priority"),
    "due": Sort((Key("due_sort"), _ID), "queue_row_due"),
    "promised": Sort((Key("promised_sort"), _ID), "queue_row_promised"),
    "waiting": Sort((Key("waiting_sort"), _ID), "queue_row_waiting"),
    "placed": Sort((Key("placed_at", descending=True), _ID.backwards), "queue_row_placed", everywhere=True),
    "total": Sort((Key(AMOUNT, descending=True), _ID), "queue_row_total", everywhere=True),
    "name": Sort((Key("lower(name)"), _ID), "queue_row_name", everywhere=True),
    "stage": Sort((Key(_rank("stage", _STAGES)), *_URGENT), "queue_row_stage"),
    "tier": Sort((Key(_rank("tier", _TIERS)), *_URGENT), "queue_row_tier"),
    "owner": Sort((Key("owner"), *_URGENT), "queue_row_owner"),
}
"""What a list can be sorted by."""

NEWEST: Final = (_ID.backwards,)
"""How closed orders follow the open ones: ids are made in the order in which orders were placed."""
