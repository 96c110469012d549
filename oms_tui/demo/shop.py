"""The shop's orders, from the first day to now, one after the other: never more than one in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Final

from oms_tui.demo.life import DAY, HOUR, Line, Order, live
from oms_tui.demo.people import Person, person
from oms_tui.demo.places import COUNTRIES, Place, place, some_country
from oms_tui.demo.products import BY_SKU, euro_price, some_products
from oms_tui.demo.troubles import BY_NAME, OLD, Trouble, trouble_at
from oms_tui.demo.workdays import ZONE, at_time, shopping_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RECENT_DAYS: Final = 21
SCENARIO_NUMBER: Final = 1042
_SMALL: Final = 1000  # orders up to which numbers count up to the scenario's
_FIRST_NUMBER: Final = 100_001
_TROUBLED: Final = 0.85  # of recent orders; most of what could happen shows earlier or later
_WEEK: Final = (11, 10, 9, 9, 9, 11, 13)
"""How much is ordered on each day of the week, Monday first."""

SHORT: Final = ("MIRA-BLUE", "SHADE-L-OCHRE", "DOME-SAGE", "ARC-BRASS", "CAMP-BLUE", "SWITCH-F", "LEDGE-BRASS")
"""Products that ran out some days ago."""

_REMEMBERED: Final = 60  # days for which every scan of a parcel is kept
_RAN_OUT: Final = 6  # days ago
_METHODS: Final = ("card", "paypal", "bank transfer", "invoice", "apple pay")
_PRIVATE: Final = tuple(accumulate((50, 29, 9, 4, 8)))
_BUSINESS: Final = tuple(accumulate((18, 6, 14, 62, 0)))
_METHOD_OF: Final = {"overdue": "invoice", "unpaid": "bank transfer", "declined": "card"}
"""Only who pays like this can have such a trouble."""

_WISHES: Final = (
    "Please ring twice, the bell is quiet.",
    "Gift: no invoice in the parcel, please.",
    "Bitte beim Nachbarn (Hausnr. 12) abgeben, falls niemand da ist.",
    "Fragile! The last one arrived broken.",
    "Leave it in the garage, the door is open.",
    "Laisser chez la gardienne, merci.",
    "Call before delivery.",
    "Proszę zostawić w paczkomacie obok.",
)
_FEW: Final = tuple(accumulate((46, 29, 14, 8, 3)))  # how many lines an order has
_MANY: Final = tuple(accumulate((4, 12, 26, 32, 26)))
_NOTED: Final = 0.06  # of orders that somebody has written a note to
_NOTES: Final = (
    ("ben", "Customer rang: please no delivery on Friday, they are away."),
    ("ana", "Asked for a gift card to go with it, card is in the shelf by the packing table."),
    ("warehouse", "Last one of this batch, box was open, lamp checked and fine."),
    ("warehouse", "Bin B-12 was empty, found two more in the overflow."),
    ("lea", "Good customer, answer first."),
    ("ben", "Wanted the matt one first, changed to brass by phone."),
    ("finance", "Bank says the transfer was sent twice, one went back."),
    ("ana", "Promised a call as soon as it is on its way."),
)
_PACKING: Final = (
    "Wrap the glass shade twice, edge protection on the base",
    "Gift wrap, card: Happy birthday, Mama!",
    "No plastic filling, customer asked for paper only",
    "Put both cords into the lamp's box",
    "Pallet, shrink-wrapped, tail lift needed",
)


@dataclass(slots=True)
class Shop:
    """The orders of ``count`` orders up to ``now`` (aware). ``planted`` changes single orders before they live on."""

    count: int
    now: datetime
    seed: int
    planted: dict[int, Callable[[Order, Random], Trouble | None]] = field(default_factory=dict)
    demand: Counter[str] = field(default_factory=Counter)
    _made: Counter[str] = field(default_factory=Counter)

    def days(self) -> list[tuple[datetime, int]]:
        """Each day of the shop's life with the number of orders on it, the oldest first."""
        today = self.now.astimezone(ZONE)
        recent = min(round(self.count * 0.65), round(260 * (self.count / 400) ** 0.55))
        if self.count < 40:
            recent = self.count
        past = min(1460, 300 + self.count // 700)
        spread: list[tuple[datetime, float]] = []
        for age in range(past, RECENT_DAYS, -1):
            day = today - age * DAY
            spread.append((day, _WEEK[day.weekday()] * (1.6 - age / past)))
        found = _counted(spread, self.count - recent)
        spread = []
        for age in range(RECENT_DAYS, -1, -1):
            day = today - age * DAY
            share = 1.0 if age else max(0.05, (today.hour + today.minute / 60) / 24)
            spread.append((day, _WEEK[day.weekday()] * share))
        return found + _counted(spread, recent)

    def first_on(self, days_ago: int) -> int:
        """The index of the first order on a day."""
        wanted = (self.now.astimezone(ZONE) - days_ago * DAY).date()
        index = 0
        for day, count in self.days():
            if day.date() >= wanted and count:
                return index
            index += count
        return max(0, index - 1)

    def number(self, index: int) -> str:
        """What people call the order: in a small shop the scenario's order is number 1042."""
        if self.count > _SMALL:
            return str(_FIRST_NUMBER + index)
        return str(SCENARIO_NUMBER - self.first_on(7) + index)

    def orders(self) -> Iterator[Order]:
        """Every order, the oldest first."""
        index = 0
        base = int(self.number(0))
        for day, count in self.days():
            chance = Random(f"{self.seed}/{day:%Y-%m-%d}")
            times = sorted(self._time(chance, day) for _ in range(count))
            for at in times:
                yield self._order(chance, index, str(base + index), at)
                index += 1

    def _time(self, chance: Random, day: datetime) -> datetime:
        at = shopping_time(chance, day)
        if at >= self.now:  # today has not come so far
            begin = at_time(day, 0)
            at = begin + (self.now - begin) * chance.uniform(0.1, 0.97)
        return at

    def _order(self, chance: Random, index: int, number: str, at: datetime) -> Order:
        kind, who, customer_id, address, new = self._customer(chance)
        business = kind in {"key", "trade"}
        currency = COUNTRIES[who.country].currency
        order = Order(
            index=index,
            number=number,
            remote_id=str(700_100 + index),
            placed_at=at,
            customer=who,
            customer_id=customer_id,
            address=address,
            currency=currency,
            lines=_lines(chance, currency, kind),
            old=(self.now - at).days > _REMEMBERED,
            new_customer=new,
            method=chance.choices(_METHODS, cum_weights=_BUSINESS if business else _PRIVATE)[0],
        )
        age = (self.now - at) / DAY
        trouble = self._trouble(order, chance, age)
        if index in self.planted:
            trouble = self.planted[index](order, chance)
        self._details(order, chance)
        if trouble is None or trouble.name != "planned":
            live(order, chance, trouble)
        if not order.parcels and order.cancelled_at is None:
            for line in order.lines:
                if not line.product.vendor:
                    self.demand[line.product.sku] += line.quantity
        return order

    def _customer(self, chance: Random) -> tuple[str, Person, str, Place, bool]:
        """Somebody out of the circles of customers: key accounts, regular ones, those who came twice, and guests."""
        which = chance.random()
        kind = "key" if which < 0.05 else "trade" if which < 0.16 else "known" if which < 0.56 else "guest"
        serial = self._made[kind]
        self._made[kind] += 1
        size = {
            "key": max(5, self.count // 5000),
            "trade": max(10, self.count // 250),
            "known": max(8, self.count // 5),
        }
        new = kind not in size or serial < size[kind]
        if kind in size:
            serial %= size[kind]
        # Whoever comes again is the same each time; a guest comes once.
        own = Random((self.seed * 8 + len(kind)) * 100_000_007 + serial) if kind in size else chance
        country = (
            own.choice(("DE", "DE", "DE", "FR", "GB", "PL", "US", "NL", "SE", "IT"))
            if kind == "key"
            else some_country(own)
        )
        who = person(own, country, number=serial, business=kind == "key" or (kind == "trade" and own.random() < 0.4))
        letter = {"key": "K", "trade": "R", "known": "C", "guest": ""}[kind]
        return kind, who, f"{letter}{10_001 + serial}" if letter else "", place(own, country), new

    def _trouble(self, order: Order, chance: Random, age: float) -> Trouble | None:
        out = any(line.product.sku in SHORT for line in order.lines)
        if out and age < _RAN_OUT:
            return BY_NAME["short"]
        if age > RECENT_DAYS + 20:
            return BY_NAME.get(chance.choice(OLD))
        vendor = any(line.product.vendor for line in order.lines)
        if chance.random() >= _TROUBLED:
            return None
        trouble = trouble_at(chance, age, order.address.country, vendor=vendor)
        order.method = _METHOD_OF.get(trouble.name if trouble else "", order.method)
        return trouble

    def _details(self, order: Order, chance: Random) -> None:
        """Shipping, a voucher, wishes, a gift."""
        goods = sum(line.price * line.quantity for line in order.lines)
        home = order.address.country == "DE"
        free = goods >= euro_price_of(9900, order.currency)
        order.shipping = 0 if free and home else euro_price_of(490 if home else 1290, order.currency)
        if chance.random() < 0.06:
            order.discount = goods // 10
        if chance.random() < 0.05:
            order.note = chance.choice(_WISHES)
        if chance.random() < 0.04:
            order.instructions = chance.choice(_PACKING)
        if chance.random() < 0.04 and "gift" not in order.tags:
            order.tags.append("gift")
        if chance.random() < 0.03:
            order.tags.append("express")
        if chance.random() < _NOTED and not order.old:
            when = order.placed_at + chance.uniform(2, 50) * HOUR
            order.notes.append((when, *chance.choice(_NOTES)))


def euro_price_of(cents: int, currency: str) -> int:
    """An amount of euro cents in another currency's minor units, rounded as shops round."""
    sample = BY_SKU["HOOK-C"]
    return round(cents * euro_price(sample, currency) / sample.price / 10) * 10


def _lines(chance: Random, currency: str, kind: str) -> list[Line]:
    count = chance.choices((1, 2, 3, 4, 6), cum_weights=_FEW if kind != "key" else _MANY)[0]
    found = []
    for product in some_products(chance, count):
        if kind == "key":
            quantity = chance.choice((2, 4, 6, 8, 10, 12, 20)) if product.price < 20_000 else chance.choice((1, 2, 4))
        elif product.price < 2_000:
            quantity = chance.choice((1, 2, 2, 3, 4, 6))
        else:
            quantity = chance.choice((1, 1, 1, 1, 2, 2))
        found.append(Line(product, quantity, euro_price(product, currency)))
    return found


def _counted(spread: list[tuple[datetime, float]], total: int) -> list[tuple[datetime, int]]:
    """``total`` spread by the given weights, exactly."""
    whole = sum(weight for _, weight in spread) or 1.0
    found, so_far, given = [], 0.0, 0
    for day, weight in spread:
        so_far += weight
        until = round(total * so_far / whole)
        found.append((day, until - given))
        given = until
    return found


def midnight(now: datetime, days_ago: int) -> datetime:
    """The beginning of a day in the shop's zone."""
    return at_time(now.astimezone(ZONE) - timedelta(days=days_ago), 0)
