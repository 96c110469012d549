"""How carriers are called."""

from __future__ import annotations

from typing import Final

_CARRIERS: Final = {"fedex": "FedEx", "tnt": "TNT", "ontrac": "OnTrac", "postnl": "PostNL", "inpost": "InPost"}
_SHORT_NAME: Final = 4  # letters of a carrier that is an abbreviation: DHL, UPS, GLS, DPD


def carrier_name(key: str) -> str:
    """A carrier as its name is written."""
    return _CARRIERS.get(key) or (key.upper() if len(key) <= _SHORT_NAME else key.replace("_", " ").title())
