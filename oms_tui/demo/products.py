"""What Bright Shop sells: lamps, shades, bulbs, furniture, spare parts. Prices in euro cents, weights in grams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random


@dataclass(frozen=True, slots=True)
class Product:
    """A product. ``vendor`` ships it to the customer himself (drop-ship), "" for what lies in our own stock."""

    sku: str
    title: str
    price: int
    grams: int
    gtin: str
    bin: str
    weight: int = 10  # how often it is bought
    vendor: str = ""


_COLOURS: Final = {
    "BLUE": "blue",
    "BRASS": "brass",
    "BLACK": "matt black",
    "WHITE": "white",
    "SAGE": "sage green",
    "RUST": "rust red",
    "COPPER": "copper",
    "SMOKE": "smoked glass",
    "OPAL": "opal glass",
    "SAND": "sand",
    "OAK": "oak",
    "WALNUT": "walnut",
    "ASH": "ash",
    "LINEN": "natural linen",
    "OCHRE": "ochre",
    "PLUM": "plum",
}

# sku, title with {} for the colour, price in cents, grams, how often, colours
_MODELS: Final[tuple[tuple[str, str, int, int, int, str], ...]] = (
    ("FJORD", "Table lamp Fjord, {}", 8900, 2300, 26, "BRASS BLACK WHITE SAGE"),
    ("LUNA", "Table lamp Luna, {}", 12900, 2800, 18, "OPAL SMOKE BRASS"),
    ("PICO", "Bedside lamp Pico, {}", 4900, 900, 34, "WHITE BLACK RUST SAGE OCHRE"),
    ("MIRA", "Desk lamp Mira, {}", 7400, 1600, 30, "BLACK WHITE BLUE"),
    ("ARC", "Arc floor lamp Arc, {}", 28900, 14500, 8, "BLACK BRASS"),
    ("HERON", "Reading lamp Heron, {}", 15900, 5200, 14, "BLACK BRASS WHITE"),
    ("TRIPOD", "Tripod floor lamp, {}", 18900, 6400, 12, "OAK WALNUT ASH"),
    ("DOME", "Pendant lamp Dome, {}", 11900, 2100, 28, "BLACK WHITE SAGE RUST COPPER"),
    ("BELL", "Pendant lamp Bell, {}", 9400, 1700, 22, "OPAL SMOKE COPPER"),
    ("HALO", "Ring pendant Halo 80 cm, {}", 34900, 4800, 6, "BLACK BRASS"),
    ("GLOBE", "Globe pendant Globe, {}", 6900, 1300, 25, "OPAL SMOKE"),
    ("CLUSTER", "Chandelier Cluster of seven, {}", 49900, 9800, 4, "SMOKE OPAL"),
    ("LEDGE", "Wall lamp Ledge, {}", 6400, 1100, 22, "BLACK BRASS WHITE"),
    ("MOTH", "Wall lamp Moth, {}", 5400, 800, 18, "WHITE SAND RUST"),
    ("SPOT2", "Ceiling spots, pair, {}", 5900, 1200, 20, "BLACK WHITE"),
    ("PORCH", "Outdoor lamp Porch IP54, {}", 8400, 1900, 14, "BLACK COPPER"),
    ("PATH", "Path light Path IP65, {}", 4400, 1000, 16, "BLACK"),
    ("CAMP", "Rechargeable lamp Camp, {}", 6900, 700, 32, "SAGE BLUE RUST BLACK"),
    ("SHADE-L", "Shade large 45 cm, {}", 3400, 700, 22, "LINEN WHITE PLUM OCHRE"),
    ("SHADE-M", "Shade medium 35 cm, {}", 2600, 500, 28, "LINEN WHITE SAGE BLUE"),
    ("SHADE-S", "Shade small 20 cm, {}", 1700, 250, 24, "LINEN WHITE RUST"),
    ("PAPER", "Paper shade 60 cm, {}", 1490, 300, 26, "WHITE SAND"),
    ("STOOL", "Stool Kontor, {}", 11900, 4600, 9, "OAK WALNUT"),
    ("SIDE", "Side table Skagen, {}", 16900, 8200, 8, "OAK ASH BLACK"),
    ("DESK", "Writing desk Malmö 120 cm, {}", 42900, 31000, 3, "OAK WALNUT"),
    ("SHELF", "Wall shelf Linie 90 cm, {}", 7900, 5200, 11, "OAK WHITE BLACK"),
    ("BENCH", "Hall bench Alto, {}", 24900, 14000, 4, "OAK ASH"),
    ("MIRROR", "Mirror Orbit 60 cm, {}", 12900, 6100, 9, "BRASS BLACK"),
)
_SINGLE: Final[tuple[tuple[str, str, int, int, int], ...]] = (
    ("LAMP-BLUE", "Lamp Linden, blue", 3950, 1400, 30),
    ("LAMP-GREEN", "Lamp Linden, green", 3950, 1400, 18),
    ("LAMP-RED", "Lamp Linden, red", 3950, 1400, 14),
    ("SHADE-LAMP", "Spare shade for lamp Linden", 1000, 200, 12),
    ("BULB-E27-W", "Bulb E27 warm white 806 lm", 690, 60, 90),
    ("BULB-E27-D", "Bulb E27 dimmable 1055 lm", 990, 70, 70),
    ("BULB-E14-W", "Bulb E14 warm white 470 lm", 590, 40, 70),
    ("BULB-GU10", "Spot bulb GU10 36 degrees", 650, 50, 50),
    ("BULB-G9", "Bulb G9 320 lm", 720, 30, 26),
    ("BULB-FIL-G95", "Filament bulb G95 amber", 1490, 120, 44),
    ("BULB-FIL-ST64", "Filament bulb ST64 clear", 1290, 90, 40),
    ("BULB-SET-6", "Bulbs E27 warm white, set of six", 3690, 380, 24),
    ("CORD-3M", "Textile cord 3 m with plug", 1990, 260, 22),
    ("CORD-5M", "Textile cord 5 m without plug", 2190, 380, 14),
    ("CANOPY-B", "Ceiling canopy, brass", 1690, 240, 16),
    ("CANOPY-K", "Ceiling canopy, black", 1490, 230, 18),
    ("DIMMER-T", "Dimmer for table lamps", 2490, 160, 22),
    ("DIMMER-W", "Wall dimmer, LED, 150 W", 4290, 190, 14),
    ("SWITCH-F", "Foot switch, black", 1290, 110, 12),
    ("PSU-24", "Power supply 24 V 60 W", 3290, 420, 9),
    ("HOOK-C", "Ceiling hook, set of four", 790, 90, 14),
    ("CLOTH-M", "Microfibre cloth for glass lamps", 590, 40, 16),
    ("GIFTCARD-50", "Gift card 50", 5000, 10, 9),
)
_VENDOR_MADE: Final[tuple[tuple[str, str, int, int, str], ...]] = (
    ("SOFA-NOOR", "Sofa Noor two seats, natural linen", 119000, 48000, "Möbelwerk Ostermann"),
    ("SOFA-NOOR-B", "Sofa Noor two seats, blue", 119000, 48000, "Möbelwerk Ostermann"),
    ("CHAIR-EL", "Lounge chair Elsa, walnut", 54900, 17000, "Möbelwerk Ostermann"),
    ("TABLE-RUND", "Dining table Rund 110 cm, oak", 69900, 39000, "Stolarnia Dębowa"),
    ("TABLE-LANG", "Dining table Lang 200 cm, oak", 98900, 62000, "Stolarnia Dębowa"),
)


def euro_price(product: Product, currency: str) -> int:
    """The price in minor units of ``currency``, as the shop's price lists have it."""
    if currency == "EUR":
        return product.price
    if currency == "JPY":
        return round(product.price * 1.62 / 100) * 100  # yen, to the hundred
    minor = product.price * _RATES[currency]
    return round(minor / 500) * 500 if minor > 2000 else round(minor / 10) * 10


_RATES: Final[Mapping[str, float]] = {"PLN": 4.3, "USD": 1.15, "GBP": 0.88, "SEK": 11.2}


def some_products(chance: Random, count: int) -> list[Product]:
    """Distinct products, those more often that are bought more often."""
    found = dict.fromkeys(chance.choices(PRODUCTS, cum_weights=_CUMULATED, k=count + 2))
    return list(found)[:count]


def _gtin(number: int) -> str:
    """A GTIN-13 of the range for use inside a shop (prefix 20), with its check digit."""
    digits = f"20{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _all() -> tuple[Product, ...]:
    made: list[Product] = []
    rows: list[tuple[str, str, int, int, int, str]] = []
    for sku, title, price, grams, weight, colours in _MODELS:
        names = colours.split()
        rows += [
            (f"{sku}-{name}", title.format(_COLOURS[name]), price, grams, -(-weight // len(names)), "")
            for name in names
        ]
    rows += [(*row, "") for row in _SINGLE]
    rows += [(sku, title, price, grams, 1, vendor) for sku, title, price, grams, vendor in _VENDOR_MADE]
    for number, (sku, title, price, grams, weight, vendor) in enumerate(rows, 1):
        shelf = "" if vendor else f"{'ABCDEFGH'[number % 8]}-{number % 23 + 1:02d}-{number % 5 + 1}"
        made.append(Product(sku, title, price, grams, _gtin(4711_000 + number * 7), shelf, weight, vendor))
    return tuple(made)


PRODUCTS: Final = _all()
BY_SKU: Final = {product.sku: product for product in PRODUCTS}
_CUMULATED: Final = tuple(sum(each.weight for each in PRODUCTS[: place + 1]) for place in range(len(PRODUCTS)))
