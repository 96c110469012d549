"""Orders that are there in every demo, because a story hangs on each: who ordered what, and what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.demo.gallery import gallery
from oms_tui.demo.life import DAY, Line, Parcel, Scan
from oms_tui.demo.people import Person
from oms_tui.demo.places import COUNTRIES, Place
from oms_tui.demo.products import BY_SKU, euro_price
from oms_tui.demo.shop import SCENARIO_NUMBER, midnight
from oms_tui.demo.troubles import BY_NAME, SCANS
from oms_tui.demo.workdays import at_time, is_workday

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from oms_tui.demo.life import Order
    from oms_tui.demo.shop import Shop
    from oms_tui.demo.troubles import Trouble

    Change = Callable[[Order, Random], Trouble | None]

JAN: Final = Person(
    "Jan", "Kowal", "Jan Kowal", "DE", "jan.kowal@firma.example", "+49 171 3920042", "Kowal Messebau GmbH"
)
JAN_PRIVATE: Final = "j.k.private@example.net"
"""The address Jan writes from when nothing on the order says it is he."""

FATHER: Final = Person("Hans", "Sommer", "Hans Sommer", "DE", "hans.sommer@posteo.example", "+49 40 66969101")
SON: Final = Person("Henrik", "Sommer", "Henrik Sommer", "DE", "henrik@sommer-illustration.example", "+49 171 3920077")
MARIA: Final = Person("Maria", "Lund", "Maria Lund", "SE", "maria.lund@telia.example", "+46 70 174 0611", woman=True)
MARIA_WORK: Final = "m.lund@lund-arkitekter.example"
MARIA_RELAY: Final = "q8x2lp0wd@marketplace.amazon.example"
"""Where a market forwards her mail from: it hides her address, and her phone."""

HOTEL: Final = Person(
    "Claire",
    "Moreau",
    "Claire Moreau",
    "FR",
    "c.moreau@hotel-bellevue.example",
    "+33 1 99 00 41 20",
    "Hôtel Bellevue",
    woman=True,
)
PAULA: Final = Person(
    "Paula", "Vogt", "Paula Vogt", "DE", "paula.vogt@posteo-mial.example", "+49 221 4710333", woman=True
)
"""Mistyped her mail address when she ordered: what we write to her comes back."""

KENJI: Final = Person("健二", "森", "Kenji Mori", "JP", "kenji.mori@docomo.example", "+81 90-5512-4471")

_SOMMERS: Final = Place("Fliederweg 18", "22301", "Hamburg", "", "DE")
_LUND: Final = Place("Trädgårdsgatan 7", "221 00", "Lund", "", "SE")


def planted(shop: Shop) -> dict[int, Change]:
    """The changes to make, by the order's index. A shop of a handful of orders has as many of them as fit."""
    found: dict[int, Change] = {}

    def plant(days_ago: int, change: Change) -> None:
        index = shop.first_on(days_ago)
        while index in found:
            index += 1
        if index < shop.count:
            found[index] = change

    plant(7, _jan(shop))
    plant(2, _plain(FATHER, "S20001", _SOMMERS, "HERON-BRASS"))
    plant(4, _plain(SON, "S20002", _SOMMERS, "MIRA-BLACK"))
    plant(12, _maria("C20003", MARIA.email, "PICO-OCHRE"))
    plant(3, _maria("C20004", MARIA_WORK, "DOME-RUST"))
    plant(6, _maria("C20009", MARIA_RELAY, "PICO-SAGE", phone=""))
    plant(9, _hotel("late"))
    plant(5, _hotel("short"))
    plant(13, _kenji)
    plant(1, _hostile)
    plant(2, _plain(PAULA, "C20008", Place("Weserstraße 31", "28199", "Bremen", "", "DE"), "BELL-SMOKE"))
    if shop.count >= _ROOMY:
        for days, trouble, lines in _TROUBLES:
            plant(days, _trouble(trouble, lines))
        for days, change in gallery(shop):
            plant(days, change)
    plant(5, _trouble("label_differs", "GLOBE-OPAL 1, CORD-3M 1"))
    return found


def _jan(shop: Shop) -> Change:
    """Scenario 1: the blue lamp for Lindenweg 4, in transit and two days late."""

    def change(order: Order, chance: Random) -> Trouble | None:
        del chance
        order.number = str(SCENARIO_NUMBER)
        _is(order, JAN, "C20000", Place("Lindenweg 4", "10961", "Berlin", "", "DE"), "LAMP-BLUE 2, SHADE-LAMP 1")
        order.method, order.paid_at = "paypal", order.placed_at
        order.promised_at = midnight(shop.now, 2)
        shipped = at_time(midnight(shop.now, 5), 16.2)
        while not is_workday(shipped):
            shipped -= DAY
        parcel = Parcel(
            "dhl",
            "00340434161094042557",
            order.lines,
            at_time(shipped, 11),
            shipped,
            at_time(midnight(shop.now, 2), 18),
        )
        parcel.scans = [
            Scan(at_time(shipped, 11.2), "pre_transit", SCANS["announced"], "Berlin"),
            Scan(at_time(shipped, 17.6), "picked_up", SCANS["picked_up"], "Berlin"),
            Scan(at_time(midnight(shop.now, 4), 3.2), "in_transit", SCANS["sorted"].format("Rüdersdorf"), "Rüdersdorf"),
            Scan(
                at_time(midnight(shop.now, 3), 3.2),
                "in_transit",
                "Delayed at Leipzig: sorted to the wrong depot",
                "Leipzig",
                "carrier_sorting_error",
            ),
        ]
        order.parcels = [parcel]
        order.invoiced_at, order.invoice_due_at = shipped, at_time(shipped + 14 * DAY, 0)
        return PLANNED

    return change


_TROUBLES: Final = (
    (16, "chargeback", ""),
    (4, "refund_due", ""),
    (9, "unpaid", "TRIPOD-OAK 1"),
    (20, "overdue", "SHELF-OAK 2, MIRROR-BRASS 1"),
    (1, "declined", "LUNA-BRASS 1"),
    (2, "hold", ""),
    (11, "vendor_late", "SOFA-NOOR 1"),
    (6, "vendor_declined", "TABLE-RUND 1"),
    (8, "lost", "CLUSTER-SMOKE 1"),
    (6, "broken", "GLOBE-OPAL 1, BULB-E27-W 1"),
    (6, "missing", "PICO-SAGE 2"),
    (5, "half", "ARC-BLACK 1, BULB-FIL-G95 4"),
    (2, "books_differ", "HERON-WHITE 1, DIMMER-T 1"),
)
"""Days ago, what went wrong, and with what (nothing said: with whatever was ordered)."""

_ROOMY: Final = 150  # orders among which one parcel of each state does not stand out

PLANNED: Final = BY_NAME["planned"]
"""The change has planned the order's life to the end."""


def _plain(who: Person, customer_id: str, where: Place, sku: str) -> Change:
    """A plain order: father and son (one address, one surname, two people), or who mistyped her address."""

    def change(order: Order, chance: Random) -> Trouble | None:
        del chance
        _is(order, who, customer_id, where, f"{sku} 1")
        order.method = "card"
        return None

    return change


def _maria(customer_id: str, email: str, sku: str, phone: str = MARIA.phone) -> Change:
    """One customer with three faces: the same address, the same phone but for the market, another mail address."""

    def change(order: Order, chance: Random) -> Trouble | None:
        del chance
        who = Person(MARIA.first, MARIA.last, MARIA.latin, "SE", email, phone, woman=True)
        _is(order, who, customer_id, _LUND, f"{sku} 1, BULB-E27-W 2")
        order.method = "card"
        return None

    return change


def _hotel(which: str) -> Change:
    """A key account with one order that is late and one that cannot be sent whole."""

    def change(order: Order, chance: Random) -> Trouble | None:
        del chance
        lines = "PICO-WHITE 24, SHADE-S-LINEN 24, BULB-E14-W 48" if which == "late" else "LEDGE-BRASS 12, DOME-COPPER 6"
        _is(order, HOTEL, "K20005", Place("3 quai de la Loire", "44000", "Nantes", "Pays de la Loire", "FR"), lines)
        order.method, order.instructions = "invoice" if which == "late" else "card", "Pallet, tail lift needed"
        return BY_NAME["overloaded"] if which == "late" else BY_NAME["short"]

    return change


def _kenji(order: Order, chance: Random) -> Trouble | None:
    """At customs in Japan, and nobody has sent the papers."""
    del chance
    _is(
        order,
        KENJI,
        "C20006",
        Place("桜丘町4-2-11", "150-0031", "東京都渋谷区", "東京都", "JP"),
        "LUNA-OPAL 1, CORD-3M 1",
    )
    order.method = "card"
    return BY_NAME["customs"]


def _hostile(order: Order, chance: Random) -> Trouble | None:
    """Text that would be markup, control characters or a formula, if anybody took it for that."""
    del chance
    who = Person(
        "Robert'); DROP", "[bold red]Tables[/]", "Robert Tables", "GB", "bobby@tables.example", "+44 7700 900123"
    )
    _is(order, who, "C20007", Place("=1+1 High Street", "LS6 3BH", "Leeds", "", "GB"), "CAMP-RUST 1")
    order.method = "card"
    order.note = "[@click=app.quit]click me[/] \x1b[31mred?\x1b[0m {{ 7*7 }} \u202egnirts desrever\u202c"
    order.tags.append("[b]bold[/b]")
    return None


def _trouble(name: str, lines: str) -> Change:
    """Somebody's order, with a trouble that no demo should lack."""

    def change(order: Order, chance: Random) -> Trouble | None:
        del chance
        order.method = "invoice" if name == "overdue" else "bank transfer" if name == "unpaid" else "card"
        if lines:
            order.lines = _lines(lines, order.currency)
        if name == "hold":  # until somebody has asked what the card is to say: one gift is always under way
            order.tags.append("gift")
        return BY_NAME[name]

    return change


def _is(order: Order, who: Person, customer_id: str, where: Place, lines: str) -> None:
    """Give the order to somebody. ``lines`` are ``SKU quantity`` with commas."""
    order.customer, order.customer_id, order.address = who, customer_id, where
    order.currency = COUNTRIES[where.country].currency
    order.lines = _lines(lines, order.currency)


def _lines(written: str, currency: str) -> list[Line]:
    return [
        Line(BY_SKU[sku], int(quantity), euro_price(BY_SKU[sku], currency))
        for sku, quantity in (line.split() for line in written.split(","))
    ]
