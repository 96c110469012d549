"""Stripe's integers and ISO 4217's minor units: the same for most currencies, and not for some.

Source: Stripe's page on supported currencies. Some currencies have no decimals at Stripe (``_WHOLE``), some three, all
others two: also ISK and UGX, which ISO counts in whole units (Stripe keeps two decimals for them, always ``00``), and
MGA the other way round (whole at Stripe, two decimals in ISO). HUF and TWD are whole only in payouts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from connectors.records import minor_digits, minor_units

_WHOLE: Final = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def stripe_digits(currency: str) -> int:
    """How many decimals Stripe's integers have in that currency."""
    code = currency.upper()
    if code in _WHOLE:
        return 0
    return 3 if code in _THREE else 2


def from_stripe(amount: int, currency: str) -> int:
    """ISO 4217 minor units of an amount as Stripe writes it."""
    return minor_units(Decimal(amount).scaleb(-stripe_digits(currency)), currency)


def to_stripe(amount: int, currency: str) -> int:
    """Stripe's integer for an amount in ISO 4217 minor units.

    Raises:
        ValueError: Stripe cannot say that amount (a fraction of a currency that is whole there; a tenth of a three
            decimal one, where the last digit must be 0).
    """
    exact = Decimal(amount).scaleb(stripe_digits(currency) - minor_digits(currency))
    whole = int(exact)
    if whole != exact or (currency.upper() in _THREE and whole % 10):
        raise ValueError(f"Stripe has no amount of {amount} minor units in {currency.upper()}")
    return whole
