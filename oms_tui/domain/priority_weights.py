"""What each term of an order's priority can be worth; apart from the terms, as the desk's start needs only this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS: Final[Mapping[str, int]] = {
    "tier": 30,
    "clock": 40,
    "mail": 25,
    "late": 45,
    "untold": 10,
    "unexplained": 5,
    "exception": 25,
    "money": 25,
    "short": 12,
    "call": 20,
    "task": 10,
    "conflict": 10,
    "unpaid": 12,
    "outbox": 35,
    "bounced": 15,
    "release": 8,
}
"""The most that each term can be worth, in points."""


def checked_weights(changed: Mapping[str, int]) -> dict[str, int]:
    """The default weights with some changed.

    Raises:
        ValueError: there is no such term, or a weight is negative; the message names it.
    """
    for name, points in changed.items():
        if name not in WEIGHTS:
            raise ValueError(f"priority has no term {name!r}; there are {', '.join(WEIGHTS)}")
        if points < 0:
            raise ValueError(f"the weight of {name!r} cannot be negative")
    return {**WEIGHTS, **changed}
