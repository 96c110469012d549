"""Names by which orders and the records around them find each other (table ``record_names``).

A record that names its order by the order's own id, and finds it, needs none of this. The others keep the names they
use: for their order, and for the record they belong to. When something that bears such a name comes or goes, they are
joined again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.order_keys import NUMBER, REFERENCE, REMOTE_ID, order_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.store.incoming import OrderName

_SEPARATOR: Final = "\x1f"
_SHORTEST: Final = 5
_SHORTEST_DIGITS: Final = 7

ORDER: Final = "order"  # an order by source and remote id
PAYMENT: Final = "payment"  # a payment by source and remote id
DOCUMENT: Final = "document"  # a payment or an invoice by source and id or number
PURCHASE: Final = "purchase"  # an order to a vendor by its number

CONTESTED: Final = "contested"
"""No name: it marks records that orders here could claim, and none got; a person has to look."""

STAND_IN: Final = "tracker:"
"""How the remote id of a parcel begins that only its carrier told us of."""


def called(kind: str, *parts: str) -> str:
    """A name."""
    return _SEPARATOR.join((kind, *parts))


def parts_of(name: str) -> list[str]:
    """Kind and parts of a name."""
    return name.split(_SEPARATOR)


def distinctive(key: str) -> bool:
    """Whether a reference can be of one thing only: ``INV-2201`` can, while every system has a payment number 5."""
    return len(key) >= (_SHORTEST_DIGITS if key.isdecimal() else _SHORTEST) and any(sign.isdecimal() for sign in key)


def of_order(source: str, remote_id: str, keys: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Every name under which records may call this order."""
    yield called(ORDER, source, remote_id)
    for kind, value in keys:
        yield called(kind, value)


def of_record(table: str, source: str, remote_id: str, number: str) -> Iterator[str]:
    """Every name under which other records may call this one."""
    if table == "payments":
        yield called(PAYMENT, source, remote_id)
        yield called(DOCUMENT, source, remote_id)
    elif table == "invoices":
        yield called(DOCUMENT, source, remote_id)
        if number:
            yield called(DOCUMENT, source, number)
    elif table == "purchase_orders" and number:
        yield called(PURCHASE, number)


def used(  # noqa: PLR0917 - what a record is called by
    table: str, source: str, remote_id: str, number: str, name: OrderName, by: str
) -> Iterator[str]:
    """The names that this record uses: of other records, and of its order down to the kind ``by`` (all for "").

    A record that found its order by the order's own id needs no other name of it.
    """
    yield from linked(source, name)
    if by == ORDER:
        return
    if name.remote_id:
        yield called(ORDER, name.source or source, name.remote_id)
        if not name.source and (key := order_key(name.remote_id)):
            yield called(REMOTE_ID, key)
    if name.number and by != REMOTE_ID and (key := order_key(name.number)):
        yield called(NUMBER, key)
    if by not in {REMOTE_ID, NUMBER}:
        for key in references(table, remote_id, number, name):
            yield called(REFERENCE, key)


def references(table: str, remote_id: str, number: str, name: OrderName) -> Iterator[str]:
    """Keys that an order may have written down of this record: what it refers to, and its own id and number."""
    own = {"payments": (remote_id,), "invoices": (number, remote_id), "purchase_orders": (number,)}.get(table, ())
    for text in dict.fromkeys((name.reference, *own)):
        if text and distinctive(key := order_key(text)):
            yield key


def linked(source: str, name: OrderName) -> Iterator[str]:
    """Names of the records that this one belongs to."""
    if name.payment:
        yield called(PAYMENT, source, name.payment)
    if name.reference and distinctive(order_key(name.reference)):
        yield called(DOCUMENT, source, name.reference)
    if name.purchase:
        yield called(PURCHASE, name.purchase)
