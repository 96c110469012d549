"""How hard a cause hits: the customers it hits, by their tier, and the days it costs each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.carriers import carrier_name
from oms_tui.domain.vocabulary import DelayReason, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.domain.policy import TierPolicy

TIER_WEIGHTS: Final[Mapping[str, int]] = {Tier.KEY: 5, Tier.PRIORITY: 3}
"""What a day of a customer's counts, by their tier, where the config gives the tier no weight of its own."""

_PLAIN: Final = 1
"""What it counts in every other tier."""

UNEXPLAINED: Final = "unexplained"
"""The cause of a delay that nobody knows the reason of: one to act upon, as no delay may stay so."""

_FAMILIES: Final = ("carrier_", "consignee_", "customs_", "weather_", "natural_", "security_", "regulatory_")


def weight_of(tier: TierPolicy) -> int:
    """What a day counts for a customer of this tier: as the config says (``weight``), else by the tier's name."""
    return TIER_WEIGHTS.get(tier.name, _PLAIN) if tier.weight is None else tier.weight


def cause_of(reason: str, carrier: str = "") -> str:
    """The cause's name: a DelayReason, with the carrier where it happened on the way: ``customs_delay / DHL``."""
    if reason in {"", DelayReason.UNKNOWN}:
        return UNEXPLAINED
    return f"{reason} / {carrier_name(carrier)}" if carrier and on_the_way(reason) else reason


def on_the_way(reason: str) -> bool:
    """Whether it is a reason that lies between warehouse and door, so that the carrier belongs to it."""
    return reason.startswith(_FAMILIES)
