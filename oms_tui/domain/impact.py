"""How hard a cause hits: the customers it hits, by their tier, and the days it costs each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.carriers import carrier_name
from oms_tui.domain.vocabulary import DelayReason, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

TIER_WEIGHTS: Final[Mapping[str, int]] = {Tier.KEY: 5, Tier.PRIORITY: 3, Tier.STANDARD: 1, Tier.ONE_OFF: 1}
"""What a day of a customer's counts, by their tier. A tier of the house's own counts as the standard one."""

UNEXPLAINED: Final = "unexplained"
"""The cause of a delay that nobody knows the reason of: one to act upon, as no delay may stay so."""

_FAMILIES: Final = ("carrier_", "consignee_", "customs_", "weather_", "natural_", "security_", "regulatory_")


def weight_of(tier: str) -> int:
    """What a day counts for a customer of this tier."""
    return TIER_WEIGHTS.get(tier, TIER_WEIGHTS[Tier.STANDARD])


def cause_of(reason: str, carrier: str = "") -> str:
    """The cause's name: a DelayReason, with the carrier where it happened on the way: ``customs_delay / DHL``."""
    if reason in {"", DelayReason.UNKNOWN}:
        return UNEXPLAINED
    return f"{reason} / {carrier_name(carrier)}" if carrier and on_the_way(reason) else reason


def on_the_way(reason: str) -> bool:
    """Whether it is a reason that lies between warehouse and door, so that the carrier belongs to it."""
    return reason.startswith(_FAMILIES)
