"""What goes wrong with orders: how often, at which age it is seen, and what the carrier's scans say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.demo.places import COUNTRIES

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Step:
    """A scan of trouble: days after the one before, and what it says; ``{}`` is the hub."""

    after: float
    status: str
    text: str
    reason: str = ""
    at_door: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong.

    Attributes:
        name: of the trouble.
        weight: how often, against the others.
        ages: days after the order at which it is (still) to be seen, for countries with the promise of three days;
            where the way is longer, the days grow with it.
        scans: what the carrier says.
        days_late: when it arrives all the same, days after the promise; None: never.
        where: ``all``, ``far`` (customs), ``vendor`` (goods the maker sends).
    """

    name: str
    weight: int
    ages: tuple[int, int]
    scans: tuple[Step, ...] = ()
    days_late: int | None = None
    where: str = "all"

    @property
    def stops(self) -> bool:
        """Whether the parcel does not arrive as promised."""
        return bool(self.scans)


SCANS: Final = {
    "announced": "Shipment information received electronically",
    "picked_up": "Picked up by the carrier",
    "sorted": "Processed at the parcel centre {}",
    "arrived": "Arrived at the delivery depot {}",
    "van": "Loaded onto the delivery vehicle",
    "door": "Delivered",
    "neighbour": "Delivered to a neighbour",
    "signed": "Delivered, signed by the recipient",
}

TROUBLES: Final = (
    Trouble("weather", 6, (4, 8), (Step(1.2, "in_transit", "Delayed at {}: storm, roads closed", "weather_delay"),), 3),
    Trouble(
        "missorted",
        8,
        (4, 8),
        (Step(1.0, "in_transit", "Sorted to the wrong depot, sent back to {}", "carrier_sorting_error"),),
        3,
    ),
    Trouble(
        "overloaded",
        6,
        (4, 8),
        (Step(1.1, "in_transit", "Delayed: high parcel volume at {}", "carrier_capacity_exceeded"),),
        4,
    ),
    Trouble("silent", 4, (6, 12), (Step(0.9, "in_transit", "Departed from {}"),), None),
    Trouble(
        "customs",
        8,
        (5, 14),
        (Step(1.5, "exception", "Held by customs: documents required", "customs_documentation"),),
        None,
        "far",
    ),
    Trouble(
        "duties",
        4,
        (5, 14),
        (Step(1.5, "exception", "Customs: duties have not been paid", "customs_duties_unpaid"),),
        None,
        "far",
    ),
    Trouble(
        "address",
        5,
        (3, 8),
        (
            Step(
                1.1,
                "exception",
                "Address insufficient, recipient could not be found",
                "carrier_address_not_found",
                True,
            ),
        ),
        None,
    ),
    Trouble(
        "damaged",
        3,
        (3, 9),
        (Step(0.8, "exception", "Parcel damaged, being repacked at {}", "carrier_damaged_parcel"),),
        None,
    ),
    Trouble(
        "lost",
        2,
        (8, 14),
        (
            Step(0.9, "in_transit", "Departed from {}"),
            Step(5, "exception", "Parcel could not be located", "carrier_parcel_lost"),
        ),
        None,
    ),
    Trouble(
        "not_home",
        5,
        (2, 5),
        (Step(1.1, "delivery_attempted", "Delivery attempted, nobody at home", "consignee_not_home", True),),
        2,
    ),
    Trouble(
        "pickup",
        4,
        (3, 8),
        (
            Step(1.1, "delivery_attempted", "Delivery attempted, nobody at home", "consignee_not_home", True),
            Step(0.2, "available_for_pickup", "Waits at the parcel shop for seven days", "", True),
        ),
        None,
    ),
    Trouble(
        "coming_back",
        3,
        (5, 12),
        (
            Step(1.1, "delivery_attempted", "Recipient refused the parcel", "consignee_refused", True),
            Step(1.0, "returning", "On its way back to the sender", "consignee_refused"),
        ),
        None,
    ),
    Trouble("not_handed_over", 3, (2, 5)),
    Trouble("half", 3, (3, 6)),
    Trouble("hold", 3, (0, 4)),
    Trouble("declined", 3, (0, 6)),
    Trouble("unpaid", 7, (3, 14)),
    Trouble("refund_due", 3, (1, 6)),
    Trouble("cancelled", 4, (1, 21)),
    Trouble("short", 0, (0, 6)),
    Trouble("books_differ", 1, (2, 9)),
    Trouble("label_differs", 0, (1, 4)),
    Trouble("planned", 0, (0, 0)),
    Trouble("returned", 0, (0, 0)),
    Trouble("overdue", 4, (17, 40)),
    Trouble("chargeback", 2, (9, 25)),
    Trouble("goodwill", 3, (7, 21)),
    Trouble("return_open", 3, (6, 18)),
    Trouble("broken", 5, (4, 9)),
    Trouble("missing", 4, (4, 9)),
    Trouble("wrong_item", 3, (4, 9)),
    Trouble("vendor_late", 14, (8, 20), where="vendor"),
    Trouble("vendor_silent", 8, (2, 8), where="vendor"),
    Trouble("vendor_declined", 8, (2, 10), where="vendor"),
)
"""What can go wrong with a recent order."""

BY_NAME: Final = {trouble.name: trouble for trouble in TROUBLES}

OLD: Final = (*[""] * 14, "cancelled", "weather", "missorted", "returned", "goodwill")
"""What became of orders long ago, most often nothing."""

_FAR: Final = frozenset({"TR", "UA", "JP", "IN", "US", "GB"})
_HUBS: Final = {
    "DE": ("Leipzig", "Hannover", "Staufenberg", "Köln", "Rüdersdorf"),
    "PL": ("Poznań", "Stryków", "Wrocław"),
    "FR": ("Strasbourg", "Roissy", "Lille"),
    "ES": ("Lyon", "Barcelona", "Zaragoza"),
    "IT": ("München", "Verona", "Bologna"),
    "SE": ("Hamburg", "Malmö", "Jönköping"),
    "NL": ("Dortmund", "Utrecht"),
    "GB": ("Leipzig", "East Midlands", "Calais"),
    "US": ("Leipzig", "Cincinnati, OH", "Louisville, KY", "Newark, NJ"),
    "JP": ("Leipzig", "Hong Kong", "成田"),
    "IN": ("Leipzig", "Dubai", "Delhi"),
    "TR": ("Leipzig", "İstanbul Havalimanı"),
    "UA": ("Rzeszów", "Львів"),
    "GR": ("Wien", "Sofia", "Θεσσαλονίκη"),
}


def hub(chance: Random, country: str) -> str:
    """A parcel centre on the way there."""
    return chance.choice(_HUBS[country])


def trouble_at(chance: Random, age: float, country: str, *, vendor: bool) -> Trouble | None:
    """Something that may have gone wrong with an order of this age (days); None where it shows earlier or later."""
    fitting = [
        trouble
        for trouble in TROUBLES
        if (trouble.where == "vendor") == vendor and (trouble.where != "far" or country in _FAR)
    ]
    trouble = chance.choices(fitting, weights=[trouble.weight for trouble in fitting])[0]
    stretch = 1 + max(0, COUNTRIES[country].days - 3) / 10 if trouble.scans else 1.0
    return trouble if trouble.ages[0] * stretch <= age <= trouble.ages[1] * stretch else None
