"""The facts of an order that are compared between systems, and what a disagreement on one of them stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

SHIP_TO: Final = "ship_to"

FIELDS: Final = ("email", "phone", "name", SHIP_TO, "currency", "total", "tax", "sku", "quantity")
"""What is compared."""

ADDRESS_PARTS: Final = ("street", "postcode", "city", "country")
"""The parts of an address; a disagreement on it says which of them differ."""


def blocks_label(fields: Collection[str]) -> str:
    """Why no label may be made, nothing printed and nothing shipped, "" if it may.

    Args:
        fields: those on which systems disagree, and nobody has decided.
    """
    return "systems disagree on the address: settle that first" if SHIP_TO in fields else ""
