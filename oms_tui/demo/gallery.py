"""One parcel in each state a carrier can name, whatever the hour: the last scan is from a short while ago."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.demo.life import DAY, HOUR, Parcel, Scan
from oms_tui.demo.parcel_numbers import parcel_number
from oms_tui.demo.places import COUNTRIES
from oms_tui.demo.troubles import BY_NAME, SCANS
from oms_tui.demo.workdays import at_time, is_workday

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from oms_tui.demo.life import Order
    from oms_tui.demo.shop import Shop
    from oms_tui.demo.troubles import Trouble


class Last(NamedTuple):
    """A parcel's last scan: status, the order's age in days and the scan's in hours, the words, why, and where."""

    status: str
    days: int
    hours: int
    words: str
    reason: str = ""
    at_door: bool = False


LAST: Final = (
    Last("unknown", 3, 20, "No information available yet"),
    Last("pre_transit", 4, 30, SCANS["announced"]),
    Last("picked_up", 2, 1, SCANS["picked_up"]),
    Last("in_transit", 3, 5, "Processed at the parcel centre"),
    Last("out_for_delivery", 4, 2, SCANS["van"], at_door=True),
    Last("available_for_pickup", 8, 70, "Waits at the parcel shop, to be fetched within seven days", at_door=True),
    Last("delivery_attempted", 5, 18, "Delivery attempted, nobody at home", "consignee_not_home", at_door=True),
    Last("exception", 6, 27, "Parcel damaged, contents being checked", "carrier_damaged_parcel"),
    Last("delivered", 5, 3, SCANS["door"], at_door=True),
    Last("returning", 9, 26, "Refused by the recipient, on its way back", "consignee_refused", at_door=True),
    Last("returned", 13, 24, "Returned to the sender", "consignee_refused"),
    Last("cancelled", 6, 40, "Label cancelled by the sender"),
    Last("expired", 20, 30, "No scan for two weeks"),
)
_BEFORE: Final = ("pre_transit", "picked_up", "in_transit")
_EARLY: Final = frozenset({"unknown", "pre_transit", "cancelled"})
"""A parcel in such a state was never handed over."""


def gallery(shop: Shop) -> list[tuple[int, Callable[[Order, Random], Trouble | None]]]:
    """For each state the age of an order, and what makes it an order with such a parcel."""
    return [(scan.days, _ending_with(scan, shop.now)) for scan in LAST]


def _ending_with(last: Last, now: datetime) -> Callable[[Order, Random], Trouble | None]:
    def change(order: Order, chance: Random) -> Trouble | None:
        country = COUNTRIES[order.address.country]
        order.method, order.paid_at = "card", order.placed_at
        order.lines = [line for line in order.lines if not line.product.vendor][:2] or order.lines
        order.promised_at = at_time(now + (2 - max(0, last.days - 6)) * DAY, 0)
        seen = now - last.hours * HOUR
        early = last.status in _EARLY
        shipped = seen if last.status == "picked_up" else min(at_time(seen - DAY, 16), order.placed_at + DAY)
        shipped = max(shipped, order.placed_at + 2 * HOUR)
        monday = shipped
        while not is_workday(monday):
            monday += DAY
        shipped = monday if monday < seen else shipped
        parcel = Parcel(
            country.carriers[0],
            parcel_number(country.carriers[0], order.index * 5 + 1),
            order.lines,
            packed_at=shipped - HOUR,
            shipped_at=now + DAY if early else shipped,
            due_at=order.promised_at,
        )
        start, middle = parcel.location, "Leipzig" if order.address.country == "DE" else "Hamburg"
        before = () if early else _BEFORE[: 1 if last.status == "picked_up" else 3]
        for place, known in enumerate(before):
            at = parcel.packed_at + place * (seen - parcel.packed_at) / (len(before) + 1)
            text = SCANS["sorted"].format(middle) if known == "in_transit" else SCANS[("announced", "picked_up")[place]]
            parcel.scans.append(Scan(at, known, text, middle if known == "in_transit" else start))
        where = order.address.city if last.at_door else start
        parcel.scans.append(Scan(seen, last.status, last.words, where, last.reason))
        parcel.delivered_at = seen if last.status == "delivered" else None
        order.released_at = parcel.packed_at - HOUR
        order.parcels = [parcel]
        order.invoiced_at, order.invoice_due_at = parcel.shipped_at, at_time(parcel.shipped_at + 14 * DAY, 0)
        del chance
        return BY_NAME["planned"]

    return change
