"""The life of an order from the click to the door, and what can go wrong on the way.

Everything is planned from the moment of the order on; what lies after ``now`` has not happened yet and is left out when
the files are written. So each stage is as full as it would be, whatever the hour.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.demo.parcel_numbers import parcel_number
from oms_tui.demo.places import COUNTRIES
from oms_tui.demo.troubles import SCANS, Trouble, hub
from oms_tui.demo.workdays import at_time, delivery_day_after, next_working_hour, workday_after

if TYPE_CHECKING:
    from random import Random

    from oms_tui.demo.people import Person
    from oms_tui.demo.places import Place
    from oms_tui.demo.products import Product

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class Line:
    """A line of an order; price in minor units of its currency."""

    product: Product
    quantity: int
    price: int


@dataclass(slots=True)
class Scan:
    """What a carrier saw."""

    at: datetime
    status: str
    text: str
    place: str = ""
    reason: str = ""


@dataclass(slots=True)
class Parcel:
    """A parcel of an order."""

    carrier: str
    number: str
    lines: list[Line]
    packed_at: datetime
    shipped_at: datetime
    due_at: datetime
    scans: list[Scan] = field(default_factory=list)
    delivered_at: datetime | None = None
    location: str = "Berlin"

    @property
    def grams(self) -> int:
        """With its box."""
        return 350 + sum(line.product.grams * line.quantity for line in self.lines)


@dataclass(slots=True)
class Order:
    """An order and everything that happens to it."""

    index: int
    number: str
    remote_id: str
    placed_at: datetime
    customer: Person
    customer_id: str
    address: Place
    currency: str
    lines: list[Line]
    method: str
    shipping: int = 0
    discount: int = 0
    trouble: str = ""
    promised_at: datetime | None = None
    paid_at: datetime | None = None
    released_at: datetime | None = None
    cancelled_at: datetime | None = None
    refunded_at: datetime | None = None
    refunded: int = 0
    refund_reason: str = ""
    disputed_at: datetime | None = None
    invoiced_at: datetime | None = None
    invoice_due_at: datetime | None = None
    held: bool = False
    tags: list[str] = field(default_factory=list)
    instructions: str = ""
    note: str = ""
    notes: list[tuple[datetime, str, str]] = field(default_factory=list)  # when, who, what
    parcels: list[Parcel] = field(default_factory=list)
    purchase_expected_at: datetime | None = None
    purchase_status: str = ""
    return_status: str = ""
    old: bool = False
    new_customer: bool = True

    @property
    def total(self) -> int:
        """What the customer owes, minor units."""
        return max(0, sum(line.price * line.quantity for line in self.lines) + self.shipping - self.discount)

    @property
    def on_account(self) -> bool:
        """Paid after delivery."""
        return self.method == "invoice"

    @property
    def delivered_at(self) -> datetime | None:
        """When the last parcel arrives, if all do."""
        times = [parcel.delivered_at for parcel in self.parcels]
        return None if not times or None in times else max(time for time in times if time)

    def closed_at(self) -> datetime | None:
        """When the shop closes it by itself: two days after it arrived, once everything is paid."""
        arrived, paid = self.delivered_at, self.paid_at
        stays = self.trouble in {"broken", "missing", "wrong_item", "chargeback", "return_open"}
        unsent = sum(line.quantity for parcel in self.parcels for line in parcel.lines) < sum(
            line.quantity for line in self.lines
        )
        if arrived is None or paid is None or stays or unsent:
            return None
        return max(arrived, paid) + 2 * DAY


def live(order: Order, chance: Random, trouble: Trouble | None) -> None:
    """Plan everything that happens to ``order`` after it was placed."""
    country = COUNTRIES[order.address.country]
    order.trouble = trouble.name if trouble else ""
    order.promised_at = at_time(workday_after(order.placed_at, country.days + (order.placed_at.hour >= 14)), 0)
    _pay(order, chance)
    if order.trouble in {"cancelled", "refund_due"}:
        order.cancelled_at = order.placed_at + chance.uniform(2, 30) * HOUR
        if order.trouble == "cancelled" and order.paid_at:
            order.refunded_at, order.refunded = order.cancelled_at + 5 * HOUR, order.total
            order.refund_reason = "cancelled by the customer"
        return
    go = order.placed_at if order.on_account else order.paid_at
    if order.trouble in {"short", "hold", "declined", "unpaid"} or go is None:
        order.held = order.trouble == "hold"
        if order.held:
            order.tags.append("address check")
        return
    order.released_at = next_working_hour(go + 20 * MINUTE, 7.5, 15)
    vendors = [line for line in order.lines if line.product.vendor]
    house = [line for line in order.lines if not line.product.vendor]
    if vendors:
        _buy(order, chance, vendors, trouble)
    if house:
        _send(order, chance, house, trouble)
    if order.parcels:
        first = min(parcel.shipped_at for parcel in order.parcels)
        order.invoiced_at, order.invoice_due_at = first + HOUR, at_time(first + 14 * DAY, 0)
        if order.on_account and order.trouble != "overdue":
            order.paid_at = at_time(workday_after(first, chance.randint(3, 11)), chance.uniform(8, 11))
    _afterwards(order, chance)


def _pay(order: Order, chance: Random) -> None:
    if order.trouble in {"declined", "unpaid"} or order.on_account:
        return
    if order.method == "bank transfer":
        order.paid_at = at_time(workday_after(order.placed_at, chance.choice((1, 1, 2, 2, 3))), chance.uniform(8, 11))
    else:
        order.paid_at = order.placed_at + chance.uniform(0.3, 3) * MINUTE


def _buy(order: Order, chance: Random, lines: list[Line], trouble: Trouble | None) -> None:
    """Goods that the maker sends himself: asked, confirmed, on their way after some two weeks."""
    asked = order.released_at or order.placed_at
    ready = workday_after(asked, chance.randint(6, 9))
    order.promised_at = at_time(workday_after(asked, 14), 0)
    order.purchase_expected_at = at_time(ready, 0)
    order.purchase_status = "accepted"
    if order.trouble == "vendor_late":
        order.promised_at = at_time(asked + 6 * DAY, 0)
        order.purchase_expected_at = at_time(order.placed_at + 25 * DAY, 0)
        return
    if order.trouble == "vendor_silent":
        order.purchase_status = "submitted"
        return
    if order.trouble == "vendor_declined":
        order.purchase_status = "rejected"
        return
    parcel = _parcel(order, chance, lines, at_time(ready, 14), "dhl")
    parcel.location = lines[0].product.vendor
    _travel(order, parcel, chance, trouble)


def _send(order: Order, chance: Random, lines: list[Line], trouble: Trouble | None) -> None:
    """What lies in stock: one parcel, or two where it is much."""
    country = COUNTRIES[order.address.country]
    released = order.released_at or order.placed_at
    packed = next_working_hour(released + chance.uniform(1.2, 6) * HOUR, 8, 16)
    carrier = chance.choice(country.carriers)
    split = order.trouble == "half" or (len(lines) > 2 and chance.random() < 0.12)
    for place, part in enumerate((lines[:1], lines[1:]) if split and len(lines) > 1 else (lines,)):
        later = workday_after(packed, place * (4 if order.trouble == "half" else 1))
        parcel = _parcel(order, chance, part, later, carrier)
        _travel(order, parcel, chance, trouble if place == 0 or order.trouble != "half" else None)


def _parcel(order: Order, chance: Random, lines: list[Line], packed: datetime, carrier: str) -> Parcel:
    shipped = at_time(packed, chance.uniform(15.6, 16.9))
    if shipped < packed:
        shipped = at_time(workday_after(packed, 1), chance.uniform(9, 11))
    number = parcel_number(carrier, order.index * 5 + len(order.parcels) + 1)
    parcel = Parcel(carrier, number, lines, packed, shipped, order.promised_at or shipped, location=_location(order))
    order.parcels.append(parcel)
    return parcel


def _location(order: Order) -> str:
    return "Poznań" if order.address.country in {"PL", "UA"} else "Hamburg" if order.index % 4 == 0 else "Berlin"


def _travel(order: Order, parcel: Parcel, chance: Random, trouble: Trouble | None) -> None:
    """The scans of a parcel, up to the door or to where it got stuck. Of old ones carriers keep the first and last."""
    to = order.address
    promised = order.promised_at or parcel.shipped_at
    arrives = delivery_day_after(parcel.shipped_at, chance.randint(*COUNTRIES[to.country].transit))
    if arrives.date() > promised.date() > parcel.shipped_at.date() and (trouble is None or not trouble.stops):
        arrives = at_time(promised, 12)  # what is promised is kept, unless something happens
    start, middle = parcel.location, hub(chance, to.country)
    add = parcel.scans.append
    if not order.old:
        add(Scan(parcel.packed_at + 8 * MINUTE, "pre_transit", SCANS["announced"], start))
    if trouble and trouble.name in {"not_handed_over", "label_differs"}:
        return
    add(Scan(parcel.shipped_at + chance.uniform(0.4, 1.5) * HOUR, "picked_up", SCANS["picked_up"], start))
    sorted_at = parcel.shipped_at + chance.uniform(8, 13) * HOUR
    if not order.old:
        add(Scan(sorted_at, "in_transit", SCANS["sorted"].format(middle), middle))
    if trouble and trouble.scans:
        at = sorted_at
        for step in trouble.scans:
            at += step.after * DAY + chance.uniform(-2, 2) * HOUR
            place = to.city if step.at_door else middle
            add(Scan(at, step.status, step.text.format(middle), place, step.reason))
        if trouble.days_late is None:
            return
        arrives = max(at + DAY, at_time(promised + timedelta(days=trouble.days_late + chance.randint(0, 2)), 12))
    elif (arrives - sorted_at).days > 1 and not order.old:
        add(Scan(arrives - DAY - 5 * HOUR, "in_transit", SCANS["arrived"].format(to.city), to.city))
    _arrive(order, parcel, chance, arrives)


def _arrive(order: Order, parcel: Parcel, chance: Random, day: datetime) -> None:
    """The last day of a parcel."""
    if day.weekday() == 6:
        day += DAY
    city, add = order.address.city, parcel.scans.append
    parcel.due_at = at_time(day, 18)
    parcel.delivered_at = at_time(day, chance.triangular(8.6, 18.5, 12))
    if not order.old:
        add(Scan(at_time(day, chance.uniform(6.5, 8.3)), "out_for_delivery", SCANS["van"], city))
    how = chance.choice(("door", "neighbour", "door", "signed"))
    add(Scan(parcel.delivered_at, "delivered", SCANS[how], city))


def _afterwards(order: Order, chance: Random) -> None:
    """What comes after the door: money back, a chargeback, a return."""
    arrived = order.delivered_at
    if arrived is None or order.paid_at is None:
        return
    if order.trouble == "chargeback":
        order.disputed_at = arrived + 4 * DAY
    elif order.trouble == "goodwill":
        order.refunded_at = arrived + 2 * DAY
        order.refunded, order.refund_reason = min(order.total // 2, 1000), "goodwill"
    elif order.trouble == "returned":
        order.return_status = "returned"
        order.refunded_at, order.refunded = arrived + chance.randint(7, 12) * DAY, order.total
        order.refund_reason = "returned"
    elif order.trouble == "return_open":
        order.return_status = "in_progress"
